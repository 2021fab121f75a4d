#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""exports.py LIBRARY MAP: the library exports what the map lists, and nothing else."""
from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

library, version_map = sys.argv[1:]
lines = subprocess.run(["nm", "-D", "--defined-only", library], check=True, text=True,
                       stdout=subprocess.PIPE).stdout.splitlines()
exported = {line.split()[2].partition("@")[0] for line in lines if line.split()[1] != "A"}
listed = set(re.findall(r"^\t(vbc_\w+);", Path(version_map).read_text(), re.M))
if not listed or exported != listed:
    sys.exit(f"only exported: {sorted(exported - listed)}; only listed: {sorted(listed - exported)}")
