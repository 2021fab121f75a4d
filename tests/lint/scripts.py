#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shell scripts pass shellcheck; sources in C are laid out as .clang-format says."""
from __future__ import annotations

import subprocess

from lint import ROOT, done, files, read, skip, test


def clean(command: list[str], paths: list[str]) -> None:
    result = subprocess.run([*command, *paths], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, check=False)
    test(bool(paths) and result.returncode == 0, f"{command[0]}, {len(paths)} files",
         *result.stdout.splitlines())


scripts = [path for path in files("*", ".ci/*", "*/*") if read(path).startswith("#!/usr/bin/env bash")]
clean(["shellcheck"], [*scripts, "completions/vboxcloud.bash"])

# Another release lays out some lines in another way.
FORMATTER = 14
version = subprocess.run(["clang-format", "--version"], text=True, stdout=subprocess.PIPE, check=True)
check = ["clang-format", "--dry-run", "--Werror"]
if f"version {FORMATTER}." in version.stdout:
    # What the generator writes is compared with these byte for byte.
    clean(check, [path for path in files("**/*.[ch]") if not path.startswith("tests/gen/")])
    example = subprocess.run([*check, "--assume-filename=x.c"], cwd=ROOT, text=True,
                             input="int f( void ) { return 0; }\n", stderr=subprocess.PIPE, check=False)
    test(example.returncode != 0, "clang-format finds what is laid out otherwise")
else:
    skip("clang-format", f"the sources have the form of release {FORMATTER}, not of {version.stdout.strip()}")
done()
