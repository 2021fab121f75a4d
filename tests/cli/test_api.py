#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""VirtualBox's own calls by name, as this release has them."""
from __future__ import annotations

from cli import done, fails, is_fine, ok
from hosts import ask, cloud, contents, unique

VERSION = tuple(int(n) for n in ask("host", "show")["version"].split("_")[0].split(".")[:2])
# What a new machine has, and the calls to it from release to release.
MOVED = (
    ("the chipset", "PIIX3", ((5, 0), "IMachine_getChipsetType"),
     ((7, 1), "IMachine_getPlatform", "IPlatform_getChipsetType")),
    ("HPET", "false", ((5, 0), "IMachine_getHPETEnabled"),
     ((7, 1), "IMachine_getPlatform", "IPlatform_getX86", "IPlatformX86_getHPETEnabled")),
    ("PAE", "true", ((5, 0), "IMachine_getCPUProperty", "property=PAE"),
     ((7, 1), "IMachine_getPlatform", "IPlatform_getX86", "IPlatformX86_getCPUProperty",
      "property=PAE")),
    ("the firmware", "BIOS", ((5, 0), "IMachine_getFirmwareType"),
     ((7, 1), "IMachine_getFirmwareSettings", "IFirmwareSettings_getFirmwareType")),
    ("ACPI", "true", ((5, 0), "IMachine_getBIOSSettings", "IBIOSSettings_getACPIEnabled"),
     ((7, 1), "IMachine_getFirmwareSettings", "IFirmwareSettings_getACPIEnabled")),
    ("monitors", "1", ((5, 0), "IMachine_getMonitorCount"),
     ((6, 1), "IMachine_getGraphicsAdapter", "IGraphicsAdapter_getMonitorCount")),
    ("3D", "false", ((5, 0), "IMachine_getAccelerate3DEnabled"),
     ((6, 1), "IMachine_getGraphicsAdapter", "IGraphicsAdapter_getAccelerate3DEnabled"),
     ((7, 1), "IMachine_getGraphicsAdapter", "IGraphicsAdapter_isFeatureEnabled",
      "feature=Acceleration3D")),
    ("audio", "AC97", ((5, 0), "IMachine_getAudioAdapter", "IAudioAdapter_getAudioController"),
     ((7, 0), "IMachine_getAudioSettings", "IAudioSettings_getAdapter",
      "IAudioAdapter_getAudioController")),
    ("a serial port", "1016", ((5, 0), "IMachine_getSerialPort", "slot=0", "ISerialPort_getIOBase"),
     ((7, 1), "IMachine_getSerialPort", "slot=0", "ISerialPort_getIOAddress")),
)


def api(*words: str) -> dict[str, str]:
    return {row["name"]: row["value"] for row in ask("api", *words) or ()}


def creation(name: str) -> list[str]:
    """A machine that is never registered, so nothing is left of it."""
    words = ["IVirtualBox_createMachine", "settingsFile=", f"name={name}", "groups=/", "flags=",
             "osTypeId=Debian"]
    if VERSION >= (7, 0):
        words += ["cipher=", "passwordId=", "password="]
    return words + (["platform=x86"] if VERSION >= (7, 1) else [])


def test_values() -> None:
    shown = ask("host", "show")
    ok(api("IVirtualBox_getVersion") == {"returnval": shown["version"]}, "one text")
    ok(api("IVirtualBox_getHost", "IHost_getProcessorCount")["returnval"] == str(shown["cpus"]),
       "a number, of an object that a call returned")
    ok(api("IVirtualBox_getSystemProperties", "ISystemProperties_getMediumFormats")
       .keys() >= {"returnval[0]", "returnval[1]"}, "a list")
    kind = api("IVirtualBox_getGuestOSType", "id=Debian_64")
    ok(kind["returnval.id"] == "Debian_64" and kind["returnval.is64Bit"] == "true" and
       kind["returnval.recommendedChipset"] == "PIIX3", "a struct", kind)
    ok(("returnval.subtype" in kind) == (VERSION >= (7, 1)), "with the fields of this release", kind)
    ok(api("IVirtualBox_getExtraDataKeys", "IVirtualBox_setExtraData", "key=test/api",
           "value=a=b \u6f22") == {}, "a call without an answer, and a value with a '='")
    ok(api("IVirtualBox_getExtraData", "key=test/api")["returnval"] == "a=b \u6f22", "is done")
    api("IVirtualBox_setExtraData", "key=test/api", "value=")


