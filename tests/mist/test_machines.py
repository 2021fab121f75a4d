#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Machines in mist: created by both versions of its API, and each action in each state."""
from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

from webapp import Machine, MistTest, events, live

from Crypto.PublicKey import RSA
from libcloud.compute.types import NodeState

SIZE = {"cpu": 1, "ram": 64, "disk_primary": 2}  # a custom one, as mist's page posts it
USER_DATA = "#cloud-config\nruncmd: [echo told-by-mist]\n"
STATES = ("stopped", "running", "paused", "suspended")
# For each action: what is posted, in which states it does what is asked, and the state afterwards;
# "": gone. In all others it must be refused before anything is asked of the host.
ACTIONS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "start": ({}, {"stopped": "running", "paused": "running", "suspended": "running"}),
    "stop": ({}, {"running": "stopped", "paused": "stopped"}),
    "reboot": ({}, {"running": "running"}),
    "power_cycle": ({}, {"running": "running"}),
    "suspend": ({}, {"running": "suspended", "paused": "suspended"}),
    "resume": ({}, {"paused": "running", "suspended": "running"}),
    "rename": ({"name": "renamed"}, {"stopped": "stopped"}),
    "resize": ({}, {"stopped": "stopped"}),
    "expose": ({"ports": [{"port": "0", "target_port": "80", "protocol": "TCP"}]},
               {"stopped": "stopped", "running": "running", "paused": "paused"}),
    "create_snapshot": ({"snapshot_name": "s"}, {state: state for state in STATES}),
    "list_snapshots": ({}, {state: state for state in STATES}),
    "revert_to_snapshot": ({"snapshot_name": "s"},
                           {"stopped": "stopped", "suspended": "suspended"}),
    "remove_snapshot": ({"snapshot_name": "s"}, {state: state for state in STATES}),
    "clone": ({"name": "clone"}, {"stopped": "stopped", "running": "running", "paused": "paused"}),
    "undefine": ({}, {"stopped": ""}),
    "destroy": ({}, {state: "" for state in STATES}),
}


class Table:
    """Action by state: what came of it, and in how many seconds."""

    def __init__(self) -> None:
        self.cells: dict[tuple[str, str], str] = {}

    def print(self) -> None:
        print("# " + "action".ljust(20) + "".join(state.ljust(16) for state in STATES))
        for action in ACTIONS:
            cells = (self.cells.get((action, state), "not tried") for state in STATES)
            print("# " + action.ljust(20) + "".join(cell.ljust(16) for cell in cells), flush=True)


class Actions(MistTest):
    """POST /api/v1/machines/ID, once for each action and state."""

    table = Table()

    def tearDown(self) -> None:
        self.table.print()

    def into(self, state: str) -> Any:
        """The machine in that state, as mist lists it; a new one if there is none."""
        if self.node is None:
            self.node = self.make()
        driver = self.driver
        now = driver.ex_get_node(self.node.id).state.value
        if now != state:
            if now != "stopped":
                driver.stop_node(self.node, ex_force=True)
            if state != "stopped":
                driver.start_node(self.node)
            {"paused": driver.ex_pause_node, "suspended": driver.ex_suspend_node}.get(
                state, lambda _: True)(self.node)
        return self.machine(self.node)

    def try_action(self, state: str, action: str) -> str:
        """What is posted, and whether the host is as it must be then."""
        machine, (more, outcomes) = self.into(state), ACTIONS[action]
        self.assertEqual(state, machine["state"])
        if action == "resize":
            more = {"size": self.web.get(f"{self.path}/sizes")[0]["id"]}
        begun = time.monotonic()
        status, answer = self.act(machine, action, **more)
        if action == "clone" and self.finish_clone():
            status = 403
        seconds = time.monotonic() - begun
        if state not in outcomes:
            self.assertEqual(403, status, answer)
            self.assertEqual(state, self.driver.ex_get_node(self.node.id).state.value)
            return "refused"
        self.assertEqual(200, status, answer)
        self.check_after(action, outcomes[state])
        return f"ok {seconds:.1f} s"

    def check_after(self, action: str, state: str) -> None:
        if not state:
            self.assertNotIn(self.node.id, [each.id for each in self.driver.list_nodes()])
            self.node = None
            return
        machine = self.machine(self.node)
        self.assertEqual(state, machine["state"])
        if action == "rename":
            self.assertEqual("renamed", machine["name"])
        if action == "resize":
            self.assertEqual((1, 256), (machine["extra"]["cpus"], machine["extra"]["memory"]))
        if action == "expose":
            self.assertIn(80, [each["local_port"] for each in machine["extra"]["port_forwards"]])

    def finish_clone(self) -> bool:
        """What mist's worker does, which knows the clone at once; whether it refused instead."""
        with patch("mist.api.tasks.sleep"):
            self.web.work("clone_machine_async")
        error = events("clone_machine_finished")[-1]["error"]
        if error:
            self.assertIn("support clone", error)
            return True
        (clone,) = [each for each in self.driver.list_nodes() if each.name == "clone"]
        self.assertTrue(Machine.objects(external_id=clone.id).first())
        self.driver.destroy_node(clone)
        return False

    def test_each_action_in_each_state(self) -> None:
        self.node: Any = None
        for state in STATES:
            for action in ACTIONS:
                with self.subTest(f"{action} when {state}"):
                    self.table.cells[action, state] = "FAILED"
                    self.table.cells[action, state] = self.try_action(state, action)
                    print(f"#   {state}: {action}: {self.table.cells[action, state]}", flush=True)


