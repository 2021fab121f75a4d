#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What mist lists of a host: the same twice, of other programs' machines too, and what it makes."""
from __future__ import annotations

from typing import Any
from unittest.mock import patch

import mongoengine as me
from webapp import Machine, MistTest, live

from mist.api.clouds.models import CloudLocation, CloudSize
from mist.api.images.models import CloudImage
from mist.api.networks.models import Network
from mist.api.volumes.models import Volume

KINDS = (CloudImage, CloudLocation, CloudSize, Machine, Network, Volume)
SEEN = {"last_seen", "missing_since", "first_seen"}  # when it was listed


class Saves:
    """The documents that are saved with something new in them, within this."""

    def __enter__(self) -> list[str]:
        self.found: list[str] = []
        save = me.Document.save

        def noted(document: Any, *args: Any, **kwargs: Any) -> Any:
            changed = {each.partition(".")[0] for each in document._get_changed_fields()} - SEEN
            if isinstance(document, KINDS) and (document._created or changed):
                self.found.append(f"{type(document).__name__} {document.name}: {sorted(changed)}")
            return save(document, *args, **kwargs)

        self.patched = patch.object(me.Document, "save", noted)
        self.patched.start()
        return self.found

    def __exit__(self, *_: object) -> None:
        self.patched.stop()


class Listings(MistTest):
    """GET /api/v1/clouds/ID/..."""

    def test_nothing_is_saved_the_second_time(self) -> None:
        self.make(ex_start=True)
        self.make()
        self.foreign()
        volume = self.driver.create_volume(1, live.unique("v"), ex_dynamic=True)
        self.addCleanup(self.driver.destroy_volume, volume)
        for what in ("locations", "sizes", "images", "machines", "networks", "volumes"):
            with self.subTest(what):
                self.web.get(f"{self.path}/{what}")
                with Saves() as saved:
                    again = self.web.get(f"{self.path}/{what}")
                self.assertTrue(again)
                self.assertEqual([], saved)

    def test_machines_of_other_programs(self) -> None:
        """Listed with what they are, and started, stopped and destroyed like ours."""
        node = self.foreign()
        machine = self.machine(node)
        self.assertEqual((node.name, "stopped", []),
                         (machine["name"], machine["state"], machine["public_ips"]))
        self.assertEqual(node.extra["memory"], machine["extra"]["memory"])
        for action, state in (("start", "running"), ("stop", "stopped")):
            self.does(machine, action)
            machine = self.machine(node)
            self.assertEqual(state, machine["state"])
        self.does(machine, "destroy")
        self.assertNotIn(node.id, [each.id for each in self.driver.list_nodes()])

    def test_words(self) -> None:
        """Sizes are named for people, images say what they need, locations are named."""
        self.assertIn("1 CPU, 512 MB, 10 GB",
                      [each["name"] for each in self.web.get(f"{self.path}/sizes")])
        image = self.listed("images", external_id=self.image.id)
        self.assertEqual(("linux", ["x86"]), (image["os_type"], image["architecture"]))
        self.assertGreaterEqual(image["min_disk_size"], 1)
        node = self.make()
        machine = self.machine(node)
        self.assertEqual("1 CPU, 64 MB, 1 GB", machine["size"])
        self.assertEqual(self.listed("locations")["id"], machine["location"])
        self.assertEqual(image["id"], machine["image"])

    def test_a_host_that_went_away(self) -> None:
        """Each listing says so in a sentence, and nothing is forgotten."""
        from proxylib.client import Proxy

        with Proxy(live.HOST) as proxy:
            parts = live.urlsplit(proxy.url)
            cloud = self.web.post("clouds", name="through a proxy", provider="virtualbox",
                                  host=parts.hostname, port=parts.port)["id"]
        for what in ("machines", "sizes", "images", "locations", "networks", "volumes"):
            with self.subTest(what):
                status, answer = self.web.ask("GET", f"clouds/{cloud}/{what}")
                if what == "locations":
                    continue  # mist answers with what it had
                self.assertEqual(503, status, answer)
                self.assertRegex(answer, "^Cloud unavailable: cannot connect")


class Resources(MistTest):
    """Volumes, networks and snapshots that mist makes."""

    def test_volumes(self) -> None:
        location = self.listed("locations")["id"]
        made = self.web.post(f"{self.path}/volumes", name=live.unique("v"), size="1",
                             location=location, ex_dynamic=True)
        self.assertEqual((1, location), (made["size"], made["location"]))
        machine = self.machine(self.make())
        path = f"volumes/{made['id']}"
        self.web.ask("PUT", path, {"action": "attach", "machine": machine["id"]}, 200)
        self.assertEqual([machine["id"]], self.listed("volumes", id=made["id"])["attached_to"])
        status, answer = self.web.ask("DELETE", path)
        self.assertGreaterEqual(status, 400, answer)
        self.assertRegex(answer, "attached")
        self.web.ask("PUT", path, {"action": "detach", "machine": machine["id"]}, 200)
        self.assertEqual([], self.listed("volumes", id=made["id"])["attached_to"])
        self.web.ask("DELETE", path, status=200)
        self.assertEqual([], [each for each in self.driver.list_volumes()
                              if each.id == made["external_id"]])
        status, answer = self.web.ask("POST", f"{self.path}/volumes",
                                      {"name": "x", "size": "big", "location": location})
        self.assertEqual(400, status, answer)
        self.assertIn("'big' is not a number", answer)

    def test_networks(self) -> None:
        name = live.unique("n")
        made = self.web.post(f"{self.path}/networks", network={"name": name, "cidr": "10.9.4.0/24"})
        self.addCleanup(lambda: [each.destroy() for each in self.driver.ex_list_networks()
                                 if each.name == name])
        self.assertEqual(("10.9.4.0/24", "nat_network"), (made["cidr"], made["kind"]))
        status, answer = self.web.ask("POST", f"{self.path}/networks",
                                      {"network": {"name": name, "cidr": "10.9.4.0/24"}})
        self.assertGreaterEqual(status, 400)
        self.assertIn(name, answer)
        self.web.ask("DELETE", f"{self.path}/networks/{made['id']}", status=200)
        self.assertNotIn(name, [each.name for each in self.driver.ex_list_networks()])
        nat = self.listed("networks", external_id="nat")
        status, answer = self.web.ask("DELETE", f"{self.path}/networks/{nat['id']}")
        self.assertEqual(400, status, answer)
        self.assertIn("NAT is a part of each machine", answer)

    def test_snapshots(self) -> None:
        node = self.make()
        machine = self.machine(node)
        for name in ("s1", "s2"):
            self.does(machine, "create_snapshot", snapshot_name=name, snapshot_description="d")
        listed = self.does(machine, "list_snapshots")
        self.assertEqual([("s1", "d"), ("s2", "d")],
                         [(each["name"], each["description"]) for each in listed])
        machine = self.machine(node)
        self.does(machine, "revert_to_snapshot", snapshot_name="s1")
        self.does(machine, "revert_to_snapshot")  # without a name: the one that it builds on
        self.does(machine, "remove_snapshot", snapshot_name="s2")
        self.does(machine, "remove_snapshot")
        self.assertEqual([], self.does(machine, "list_snapshots"))


if __name__ == "__main__":
    live.main()
