# SPDX-License-Identifier: Apache-2.0
"""Things that listen and are no vboxwebsrv. Each lives as long as its `with` block."""
from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE = b"<!DOCTYPE html>\n<html><head><title>It works!</title></head><body>Hello</body></html>\n"


def read_request(connection: socket.socket) -> bytes:
    """One HTTP request with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n")
                   if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length and (more := connection.recv(65536)):
        body += more
    return head + b"\r\n\r\n" + body


def reply(connection: socket.socket, body: bytes, kind: str = "text/html", status: int = 200) -> None:
    """One HTTP reply."""
    connection.sendall(b"HTTP/1.1 %d OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n"
                       b"Connection: close\r\n\r\n" % (status, kind.encode(), len(body)) + body)


@contextmanager
def listening(answer: Callable[[socket.socket], None],
              tls: tuple[Path, Path] | None = None) -> Iterator[int]:
    """A port on which each connection is given to `answer` and then closed."""
    server = socket.create_server(("127.0.0.1", 0))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
    if context and tls:
        context.load_cert_chain(*tls)

    def serve_one(connection: socket.socket) -> None:
        try:
            with connection:
                if context:
                    connection = context.wrap_socket(connection, server_side=True)
                answer(connection)
        except OSError:
            pass  # the command has gone, as it may

    def serve() -> None:
        while True:
            try:
                connection = server.accept()[0]
            except OSError:
                return
            threading.Thread(target=serve_one, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def page(connection: socket.socket) -> None:
    """A web server."""
    read_request(connection)
    reply(connection, PAGE)


def closes(connection: socket.socket) -> None:
    """Something that hangs up at once."""


def silent(connection: socket.socket) -> None:
    """Something that takes all and says nothing."""
    while connection.recv(65536):
        pass


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A new self-signed certificate for an address and its key."""
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{name}",
                    "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    return cert, key