class Failing(MistTest):
    """What the host refuses is told to mist's user, in the host's words."""

    def test_texts_survive(self) -> None:
        node = self.make()
        machine = self.machine(node)
        self.driver.start_node(node)  # unknown to mist until its next poll
        for action, more in (("rename", {"name": "x"}), ("undefine", {})):
            with self.subTest(action):
                self.refuses(400, r"stopped", machine, action, **more)
        size = self.web.get(f"{self.path}/sizes")[0]["id"]
        self.refuses(400, "Failed to resize node: .*stopped", machine, "resize", size=size)
        self.refuses(404, "has no snapshot", machine, "revert_to_snapshot", snapshot_name="none")
        self.refuses(400, "flush", machine, "create_snapshot", snapshot_name="q", snapshot_quiesce=True)
        self.driver.destroy_node(node)
        for action in ("start", "clone", "destroy", "list_snapshots"):
            with self.subTest(f"{action} of one that is gone"):
                self.gone_is_told(machine, action)

    def gone_is_told(self, machine: Any, action: str) -> None:
        if action == "clone":
            self.does(machine, action, name="x")
            with patch("mist.api.tasks.sleep"):  # it waits for the clone, though there is none
                self.web.work("clone_machine_async")
            self.assertIn("there is no node", str(events("clone_machine_finished")[-1]["error"]))
        else:
            self.refuses(404, "there is no node", machine, action)


