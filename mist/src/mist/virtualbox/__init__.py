# SPDX-License-Identifier: Apache-2.0
"""VirtualBox hosts as clouds of mist.io: a plug-in of mist.api, over the libcloud driver."""
from __future__ import annotations

from typing import Any


def add_routes(configurator: Any) -> None:
    """mist.api asks each plug-in for its web routes; all of mist's own serve this one."""