def test_moved(name: str) -> None:
    for what, value, *ways in MOVED:
        way = [words for since, *words in ways if VERSION >= since][-1]
        got = api(*creation(name), *way)
        ok(got == {"returnval": value}, f"{what}: {way[-1]}", got)
        for since, *words in ways:
            if since > VERSION:
                fails(cloud("api", *creation(name), *words), 1, r"is not in VirtualBox [5-7]\.",
                      f"not {words[-1]}")


def test_objects(name: str) -> None:
    made = api(*creation(name), "IMachine_setCPUCount", "CPUCount=3", "IMachine_setMemorySize",
               "memorySize=99", "IMachine_addStorageController", "name=c", "connectionType=SATA",
               "IMachine_getCPUCount", "_this=@1")
    ok(made == {"returnval": "3"}, "the newest object, or the one named", made)
    bus = api(*creation(name), "IMachine_addStorageController", "name=c", "connectionType=SATA",
              "IStorageController_getBus")
    ok(bus == {"returnval": "SATA"}, "a member of an enum", bus)
    fails(cloud("api", "IMachine_getName"), 2, "needs an object", "no object")
    fails(cloud("api", "IVirtualBox_getHost", "IHost_getOSVersion", "_this=@2"), 2,
          "'@2' is not the number of a call before IHost_getOSVersion", "an object yet to come")
    fails(cloud("api", "IVirtualBox_getVersion", "IHost_getOSVersion", "_this=@1"), 2,
          "IVirtualBox_getVersion returns no object", "no object but a text")


def test_refused(name: str) -> None:
    """The last is wrong each time; none before it is made."""
    before = contents()
    first = ["IVirtualBox_setExtraData", "key=test/api", "value=x"]
    make = [*first, *creation(name)]
    for words, pattern in (
            (["findMachine"], "there is no call 'findMachine'; did you mean IVirtualBox_findMachine"),
            (["IMachine_fly"], "there is no call 'IMachine_fly'"),
            (["IVirtualBox_findMachine"], "needs the argument 'nameOrId'"),
            (["IVirtualBox_findMachine", "name=x"], "no argument 'name'; its arguments: nameOrId"),
            (["IVirtualBox_findMachine", "nameOrId=x", "nameOrId=y"], "is given twice"),
            (["IMachine_setCPUCount", "CPUCount=many"], "'many' is not a number from 0 to 4294967295"),
            (["IMachine_setCPUCount", "CPUCount=-1"], "'-1' is not a number"),
            (["IMachine_setAutostartEnabled", "autostartEnabled=yes"], "neither true nor false"),
            (["IMachine_setBootOrder", "position=1", "device=Cheese"],
             "'Cheese' is not a member of DeviceType, which has Null, Floppy, DVD, HardDisk")):
        fails(cloud("api", *make, *words), 2, pattern, f"refused: {' '.join(words)}")
    fails(cloud("api", "x=3"), 2, "there is no call before it", "an argument alone")
    ok(api("IVirtualBox_getExtraData", "key=test/api") == {"returnval": ""}, "nothing was done")
    ok(contents() == before, "nor made")
    fails(cloud("api", "IVirtualBox_findMachine", "nameOrId=" + unique("no")), 3, "Could not find",
          "what VirtualBox says")


def test_completion() -> None:
    is_fine(cloud("__complete", "api", "IVirtualBox_findM"), "the names of calls are completed",
            "IVirtualBox_findMachine\t\n")


def test_service_lives() -> None:
    """Each of these would end vboxwebsrv or VBoxSVC, and with it the sessions of all clients."""
    for words in (["IVirtualBox_getMachineStates", "machines="],
                  ["IVirtualBox_getPerformanceCollector", "IPerformanceCollector_getMetrics",
                   "metricNames=*", "objects="],
                  ["IVirtualBox_registerMachine", "machine="],
                  ["IVirtualBox_removeNATNetwork", "network="],
                  ["IVirtualBox_getEventSource", "IEventSource_fireEvent", "event=", "timeout=0"],
                  [*creation(unique("probe")), "IMachine_lockMachine", "session=",
                   "lockType=Shared"],
                  [*creation(unique("probe")), "IMachine_cloneTo", "target=",
                   "mode=MachineState"]):
        refused = cloud("api", *words)
        fails(refused, 2, r"^vboxcloud: argument '\w+' of \w+ ", f"refused: {' '.join(words[-3:])}")
        ok(not refused.out, "with nothing on stdout", refused.out)
        ok(api("IVirtualBox_getVersion")["returnval"], "and the service lives")


test_values()
test_service_lives()
test_moved(unique("probe"))
test_objects(unique("probe"))
test_refused(unique("probe"))
test_completion()
done()
