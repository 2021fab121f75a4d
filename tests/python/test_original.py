#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the original driver did, and programs written for it expect: texts, ids, order of arguments.

docs/python.md tells where we differ on purpose.
"""
from __future__ import annotations

import os

from libcloud.compute.base import NodeImage, NodeLocation, NodeSize, StorageVolume
from libcloud.compute.types import NodeState, StorageVolumeState

from live import SIZE, LiveTest, main, unique

from fakes import free_port

from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver


class Original(LiveTest):
    """On the test host, which is this machine: files can be looked at."""

    def same_size(self, expected: NodeSize, actual: NodeSize) -> None:
        self.assertEqual(repr(expected), repr(actual))

    def size(self, size_id: str) -> NodeSize:
        return next(size for size in self.driver.list_sizes() if size.id == size_id)

    def is_here(self, path: str) -> bool:
        if not os.path.isdir(self.driver.ex_get_hypervisor_sysinfo()["machine_folder"]):
            self.skipTest("the host is another machine")
        return os.path.exists(path)

    def test_no_connection(self) -> None:
        with self.assertRaises(RuntimeError) as caught:
            VirtualBoxNodeDriver("127.0.0.1", free_port(), "", "")
        self.assertEqual("Failed to connect to the web service. See logs.",
                         caught.exception.args[0])

    def test_sizes(self) -> None:
        sizes = {size.id: size for size in self.driver.list_sizes()}
        self.assertIn("1_cpu-256_ram-30_disk", sizes)
        self.assertEqual("Unknown", sizes[""].name)
        self.assertIs(self.driver, sizes[""].driver)
        self.assertEqual({"cpu": 1, "cpus": 1}, sizes["1_cpu-256_ram-30_disk"].extra)

    def test_location(self) -> None:
        (location,) = self.driver.list_locations()
        self.assertIsInstance(location, NodeLocation)
        self.assertEqual(("virtualbox-location", self.driver.host, "UN"),
                         (location.id, location.name, location.country))

    def test_images(self) -> None:
        images = {image.id: image for image in self.driver.list_images()}
        self.assertEqual(self.image.name, images[self.image.id].name)
        self.assertTrue(self.is_here(images[self.image.id].extra["location"]))
        self.assertEqual(self.image.name, self.driver.get_image(self.image.id).name)

    def test_nodes_of_other_programs(self) -> None:
        """Their size is what they have now, whatever they say it is."""
        for size_id in ("1_cpu-256_ram-30_disk", ""):
            node = self.foreign(size_id)
            known = f"1_cpu-{node.extra['memory']}_ram-0_disk"
            self.assertGreater(node.extra["memory"], 0)
            self.assertEqual((known, known), (node.size.id, node.extra["size_id"]))
            self.same_size(self.driver.ex_get_size(known), self.again(node).size)
            self.assertEqual(NodeState.STOPPED, node.state)

    def test_get_image_that_is_not_there(self) -> None:
        with self.assertRaises(KeyError):
            self.driver.get_image(unique("no-such-image"))

    def test_volume(self) -> None:
        volume = self.driver.create_volume(size=1, name=unique("v"))
        self.assertIsInstance(volume, StorageVolume)
        self.assertEqual((1, StorageVolumeState.AVAILABLE), (volume.size, volume.state))
        listed = {each.id: each for each in self.driver.list_volumes()}
        self.assertEqual(volume.name, listed[volume.id].name)
        self.assertNotIn(self.image.id, listed)
        self.assertTrue(self.is_here(volume.extra["location"]))
        self.assertIs(self.driver.destroy_volume(volume), True)
        self.assertFalse(self.is_here(volume.extra["location"]))
        self.assertNotIn(volume.id, [each.id for each in self.driver.list_volumes()])

    def test_attach_and_detach(self) -> None:
        node = self.make()
        volume = self.driver.create_volume(1, unique("v"), ex_dynamic=True)
        self.addCleanup(self.driver.destroy_volume, volume)
        self.assertIs(self.driver.attach_volume(node, volume), True)
        self.assertIs(self.driver.detach_volume(volume), True)

    def test_delete_image(self) -> None:
        image = self.driver.ex_import_image(f"host:{self.image.extra['location']}", unique("copy"))
        self.assertTrue(self.is_here(image.extra["location"]))
        self.assertIs(self.driver.delete_image(image), True)
        self.assertFalse(self.is_here(image.extra["location"]))

    def test_create_image(self) -> None:
        node, name = self.make(), unique("made")
        image = self.driver.create_image(node, name)
        self.addCleanup(self.driver.delete_image, image)
        self.assertIsInstance(image, NodeImage)
        self.assertEqual(name, image.name)
        self.assertIn(image.id, [each.id for each in self.driver.list_images()])
        self.assertTrue(self.is_here(image.extra["location"]))

    def test_create_image_of_a_node_without_disk(self) -> None:
        node = self.foreign()
        with self.assertRaises(RuntimeError) as caught:
            self.driver.create_image(node, unique("no"))
        self.assertEqual("Node has no attached disk.", caught.exception.args[0])

    def test_create_image_of_a_node_whose_disk_is_a_volume(self) -> None:
        node = self.foreign()
        volume = self.driver.create_volume(1, unique("system"), ex_dynamic=True)
        self.addCleanup(self.driver.destroy_volume, volume)
        self.assertIs(self.driver.attach_volume(node, volume), True)
        self.addCleanup(self.driver.detach_volume, volume)
        image = self.driver.create_image(node, unique("made"))
        self.addCleanup(self.driver.delete_image, image)
        self.assertEqual(volume.size << 30, image.extra["size"])
        self.assertIn(volume.id, [each.id for each in self.driver.list_volumes()])

    def test_firmware_of_images(self) -> None:
        image = self.driver.ex_import_image(f"host:{self.image.extra['location']}", unique("efi"),
                                            firmware="efi")
        self.addCleanup(self.driver.delete_image, image)
        self.assertEqual(("efi", None), (image.extra["firmware"], self.image.extra["firmware"]))
        copy = self.driver.create_image(self.make(image=image), unique("copy"))
        self.addCleanup(self.driver.delete_image, copy)
        self.assertEqual(("efi", "piix3"), (copy.extra["firmware"], copy.extra["chipset"]))
        other = self.driver.create_image(self.make(image=copy), unique("other"), ex_firmware="bios")
        self.addCleanup(self.driver.delete_image, other)
        self.assertEqual("bios", self.driver.get_image(other.id).extra["firmware"])

    def test_copy_image(self) -> None:
        copied = self.driver.copy_image("virtualbox-location", self.image, unique("copy"), "text")
        self.addCleanup(self.driver.delete_image, copied)
        self.assertEqual("text", copied.extra["description"])
        with self.assertRaises(KeyError):
            self.driver.copy_image("eu-west-1", self.image, unique("copy"))

    def test_create_node_in_the_original_order(self) -> None:
        size = self.driver.ex_get_size("1_cpu-64_ram-1_disk")
        node = self.driver.create_node(unique("ordered"), self.image, size, None, "nat", "", -1, "")
        self.addCleanup(self.gone, node)
        self.same_size(size, node.size)
        self.assertEqual(NodeState.RUNNING, node.state)

    def test_create_node_in_libclouds_order(self) -> None:
        size = self.driver.ex_get_size(SIZE)
        node = self.driver.create_node(unique("ordered"), size, self.image, ex_start=False)
        self.addCleanup(self.gone, node)
        self.same_size(size, self.again(node).size)

    def test_create_node_with_another_disk_and_system(self) -> None:
        node = self.make(ex_disk_size=2, ex_os_type="Debian_64")
        self.assertEqual(("1_cpu-64_ram-2_disk", 2, "Debian_64", "linux"),
                         (node.size.id, node.extra["disk"], node.extra["os_type_id"],
                          node.extra["os_type"]))
        with self.assertRaises(ValueError):
            self.make(ex_os_type="Linux_65")

    def test_create_node_of_a_size_of_its_own(self) -> None:
        """One that a program has made up is taken for what it holds."""
        size = NodeSize("tiny", "tiny", 96, 1, None, None, self.driver, {"cpus": 1})
        self.assertEqual("1_cpu-96_ram-1_disk", self.make(size=size).size.id)

    def test_create_node_of_unknown_size(self) -> None:
        with self.assertRaises(RuntimeError) as caught:
            self.driver.create_node(name=unique("no"), image=NodeImage("x", "x", self.driver),
                                    size=self.size(""))
        self.assertEqual("You need to specify an exact node size.", caught.exception.args[0])

    def test_life(self) -> None:
        node = self.make()
        self.assertEqual(NodeState.STOPPED, self.again(node).state)
        self.assertIs(self.driver.ex_start_node(node), True)
        self.assertEqual(NodeState.RUNNING, self.again(node).state)
        self.assertIs(self.driver.reboot_node(node), True)
        self.assertEqual(NodeState.RUNNING, self.again(node).state)
        self.assertIs(self.driver.ex_stop_node(node), True)
        self.assertEqual(NodeState.STOPPED, self.again(node).state)

    def test_destroy_node_with_its_disk(self) -> None:
        node = self.make()
        folder = os.path.dirname(node.extra["settings_file"])
        self.assertTrue(self.is_here(folder))
        self.assertIs(self.driver.destroy_node(node), True)
        self.assertNotIn(node.id, [each.id for each in self.driver.list_nodes()])
        self.assertFalse(self.is_here(folder))


if __name__ == "__main__":
    main()
