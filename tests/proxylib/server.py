# SPDX-License-Identifier: Apache-2.0
"""The proxy itself: the pipeline each call passes, and the connections.

A call passes the stages in turn, each `stage(call, proceed) -> reply`; the end of the line is the
host. A thread serves one client connection, with one connection of its own to the host behind it,
so that what the host closes is seen closed by the client too.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import threading
import time
from collections import Counter

from proxylib import control, rules, soap
from proxylib.wire import Closed, Message, Wire


class Call:
    def __init__(self, connection: Connection, request: Message):
        self.connection, self.request = connection, request
        self.method = soap.method_of(request)
        self.number = 0
        self.rule: rules.Rule | None = None


class Proxy:
    """What all connections share: the way to the host, the counters and the rules."""

    def __init__(self, connect, record=None, stages=()):
        self.connect, self.record_file = connect, record
        self.stages = (rules.stage, *stages)
        self.changed = threading.Condition()
        self.reset()

    def reset(self) -> None:
        with self.changed:
            self.order: list[str] = []
            self.rules: list[rules.Rule] = []
            self.held: list[Call] = []
            self.connections: set[Connection] = set()
            self.requests_bytes = self.replies_bytes = 0
            self.sessions: list[str] = []  # IVirtualBox of each that was begun

    def set_rules(self, text: str | bytes) -> None:
        parsed = rules.parse(text)
        with self.changed:
            self.rules = parsed

    def calls(self) -> dict:
        with self.changed:
            return {"total": len(self.order), "by_method": Counter(self.order),
                    "order": list(self.order), "connections": len(self.connections),
                    "requests_bytes": self.requests_bytes, "replies_bytes": self.replies_bytes,
                    "fired": [rule.fired for rule in self.rules]}

    def answer(self, call: Call) -> Message:
        self._count(call)
        reply, began = None, time.monotonic()
        try:
            reply = self._run(call, 0)
            if call.method == "IWebsessionManager_logon":
                with self.changed:
                    self.sessions += soap.values_of(reply)
            return reply
        finally:
            if self.record_file:
                self._record(call, reply, 1000 * (time.monotonic() - began))

    def take_sessions(self) -> list[str]:
        with self.changed:
            taken, self.sessions = self.sessions, []
        return taken

    def _count(self, call: Call) -> None:
        with self.changed:
            self.order.append(call.method)
            self.connections.add(call.connection)
            self.requests_bytes += len(call.request.head) + len(call.request.body)
            call.number = len(self.order)
            catching = [rule for rule in self.rules if rule.catches(call.method)]
            if catching:
                call.rule = catching[0]
                call.rule.fired += 1

    def _run(self, call: Call, stage: int) -> Message:
        if stage == len(self.stages):
            return call.connection.ask_host(call.request)
        return self.stages[stage](call, lambda passed: self._run(passed, stage + 1))

    def _record(self, call: Call, reply: Message | None, ms: float) -> None:
        line = {"call": call.number, "method": call.method, "ms": round(ms, 3),
                "do": call.rule and call.rule.name,
                "request": call.request.body.decode(errors="replace"),
                "reply": reply and reply.body.decode(errors="replace")}
        with self.changed:
            print(json.dumps(line), file=self.record_file, flush=True)


class Connection:
    def __init__(self, proxy: Proxy, sock: socket.socket):
        self.proxy, self.client = proxy, Wire(sock)
        self.host: Wire | None = None

    def serve(self) -> None:
        try:
            while self._serve_request():
                pass
        except Closed:
            if not self.host:
                self._wake_host()
        finally:
            for wire in self._wires():
                wire.sock.close()

    def _wake_host(self) -> None:
        """Passes on a connection without a request: vboxwebsrv overlooks some until another comes."""
        with contextlib.suppress(OSError):
            self.proxy.connect().close()

    def ask_host(self, request: Message) -> Message:
        if not self.host:
            try:
                self.host = Wire(self.proxy.connect())
            except OSError as error:
                raise Closed from error
        self.host.send(request.head + request.body)
        reply = self.host.read_reply(request)
        if reply.is_last:  # a stage may make more calls than its client
            self.host.sock.close()
            self.host = None
        return reply

    def send(self, data: bytes) -> None:
        with self.proxy.changed:
            self.proxy.replies_bytes += len(data)
        self.client.send(data)

    def hold(self, call: Call) -> None:
        """Leaves the client without an answer until it goes away, and lets a test know."""
        shared = self.proxy
        with shared.changed:
            shared.held.append(call)
            shared.changed.notify_all()
        try:
            self.client.receive_until_closed()
        finally:
            with shared.changed, contextlib.suppress(ValueError):
                shared.held.remove(call)

    def _serve_request(self) -> bool:
        """True if the connection stays open for another."""
        self._wait_for_request()
        request = self.client.read_request()
        if control.is_for_us(request):
            reply = control.answer(self.proxy, request)
            self.client.send(reply.head + reply.body)
        else:
            reply = self.proxy.answer(Call(self, request))
            self.send(reply.head + reply.body)
        return not (request.is_last or reply.is_last)

    def _wait_for_request(self) -> None:
        poller = select.poll()
        for wire in self._wires():
            poller.register(wire.sock, select.POLLIN)
        if not self.client.pending and self.client.sock.fileno() not in dict(poller.poll()):
            raise Closed  # the host ended the idle connection

    def _wires(self) -> list[Wire]:
        return [self.client, self.host] if self.host else [self.client]


def listen(proxy: Proxy, host: str, port: int) -> str:
    """Serves in background threads; returns the URL."""
    listener = socket.create_server((host, port), backlog=128)

    def accept() -> None:
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=Connection(proxy, sock).serve, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return "http://%s:%d" % listener.getsockname()[:2]
