#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The driver as mist.io uses it: its calls in their order, on objects that it builds anew from what
it has stored, and what it needs to find in the answers.
"""
from __future__ import annotations

import json
from typing import Any

from libcloud.common.types import LibcloudError
from libcloud.compute.base import Node, NodeAuthSSHKey, NodeImage, NodeSize
from libcloud.compute.types import NodeState

import mist
from live import SIZE, LiveTest, main, unique


class Mist(LiveTest):
    """Needs of mist.io's controllers."""

    def size_without_extra(self, size_id: str) -> NodeSize:
        """As mist builds one from its document."""
        known = self.driver.ex_get_size(size_id)
        return NodeSize(size_id, name=known.name, ram=known.ram, disk=known.disk, bandwidth=None,
                        price=None, driver=self.driver)

    def state(self, node: Node) -> Any:
        found = self.again(node)
        self.assertEqual([], mist.complaints_of_node(found))
        return found.state

    def test_locations(self) -> None:
        locations = self.driver.list_locations()
        self.assertEqual([], mist.complaints_of_listed(locations))
        self.assertEqual(1, len(locations))

    def test_sizes(self) -> None:
        sizes = self.driver.list_sizes()
        self.assertEqual([], mist.complaints_of_listed(sizes))
        self.assertTrue(1 <= len(sizes) <= 60, len(sizes))
        for size in sizes:
            self.assertTrue(all(isinstance(each, int)
                                for each in (size.ram, size.disk, size.extra["cpus"])), size)

    def test_images(self) -> None:
        images = self.driver.list_images()
        self.assertEqual([], mist.complaints_of_listed(images))
        for image in images:
            for key in ("min_disk_size", "min_memory_size"):
                self.assertIsInstance(image.extra[key], (int, type(None)))

    def test_nodes_are_plain_and_the_same_at_each_poll(self) -> None:
        self.make(name=unique("\u7bc0\u9ede \U0001f4bb"), ex_description="\u00fc")
        nodes = self.driver.list_nodes()
        self.assertEqual([], [each for node in nodes for each in mist.complaints_of_node(node)])
        first = json.dumps([mist.plain(node) for node in nodes], default=str)
        second = json.dumps([mist.plain(node) for node in self.driver.list_nodes()], default=str)
        self.assertEqual(first, second)

    def test_volumes(self) -> None:
        node = self.make()
        volume = self.driver.create_volume(size="1", name=unique("v"), ex_dynamic=True)
        self.addCleanup(self.driver.destroy_volume, volume)
        self.assertEqual([], mist.complaints_of_listed(self.driver.list_volumes()))
        self.assertTrue(self.driver.attach_volume(node, volume))
        listed = next(each for each in self.driver.list_volumes() if each.id == volume.id)
        self.assertEqual([node.id], listed.extra["attached_to"])
        self.assertTrue(self.driver.detach_volume(volume, ex_node=node))
        self.assertTrue(self.driver.detach_volume(volume))

    def test_create_from_rebuilt_objects(self) -> None:
        image = NodeImage(self.image.id, name="stored", extra={}, driver=self.driver)
        size = self.size_without_extra(SIZE)
        node = self.driver.create_node(name=unique("m"), size=size, image=image,
                                       location=self.driver.list_locations()[0])
        self.addCleanup(self.gone, node)
        self.assertEqual(node.uuid, self.again(node).uuid)
        self.assertIs(NodeState.RUNNING, self.state(node))

    def test_actions(self) -> None:
        node = self.make(ex_start=True)
        for action, state in ((self.driver.stop_node, NodeState.STOPPED),
                              (self.driver.start_node, NodeState.RUNNING),
                              (self.driver.ex_hard_reboot, NodeState.RUNNING)):
            with self.subTest(action.__name__):
                self.assertTrue(action(node))
                self.assertIs(state, self.state(node))
        self.assertTrue(node.reboot())
        self.assertIs(NodeState.RUNNING, self.state(node))
        self.assertTrue(node.destroy())
        with self.assertRaises(LibcloudError):
            node.destroy()

    def test_node_snapshots(self) -> None:
        node = self.make()
        driver = self.driver
        self.assertEqual([], driver.ex_list_snapshots(node))
        self.assertTrue(driver.ex_create_snapshot(node, "s1", "d", dump_memory=True, quiesce=False))
        self.assertTrue(driver.ex_create_snapshot(node, "s2"))
        listed = driver.ex_list_snapshots(node)
        self.assertEqual(["s1", "s2"], [each["name"] for each in listed])
        self.assertLessEqual({"id", "name", "description", "created", "state"}, set(listed[0]))
        self.assertEqual("d", json.loads(json.dumps(listed))[0]["description"])
        self.assertTrue(driver.ex_revert_to_snapshot(node, "s1"))
        self.assertTrue(driver.ex_revert_to_snapshot(node))
        self.assertTrue(driver.ex_remove_snapshot(node, "s1", remove_children=True))
        self.assertEqual([], driver.ex_list_snapshots(node))
        with self.assertRaises(LibcloudError):
            driver.ex_remove_snapshot(node)
        with self.assertRaises(NotImplementedError):
            driver.ex_create_snapshot(node, "s3", quiesce=True)

    def test_what_cannot_be_done(self) -> None:
        node = self.make()
        for call in (lambda: self.driver.ex_open_console(node.id),
                     lambda: self.driver.ex_undefine_node(node)):
            with self.assertRaises(NotImplementedError) as caught:
                call()
            self.assertIsInstance(caught.exception, LibcloudError)
        self.assertTrue(self.driver.ex_undefine_node(node, delete_disks=True))

    def test_everything_on_one_node(self) -> None:
        """Mist's order of calls, on a node that lives through all of them."""
        driver, name = self.driver, unique("m")
        key = driver.create_key_pair(name)
        self.addCleanup(driver.delete_key_pair, key)
        node = driver.create_node(
            name=name, size=self.size_without_extra(SIZE), auth=NodeAuthSSHKey(key.public_key),
            image=NodeImage(self.image.id, name="i", extra={}, driver=driver),
            location=driver.list_locations()[0], ex_userdata="#cloud-config\n{}\n")
        self.addCleanup(self.gone, node)
        for action, state in ((driver.stop_node, "stopped"), (driver.start_node, "running"),
                              (driver.ex_suspend_node, "suspended"),
                              (driver.ex_resume_node, "running"), (driver.reboot_node, "running"),
                              (driver.ex_hard_reboot, "running"), (driver.stop_node, "stopped")):
            self.assertTrue(action(node))
            self.assertIs(getattr(NodeState, state.upper()), self.state(node))
        self.assertTrue(driver.ex_rename_node(node, name + "-2"))
        self.assertTrue(driver.ex_resize_node(node, self.size_without_extra("1_cpu-96_ram-1_disk")))
        self.assertTrue(driver.ex_create_snapshot(node, "s", "d", dump_memory=True, quiesce=False))
        self.assertTrue(driver.ex_revert_to_snapshot(node, "s"))
        self.assertTrue(driver.ex_remove_snapshot(node, "s"))
        volume = driver.create_volume(size=1, name=name, ex_dynamic=True)
        self.assertTrue(driver.attach_volume(node, volume))
        self.assertTrue(driver.detach_volume(volume, ex_node=node))
        self.assertTrue(driver.destroy_volume(volume))
        network = driver.ex_create_network(name=name, cidr="10.9.7.0/24")
        self.assertIn(network.id, [each.id for each in driver.ex_list_networks()])
        self.assertTrue(driver.ex_delete_network(network))
        listed = self.again(node)
        self.assertEqual((name + "-2", "1_cpu-96_ram-1_disk"), (listed.name, listed.size.id))
        self.assertTrue(driver.start_node(node) and node.destroy())
        self.assertNotIn(node.id, [each.id for each in driver.list_nodes()])


if __name__ == "__main__":
    main()
