# SPDX-License-Identifier: Apache-2.0
"""What VirtualBox's ids of guest systems mean."""
from __future__ import annotations

_UNIX = ("FreeBSD", "OpenBSD", "NetBSD", "MacOS", "OpenSolaris", "Solaris", "QNX")
_OTHER = ("Other", "DOS", "OS2", "Netware", "L4", "JRockitVE", "VBoxBS", "Haiku")


def family(os_type: str) -> str:
    """'linux', 'windows' or 'unix'; '' where an id says none of these."""
    if os_type.startswith("Windows"):
        return "windows"
    if os_type.startswith(_UNIX):
        return "unix"
    return "" if not os_type or os_type.startswith(_OTHER) else "linux"
