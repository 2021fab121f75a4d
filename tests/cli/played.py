# SPDX-License-Identifier: Apache-2.0
"""A vboxwebsrv that is played: it has one stopped node with a snapshot and a disk, answers what it
knows nothing of with nothing, and each call that a test has taken over as the test likes."""
from __future__ import annotations

import html
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fakes import listening

ID = "6a1f0a3c-6f0e-4c57-9c55-0d6c4f6f8a01"
SNAPSHOT, DISK = ID.replace("6a1f", "7b2f"), ID.replace("6a1f", "8c3f")
HEAD = (b'<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope'
        b' xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"'
        b' xmlns:vbox="http://www.virtualbox.org/"><SOAP-ENV:Body>')
TAIL = b"</SOAP-ENV:Body></SOAP-ENV:Envelope>"
CALL = re.compile(rb"Body[^>]*><(?:\w+:)?(\w+)")

# What a call is answered with: outputs, or a function that gives them or does all by itself (None).
Answer = str | bytes | Callable[[socket.socket, bytes], bytes | None]


def returns(*values: object) -> str:
    """The outputs of a call that gives a value, or a list."""
    return "".join(f"<returnval>{value}</returnval>" for value in values)


WORLD: dict[str, Answer] = {
    "IWebsessionManager_logon": returns("vbox"),
    "IWebsessionManager_getSessionObject": returns("session"),
    "IVirtualBox_getVersion": returns("7.2.22"),
    "IVirtualBox_getMachines": returns("machine"),
    "IVirtualBox_getMachineStates": returns("PoweredOff"),
    "IVirtualBox_findMachine": returns("machine"),
    "IVirtualBox_getHost": returns("host"),
    "IVirtualBox_getSystemProperties": returns("properties"),
    "IVirtualBox_getHardDisks": returns("disk"),
    "IHost_getUTCTime": returns(int(time.time() * 1000)),
    "IHost_getOperatingSystem": returns("Linux"),
    "ISystemProperties_getDefaultMachineFolder": returns("/machines"),
    "IMachine_getId": returns(ID),
    "IMachine_getName": returns("web"),
    "IMachine_getAccessible": returns("true"),
    "IMachine_getState": returns("PoweredOff"),
    "IMachine_getSessionState": returns("Unlocked"),
    "IMachine_getSettingsFilePath": returns(f"/machines/{ID}/{ID}.vbox"),
    "IMachine_getSnapshotCount": returns(1),
    "IMachine_getCurrentSnapshot": returns("snapshot"),
    "IMachine_findSnapshot": returns("snapshot"),
    "IMachine_queryLogFilename": returns("/machines/log"),
    "ISession_getMachine": returns("machine"),
    "ISnapshot_getId": returns(SNAPSHOT),
    "ISnapshot_getName": returns("before"),
    "ISnapshot_getMachine": returns("machine"),
    "IMedium_getId": returns(DISK),
    "IMedium_getLocation": returns(f"/machines/{ID}/{ID}.vdi"),
    "IMedium_getState": returns("Created"),
    "IMedium_refreshState": returns("Created"),
    "IMachine_launchVMProcess": returns("progress"),
    "IMachine_unregister": returns(),
    "IProgress_getCompleted": returns("true"),
}


def answered(request: bytes, inside: str) -> bytes:
    """The reply to this call, whichever it is."""
    name = CALL.search(request).group(1)  # type: ignore[union-attr]
    return message(envelope(b"<vbox:%bResponse>%b</vbox:%bResponse>" % (name, inside.encode(), name)))


def keeping(data: dict[str, str]) -> dict[str, Answer]:
    """The host's extra data, which `data` holds: it can be read and written."""
    def member(name: str, request: bytes) -> str:
        found = re.search(f"<{name}>(.*?)</{name}>", request.decode(), re.DOTALL)
        return html.unescape(found.group(1)) if found else ""

    def get(connection: socket.socket, request: bytes) -> bytes:
        return answered(request, returns(html.escape(data.get(member("key", request), ""))))

    def put(connection: socket.socket, request: bytes) -> bytes:
        data[member("key", request)] = member("value", request)
        return answered(request, "")

    def keys(connection: socket.socket, request: bytes) -> bytes:
        return answered(request, returns(*(html.escape(key) for key in data if data[key])))
    return {"IVirtualBox_getExtraDataKeys": keys, "IVirtualBox_getExtraData": get,
            "IVirtualBox_setExtraData": put}


def envelope(content: bytes) -> bytes:
    return HEAD + content + TAIL


def message(body: bytes, head: bytes = b"") -> bytes:
    """A reply that keeps its connection."""
    return (b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\n" + head +
            b"Content-Length: %d\r\n\r\n" % len(body) + body)


def requests(connection: socket.socket) -> Iterator[bytes]:
    """The bodies of what comes over a connection, until its end."""
    data = b""
    while True:
        while b"\r\n\r\n" not in data or len(data) < end_of(data):
            more = connection.recv(1 << 20)
            if not more:
                return
            data += more
        end = end_of(data)
        yield data[:end]
        data = data[end:]


def end_of(data: bytes) -> int:
    head, _, _ = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    return len(head) + 4 + (int(length.group(1)) if length else 0)


@contextmanager
def playing(taken_over: dict[str, Answer] | None = None,
            heard: list[str] | None = None) -> Iterator[dict[str, str]]:
    """The settings to reach it with. `heard`: the calls it was made, in order."""
    answers = WORLD | (taken_over or {})

    def serve(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests(connection):
            found = CALL.search(request)
            name = found.group(1).decode() if found else "?"
            if heard is not None:
                heard.append(name)
            answer = answers.get(name, answers.get("*", ""))
            if callable(answer):
                whole = answer(connection, request)
                if whole is None:
                    return
            else:
                inside = answer.encode() if isinstance(answer, str) else answer
                whole = message(envelope(b"<vbox:%b>%b</vbox:%b>" % (
                    (name + "Response").encode(), inside, (name + "Response").encode())))
            connection.sendall(whole)

    with listening(serve) as port:
        yield {"VBOXCLOUD_HOST": f"http://127.0.0.1:{port}"}
