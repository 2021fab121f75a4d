#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""deploy_node: a node whose guest boots, lets us in by SSH, takes a script, and runs it; also for a
driver on another machine than the host."""
from __future__ import annotations

import importlib.util
import logging
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from libcloud.compute.base import Node, NodeAuthPassword, NodeAuthSSHKey, NodeImage
from libcloud.compute.deployment import MultiStepDeployment, ScriptDeployment, SSHKeyDeployment

from live import HOST, LiveTest, boots_guests, importable, main, new_driver, unique, version

from libcloud_virtualbox import errors
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver
from proxylib.client import Proxy

TIMEOUT_S = 900
SCRIPT = """#!/bin/sh
echo "deployed by $1 | $USER"
wc -l <.ssh/authorized_keys
exit 7
"""
KEY = f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'B' * 42}A another\n"


def own_address() -> str:
    """One of this machine that is not its loopback address; '' if it has none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        try:
            end.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return str(end.getsockname()[0])


class ElsewhereTest(LiveTest):
    """With drivers that reach the host as one on another machine does: not by a loopback address."""

    @contextmanager
    def elsewhere(self, **more: Any) -> Iterator[VirtualBoxNodeDriver]:
        address = own_address()
        if not address or HOST.startswith("https:"):
            self.skipTest("there is no other address of this machine, or the host's is not plain")
        with Proxy(HOST, listen=f"{address}:0") as proxy:
            yield new_driver(proxy.url, ca_cert=None, **more)


class SshAddress(ElsewhereTest):
    """Where the SSH ports of new nodes are forwarded, and what follows from it."""

    def test_chosen(self) -> None:
        """As asked for, or so that who makes the node reaches it."""
        address = own_address()
        for chosen, expected, ips in ((None, "", [address]), ("", "", [address]),
                                      (address, address, [address]), ("127.0.0.1", "127.0.0.1", [])):
            with self.subTest(chosen), self.elsewhere(ssh_address=chosen) as driver:
                node = driver.create_node(unique("n"), self.image, "1_cpu-64_ram-1_disk",
                                          ex_networks=["internal", "nat"], ex_start=False)
                self.addCleanup(self.gone, node)
                (forward,) = driver.ex_list_port_forwards(node)
                self.assertEqual((expected, 22, 1), (forward["host_ip"], forward["target_port"],
                                                     forward["adapter"]))
                self.assertEqual(ips, node.public_ips)
                self.assertEqual([forward["port"]] if ips else [],
                                 [each["PublicPort"] for each in node.extra["ports"]])
        here = self.make()
        self.assertEqual(["127.0.0.1"], [each["host_ip"] for each in
                                         self.driver.ex_list_port_forwards(here)])
        with self.assertRaisesRegex(errors.InvalidArgumentError, "'eth0'"):
            new_driver(ssh_address="eth0")

    def test_one_forward(self) -> None:
        """One to the SSH port that is asked for is the only one."""
        node = self.make(ex_port_forwards=[{"port": 0, "target_port": 22}])
        (forward,) = self.driver.ex_list_port_forwards(node)
        self.assertEqual(("", 22), (forward["host_ip"], forward["target_port"]))

    def test_unreachable(self) -> None:
        """Nobody waits for what cannot be, and nothing is made for it."""
        wanted: dict[str, Any] = {"name": unique("never"), "image": self.image,
                                  "size": "1_cpu-64_ram-1_disk", "deploy": ScriptDeployment("true")}
        with self.elsewhere(ssh_address="127.0.0.1") as driver:
            begun = time.monotonic()
            for more in ({}, {"ex_port_forwards": [{"port": 0, "target_port": 80}]},
                         {"ex_port_forwards": [{"port": "127.0.0.1:0", "target_port": 22}]}):
                with self.assertRaisesRegex(errors.StateError, "ssh_address=''"):
                    driver.deploy_node(**wanted, **more)
            self.assertNotIn(wanted["name"], [each.name for each in driver.list_nodes()])
            node = self.make(ex_start=True)
            listed = driver.ex_get_node(node.id)
            for waited, where in ((listed, "public_ips"), (listed, "private_ips")):
                with self.assertRaisesRegex(errors.StateError, node.name):
                    driver.wait_until_running([waited], ssh_interface=where)
            self.assertLess(time.monotonic() - begun, 60)


