#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `vboxcloud watch` tells on a real host, while other commands change things there."""
from __future__ import annotations

import json
import re
import signal
import threading
import time
from typing import Any

from cli import done, fails, finish, host_env, is_fine, ok, run, start
from hosts import ask, cloud, tiny_image, unique

Event = "dict[str, Any]"
KEYS = {"time", "event", "id", "node", "state", "machine_state", "kind", "key"}


class Watch:
    """A watch that runs, and what it has told."""

    def __init__(self, *words: str):
        self.process = start("watch", *words, env=host_env())
        self.events: list[Event] = []
        self.news = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self.news:
                self.events.append(json.loads(line))
                self.news.notify_all()

    def told(self, seconds: float = 20, **wanted: str) -> Event | None:
        """The first event like that, if it comes in time."""
        def find() -> Event | None:
            return next((e for e in self.events if wanted.items() <= e.items()), None)

        with self.news:
            self.news.wait_for(lambda: find() is not None, seconds)
            return find()

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def expect(watch: Watch, what: str, **wanted: str) -> None:
    ok(watch.told(**wanted), what, wanted, watch.events[-20:])


def test_node(watch: Watch, image: str) -> None:
    node = ask("node", "create", unique("watched"), "--image", image, "--size", "1_cpu-64_ram-1_disk")
    expect(watch, "a new node", event="node.added", id=node["id"])
    expect(watch, "and its disk", event="medium.added", kind="disk")
    expect(watch, "that it starts", event="node.state", id=node["id"], state="starting",
           machine_state="Starting")
    expect(watch, "and runs", event="node.state", id=node["id"], state="running")
    is_fine(cloud("node", "stop", "--force", node["id"]), "a stop")
    expect(watch, "is told", event="node.state", id=node["id"], state="stopped",
           machine_state="PoweredOff")
    del watch.events[:]
    is_fine(cloud("node", "tag", node["id"], "colour=blue"), "a tag")
    expect(watch, "is a change of the node", event="node.changed", id=node["id"])
    shot = ask("snapshot", "create", "--node", node["id"], "s")
    expect(watch, "a snapshot", event="snapshot.created", id=shot["id"], node=node["id"])
    is_fine(cloud("snapshot", "revert", node["id"], "s"), "going back to it")
    expect(watch, "is told", event="snapshot.reverted", node=node["id"])
    is_fine(cloud("snapshot", "delete", "--node", node["id"], "s"), "its end")
    expect(watch, "is told", event="snapshot.deleted", id=shot["id"], node=node["id"])
    is_fine(cloud("node", "destroy", node["id"]), "the node's end")
    expect(watch, "is told", event="node.removed", id=node["id"])


def test_volume(watch: Watch) -> None:
    volume = ask("volume", "create", unique("v"), "--size", "1", "--dynamic")
    expect(watch, "a new volume", event="medium.added", id=volume["id"], kind="disk")
    is_fine(cloud("volume", "resize", volume["id"], "--size", "2"), "its growth")
    expect(watch, "is told", event="medium.changed", id=volume["id"])
    is_fine(cloud("volume", "destroy", volume["id"]), "its end")
    expect(watch, "is told", event="medium.removed", id=volume["id"])


def test_extra_data(watch: Watch) -> None:
    key = unique("watched")
    for value in ("secret", ""):
        is_fine(cloud("api", "IVirtualBox_setExtraData", f"key={key}", f"value={value}"),
                "the host's extra data")
    expect(watch, "is told", event="extra_data.changed", key=key)
    ok("secret" not in json.dumps(watch.events), "without its value")


def test_ends() -> None:
    result = run("watch", "--count", "1", env=host_env())
    ok(result.status == 0 and result.err == "" and
       re.fullmatch(r'\{"time": "\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z", "event": "watching"\}\n',
                    result.out), "one event", result)
    began = time.monotonic()
    result = run("watch", "--timeout", "2", "--output", "table", env=host_env())
    ok(result.status == 5 and json.loads(result.out)["event"] == "watching" and
       1.9 < time.monotonic() - began < 20, "two seconds", result)
    fails(run("watch", "--host", "http://127.0.0.1:1"), 4, "127.0.0.1:1", "a host that is none")
    with open("/dev/full", "w", encoding="ascii") as full:
        result = finish(start("watch", env=host_env(), stdout=full))
    ok(result.status == 1 and "cannot write" in result.err, "an output that takes nothing", result)


test_ends()
name = unique("watch")
is_fine(cloud("image", "import", tiny_image(), "--name", name), "an image")
watching = Watch()
expect(watching, "it watches", event="watching")
test_volume(watching)
test_node(watching, name)
test_extra_data(watching)
ok(all(set(e) <= KEYS and e.get("id") != "" for e in watching.events), "all keys are described",
   watching.events)
ok(watching.end() == 5 and watching.process.stderr and watching.process.stderr.read() ==
   "vboxcloud: cancelled\n", "Ctrl-C ends it")
is_fine(cloud("image", "delete", name), "without the image")
done()