class Creating(MistTest):
    """With a key, cloud-init, networks and a volume."""

    def setUp(self) -> None:
        self.image_id = self.listed("images", external_id=self.image.id)["id"]
        private = RSA.generate(2048)  # mist takes no others
        self.public = private.public_key().export_key("OpenSSH").decode()
        self.key = self.web.ask("PUT", "keys", {"name": live.unique("key"), "priv":
                                                private.export_key().decode()}, 200)["id"]
        self.location = self.listed("locations", external_id="virtualbox-location")["id"]
        self.nat = self.listed("networks", external_id="nat")["id"]

    def volume(self) -> Any:
        made = self.web.post(f"{self.path}/volumes", name=live.unique("v"), size="1",
                             location=self.location, ex_dynamic=True)
        self.addCleanup(self.volume_gone, made["external_id"])
        return made

    def volume_gone(self, external_id: str) -> None:
        for each in self.driver.list_volumes():
            if each.id == external_id:
                self.driver.detach_volume(each)
                self.driver.destroy_volume(each)

    def created(self, name: str, key: bool = True) -> Any:
        """The machine of that name, which runs, as mist had stored it before it was listed."""
        (node,) = [each for each in self.driver.list_nodes() if each.name == name]
        self.addCleanup(self.gone, node)
        self.assertIs(NodeState.RUNNING, node.state)
        stored = Machine.objects.get(external_id=node.id)
        self.assertNotIn("password", stored.extra)
        if key:
            seed = b"".join(file.read_bytes() for file in
                            Path(node.extra["settings_file"]).parent.glob("*.iso"))
            self.assertIn(self.public.split()[1].encode(), seed)
            self.assertTrue(self.machine(node)["key_associations"])
        return node

    def reached(self, node: Any) -> None:
        """mist finds SSH at the forwarded port."""
        machine = self.machine(node)
        self.assertTrue(machine["public_ips"], machine)
        stored = Machine.objects.get(external_id=node.id)
        self.assertEqual(node.extra["ssh_port"], stored.ssh_port)
        (way, *_) = [each["PublicPort"] for each in stored.extra["ports"]
                     if each["PrivatePort"] == 22]
        self.assertEqual(node.extra["ssh_port"], way)

    def test_v1_as_the_page_does(self) -> None:
        """Asynchronously, with all of it."""
        name, volume = live.unique("v1"), self.volume()
        job = self.web.post(
            f"{self.path}/machines", name=name, image=self.image_id, size=SIZE, key=self.key,
            location=self.location, cloud_init=USER_DATA, networks=[self.nat],
            volumes=[{"volume_id": volume["id"]}], tags={"made": "by-mist"},
            **{"async": True, "quantity": 1})
        self.web.work("create_machine_async")
        (event,) = [each for each in events("machine_creation_finished")
                    if each.get("job_id") == job["job_id"]]
        self.assertFalse(event["error"], event)
        node = self.created(name)
        self.assertEqual(["nat"], self.kinds(node))
        self.reached(node)
        (attached,) = [each for each in self.driver.list_volumes()
                       if each.id == volume["external_id"]]
        self.assertEqual([node.id], attached.extra["attached_to"])
        self.assertEqual({"made": "by-mist"}, self.machine(node)["tags"])

    def kinds(self, node: Any) -> list[str]:
        """Of the networks of its adapters."""
        return [each["kind"] for each in node.extra["network_adapters"]]

    def test_network_of_its_own(self) -> None:
        """It is attached to that; where VirtualBox has no kernel driver it is told that this needs one,
        and nothing is left."""
        network = self.driver.ex_create_network(live.unique("n"), "10.9.0.0/24")
        self.addCleanup(network.destroy)
        name = live.unique("own")
        status, answer = self.web.ask("POST", f"{self.path}/machines", {
            "name": name, "image": self.image_id, "size": SIZE, "location": self.location,
            "networks": [self.listed("networks", external_id=network.id)["id"]]})
        if status == 200:
            self.assertEqual(["nat_network"], self.kinds(self.created(name, key=False)))
        else:
            self.assertRegex(answer, "driverless")
            self.assertNotIn(name, [each.name for each in self.driver.list_nodes()])

    def test_v1_at_once(self) -> None:
        """Synchronously, without anything: behind NAT, with a password that is told once."""
        name = live.unique("now")
        size = self.listed("sizes", external_id="1_cpu-256_ram-10_disk")["id"]
        answer = self.web.post(f"{self.path}/machines", name=name, image=self.image_id, size=size,
                               location=self.location)
        node = self.created(name, key=False)
        self.assertEqual(node.id, answer["id"])
        self.assertTrue(answer["extra"]["password"])
        self.reached(node)

    def test_v1_that_cannot_be(self) -> None:
        """It is told why, and nothing is left."""
        name, volume = live.unique("none"), self.volume()
        for text, more in (("size", {"size": {"cpu": 1000, "ram": 64}}),
                           ("no-such-network", {"networks": ["no-such-network"]}),
                           ("volume|Volume", {"volumes": [{"volume_id": "none"}]}),
                           ("name", {"volumes": [{"volume_id": volume["id"]}, {"size": 1}]})):
            with self.subTest(text):
                status, answer = self.web.ask("POST", f"{self.path}/machines", {
                    "name": name, "image": self.image_id, "size": SIZE, "location": self.location,
                    **more})
                self.assertGreaterEqual(status, 400)
                self.assertRegex(answer, text)
        self.assertNotIn(name, [each.name for each in self.driver.list_nodes()])

    def test_v2(self) -> None:
        """A plan, and the actors that carry it out."""
        name, volume = live.unique("v2"), self.volume()
        self.web.get(f"{self.path}/volumes")
        plan = {"cloud": {"id": self.cloud, "name": "vbox"}}
        plan = self.controllers.compute.generate_plan(
            self.web.context, plan, name, self.image.name, {"cpu": 1, "memory": 64, "disk": 2},
            key=self.key, networks={"networks": [{"id": self.nat}, {"id": "nat"}]},
            volumes=[{"volume": volume["id"]}], scripts=[], cloudinit=USER_DATA,
            extra={"description": "by a plan"})
        self.assertEqual(volume["id"], plan["volumes"][0]["id"])
        from mist.api.tasks import multicreate_async_v2
        multicreate_async_v2.send(self.web.context.serialize(), plan, job_id="v2")
        self.web.work("multicreate_async_v2", "create_machine_async_v2")
        event = events("machine_creation_finished")[-1]
        self.assertFalse(event["error"], event)
        node = self.created(name)
        self.assertEqual(["nat", "nat"], self.kinds(node))
        self.assertEqual("by a plan", node.extra["description"])


if __name__ == "__main__":
    live.main()
