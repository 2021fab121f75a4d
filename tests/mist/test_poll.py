#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What mist's poll of 50 machines asks of the host: the calls are counted on their way."""
from __future__ import annotations

import time

from webapp import MistTest, live

from mist.virtualbox import drivers
from proxylib.client import Proxy

MACHINES = 50
BOUND = 60  # of calls, when nothing has changed
LISTINGS = ("machines", "networks", "volumes", "images", "sizes", "locations")


class Poll(MistTest):
    """Seen through a proxy."""

    def calls(self, proxy: Proxy, path: str) -> tuple[int, float]:
        before, begun = proxy.calls()["total"], time.monotonic()
        self.web.get(path)
        return proxy.calls()["total"] - before, time.monotonic() - begun

    def test_calls_of_a_poll(self) -> None:
        """A driver that is made anew, as mist would, asks for no more than one that is kept."""
        while len(self.driver.list_nodes()) < MACHINES:
            self.make(ex_linked_clone=True)
        with Proxy(live.HOST) as proxy:
            parts = live.urlsplit(proxy.url)
            cloud = self.web.post("clouds", name="counted", provider="virtualbox",
                                  host=parts.hostname, port=parts.port)["id"]
            for what in LISTINGS:
                self.web.get(f"clouds/{cloud}/{what}")
            for what in LISTINGS:
                self.report(what, "kept", *self.calls(proxy, f"clouds/{cloud}/{what}"))
            kept, _ = self.calls(proxy, f"clouds/{cloud}/machines")
            drivers.forget(cloud)
            anew, seconds = self.calls(proxy, f"clouds/{cloud}/machines")
            self.report("machines", "made anew", anew, seconds)
        self.assertLessEqual(kept, BOUND)
        self.assertLessEqual(anew, BOUND)

    def report(self, what: str, how: str, calls: int, seconds: float) -> None:
        print(f"#   {what}, driver {how}: {calls} calls, {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    live.main()
