#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A host that means harm, case by case: whatever it says, a command ends in time, in little memory,
with one sentence, its exit status and nothing on stdout."""
from __future__ import annotations

import base64
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cli import COMMAND, HOME, Result, clean_env, done, fails, finish, ok, run, skip, start
from played import (CALL, DISK, HEAD, ID, TAIL, Answer, answered, envelope, keeping, message,
                    playing, returns)

MIB = 1 << 20
RESIDENT_MIB = 64  # the most that a command may take, whatever a host says
LATE_S = 2.0  # and beyond the time that it was given
PATIENT_S = 60.0  # a generous limit for what only must not take for ever, on a loaded machine
SLOW = 10  # so many times as long where it is run by valgrind
LIST, SHOW, SNAPSHOTS = ("node", "list"), ("node", "show", "web"), ("snapshot", "list")
START, DESTROY = ("node", "start", "web"), ("node", "destroy", "web")
LIMIT = ("--timeout", "2")
MACHINES, NAME = "IVirtualBox_getMachines", "IMachine_getName"
LOGON, VERSION, LOG = "IWebsessionManager_logon", "IVirtualBox_getVersion", "IMachine_readLog"
CHILDREN, BELOW, PARENT = "ISnapshot_getChildren", "IMedium_getChildren", "IMedium_getParent"
ONLY = sys.argv[1] if len(sys.argv) > 1 else ""  # a pattern: those cases alone
_last = 0


def raw(data: bytes, then: Callable[[socket.socket], None] | None = None) -> Answer:
    """These bytes, then something else or the end of the connection."""
    def answer(connection: socket.socket, request: bytes) -> None:
        connection.sendall(data)
        if then:
            then(connection)
    return answer


def silent(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def endless(piece: bytes, pause_s: float = 0) -> Callable[[socket.socket], None]:
    def say(connection: socket.socket) -> None:
        while True:
            connection.sendall(piece)
            time.sleep(pause_s)
    return say


def body(xml: bytes) -> Answer:
    return raw(message(xml))


def filled(unit: str, size: int, before: str = "", after: str = "") -> Answer:
    """Outputs of so many bytes, made as they are sent: this test itself stays small."""
    def answer(connection: socket.socket, request: bytes) -> None:
        name = CALL.search(request).group(1)  # type: ignore[union-attr]
        head = HEAD + b"<vbox:" + name + b"Response>" + before.encode()
        tail = after.encode() + b"</vbox:" + name + b"Response>" + TAIL
        times = size // len(unit)
        many = 1 + 65536 // len(unit)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (
            len(head) + times * len(unit) + len(tail)) + head)
        for at in range(0, times, many):
            connection.sendall(unit.encode() * min(many, times - at))
        connection.sendall(tail)
    return answer


def fresh(count: int) -> Answer:
    """Objects that nobody has heard of yet, so many in each answer."""
    def answer(connection: socket.socket, request: bytes) -> bytes:
        global _last
        _last += count
        return answered(request, returns(*(f"new-{_last - i}" for i in range(count))))
    return answer


def log(size: int) -> Answer:
    """So many bytes, as many at once as are asked for."""
    def answer(connection: socket.socket, request: bytes) -> bytes:
        offset, most = (int(re.search(rb"<%b>(\d+)" % name, request).group(1))  # type: ignore[union-attr]
                        for name in (b"offset", b"size"))
        return answered(request, returns(base64.b64encode(b"x" * max(0, min(most, size - offset))).decode()))
    return answer


def slowly(inside: str, pause_s: float) -> Answer:
    def answer(connection: socket.socket, request: bytes) -> bytes:
        time.sleep(pause_s)
        return answered(request, inside)
    return answer


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LENGTH = OK + b"Content-Length: %d\r\n\r\n"
TWO = OK + b"Content-Length: %d\r\nContent-Length: %d\r\n\r\n"
ONE = envelope(b"<vbox:IVirtualBox_getMachinesResponse/>")
EMPTY: dict[str, Answer] = {"IVirtualBox_getMachineStates": ""}
ATTACHED: dict[str, Answer] = {
    "IMachine_getMediumAttachments": returns("<medium>disk</medium><type>HardDisk</type>"),
    "IMedium_getMachineIds": returns(ID)}
JSON: dict[str, Answer] = {"IVirtualBox_getExtraDataKeys": returns(f"libcloud/node/{ID}", f"libcloud/doing/{ID}")}


def extra(text: str) -> dict[str, Answer]:
    return JSON | {"IVirtualBox_getExtraData": returns(text.replace('"', "&quot;"))}


DISK_PATH = f"/machines/{ID}/{ID}.vdi"
VOLUME = json.dumps({"kind": "volume", "target": DISK_PATH, "left": "yes"})
def fault(detail: str) -> Answer:
    return body(envelope(f"<SOAP-ENV:Fault><faultstring>x</faultstring><detail>{detail}</detail>"
                         "</SOAP-ENV:Fault>".encode()))


def session_state(connection: socket.socket, request: bytes) -> bytes | None:
    gone = "<vbox:InvalidObjectFault><badObjectID>gone</badObjectID></vbox:InvalidObjectFault>"
    if b">gone<" not in request:
        return answered(request, returns("Locked"))
    fault(gone)(connection, request)  # type: ignore[operator]
    return None


LOCKED: dict[str, Answer] = {
    "IMachine_getSnapshotCount": returns(0), "IMachine_getSessionState": returns("Locked"),
    "ISession_getState": session_state, "IMachine_getSessionPID": returns(7), "IMachine_lockMachine": fault(
        "<vbox:RuntimeFault><resultCode>-2135228409</resultCode></vbox:RuntimeFault>")}
MALFORMED: list[dict[str, Any]] = [
    {"kind": "volume", "target": 5}, {"kind": "snapshot", "target": -1},
    {"kind": "volume", "target": "volumes/v.vdi"}, {"kind": "volume", "target": "/a\n/b"},
    {"kind": "volume", "where": "", "target": DISK_PATH},
    {"kind": "volume", "where": "../../etc", "target": DISK_PATH},
    {"kind": "volume", "target": DISK_PATH, "progress": 5},
    {"kind": "image-delete", "target": 5}, {"kind": "image", "source": 5, "target": 5},
    {"kind": "volume-resize", "source": 5, "target": 5},
    {"kind": "node", "settings": DISK_PATH, "disk": 5},
    {"kind": "node", "settings": DISK_PATH, "disk": "\n\n\n"},
    {"kind": "node-resize", "cpus": "x", "memory_mb": -1},
    {"kind": "network", "network": 5}, {"kind": "seed", "node": "../../" + ID},
    {"kind": "node-leave", "volumes": []}]
ENDLESS: dict[str, Answer] = {
    "IProgress_waitForCompletion": slowly("", 0.5), "IProgress_getCompleted": returns("false"),
    "IProgress_getCancelable": returns("true"), "IProgress_getPercent": returns(5)}


def entries(kind: str, text: str, count: int) -> dict[str, Answer]:
    """So many entries of dead programs, of a kind that nobody knows."""
    what = '{"kind":"x","left":"yes","a":[%s]}' % text
    return keeping({f"libcloud/{kind}/{ID[:-4]}{i:04}/session-{i}": what for i in range(count)})


def journal(kind: str, where: str = ID, **members: object) -> dict[str, Answer]:
    """An entry of a dead program."""
    entry = json.dumps({"kind": kind, "left": "yes"} | members)
    return keeping({f"libcloud/doing/{where}": entry}) | {
        "IVirtualBox_openMedium": returns("disk"), "IMedium_deleteStorage": returns("progress")}


HUGE = (1 << 31) - 1
RUNNING: dict[str, Answer] = {
    "IMachine_getState": returns("Running"), "IVirtualBox_getMachineStates": returns("Running"),
    "IMachine_getSessionState": returns("Locked"), "ISession_getConsole": returns("console"),
    "IMachine_getSnapshotCount": returns(0), "IMachine_getVRDEServer": returns("display"),
    "IMachine_getFirmwareSettings": returns("firmware"), "IMachine_getPlatform": returns("platform"),
    "IMachine_getNonVolatileStore": returns("nvram"), "INvramStore_getUefiVariableStore": returns("uefi"),
    "IMachine_getTrustedPlatformModule": returns("tpm"),
    "IMachine_getNetworkAdapter": returns("adapter"), "INetworkAdapter_getEnabled": returns("true"),
    "INetworkAdapter_getMACAddress": returns("080027AABBCC"), "INetworkAdapter_getNATEngine": returns("nat")}
BRIDGED: dict[str, Answer] = {"INetworkAdapter_getAttachmentType": returns("Bridged"),
                              "INetworkAdapter_getBridgedInterface": returns("eth0")}
PROPERTY = "/VirtualBox/GuestInfo/Net/{}/{}"
PROPERTIES = "".join(f"<{name}>{value}</{name}>" * times for name, value, times in (
    ("names", PROPERTY.format(5, "V4/IP"), 19999), ("names", PROPERTY.format(5, "MAC"), 1),
    ("values", "192.168.1.2", 19999), ("values", "080027AABBCC", 1), ("timestamps", 1 << 60, 20000),
    ("flags", "", 20000)))
# A machine whose controller has more places than can be tried, all before that of its disk.
PLACES: dict[str, Answer] = keeping({f"libcloud/volume/{DISK}": '{"name":"v"}'}) | {
    "IMachine_getSnapshotCount": returns(0), "IMedium_getLocation": returns(f"/machines/volumes/{DISK}.vdi"),
    "IMedium_getBase": returns("disk"), "IMachine_getStorageControllers": returns("controller"),
    "IMachine_getMediumAttachments": f"<returnval><machine>machine</machine><medium>system</medium>"
    f"<controller>SATA</controller><port>{HUGE}</port><device>{HUGE}</device><type>HardDisk</type></returnval>",
    "IStorageController_getName": returns("SATA"), "IStorageController_getBus": returns("SATA"),
    **{f"IStorageController_get{what}Count": returns(HUGE)
       for what in ("Port", "MaxPort", "MaxDevicesPerPort")}}


# What it is, the command, the calls that are answered otherwise, the exit status, what is said.
CASES: list[tuple[str, tuple[str, ...], dict[str, Answer], int, str]] = [
    # HTTP
    ("no HTTP", LIST, {MACHINES: raw(b"SSH-2.0-OpenSSH_9.2\r\n")}, 4, "does not speak HTTP"),
    ("HTTP of no version", LIST, {MACHINES: raw(b"HTTP/9 200\r\n\r\n")}, 4, "does not speak HTTP"),
    ("a status that is no number", LIST, {MACHINES: raw(b"HTTP/1.1 OK\r\n\r\n")}, 4, "HTTP"),
    ("an endless status line", LIST, {MACHINES: raw(b"HTTP/1.1 ", endless(b"2" * 999))}, 4, "HTTP"),
    ("an endless header line", LIST, {MACHINES: raw(OK + b"X: ", endless(b"x" * 999))}, 4, "HTTP"),
    ("endless header lines", LIST, {MACHINES: raw(OK, endless(b"X: y\r\n" * 99))}, 4,
     "too many header lines"),
    ("endless promises", LIST, {MACHINES: raw(b"", endless(b"HTTP/1.1 100 Continue\r\n\r\n"))}, 4,
     "malformed HTTP"),
    ("an endless body", LIST, {MACHINES: raw(OK + b"\r\n", endless(b"<a/>" * 9999))}, 4,
     "larger than 16777216 bytes"),
    ("an endless small answer", LIST, {VERSION: raw(OK + b"\r\n", endless(b"<a/>" * 9999))}, 4,
     "larger than 1048576 bytes"),
    ("a length that no memory has", LIST, {MACHINES: raw(LENGTH % (1 << 62), silent)}, 4,
     "larger than"),
    ("a length beyond all numbers", LIST, {MACHINES: raw(LENGTH % (1 << 70), silent)}, 4,
     "malformed HTTP"),
    ("a negative length", LIST, {MACHINES: raw(LENGTH % -1, silent)}, 4, "malformed HTTP"),
    ("two lengths", LIST, {MACHINES: raw(TWO % (len(ONE), 5) + ONE)}, 4, "malformed HTTP"),
    ("two lengths that are one", LIST, EMPTY | {MACHINES: raw(TWO % (len(ONE), len(ONE)) + ONE)}, 0, ""),
    ("an encoding that nobody asked for", LIST,
     {MACHINES: raw(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n", silent)}, 4, "malformed HTTP"),
    ("no content, and no end", LIST, {MACHINES: raw(b"HTTP/1.1 204 No\r\n\r\n", silent)}, 4, "empty reply"),
    ("not modified, and no end", LIST, {MACHINES: raw(
        b"HTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n", silent)}, 4, "empty reply"),
    ("a status beyond all numbers", LIST, {MACHINES: raw(b"HTTP/1.1 99999999999 x\r\n\r\n")}, 4,
     "does not speak HTTP"),
    ("a negative status", LIST, {MACHINES: raw(b"HTTP/1.1 -20 x\r\n\r\n")}, 4, "does not speak HTTP"),
    ("fewer bytes than promised", LIST, {MACHINES: raw(LENGTH % 9999 + HEAD)}, 4, "closed"),
    ("more bytes than promised", LIST, {MACHINES: raw(LENGTH % 3 + ONE)}, 4, "XML"),
    ("a chunk of a strange size", LIST, {MACHINES: raw(CHUNKED + b"xyz\r\n")}, 4, "malformed HTTP"),
    ("a huge chunk", LIST, {MACHINES: raw(CHUNKED + b"fffffffffffffff\r\n", endless(b"x" * 65536))},
     4, "larger than"),
    ("a chunk longer than its size", LIST, {MACHINES: raw(CHUNKED + b"1\r\nabc\r\n")}, 4,
     "malformed HTTP"),
    ("endless chunks", LIST, {MACHINES: raw(CHUNKED, endless(b"4;x=y\r\n<a/>\r\n" * 999))}, 4,
     "larger than"),
    ("endless trailers", LIST, {MACHINES: raw(CHUNKED + b"0\r\n", endless(b"X: y\r\n" * 99))}, 4,
     "too many header lines"),
    ("the end in the middle", LIST, {MACHINES: raw(CHUNKED + b"ff\r\nabc")}, 4, "closed"),
    ("the end at once", LIST, {MACHINES: raw(b"")}, 4, "closed"),
    ("a page", LIST, {MACHINES: body(b"<!DOCTYPE html><html>no</html>")}, 4, "HTML page"),
    ("JSON", LIST, {MACHINES: body(b'{"error": 1}')}, 4, "no XML"),
    ("nothing", LIST, {MACHINES: body(b"")}, 4, "empty reply"),
    # XML
    ("zeros", LIST, {MACHINES: body(b"\0" * 999)}, 4, "no XML"),
    ("XML cut off", LIST, {MACHINES: body(ONE[:-9])}, 4, "damaged or truncated"),
    ("another text encoding", LIST, {MACHINES: body(ONE.replace(b"Machines", b"M\xe9"))}, 4,
     "damaged"),
    ("entities of entities", LIST, {MACHINES: body(
        b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>')}, 4, "DTD"),
    ("an entity for a file", LIST, {MACHINES: body(
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')}, 4, "DTD"),
    ("deep nesting", LIST, {MACHINES: filled("<a>", 12 * MIB)}, 4, "256 levels"),
    ("a million elements", LIST, {MACHINES: filled("<a/>", 12 * MIB)}, 4, "170000 elements"),
    ("a list of 100000", LIST, {MACHINES: filled("<returnval>m</returnval>", 99000 * 24)}, 4,
     "more than 20000 members"),
    ("a million attributes", LIST, EMPTY | {MACHINES: filled(' a=""', 12 * MIB, "<x", "/>")}, 0, ""),
    ("a long name of an element", LIST, EMPTY | {MACHINES: filled("x", 12 * MIB, "<", "/>")}, 0, ""),
    ("text of references", LIST, EMPTY | {MACHINES: filled("&amp;a", 15 * MIB, "<x>", "</x>")}, 0, ""),
    ("a reference of references", LIST,
     {MACHINES: filled("&amp;a", 15 * MIB, "<returnval>", "</returnval>")}, 4, "not a valid reference"),
    ("text of line ends and odd characters", LIST,
     {NAME: filled("\r&#1;&amp;", MIB - 9999, "<returnval>", "</returnval>")}, 0, ""),
    ("comments", LIST, EMPTY | {MACHINES: filled("<!---->", 15 * MIB)}, 0, ""),
    ("an envelope of something else", LIST, {MACHINES: body(envelope(b"<x/>"))}, 4, "instead of"),
    ("the answer to another call", LIST,
     {MACHINES: body(envelope(b"<vbox:IVirtualBox_getVersionResponse/>"))}, 4, "instead of"),
    ("no envelope", LIST, {MACHINES: body(b"<a/>")}, 4, "not a SOAP envelope"),
    # values
    ("a number out of range", SNAPSHOTS, {"IMachine_getSnapshotCount": returns(1 << 40)}, 4,
     "'returnval' is not a valid number"),
    ("a number without an end", SNAPSHOTS, {"IMachine_getSnapshotCount": returns("9" * 9999)}, 4,
     "'returnval' is not a valid number"),
    ("a count of 4 billion", SNAPSHOTS, {"IMachine_getSnapshotCount": returns((1 << 32) - 1)}, 0, ""),
    ("a truth that is none", SNAPSHOTS, {"ISnapshot_getOnline": returns("perhaps")}, 4,
     "'returnval' is not a valid boolean"),
    ("bytes that are none", ("node", "log", "web"), {LOG: returns("!!!!")}, 4,
     "'returnval' is not a valid base64"),
    ("an object that is none", LIST, {MACHINES: returns("m" * 300)}, 4, "not a valid reference"),
    ("a list with nothing in it", LIST, {MACHINES: returns("machine", "")}, 4, "with a member that is not an object"),
    ("a list of surrogates", LIST, {MACHINES: returns("&#xD800;&#xDFFF;")}, 4, ""),
    ("no object", SHOW, {"IVirtualBox_getSystemProperties": returns("")}, 4, "no object"),
    ("no VirtualBox", LIST, {LOGON: returns("")}, 4, "no VirtualBox"),
    ("names of a megabyte", LIST,
     {MACHINES: returns(*(f"m{i}" for i in range(500))),
      "IVirtualBox_getMachineStates": returns(*["PoweredOff"] * 500),
      NAME: filled("x", 1000000, "<returnval>", "</returnval>")}, 4, "larger than|more than any"),
    ("a log without an end", ("node", "log", "web"),
     {LOG: returns(base64.b64encode(b"x" * 131072).decode())}, 1, "the log is larger than"),
    ("a log of the most", ("node", "log", "web"), {LOG: log(int(31.9 * MIB))}, 0, ""),
    ("a log in one piece", ("node", "log", "web"),
     {LOG: filled("QUFB", 15 * MIB, "<returnval>", "</returnval>")}, 4, "sent more of a log than"),
    ("a log of which there is always more", ("forward", "add", "web", "22"),
     RUNNING | keeping({}) | {"INetworkAdapter_getAttachmentType": returns("NAT"),
                              LOG: returns(base64.b64encode(b"x").decode())}, 4, "log has no end"),
    ("20000 properties of a guest", SHOW,
     RUNNING | BRIDGED | {"IMachine_enumerateGuestProperties": PROPERTIES}, 0, ""),
    ("a controller of 2^62 places", ("volume", "attach", "v", "web"), PLACES, 0, ""),
    ("metadata that is deep", LIST, extra('{"a":' + "[" * 200000), 0, ""),
    ("metadata of many objects", LIST, extra('{"a":[' + "{}," * 300000 + "1]}"), 0, ""),
    ("metadata of fewer", LIST, extra('{"a":[' + "{}," * 80000 + "1]}"), 0, ""),
    ("a journal of many objects", LIST, entries("doing", "{}," * 80000 + "1", 60), 0, ""),
    ("locks of many objects", LIST, entries("lock", "{}," * 80000 + "1", 60), 0, ""),
    ("a journal of many numbers", LIST, entries("doing", "1," * 110000 + "1", 30), 0, ""),
    ("a journal of more than is listened to", LIST, entries("doing", "1," * 110000 + "1", 99), 4,
     "larger than|more than any"),
    *[(f"a malformed entry of the journal: {members}", LIST, journal(**members), 0, "")
      for members in MALFORMED],
    *[(f"a check of {members}", ("gc", "--dry-run"), journal(**members), 0, "") for members in MALFORMED],
    # a lock that another machine's program seems to hold, though its web session has ended
    ("a lock whose web session has ended", DESTROY, LOCKED | keeping({f"libcloud/lock/{ID}/gone": json.dumps(
        {"where": "another machine", "pid": 5, "start": 7, "until": int(time.time() * 1000) + 500000})}),
     6, "for a program whose web session has ended: restart"),
    ("a lock of a program that works", DESTROY, LOCKED | keeping({f"libcloud/lock/{ID}/session": json.dumps(
        {"where": "another machine", "pid": 5, "start": 7, "until": int(time.time() * 1000) + 500000})}),
     6, "locked by another program|is working on it"),
    # what is said to be built on itself
    ("a snapshot that is its own child", SNAPSHOTS, {CHILDREN: returns("snapshot")}, 4,
     "built on itself"),
    ("one that is twice", SNAPSHOTS, {CHILDREN: returns("snapshot", "snapshot")}, 4,
     "built on itself"),
    ("ever new snapshots", SNAPSHOTS, {CHILDREN: fresh(1)}, 4, "built on itself"),
    ("a snapshot with 20000 children", SNAPSHOTS, {CHILDREN: fresh(20000)}, 4, "more than 20000"),
    ("a node whose snapshots have no end", DESTROY,
     {"IMachine_getSnapshotCount": returns(2), CHILDREN: fresh(2)}, 4, "built on itself"),
    ("a disk that is its own child", ("gc", "--dry-run"), {BELOW: returns("disk")}, 4,
     "built on itself"),
    ("ever new disks", ("gc", "--dry-run"), {BELOW: fresh(1)}, 4, "built on itself"),
    ("disks with 1000 children each", ("gc", "--dry-run"), {BELOW: fresh(1000)}, 4,
     "more than"),
    ("a node's disk that is its own child", DESTROY, ATTACHED | {BELOW: returns("disk")}, 4,
     "built on itself"),
    ("a node's disk that is its own parent", DESTROY, ATTACHED | {PARENT: returns("disk")}, 4,
     "built on itself"),
]

MEASURE = ("import resource, subprocess, sys\n"
           "status = subprocess.call(sys.argv[2:])\n"
           "usage = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
           "open(sys.argv[1], 'w').write(str(usage.ru_maxrss))\n"
           "sys.exit(status)\n")


def measured(*args: str, env: dict[str, str]) -> tuple[Result, int]:
    """Runs the command; and the most memory that it had, in MiB. A small process starts it: what
    starts a program counts as its memory."""
    file = HOME / "memory"
    file.unlink(missing_ok=True)
    with subprocess.Popen([sys.executable, "-ISc", MEASURE, str(file), COMMAND, *args],
                          env=clean_env(env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="surrogateescape") as process:
        result = finish(process, SLOW * PATIENT_S)
    return result, int(file.read_text()) // 1024 if file.exists() else 0


def is_plain() -> bool:
    """Whether it is the program, and built without what takes memory and time itself."""
    path = next((Path(folder) / COMMAND for folder in clean_env()["PATH"].split(":")
                 if (Path(folder) / COMMAND).exists()), Path(COMMAND))
    program = path.read_bytes()
    return program.startswith(b"\x7fELF") and b"__asan_" not in program


def test_cases(plain: bool) -> None:
    for what, command, answers, status, said in CASES:
        if not re.search(ONLY, what):
            continue
        began = time.monotonic()
        with playing(answers) as env:
            result, mib = measured(*command, env=env)
        took = time.monotonic() - began
        if status:
            fails(result, status, said, what)
        else:
            ok(result.status == 0 and result.err == "", what, result.status, result.err)
        ok(took < PATIENT_S * (1 if plain else SLOW), f"{what}: it ends in time", took)
        if plain:
            ok(0 < mib <= RESIDENT_MIB, f"{what}: it takes little memory", mib)
    if not plain:
        skip("memory", "it is measured without sanitizers")


# What a host may call a thing.
NAMES = ("a\nb", "--force", ":file", "x&#x9b;31m", "x&#x7f;", "x&#x202e;", "x&#x200f;", "x\t\n:file\n",
         "$(touch x)\n", "x&#13;--all")
RAW = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def test_completion() -> None:
    """What is offered are words: no options that are none, no lines that are none."""
    for name in NAMES:
        with playing({NAME: returns(name)}) as env:
            words, ids, values = (run("__complete", *line, env=env).out for line in (
                ("node", "show", ""), ("node", "show", ID[:2]), ("snapshot", "list", "--node", "-")))
        ok(words == f"{name}\t{ID}\n" if name == ":file" else words == "", f"{name!r} is no word", words)
        ok(ids.startswith(f"{ID}\t") and ids.count("\n") == 1 and not RAW.search(ids),
           f"{name!r} is shown in one line", ids)
        ok(values == "", f"{name!r} is no value", values)


def test_names_of_keys() -> None:
    """Any other program can write them: one that no key can have is none."""
    names = ("good", "x" * 256, "two\nlines", "tab\t", "")
    with playing({"IVirtualBox_getExtraDataKeys": returns(*(f"libcloud/key/{name}" for name in names)),
                  "IVirtualBox_getExtraData": returns("{}")}) as env:
        listed, offered = (run(*words, env=env) for words in (
            ("key", "list", "--output", "json"), ("__complete", "key", "delete", "")))
    ok(listed.status == 0 and [key["name"] for key in json.loads(listed.out)] == ["good"],
       "odd names of keys are none", listed)
    ok(offered.out == "good\t\n", "and are not offered", offered.out)


def test_keys_without_id() -> None:
    """They belong to no object: nothing is said of them, and nothing done."""
    entry = json.dumps({"kind": "volume", "target": DISK_PATH, "left": "yes"})
    data = {f"libcloud/{kind}/": entry for kind in ("doing", "lock", "key", "node", "port/tcp")}
    before, heard = dict(data), list[str]()
    with playing(keeping(data), heard) as env:
        results = [run(*words, env=env) for words in (LIST, ("key", "list"), ("gc",), ("gc", "--force"))]
    ok(all(result.status == 0 and result.err == "" for result in results) and data == before
       and "IVirtualBox_getExtraDataKeys" in heard, "keys without an id are left alone", results, data)


# At which call the host falls silent, and the command.
SILENT = [("IMachine_launchVMProcess", START), ("IMachine_lockMachine", DESTROY),
          ("IVirtualBox_setExtraData", DESTROY), ("IMachine_getState", START), (MACHINES, START),
          (LOGON, START), ("IMachine_unregister", DESTROY)]
READS = (MACHINES, LOGON, "IMachine_getState")
TIME, EVENT = "IHost_getUTCTime", "IEventSource_getEvent"
CREATE = ("volume", "create", "v", "--size", "1")
WORK_S = 3.0  # what VirtualBox works on is waited for so long when nobody waits any longer
UNKNOWN = "whether {} was done is unknown"


def tells(result: Result, status: int, said: str, what: str) -> None:
    """It failed, and warned before: with these lines at the end."""
    ok(result.status == status and result.out == "" and re.search(said + r"[^\n]*\n[^\n]*\n$", result.err),
       what, result)


def ends_soon(call: str, command: tuple[str, ...], answers: dict[str, Answer], said: str,
              late_s: float, what: str, check: Callable[..., object] = fails) -> None:
    """It ends soon after its time is over, and after Ctrl-C when it has made the call."""
    answers = {"IMachine_getSnapshotCount": returns(0)} | answers
    with playing(answers) as env:
        began = time.monotonic()
        check(finish(start(*command, *LIMIT, env=env)), 5, said, f"{what}: its time is over")
        late = time.monotonic() - began - float(LIMIT[1])
        ok(late < late_s, f"{what}: it ends soon after", late)
    ends_when_interrupted(call, command, answers, said, late_s, what, check)


def ends_when_interrupted(call: str, command: tuple[str, ...], answers: dict[str, Answer], said: str,
                          late_s: float, what: str, check: Callable[..., object] = fails) -> None:
    heard: list[str] = []
    with playing(answers, heard) as env:
        process = start(*command, env=env)
        while call not in heard and process.poll() is None:
            time.sleep(0.01)
        time.sleep(0.3)  # it waits now
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        check(finish(process), 5, said, f"{what}: Ctrl-C")
        late = time.monotonic() - began
        ok(late < late_s, f"{what}: it ends soon after", late)


def test_silence(plain: bool) -> None:
    late_s = LATE_S if plain else PATIENT_S
    for call, command in SILENT:
        ends_soon(call, command, {call: raw(b"", silent)}, "" if call in READS else UNKNOWN.format(call),
                  late_s, f"{call} is silent in '{' '.join(command)}'")
    for call in ("IMachine_lockMachine", "IMachine_getState"):
        ends_soon(call, START if call in READS else DESTROY, {call: raw(OK, endless(b"X", 0.5))},
                  "" if call in READS else UNKNOWN.format(call), late_s,
                  f"{call} gives a byte each half second")
    ends_when_interrupted(TIME, CREATE, {TIME: raw(b"", silent)}, "cancelled", late_s,
                          f"{TIME} is silent before anything is written")


def test_watch(plain: bool) -> None:
    """Its events are told; what has to be said to the host at its end is said, or given up."""
    late_s = LATE_S if plain else PATIENT_S
    for call in ("IEventSource_unregisterListener", "IManagedObjectRef_release"):
        answers: dict[str, Answer] = {
            "IVirtualBox_getEventSource": returns("source"), EVENT: slowly("", 0.5),
            "IEventSource_createListener": returns("listener"), call: raw(b"", silent)}
        for limit in (LIMIT, ()):
            with playing(answers) as env:
                began = time.monotonic()
                process = start("watch", *limit, env=env)
                if not limit:
                    time.sleep(2)
                    process.send_signal(signal.SIGINT)
                result = finish(process)
                late = time.monotonic() - began - 2
            ok(result.status == 5 and result.err.count("\n") == 1, f"a watch ends: {call} is silent",
               result.status, result.err)
            ok(late < late_s, f"{call} is silent: the watch ends soon", late)


def test_locks() -> None:
    """An entry that tells of no session is removed."""
    left = {f"libcloud/lock/{ID}/": '{"left":"yes"}'}
    with playing(keeping(left)) as env:
        result = finish(start("gc", env=env))
    ok(result.status == 0 and "warning" not in result.err and not any(left.values()),
       "a lock without a session", result, left)


def test_work_without_end(plain: bool) -> None:
    """The undo of another program's work is left to the next command; what the command itself has
    begun VirtualBox gets a moment to end."""
    late_s = LATE_S if plain else PATIENT_S
    left: dict[str, str] = {}
    deleting = keeping(left) | ENDLESS | {"IVirtualBox_openMedium": returns("disk"),
                                          "IMedium_deleteStorage": returns("progress")}
    left[f"libcloud/doing/{ID}"] = VOLUME
    ends_soon("IMedium_deleteStorage", START, deleting, "could not clean up", late_s,
              "an undo that does not end", tells)
    ok(left.get(f"libcloud/doing/{ID}") and DISK_PATH in left[f"libcloud/doing/{ID}"],
       "what was not undone stays in the journal", left)
    ends_soon("IProgress_getPercent", START, ENDLESS, "", WORK_S + late_s, "a start that does not end")
    ends_soon("IProgress_getPercent", START,
              ENDLESS | {"IProgress_getCancelable": slowly(returns("true"), 9)}, "", late_s,
              "a host that takes nine seconds for each call of the end")


test_cases(is_plain())
if not ONLY:
    test_completion()
    test_names_of_keys()
    test_keys_without_id()
    test_silence(is_plain())
    test_watch(is_plain())
    test_locks()
    test_work_without_end(is_plain())
done()
