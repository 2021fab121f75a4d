#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The driver as mist.io uses it: the calls of its controllers in their order, on objects that are
built anew from what mist has stored, and what it needs to find in the answers. What it does with
drivers that come and go, in threads and in forked workers, is in test_lifetime.py.
"""
from __future__ import annotations

import copy
import ipaddress
import json
import re
import ssl
import time
from pathlib import Path
from typing import Any

from libcloud.common.types import InvalidCredsError, LibcloudError
from libcloud.compute.base import (
    Node, NodeAuthPassword, NodeAuthSSHKey, NodeImage, NodeLocation, NodeSize, StorageVolume,
)
from libcloud.compute.types import NodeState

import mist
from live import SIZE, LiveTest, main, new_driver, unique, version

import fakes
import test_errors
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver

SECRET = "never-to-be-seen"
LARGER = "2_cpu-96_ram-2_disk"
USER_DATA = "#cloud-config\nruncmd: [echo told-by-mist]\n"


class Mist(LiveTest):
    """What mist.io's controllers call, step by step; each needs what those before it left."""

    node: Node  # as mist looks it up before each action
    key: str

    def test_in_order(self) -> None:
        """The calls of all of mist's controllers on one host."""
        self.node = self.make(ex_start=True)
        self.foreign("1_cpu-256_ram-30_disk")
        for step in (self.connect, self.locations, self.sizes, self.images, self.nodes,
                     self.storage_and_networks, self.create, self.act, self.change, self.snapshots,
                     self.clone, self.volumes, self.networks, self.console, self.remove):
            begun = time.monotonic()
            step()
            print(f"# {step.__name__}: {time.monotonic() - begun:.1f} s", flush=True)

    # Objects as mist builds them from its documents, and how it finds a node again.

    def stored_size(self, size_id: str, **more: Any) -> NodeSize:
        known = self.driver.ex_get_size(size_id)
        return NodeSize(size_id, name=known.name, ram=known.ram, disk=known.disk, bandwidth=None,
                        price=None, driver=self.driver, **more)

    def stored_image(self) -> NodeImage:
        return NodeImage(self.image.id, name="stored", extra={}, driver=self.driver)

    def stored_location(self) -> NodeLocation:
        return NodeLocation("virtualbox-location", "stored", "", self.driver)

    def look_up(self, node_id: str) -> Node:
        (found,) = [each for each in self.driver.list_nodes() if each.id == node_id]
        self.assertEqual([], mist.complaints_of_node(found))
        self.assertEqual(found.uuid, self.driver.ex_get_node_by_uuid(node_id).uuid)
        return found

    def is_in(self, state: Any) -> None:
        self.node = self.look_up(self.node.id)
        self.assertIs(state, self.node.state)

    def refused(self, call: Any, *arguments: Any, **more: Any) -> str:
        """What mist is told: a sentence."""
        with self.assertRaises(LibcloudError) as caught:
            call(*arguments, **more)
        self.assertRegex(str(caught.exception), r"^\S.{10,}")
        return str(caught.exception)

    # The steps.

    def connect(self) -> None:
        """Errors come from the constructor, soon, of the classes that mist tells apart."""
        def fails(kind: type[BaseException], port: int, **more: Any) -> None:
            begun = time.monotonic()
            with self.assertRaises(kind) as caught:
                VirtualBoxNodeDriver("127.0.0.1", port=port, username="mist", password=SECRET,
                                     timeout=2, **more)
            self.assertLess(time.monotonic() - begun, 10)
            self.assertIsInstance(caught.exception, LibcloudError)
            self.assertNotIn(SECRET, str(caught.exception) + repr(caught.exception))

        with fakes.listening(test_errors.refuses) as port:
            fails(InvalidCredsError, port)
        fails(OSError, fakes.free_port())
        with fakes.listening(fakes.silent) as port:
            fails(TimeoutError, port)
        with fakes.listening(lambda connection: fakes.reply(connection, b"plain")) as port:
            fails(ssl.SSLError, port, secure=True)
        self.assertRegex(new_driver().ex_get_api_version(), r"^\d+_\d+$")

    def locations(self) -> None:
        first, second = (self.driver.list_locations() for _ in range(2))
        self.assertEqual([], mist.complaints_of_listed(first))
        self.assertEqual([each.id for each in first], [each.id for each in second])
        self.assertEqual([("virtualbox-location", self.driver.host)],
                         [(each.id, each.name) for each in first])

    def sizes(self) -> None:
        sizes = [size for size in self.driver.list_sizes() if size.id]  # one is a placeholder
        self.assertEqual([], mist.complaints_of_listed(sizes))
        self.assertTrue(5 <= len(sizes) <= 60, len(sizes))
        for size in sizes:
            numbers = (size.ram, size.disk, size.extra["cpus"])
            self.assertEqual([int] * 3, [type(each) for each in numbers])
            self.assertTrue(all(numbers) and not size.price, size)

    def images(self) -> None:
        images = self.driver.list_images()
        self.assertIn(self.image.id, [image.id for image in images])
        self.assertEqual([], mist.complaints_of_listed(images))
        for image in images:
            for key in ("min_disk_size", "min_memory_size"):
                self.assertIn(type(image.extra[key]), (int, type(None)))
            self.assertEqual("x86", image.extra["architecture"])

    def nodes(self) -> None:
        """Plain, the same at each poll, and reached where they can be reached."""
        first, second = ([mist.plain(node) for node in self.driver.list_nodes()] for _ in range(2))
        self.assertEqual(first, second)
        self.assertGreaterEqual(len(first), 2)
        node = self.look_up(self.node.id)
        (port,) = [each for each in node.extra["ports"] if each["PrivatePort"] == 22]
        self.assertEqual(([port["IP"]], port["PublicPort"]),
                         (node.public_ips, node.extra["ssh_port"]))
        self.assertIsNotNone(node.created_at)

    def storage_and_networks(self) -> None:
        volume = self.driver.create_volume(size="1", name=unique("v"), ex_dynamic=True)
        self.addCleanup(self.driver.destroy_volume, volume)
        network = self.driver.ex_create_network(name=unique("n"), cidr="10.9.5.0/24")
        self.addCleanup(network.destroy)
        for listed, made in ((self.driver.list_volumes(), volume),
                             (self.driver.ex_list_networks(), network)):
            self.assertEqual([], mist.complaints_of_listed(listed))
            self.assertIn(made.id, [each.id for each in listed])
        for each in self.driver.ex_list_networks():
            if each.cidr is not None:
                self.assertTrue(ipaddress.IPv4Network(each.cidr, strict=False))

    def create(self) -> None:
        """With a key and user data, without anything, with a password."""
        if version() < (6, 0):
            return self.create_untold()
        driver, name = self.driver, unique("m")
        pair = driver.create_key_pair(name)
        self.addCleanup(driver.delete_key_pair, pair)
        node = driver.create_node(
            name=name, size=self.stored_size(SIZE, extra={"cpus": 1}), image=self.stored_image(),
            location=self.stored_location(), auth=NodeAuthSSHKey(pair.public_key),
            ex_userdata=USER_DATA)
        self.addCleanup(self.gone, node)
        self.assertNotIn("password", node.extra)
        told = self.seed_of(node)
        for words in (pair.public_key.split()[1], "told-by-mist"):
            self.assertIn(words.encode(), told)
        for auth in ({}, {"auth": NodeAuthPassword("mist's own")}):
            other = driver.create_node(name=name, size=self.stored_size(SIZE),
                                       image=self.stored_image(), ex_start=False, **auth)
            self.addCleanup(self.gone, other)
            self.assertEqual(not auth, "password" in other.extra)
            self.assertEqual(other.uuid, self.look_up(other.id).uuid)
            self.assertNotIn(b"mist's own", self.seed_of(other))  # but its hash
        self.assertEqual((node.uuid, name), (self.look_up(node.id).uuid, node.name))
        self.node = node
        self.is_in(NodeState.RUNNING)

    def create_untold(self) -> None:
        """VirtualBox 5 takes no seeds: without anything it is."""
        for told in {"auth": NodeAuthPassword("mist's own")}, {"ex_userdata": USER_DATA}:
            with self.assertRaises(NotImplementedError):
                self.make(**told)
        self.node = self.make(size=self.stored_size(SIZE, extra={"cpus": 1}), ex_start=True,
                              image=self.stored_image(), location=self.stored_location())
        self.assertNotIn("password", self.node.extra)
        self.is_in(NodeState.RUNNING)

    def seed_of(self, node: Node) -> bytes:
        """What its guest is told at its first boot, as it lies on the host."""
        folder = Path(node.extra["settings_file"]).parent
        if not folder.is_dir():
            self.skipTest("the host is another machine")
        (seed,) = folder.glob("*.iso")
        return seed.read_bytes()

    def act(self) -> None:
        driver = self.driver
        for action, state in ((driver.stop_node, NodeState.STOPPED),
                              (driver.start_node, NodeState.RUNNING),
                              (driver.ex_suspend_node, NodeState.SUSPENDED),
                              (driver.ex_resume_node, NodeState.RUNNING),
                              (Node.reboot, NodeState.RUNNING),
                              (driver.ex_hard_reboot, NodeState.RUNNING)):
            self.assertIs(action(self.node), True)
            self.is_in(state)

    def change(self) -> None:
        """Its name and size, which mist gives without CPUs; not while it runs."""
        driver, name = self.driver, unique("x")
        self.refused(driver.ex_rename_node, self.node, name)
        self.refused(driver.ex_resize_node, self.node, self.stored_size(LARGER))
        self.assertTrue(driver.stop_node(self.node))
        self.assertTrue(driver.ex_rename_node(self.node, name))
        self.assertTrue(driver.ex_resize_node(self.node, self.stored_size(LARGER)))
        self.is_in(NodeState.STOPPED)
        self.assertEqual((name, LARGER, 2, 96),
                         (self.node.name, self.node.size.id, self.node.extra["cpus"],
                          self.node.extra["memory"]))
        self.assertTrue(driver.ex_resize_node(self.node, "1_cpu-64_ram-2_disk"))
        self.assertEqual("1_cpu-64_ram-2_disk", self.look_up(self.node.id).size.id)
        self.assertIn("large-one", self.refused(driver.ex_resize_node, self.node, "large-one"))
        self.assertTrue(driver.ex_resize_node(self.node, self.stored_size(SIZE), keep_disk=True))
        self.assertEqual("1_cpu-64_ram-2_disk", self.look_up(self.node.id).size.id)

    def snapshots(self) -> None:
        driver, node = self.driver, self.node
        self.assertTrue(driver.ex_create_snapshot(node, "s1", "d", dump_memory=True, quiesce=False))
        self.assertTrue(driver.ex_create_snapshot(node, "s2"))
        listed = json.loads(json.dumps(driver.ex_list_snapshots(node)))
        self.assertEqual([("s1", "d", "stopped"), ("s2", "", "stopped")],
                         [(each["name"], each["description"], each["state"]) for each in listed])
        self.assertEqual([None, listed[0]["id"]], [each["parent"] for each in listed])
        for each in listed:
            self.assertRegex(each["created"], r"^\d{4}-\d\d-\d\d \d\d:\d\d$")
        self.assertTrue(driver.ex_revert_to_snapshot(node, "s1"))
        self.assertEqual([True, False],
                         [each["current"] for each in driver.ex_list_snapshots(node)])
        self.assertTrue(driver.ex_revert_to_snapshot(node))
        self.assertTrue(driver.ex_remove_snapshot(node, "s2"))
        self.assertTrue(driver.ex_remove_snapshot(node))
        self.assertEqual([], driver.ex_list_snapshots(node))
        self.refused(driver.ex_remove_snapshot, node, "s1")
        self.refused(driver.ex_remove_snapshot, node)
        self.refused(driver.ex_create_snapshot, node, "s3", quiesce=True)

    def clone(self) -> None:
        clone = self.driver.ex_clone_node(self.node, new_name=unique("c"))
        self.addCleanup(self.gone, clone)
        self.assertEqual(clone.uuid, self.look_up(clone.id).uuid)
        both = [self.look_up(each.id).extra["network_adapters"] for each in (self.node, clone)]
        self.assertEqual(2, len({adapter["mac"] for adapters in both for adapter in adapters}))

    def volumes(self) -> None:
        driver = self.driver
        made = driver.create_volume(size=1, name=unique("v"), ex_dynamic=True)
        stored = StorageVolume(made.id, made.name, made.size, driver)
        self.assertTrue(driver.attach_volume(self.node, stored))
        (listed,) = [each for each in driver.list_volumes() if each.id == made.id]
        self.assertEqual([self.node.id], listed.extra["attached_to"])
        self.refused(driver.destroy_volume, stored)
        self.assertTrue(driver.detach_volume(stored, ex_node=self.node))
        self.assertTrue(driver.detach_volume(stored))
        self.assertTrue(driver.destroy_volume(stored))
        self.assertNotIn(made.id, [each.id for each in driver.list_volumes()])

    def networks(self) -> None:
        driver = self.driver
        for delete in (driver.ex_delete_network, lambda network: network.destroy()):
            made = driver.ex_create_network(name=unique("n"), cidr="10.9.7.0/24")
            (listed,) = [each for each in driver.ex_list_networks() if each.id == made.id]
            self.assertEqual("10.9.7.0/24", listed.cidr)
            self.assertTrue(delete(copy.copy(listed)))
            self.assertNotIn(made.id, [each.id for each in driver.ex_list_networks()])

    def console(self) -> None:
        """Either an address for it, or a reason."""
        for node in (self.node.id, self.node):
            try:
                self.assertRegex(self.driver.ex_open_console(node), r"^[a-z]+://")
            except LibcloudError as error:
                self.assertTrue(re.search(r"\w+ \w+", str(error)))

    def remove(self) -> None:
        """Undefined, its disk stays; destroyed, even as it runs, nothing does."""
        driver = self.driver
        self.assertIs(driver.ex_undefine_node(self.node), True)
        self.refused(driver.ex_get_node_by_uuid, self.node.id)
        (kept,) = [each for each in driver.list_volumes() if each.name == self.node.name]
        self.assertTrue(driver.destroy_volume(kept))
        node = self.make(ex_start=True)
        self.assertIs(node.destroy(), True)
        self.assertNotIn(node.id, [each.id for each in driver.list_nodes()])
        self.assertFalse(Path(node.extra["settings_file"]).parent.exists())
        self.assertIn("there is no node", self.refused(node.destroy))


class Poll(LiveTest):
    """What mist does again and again."""

    def test_unicode_is_the_same_at_each_poll(self) -> None:
        node = self.make(name=unique("\u7bc0\u9ede \U0001f4bb"), ex_description="\u00fc")
        polls = [mist.plain(self.again(node)) for _ in range(3)]
        self.assertEqual([polls[0]] * 3, polls)
        self.assertEqual((node.name, "\u00fc"), (polls[0]["name"], polls[0]["extra"]["description"]))


if __name__ == "__main__":
    main()
