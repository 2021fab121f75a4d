# SPDX-License-Identifier: Apache-2.0
"""A web server of files on the loopback, as good or bad as the path says that is asked for:
/FAULT/NAME is the file NAME with that fault. Over HTTP, or HTTPS by an authority of its own."""
from __future__ import annotations

import gzip
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

PART = 100_000  # bytes that a bad server gives before it shows that it is one


class Handler(BaseHTTPRequestHandler):
    """One connection."""
    protocol_version = "HTTP/1.1"
    server: FileServer

    def log_message(self, format: str, *args: Any) -> None:  # pylint: disable=redefined-builtin
        pass

    def do_GET(self) -> None:  # pylint: disable=invalid-name
        path = self.path.partition("://")[2].partition("/")[2] if "://" in self.path else self.path
        fault, _, name = path.strip("/").partition("?")[0].rpartition("/")
        self.server.asked.append((self.path, self.headers.get("Range") or ""))
        self.server.seen[fault] = self.server.seen.get(fault, 0) + 1
        data = self.server.files.get(unquote(name), b"")
        try:
            FAULTS[fault](self, data, self.server.seen[fault])
        except (BrokenPipeError, ConnectionError, ssl.SSLError):
            self.close_connection = True

    def head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def asked_part(self, size: int) -> tuple[int, int] | None:
        """The first byte and the one behind the last; None: all."""
        words = (self.headers.get("Range") or "").removeprefix("bytes=").split("-")
        if len(words) != 2:
            return None
        return int(words[0]), min(int(words[1]) + 1 if words[1] else size, size)

    def give(self, data: bytes, etag: str = '"1"', most: int | None = None, size: int = 0) -> None:
        """The part that is asked for, of a file that is said to have so many bytes; at most so many
        of them."""
        part = self.asked_part(len(data))
        size = size or len(data)
        if self.headers.get("If-Range") not in (None, etag):
            part = None
        if part and part[0] >= len(data):
            self.head(416, {"Content-Length": "0", "Content-Range": f"bytes */{size}"})
            return
        if part:
            first, end = part[0], min(part[1] + (size - len(data) if part[1] == len(data) else 0), size)
            self.head(206, {"ETag": etag, "Content-Length": str(end - first),
                            "Content-Range": f"bytes {first}-{end - 1}/{size}"})
            data = data[first:end]
            short = most is not None and most < len(data) or end - first > len(data)
        else:
            self.head(200, {"ETag": etag, "Content-Length": str(size)})
            short = most is not None and most < len(data) or size > len(data)
        self.wfile.write(data[:most])
        self.close_connection = self.close_connection or short

    def give_whole(self, data: bytes, most: int | None = None) -> None:
        """As a server that knows no parts."""
        self.head(200, {"Content-Length": str(len(data))})
        self.wfile.write(data[:most])
        self.close_connection = self.close_connection or most is not None

    def redirect(self, to: str) -> None:
        self.head(302, {"Location": to, "Content-Length": "0"})

    def fail(self, status: int) -> None:
        self.head(status, {"Content-Length": "5"})
        self.wfile.write(b"sorry")


Fault = Callable[[Handler, bytes, int], None]


def cut(handler: Handler, data: bytes, _: int) -> None:
    """It breaks off again and again, each time a little later."""
    handler.give(data, most=PART)


def cut_whole(handler: Handler, data: bytes, nth: int) -> None:
    handler.give_whole(data, PART if nth < 3 else None)


def cut_forever(handler: Handler, data: bytes, _: int) -> None:
    handler.give_whole(data, PART)


def die(handler: Handler, data: bytes, nth: int) -> None:
    """It breaks off in the middle and answers no more."""
    if nth > 5:
        handler.close_connection = True
    else:
        handler.give(data, most=PART)


def busy(handler: Handler, data: bytes, nth: int) -> None:
    """It fails for a while, once the file is known."""
    if nth in (2, 3, 5):
        handler.fail(503)
    else:
        handler.give(data)


def slow(handler: Handler, data: bytes, _: int) -> None:
    part = handler.asked_part(len(data)) or (0, len(data))
    handler.head(206, {"Content-Length": str(part[1] - part[0]),
                       "Content-Range": f"bytes {part[0]}-{part[1] - 1}/{len(data)}"})
    for at in range(*part, 4096):
        handler.wfile.write(data[at:min(at + 4096, part[1])])
        time.sleep(0.05)


