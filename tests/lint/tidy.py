#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tidy.py BUILD: clang-tidy finds nothing (.clang-tidy says what it looks for) in what BUILD
compiles, with whatever compiler; nor does Clang itself find anything to warn of."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from lint import ROOT, done, test

BUILD = Path(sys.argv[1])
BAD = {"a == a": "int bad(int a);\nint bad(int a)\n{\n\treturn a == a;\n}\n",
       "what Clang warns of": "static int unused;\n"}


def tidy(*words: str) -> subprocess.CompletedProcess[str]:
    command = ["clang-tidy", "--quiet", "--extra-arg=-Wno-unknown-warning-option", *words]
    return subprocess.run(command, cwd=ROOT, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


commands = json.loads((BUILD / "compile_commands.json").read_text())
sources = sorted({os.path.normpath(Path(each["directory"]) / each["file"]) for each in commands})
sources = [path for path in sources if path.startswith(str(ROOT)) and BUILD not in Path(path).parents]
result = tidy("-p", str(BUILD), *sources)
test(bool(sources) and result.returncode == 0, f"clang-tidy, {len(sources)} files",
     *result.stdout.splitlines())

with tempfile.TemporaryDirectory() as folder:
    example = Path(folder) / "bad.c"
    config = f"--config-file={ROOT / '.clang-tidy'}"
    for what, text in BAD.items():
        example.write_text(text)
        test(tidy(config, str(example), "--", "-Wall").returncode == 1, f"clang-tidy finds {what}")
done()
