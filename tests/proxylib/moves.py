# SPDX-License-Identifier: Apache-2.0
"""What older releases did otherwise than the newest: where calls, arguments and members of enums
have gone. Tables only; proxylib/older.py applies them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_GRAPHICS = ("IMachine_getGraphicsAdapter",)
_PLATFORM = ("IMachine_getPlatform",)
_X86 = (*_PLATFORM, "IPlatform_getX86")


@dataclass
class Move:
    """A call that older releases made on another object. The calls of `path` lead to it."""
    method: str
    path: tuple[str, ...] = ()


# interface, pattern of its calls, way from there to the object, that one's interface
_PLACES = (
    ("IMachine", r"[gs]et(VRAMSize|MonitorCount|GraphicsControllerType|Accelerate3DEnabled)",
     _GRAPHICS, "IGraphicsAdapter"),
    ("IMachine", r"[gs]et(ChipsetType|RTCUseUTC|IommuType)", _PLATFORM, "IPlatform"),
    ("IMachine", r"[gs]et(HPETEnabled|CPUProperty|HWVirtExProperty)", _X86, "IPlatformX86"),
    ("IMachine", r"[gs]etFirmwareType", ("IMachine_getFirmwareSettings",), "IFirmwareSettings"),
    ("IMachine", r"getBIOSSettings", (), "IMachine"),
    ("IMachine", r"getAudioAdapter", ("IMachine_getAudioSettings",), "IAudioSettings"),
    ("IGraphicsAdapter", r"[gs]etAccelerate3DEnabled", (), "IGraphicsAdapter"),
    ("IBIOSSettings", r"[gs]et(?!NonVolatile)\w+", (), "IFirmwareSettings"),
    ("ISystemProperties", r"\w+", ("ISystemProperties_getPlatform",), "IPlatformProperties"),
    ("ISerialPort", r"[gs]etIOBase", (), "ISerialPort"),
    ("IMedium", r"setLocation", (), "IMedium"),
)
_RENAMED = {
    "getAccelerate3DEnabled": "isFeatureEnabled",
    "setAccelerate3DEnabled": "setFeature",
    "getBIOSSettings": "getFirmwareSettings",
    "getAudioAdapter": "getAdapter",
    "getStorageBusForStorageControllerType": "getStorageBusForControllerType",
    "getStorageControllerTypesForStorageBus": "getStorageControllerTypesForBus",
    "getIOBase": "getIOAddress",
    "setIOBase": "setIOAddress",
    "setLocation": "moveTo",
}
# What the newest release gives new machines and releases up to this one did not: the way to the
# object, and the call that takes it away.
NEWER_DEFAULTS = {"IVirtualBox_createMachine": (
    60099, ("IMachine_getFirmwareSettings",),
    "IFirmwareSettings_setSMBIOSUuidLittleEndian", ("SMBIOSUuidLittleEndian", "false"))}
# Older arguments by their newest name; those without one mean nothing any more.
ARGUMENTS = {"accelerate3DEnabled": "enabled", "IOBase": "IOAddress", "iSipv6": "isIpv6",
             "environment": "environmentChanges"}
# What the newest release wants to be told and older ones do not ask; else it is empty.
DEFAULTS = {"platform": "x86", "feature": "Acceleration3D", "notify": "true"}
# Members of enums as an older release says, or takes, them.
SHOWN = {("MachineState", "AbortedSaved"): "Aborted", ("GraphicsControllerType", "VBoxSVGA"): "VBoxVGA",
         ("AudioDriverType", "Default"): "Null",
         ("VirtualSystemDescriptionType", "BaseFolder"): "Ignore",
         ("VirtualSystemDescriptionType", "PrimaryGroup"): "Ignore"}
TAKEN = {("NetworkAdapterType", "Virtio_1_0"): "Virtio"}
# In the description, but E_NOTIMPL, up to that release.
NOT_IMPLEMENTED = {"IMedium_setLocation": 50099, "IMedium_setDescription": 50199,
                   "IMachine_applyDefaults": 50299, "IAudioAdapter_getEnabledIn": 50199,
                   "IAudioAdapter_setEnabledIn": 50199, "IAudioAdapter_getEnabledOut": 50199,
                   "IAudioAdapter_setEnabledOut": 50199}


def of(method: str) -> Move | None:
    """Where a call of an older release has gone, if that is known."""
    interface, _, stem = method.partition("_")
    for there, pattern, path, new in _PLACES:
        if there == interface and re.fullmatch(pattern, stem):
            return Move(f"{new}_{_RENAMED.get(stem, stem)}", path)
    return None
