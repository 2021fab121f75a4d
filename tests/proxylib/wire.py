# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 messages as bytes: read from a socket, kept as they came, sent on unchanged.

Bodies are of stated length, or end with the connection: vboxwebsrv neither chunks nor compresses.
"""

from __future__ import annotations

import socket
from http import HTTPStatus

READ_BYTES = 256 * 1024
HEAD_END = b"\r\n\r\n"


class Closed(Exception):
    """The connection ended, or is to end now without a further byte."""


class Message:
    def __init__(self, head: bytes, body: bytes = b""):
        self.head, self.body = head, body
        lines = head.decode("latin-1").split("\r\n")
        self.start = lines[0].split(" ", 2)
        self.fields = {name.lower(): value.strip()
                       for name, _, value in (line.partition(":") for line in lines[1:])}

    @classmethod
    def reply(cls, status: int, body: bytes, content_type: str) -> Message:
        """As vboxwebsrv words it; it closes the connection after each fault."""
        last = "Keep-Alive: timeout=60, max=100\r\nConnection: keep-alive"
        if status >= 400:
            last = "Connection: close"
        head = (f"HTTP/1.1 {status:d} {HTTPStatus(status).phrase}\r\nServer: gSOAP/2.8\r\n"
                f"X-Frame-Options: SAMEORIGIN\r\nContent-Type: {content_type}\r\n"
                f"Content-Length: {len(body)}\r\n{last}\r\n\r\n")
        return cls(head.encode(), body)

    def with_body(self, body: bytes) -> Message:
        lines = [b"Content-Length: %d" % len(body)
                 if line.lower().startswith(b"content-length:") else line
                 for line in self.head.split(b"\r\n")]
        return Message(b"\r\n".join(lines), body)

    @property
    def is_last(self) -> bool:
        """No other message follows on this connection."""
        return "close" in self.fields.get("connection", "").lower()


class Wire:
    """One end of a connection: a socket, and what was read from it but not yet used."""

    def __init__(self, sock: socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self.pending = bytearray()

    def send(self, data: bytes) -> None:
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise Closed from error

    def receive(self) -> None:
        try:
            data = self.sock.recv(READ_BYTES)
        except OSError as error:
            raise Closed from error
        if not data:
            raise Closed
        self.pending += data

    def receive_until_closed(self) -> None:
        while True:
            self.receive()

    def read_request(self) -> Message:
        request = Message(self._take_head())
        if request.fields.get("expect", "").lower() == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self._with_body(request, "0")

    def read_reply(self, request: Message) -> Message:
        reply = Message(self._take_head())
        while reply.start[1] == "100":
            reply = Message(self._take_head())
        return reply if request.start[0] == "HEAD" else self._with_body(reply, None)

    def _with_body(self, message: Message, default_length: str | None) -> Message:
        if "transfer-encoding" in message.fields:
            raise ValueError(f"body of unknown length: {message.head!r}")
        length = message.fields.get("content-length", default_length)
        try:
            message.body = self._take(int(length) if length else 1 << 62)
        except Closed:
            if length:
                raise
            message.body = self._take(len(self.pending))
        return message

    def _take(self, size: int) -> bytes:
        while len(self.pending) < size:
            self.receive()
        data = bytes(self.pending[:size])
        del self.pending[:size]
        return data

    def _take_head(self) -> bytes:
        while (end := self.pending.find(HEAD_END)) < 0:
            self.receive()
        return self._take(end + len(HEAD_END))
