#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A host that means harm, case by case: whatever it says, a command ends in time, in little memory,
with one sentence, its exit status and nothing on stdout."""
from __future__ import annotations

import base64
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cli import COMMAND, HOME, Result, clean_env, done, fails, finish, ok, skip, start
from played import CALL, HEAD, ID, TAIL, Answer, envelope, message, playing, returns

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
        name = CALL.search(request).group(1)  # type: ignore[union-attr]
        _last += count
        inside = returns(*(f"new-{_last - i}" for i in range(count))).encode()
        return message(envelope(b"<vbox:%bResponse>%b</vbox:%bResponse>" % (name, inside, name)))
    return answer


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LENGTH = OK + b"Content-Length: %d\r\n\r\n"
ONE = envelope(b"<vbox:IVirtualBox_getMachinesResponse/>")
EMPTY: dict[str, Answer] = {"IVirtualBox_getMachineStates": ""}
ATTACHED: dict[str, Answer] = {
    "IMachine_getMediumAttachments": returns("<medium>disk</medium><type>HardDisk</type>"),
    "IMedium_getMachineIds": returns(ID)}
JSON: dict[str, Answer] = {"IVirtualBox_getExtraDataKeys": returns(f"libcloud/node/{ID}", f"libcloud/doing/{ID}")}


def extra(json: str) -> dict[str, Answer]:
    return JSON | {"IVirtualBox_getExtraData": returns(json.replace('"', "&quot;"))}


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
    ("no object", SHOW, {"IVirtualBox_getSystemProperties": returns("")}, 4, "no object"),
    ("no VirtualBox", LIST, {LOGON: returns("")}, 4, "no VirtualBox"),
    ("names of a megabyte", LIST,
     {MACHINES: returns(*(f"m{i}" for i in range(500))),
      "IVirtualBox_getMachineStates": returns(*["PoweredOff"] * 500),
      NAME: filled("x", 1000000, "<returnval>", "</returnval>")}, 4, "larger than|more than any"),
    ("a log without an end", ("node", "log", "web"),
     {LOG: returns(base64.b64encode(b"x" * 131072).decode())}, 1, "the log has more than"),
    ("a log in one piece", ("node", "log", "web"),
     {LOG: filled("QUFB", 15 * MIB, "<returnval>", "</returnval>")}, 1, "the log has more than"),
    ("metadata that is deep", LIST, extra('{"a":' + "[" * 200000), 0, ""),
    ("metadata of many objects", LIST, extra('{"a":[' + "{}," * 300000 + "1]}"), 0, ""),
    ("metadata of fewer", LIST, extra('{"a":[' + "{}," * 80000 + "1]}"), 0, ""),
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


# At which call the host falls silent, and the command.
SILENT = [("IMachine_launchVMProcess", START), ("IMachine_lockMachine", DESTROY),
          ("IVirtualBox_setExtraData", DESTROY), ("IMachine_getState", START), (MACHINES, START),
          (LOGON, START), ("IMachine_unregister", DESTROY)]
READS = (MACHINES, LOGON, "IMachine_getState")
UNKNOWN = "whether {} was done is unknown"


def ends_soon(call: str, command: tuple[str, ...], answer: Answer, late_s: float,
              what: str) -> None:
    """It ends soon after its time is over, and after Ctrl-C, and says what is unknown then."""
    said = "" if call in READS else UNKNOWN.format(call)
    answers = {"IMachine_getSnapshotCount": returns(0), call: answer}
    with playing(answers) as env:
        began = time.monotonic()
        fails(finish(start(*command, *LIMIT, env=env)), 5, said, f"{what}: its time is over")
        late = time.monotonic() - began - float(LIMIT[1])
        ok(late < late_s, f"{what}: it ends soon after", late)
    heard: list[str] = []
    with playing(answers, heard) as env:
        process = start(*command, env=env)
        while call not in heard and process.poll() is None:
            time.sleep(0.01)
        time.sleep(0.3)  # it waits now
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        fails(finish(process), 5, said, f"{what}: Ctrl-C")
        late = time.monotonic() - began
        ok(late < late_s, f"{what}: it ends soon after", late)


def test_silence(plain: bool) -> None:
    late_s = LATE_S if plain else PATIENT_S
    for call, command in SILENT:
        ends_soon(call, command, raw(b"", silent), late_s,
                  f"{call} is silent in '{' '.join(command)}'")
    for call in ("IMachine_lockMachine", "IMachine_getState"):
        ends_soon(call, START if call in READS else DESTROY, raw(OK, endless(b"X", 0.5)), late_s,
                  f"{call} gives a byte each half second")


test_cases(is_plain())
if not ONLY:
    test_silence(is_plain())
done()
