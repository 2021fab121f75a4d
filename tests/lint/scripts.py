#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shell scripts pass shellcheck; sources in C are laid out as .clang-format says."""
from __future__ import annotations

import subprocess

from lint import ROOT, done, files, read, test


def clean(command: list[str], paths: list[str]) -> None:
    result = subprocess.run([*command, *paths], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, check=False)
    test(bool(paths) and result.returncode == 0, f"{command[0]}, {len(paths)} files",
         *result.stdout.splitlines())


scripts = [path for path in files("*", ".ci/*", "*/*") if read(path).startswith("#!/usr/bin/env bash")]
clean(["shellcheck"], [*scripts, "completions/vboxcloud.bash"])
done()