def silent(handler: Handler, _data: bytes, _nth: int) -> None:
    handler.server.ending.wait(60)
    handler.close_connection = True


def changing(handler: Handler, data: bytes, nth: int) -> None:
    """Another version from some request on."""
    handler.give(data, etag='"1"' if nth < 4 else '"2"')


def no_parts_of_it(handler: Handler, data: bytes, _: int) -> None:
    """No part can be had, not even the first."""
    if handler.headers.get("Range"):
        handler.fail(416)
    else:
        handler.give_whole(data)


def wrong_part(handler: Handler, data: bytes, _: int) -> None:
    handler.head(206, {"Content-Length": "10",
                       "Content-Range": f"bytes 100-109/{len(data)}"})
    handler.wfile.write(data[100:110])


def packed(handler: Handler, data: bytes, _: int) -> None:
    """Compressed on the way, although it was asked not to."""
    data = gzip.compress(data)
    handler.head(200, {"Content-Length": str(len(data)), "Content-Encoding": "gzip"})
    handler.wfile.write(data)


def chunked(handler: Handler, data: bytes, _: int) -> None:
    """Of a size that nobody is told."""
    handler.head(200, {"Transfer-Encoding": "chunked"})
    for at in range(0, len(data), PART):
        piece = data[at:at + PART]
        handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    handler.wfile.write(b"0\r\n\r\n")


def huge(handler: Handler, data: bytes, _: int) -> None:
    handler.head(206, {"Content-Length": "1000", "Content-Range": f"bytes 0-999/{2 << 30}"})
    handler.wfile.write(data[:1000])


def page(handler: Handler, _data: bytes, _nth: int) -> None:
    handler.give(b"<!DOCTYPE html><html><title>Please log in</title></html>" + b" " * 2000)


def moved(handler: Handler, _: bytes, nth: int) -> None:
    """To another path; later to one that is gone by then."""
    handler.redirect(f"/there/{handler.path.rpartition('/')[2]}" if nth < 3 else "/status-404/x")


def gone_once(handler: Handler, data: bytes, nth: int) -> None:
    """Where a redirect led is good for a while."""
    if nth == 4:
        handler.fail(403)
    else:
        handler.give(data)


FAULTS: dict[str, Fault] = {
    "": lambda handler, data, _: handler.give(data),
    "whole": lambda handler, data, _: handler.give_whole(data),
    "cut": cut, "cut-whole": cut_whole, "cut-forever": cut_forever, "die": die, "busy": busy,
    "slow": slow, "silent": silent, "changing": changing, "no-parts": no_parts_of_it,
    "wrong-part": wrong_part, "packed": packed, "chunked": chunked, "huge": huge, "page": page,
    "longer": lambda handler, data, _: handler.give(data, size=len(data) + 1000),
    "shorter": lambda handler, data, _: handler.give(data[:len(data) // 2]),
    "moved": moved, "there": gone_once,
    "loop": lambda handler, _, nth: handler.redirect(f"/loop/{nth}"),
    "nowhere": lambda handler, _, nth: handler.redirect(""),
    "across": lambda handler, data, _: handler.redirect(handler.server.other),
    **{f"status-{status}": lambda handler, _, nth, status=status: handler.fail(status)  # type: ignore[misc]
       for status in (401, 403, 404, 429, 500, 503)},
}


class FileServer(ThreadingHTTPServer):
    """Serves `files` until it is closed; `asked` are the paths and ranges that were asked for."""
    daemon_threads = True

    def __init__(self, files: dict[str, bytes], certificate: Path | None = None,
                 other: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        self.asked: list[tuple[str, str]] = []
        self.seen: dict[str, int] = {}
        self.ending = threading.Event()
        self.other = other
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that does not trust us, or has enough."""

    def forget(self) -> None:
        """What was asked until now."""
        self.asked.clear()
        self.seen.clear()

    def close(self) -> None:
        self.ending.set()
        self.shutdown()
        self.server_close()


def make_certificate(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that is its own authority."""
    path = folder / "server.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=test",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(path), "-out",
                    f"{path}.crt"], check=True, stderr=subprocess.DEVNULL)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path
