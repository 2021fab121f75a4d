# SPDX-License-Identifier: Apache-2.0
"""Starts tests/proxy for a Python test and talks to it.

    with Proxy(host_url, rules=[{"method": "IMachine_lockMachine", "do": "fault"}]) as proxy:
        run(proxy.url)
        assert proxy.calls()["fired"] == [1]
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
from urllib.parse import urlsplit

PROGRAM = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "proxy")


class Proxy:
    def __init__(self, target: str = "none", rules: list[dict] | None = None,
                 record: str | None = None, tls_ca: str | None = None,
                 release: str | None = None, listen: str | None = None):
        arguments = {"--target": target, "--rules": json.dumps(rules or []),
                     "--record": record, "--tls-ca": tls_ca, "--as": release,
                     "--listen": listen}
        command = [PROGRAM, *(word for pair in arguments.items() if pair[1] for word in pair)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.url = self.process.stdout.readline().decode().strip()
        if not self.url:
            raise RuntimeError(f"{PROGRAM} ended with status {self.process.wait()}")

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_) -> None:
        self.process.communicate()  # its stdin closes, so it ends

    def calls(self) -> dict:
        return self._control("GET", "calls")

    def rules(self, rules: list[dict]) -> None:
        self._control("POST", "rules", json.dumps(rules))

    def reset(self) -> None:
        self._control("POST", "reset")

    def waiting(self, timeout: float = 60) -> dict:
        """Waits for a call held by "hang" or "hang-after" and tells which."""
        return self._control("GET", f"waiting?timeout={timeout}")

    def _control(self, verb: str, what: str, body: str | None = None) -> dict:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc)
        try:
            connection.request(verb, f"/__proxy/{what}", body)
            reply = connection.getresponse()
            answer = json.loads(reply.read())
        finally:
            connection.close()
        if reply.status != 200:
            error = TimeoutError if reply.status == 504 else ValueError
            raise error(answer["error"])
        return answer