class Login(LiveTest):
    """Who logs in: as an image says, whatever is made of it."""

    def test_username(self) -> None:
        driver = self.driver
        image = driver.ex_import_image(importable("tiny"), unique("tiny"), username="debian")
        self.addCleanup(driver.delete_image, image)
        node = self.make(image=image)
        clone = driver.ex_clone_node(node)
        self.addCleanup(self.gone, clone)
        made = driver.create_image(clone, unique("made"))
        self.addCleanup(driver.delete_image, made)
        copied = driver.copy_image("virtualbox-location", made, unique("copied"))
        self.addCleanup(driver.delete_image, copied)
        other = driver.create_image(clone, unique("other"), ex_username="Administrator")
        self.addCleanup(driver.delete_image, other)
        for thing, username in ((image, "debian"), (node, "debian"), (self.again(node), "debian"),
                                (clone, "debian"), (made, "debian"), (copied, "debian"),
                                (other, "Administrator"), (self.image, None), (self.make(), None)):
            self.assertEqual(username, thing.extra["username"], thing)
        stored = NodeImage(image.id, "stored", driver)  # as mist makes it
        for given, login in ((image, "debian"), (stored, "debian"), (image.id, "debian"),
                             (other, "Administrator"), (self.image, "root"), (None, "root")):
            self.assertEqual(login, driver._login(given))
        for wrong in "-oProxyCommand=x", "a b", "x" * 65, "\u00fc":
            with self.subTest(wrong), self.assertRaises(errors.InvalidArgumentError):
                driver.ex_import_image(importable("tiny"), unique("never"), username=wrong)


class Deploy(ElsewhereTest):
    """With the small guest, which takes 45 seconds to boot if it is interpreted."""

    def setUp(self) -> None:
        if not importlib.util.find_spec("paramiko"):
            self.skipTest("paramiko is not installed here")
        logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # it tells of each try

    def small(self, **more: Any) -> NodeImage:
        """The guest's image."""
        image = self.driver.ex_import_image(importable("small"), unique("small"), **more)
        self.addCleanup(self.driver.delete_image, image)
        return image

    def deploy(self, image: NodeImage, driver: Any = None,
               **how: Any) -> tuple[Node, ScriptDeployment]:
        """A node to which a key and a script were brought."""
        name = unique("deployed")
        script = ScriptDeployment(SCRIPT, name="/run/deploy", args=["test"], delete=True)
        self.addCleanup(lambda: [self.gone(each) for each in self.driver.list_nodes()
                                 if each.name == name])
        node = (driver or self.driver).deploy_node(
            name=name, image=image, size="1_cpu-256_ram-1_disk", ssh_timeout=60, wait_period=2,
            timeout=TIMEOUT_S, deploy=MultiStepDeployment([SSHKeyDeployment(KEY), script]), **how)
        return node, script

    @boots_guests
    def test_ssh_key(self) -> None:
        """By a key, which a seed told the guest of; then its guest shuts down."""
        if version() < (6, 0):
            self.skipTest("VirtualBox 5 cannot be given seeds")
        key = self.driver.create_key_pair(unique("deploy"))
        self.addCleanup(self.driver.delete_key_pair, key)
        with tempfile.TemporaryDirectory() as folder:
            private = Path(folder, "key")
            private.write_text(key.private_key or "")
            node, script = self.deploy(self.small(), auth=NodeAuthSSHKey(key.public_key),
                                       ssh_key=str(private))
        self.assertEqual(("deployed by test | root\n2\n", "", 7),
                         (script.stdout, script.stderr, script.exit_status))
        self.assertTrue(self.driver.stop_node(node, ex_force=False), "its guest shuts down")

    @boots_guests
    def test_elsewhere(self) -> None:
        """From another machine, by a password that the driver generates.

        DMI strings pass it on: a seed has its hash, for which a guest that is interpreted takes more
        than the half minute that paramiko waits for an answer to a password.
        """
        with self.elsewhere() as driver:
            node, script = self.deploy(self.small(init="dmi"), driver=driver)
            self.assertEqual([own_address()], node.public_ips)
        self.assertEqual(("deployed by test | root\n1\n", "", 7),
                         (script.stdout, script.stderr, script.exit_status))

    @boots_guests
    def test_password(self) -> None:
        """By a password, which DMI strings told the guest, on a host of any release."""
        _, script = self.deploy(self.small(init="dmi"), auth=NodeAuthPassword(" a \"b\" \u00e9'c "))
        self.assertEqual(("deployed by test | root\n1\n", "", 7),
                         (script.stdout, script.stderr, script.exit_status))


if __name__ == "__main__":
    main()
