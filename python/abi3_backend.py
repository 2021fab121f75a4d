# SPDX-License-Identifier: Apache-2.0
"""meson-python, with the tag that is true: it names a wheel after the Python that it was built with,
but the extension keeps to what Python 3.9 has, so every later one can load it."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Optional

import mesonpy
from mesonpy import *  # noqa: F403  # all hooks but the one below

OLDEST = "cp39"


def build_wheel(
    wheel_directory: str,
    config_settings: Optional[dict[Any, Any]] = None,
    metadata_directory: Optional[str] = None,
) -> str:
    built = mesonpy.build_wheel(wheel_directory, config_settings, metadata_directory)
    retag = [sys.executable, "-m", "wheel", "tags", "--remove", "--python-tag", OLDEST]
    done = subprocess.run(
        [*retag, str(Path(wheel_directory) / built)], check=True, stdout=subprocess.PIPE, text=True
    )
    return Path(done.stdout.split()[-1]).name
