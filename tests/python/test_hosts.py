#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A host in trouble, as exceptions: a full disk, a machine that another program has locked, damaged
images, a service that is started anew or has forgotten its session. The host is this test's own.
"""
from __future__ import annotations

import hashlib
import os
import pickle
import ssl
import tempfile
import unittest
from pathlib import Path
from typing import Any

from live import SIZE, guest, main, new_driver, unique

from libcloud.compute.base import Node

from libcloud_virtualbox import errors
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver
from proxylib.client import Proxy
from trouble import Host

DISK_MIB = 56


class Trouble(unittest.TestCase):
    """Each of it leaves the host as it was."""

    host: Host
    driver: VirtualBoxNodeDriver

    @classmethod
    def setUpClass(cls) -> None:
        cls.host = Host("python", "--disk-mib", str(DISK_MIB)).__enter__()
        cls.addClassCleanup(cls.host.__exit__)
        cls.driver = cls.driver_of(cls.host.url)
        cls.image = cls.driver.ex_import_image(guest("tiny"), "tiny")

    @classmethod
    def driver_of(cls, url: str) -> VirtualBoxNodeDriver:
        return new_driver(url, username="", password="", ca_cert=None)

    def setUp(self) -> None:
        self.before = self.everything()

    def tearDown(self) -> None:
        self.assertEqual(self.before, self.everything())

    def everything(self) -> list[list[str]]:
        driver = self.driver
        return [[each.id for each in listed()] for listed in (
            driver.list_nodes, driver.list_images, driver.list_volumes)]

    def make(self) -> Node:
        node = self.driver.create_node(unique("n"), self.image, SIZE, ex_start=False)
        self.addCleanup(self.driver.destroy_node, node)
        self.before = self.everything()
        return node

    def test_disk_is_full(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "large.raw")
            path.write_bytes(os.urandom((DISK_MIB + 8) << 20))
            with self.assertRaises(errors.SpaceError) as caught:
                self.driver.ex_import_image(str(path))
        self.assertRegex(str(caught.exception), "(?i)full|space")
        with self.assertRaises(errors.SpaceError):
            self.driver.create_volume(1, unique("v"))

    def test_damaged_images(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "damaged.qcow2")
            path.write_bytes(b"QFI\xfb" + b"\xff" * 60)
            with self.assertRaises(errors.InvalidArgumentError) as caught:
                self.driver.ex_import_image(str(path))
        self.assertIn("damaged.qcow2", str(caught.exception))

    def test_locked_by_another_program(self) -> None:
        """It is waited for, then said who has it."""
        node, soap = self.make(), self.host.soap
        session = soap.one("IWebsessionManager_getSessionObject", refIVirtualBox=soap.vbox)
        machine = soap.one("IVirtualBox_findMachine", soap.vbox, nameOrId=node.id)
        soap.call("IMachine_lockMachine", machine, session=session, lockType="Write")
        try:
            with self.assertRaises(errors.BusyError) as caught:
                self.driver.ex_rename_node(node, "no")
        finally:
            soap.call("ISession_unlockMachine", session)
        self.assertIn("locked", str(caught.exception))
        self.assertEqual(node.name, self.driver.ex_get_node(node.id).name)

    def test_started_anew(self) -> None:
        """What is asked next finds the host again, by the same driver."""
        node = self.make()
        self.host.restart()
        self.assertEqual([node.id], [each.id for each in self.driver.list_nodes()])
        self.host.restart()
        self.assertTrue(self.driver.ex_rename_node(node, "after"))
        self.assertEqual("after", self.driver.ex_get_node(node.id).name)

    def test_sizes_after_a_restart(self) -> None:
        """VirtualBox has looked at no disk since then; of a file that is gone no size is known."""
        volume = self.driver.create_volume(1, unique("v"), ex_dynamic=True)
        self.addCleanup(self.driver.destroy_volume, volume)
        snapshot = self.driver.create_volume_snapshot(volume)
        self.addCleanup(self.driver.destroy_volume_snapshot, snapshot)
        self.before, known = self.everything(), self.sizes()
        self.assertNotIn(None, known)
        self.host.restart()
        self.assertEqual(known, self.sizes())
        files = [each.extra["location"] for each in (self.image, volume)]
        for file in files:
            self.rename(file, f"{file}.gone")
        try:
            self.assertEqual([None] * 5, self.sizes()[:5])
            self.host.restart()
            self.assertEqual([None] * 5, self.sizes()[:5])
            with self.assertRaises(errors.VirtualBoxError) as caught:
                self.driver.create_node(unique("n"), self.image, SIZE)
            self.assertRegex(str(caught.exception), "cannot read the disk of image 'tiny'")
        finally:
            for file in files:
                self.rename(f"{file}.gone", file)
        self.assertEqual(known, self.sizes())

    def rename(self, old: str, new: str) -> None:
        """A file of the host, which sees disks of its own."""
        root = f"/proc/{self.host.vboxhost('pids').split()[0]}/root"
        Path(root + old).rename(root + new)

    def sizes(self) -> list[object]:
        """All that is told of the sizes of the image, the volume and its snapshot."""
        image, = self.driver.list_images()
        volume, = self.driver.list_volumes()
        snapshot, = self.driver.list_volume_snapshots(volume)
        return [image.extra["size"], image.extra["actual_size"], volume.size,
                volume.extra["actual_size"], volume.extra["dynamic"], snapshot.size]

    def test_forgotten_session(self) -> None:
        """It is logged on again, once, and nobody notices."""
        node = self.make()
        with Proxy(self.host.url) as proxy:
            driver = self.driver_of(proxy.url)
            driver.list_nodes()
            proxy.rules([{"do": "stale", "method": "IVirtualBox_getMachineStates"}])
            self.assertEqual([node.id], [each.id for each in driver.list_nodes()])
            calls = proxy.calls()
        self.assertEqual(([1], 2), (calls["fired"], calls["by_method"]["IWebsessionManager_logon"]))


class Pinned(unittest.TestCase):
    def test_fingerprint(self) -> None:
        """A certificate that no authority knows is accepted for its fingerprint, and no other is."""
        with Host("python-tls", "--tls") as host:
            der = ssl.PEM_cert_to_DER_cert(Path(host.env["VBOXCLOUD_CA_FILE"]).read_text())
            right = hashlib.sha256(der).hexdigest()
            more: dict[str, Any] = {"username": "", "password": "", "ca_cert": None}
            driver = new_driver(host.url, fingerprint=right, **more)
            self.assertEqual(([], right), (driver.list_nodes(), driver.fingerprint))
            kept = pickle.dumps(driver)
            del driver
            self.assertEqual([], pickle.loads(kept).list_nodes())
            with self.assertRaisesRegex(ssl.SSLError, "different certificate.* instead of 00:00.*owner"):
                new_driver(host.url, fingerprint="00" * 32, **more)
            with self.assertRaises(ssl.SSLError):
                new_driver(host.url, **more)


if __name__ == "__main__":
    main()
