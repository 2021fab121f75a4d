#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two clients destroy one node at the same moment, which may kill the host's VBoxSVC."""
from __future__ import annotations

from trouble import Host, done, finish, ok

ROUNDS = 10


def processes() -> list[str]:
    """The host's service and its web server."""
    return [line for line in host.vboxhost("pids").splitlines() if "Headless" not in line]


with Host("twice") as host:
    host.put_image()
    host.must("node", "list")
    before, served_by = host.settled(), processes()
    for number in range(ROUNDS):
        node = host.create(*([] if number % 3 == 0 else ["--no-start"]))
        both = [host.start("node", "destroy", node) for _ in range(2)]
        results = [finish(process) for process in both]
        statuses = sorted(result.status for result in results)
        ok(statuses in ([0, 0], [0, 3]), f"round {number + 1}: ends with {statuses}", results)
        after = host.settled()
        ok(after == before, "nothing is left", after.against(before))
    ok(processes() == served_by, "the host's service has survived it", processes(), served_by)
done()
