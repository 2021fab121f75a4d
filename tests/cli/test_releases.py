#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/releases.md is what tests/releases makes of the releases now: of a sample of them, and the
newest."""
from __future__ import annotations

import difflib
import subprocess

from cli import done, ok
from hosts import ROOT, contents

before = contents()
made = subprocess.run([str(ROOT / "tests/releases"), "--sample"], stdout=subprocess.PIPE, text=True, check=False)
written = (ROOT / "docs/releases.md").read_text()
ok(made.returncode == 0, "each feature is tried as each release", *made.stdout.splitlines()[-3:])
ok(made.stdout == written, "docs/releases.md is current",
   *difflib.unified_diff(written.splitlines(), made.stdout.splitlines(), "written", "made", n=0))
ok(contents() == before, "and the host is as it was before")
done()
