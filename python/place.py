# SPDX-License-Identifier: Apache-2.0
"""place.py PREFIX FOLDER: prints FOLDER, which may be relative to PREFIX, if this Python looks there,
else the folder for packages under PREFIX where it does, else FOLDER all the same."""
from __future__ import annotations

import os
import sys

prefix = sys.argv[1]
folder = os.path.normpath(os.path.join(prefix, sys.argv[2]))
under = [path for path in sys.path if path.startswith(f"{prefix}/") and path.endswith("-packages")]
print(folder if folder in sys.path else next(iter(under), folder))
