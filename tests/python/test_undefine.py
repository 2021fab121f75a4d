#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Removing a node while its disk stays, as a volume; nothing of it is lost, whatever fails."""
from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from live import HOST, SIZE, USER, LiveTest, main, new_driver, password, unique

from libcloud.compute.base import Node, StorageVolume

from libcloud_virtualbox import errors
from proxylib.client import Proxy
from trouble import Soap


class Undefine(LiveTest):
    """ex_undefine_node"""

    def volumes(self, node: Node) -> list[StorageVolume]:
        """Those that a node's disk may have become."""
        return [each for each in self.driver.list_volumes() if each.name in (node.name, node.id)]

    def kept(self, node: Node) -> StorageVolume:
        """Its disk, now that it is gone."""
        self.assertNotIn(node.id, [each.id for each in self.driver.list_nodes()])
        (volume,) = self.volumes(node)
        self.addCleanup(self.driver.destroy_volume, volume)
        return volume

    def test_disk_stays(self) -> None:
        node = self.make(size="1_cpu-64_ram-2_disk")
        self.driver.ex_create_snapshot(node, "s")
        self.assertIs(self.driver.ex_undefine_node(node), True)
        volume = self.kept(node)
        self.assertEqual((node.name, 2, []), (volume.name, volume.size,
                                              volume.extra["attached_to"]))
        other = self.make()
        self.assertTrue(self.driver.attach_volume(other, volume))
        self.assertTrue(self.driver.detach_volume(volume))

    def test_same_content(self) -> None:
        """The disk of a new node begins with its image, and so does the volume."""
        node = self.make()
        self.driver.ex_undefine_node(node.id)
        volume = self.kept(node)
        paths = volume.extra["location"], self.image.extra["location"]
        if not all(os.path.exists(path) for path in paths):
            self.skipTest("the host is another machine")
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder, name) for name in ("kept", "image")]
            for path, file in zip(paths, files):
                subprocess.run(["qemu-img", "convert", "-O", "raw", path, str(file)], check=True)
            with files[0].open("rb") as kept:
                content = files[1].read_bytes()
                self.assertEqual(content, kept.read(len(content)))
            self.assertTrue(any(content))

    def test_name_is_taken(self) -> None:
        node = self.make()
        taken = self.driver.create_volume(1, node.name, ex_dynamic=True)
        self.addCleanup(self.driver.destroy_volume, taken)
        self.driver.ex_undefine_node(node)
        self.assertEqual({node.name, node.id}, {each.name for each in self.volumes(node)})
        self.driver.destroy_volume(next(v for v in self.volumes(node) if v.name == node.id))

    def test_delete_disks(self) -> None:
        node = self.make(ex_start=True)
        self.assertIs(self.driver.ex_undefine_node(node, delete_disks=True), True)
        self.assertEqual([], self.volumes(node))

    def test_without_disk(self) -> None:
        node = self.foreign()
        self.assertTrue(self.driver.ex_undefine_node(node))
        self.assertEqual([], self.volumes(node))

    def test_of_another_program(self) -> None:
        """A machine of an unknown size may have a disk all the same, which stays."""
        node = self.foreign()
        self.give_disk(node)
        self.assertTrue(self.driver.ex_undefine_node(node))
        self.assertEqual(1, self.kept(node).size)

    def give_disk(self, node: Node) -> None:
        """An empty disk of 1 GiB in its folder, as another program would add it."""
        soap = Soap(HOST, USER, password())
        machine = soap.one("IVirtualBox_findMachine", soap.vbox, nameOrId=node.id)
        disk = soap.one("IVirtualBox_createMedium", soap.vbox, format="VDI",
                        location=node.extra["settings_file"].replace(".vbox", ".vdi"),
                        accessMode="ReadWrite", aDeviceTypeType="HardDisk")
        made = soap.one("IMedium_createBaseStorage", disk, logicalSize=1 << 30, variant="Standard")
        soap.call("IProgress_waitForCompletion", made, timeout=-1)
        session = soap.one("IWebsessionManager_getSessionObject", refIVirtualBox=soap.vbox)
        soap.call("IMachine_lockMachine", machine, session=session, lockType="Write")
        mutable = soap.one("ISession_getMachine", session)
        soap.call("IMachine_addStorageController", mutable, name="C", connectionType="SATA")
        soap.call("IMachine_attachDevice", mutable, name="C", controllerPort=0, device=0,
                  type="HardDisk", medium=disk)
        soap.call("IMachine_saveSettings", mutable)
        soap.call("ISession_unlockMachine", session)

    def test_running(self) -> None:
        node = self.make(ex_start=True)
        with self.assertRaises(errors.StateError):
            self.driver.ex_undefine_node(node)
        self.assertEqual(node.state, self.again(node).state)
        self.assertEqual([], self.volumes(node))

    def test_just_stopping(self) -> None:
        """A node that has stopped when it is looked at again has a disk all the same."""
        if HOST.startswith("https:"):
            self.skipTest("the proxy speaks HTTP")
        node = self.make()
        with Proxy(HOST) as proxy:
            driver = new_driver(proxy.url, ca_cert=None)
            driver.list_volumes()
            proxy.rules([{"do": "substitute", "method": "IMachine_getState", "nth": 1,
                          "pattern": "PoweredOff", "with": "Running"}])
            self.assertTrue(driver.ex_undefine_node(node))
            self.assertEqual([1], proxy.calls()["fired"])
        self.kept(node)

    def test_linked_to(self) -> None:
        """A node that another depends on stays, and no copy of its disk is left."""
        node = self.make()
        linked = self.driver.ex_clone_node(node, linked=True)
        with self.assertRaises(errors.BusyError):
            self.driver.ex_undefine_node(node)
        self.assertEqual([], self.volumes(node))
        self.driver.destroy_node(linked)

    def test_failures(self) -> None:
        """Afterwards there is the node, or its disk as a volume, and never both."""
        if HOST.startswith("https:"):
            self.skipTest("the proxy speaks HTTP")
        for method in ("IMedium_cloneToBase", "IMachine_unregister", "IMachine_deleteConfig"):
            with self.subTest(method), Proxy(HOST, [{"do": "fault", "method": method}]) as proxy:
                node = self.make(size=SIZE)
                with self.assertRaises(errors.VirtualBoxError):
                    new_driver(proxy.url, ca_cert=None).ex_undefine_node(node)
                self.assertEqual([1], proxy.calls()["fired"])
                there = [each for each in self.driver.list_nodes() if each.id == node.id]
                self.assertEqual(1, len(there) + len(self.volumes(node)))
                for volume in self.volumes(node):
                    self.driver.destroy_volume(volume)


if __name__ == "__main__":
    main()
