#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Remote displays of nodes; tests/cli/test_display.py asks who is let in."""
from __future__ import annotations

import json
import socket
import time
import unittest
from urllib.parse import urlsplit

from libcloud.compute.base import Node
from live import HOST, LiveTest, main

from libcloud_virtualbox import errors

OFF = {"vrde_enabled": False, "vrde_host": None, "vrde_port": None, "vrde_ext_pack": "VNC",
       "kind": "vnc", "listening": False, "has_password": False}


def greeting(url: str) -> bytes:
    """What is said at a display's URL."""
    at = urlsplit(url)
    with socket.create_connection((at.hostname, at.port), 20) as server:
        server.settimeout(20)
        return server.recv(12)


@unittest.skipUnless(urlsplit(HOST).hostname == "127.0.0.1", "the host is not this machine")
class Display(LiveTest):
    """VNC, on the loopback address."""

    def test_life(self) -> None:
        node, driver = self.make(), self.driver
        self.assertEqual(OFF, driver.ex_get_remote_display(node))
        with self.assertRaisesRegex(errors.StateError, "ex_enable_remote_display"):
            driver.ex_open_console(node)
        shown = driver.ex_enable_remote_display(node, password="4711")
        self.assertEqual(OFF | {"vrde_enabled": True, "vrde_host": "127.0.0.1",
                                "vrde_port": shown["vrde_port"], "has_password": True}, shown)
        self.assertEqual(shown, json.loads(json.dumps(driver.ex_get_remote_display(node.id))))
        with self.assertRaisesRegex(errors.StateError, "start_node"):
            driver.ex_open_console(node)
        driver.start_node(node)
        for each in (node, node.id):
            self.assertEqual(f"vnc://127.0.0.1:{shown['vrde_port']}", driver.ex_open_console(each))
        self.assertEqual(b"RFB 003.008\n", greeting(driver.ex_open_console(node)))
        self.wait_past_bios(node)
        moved = driver.ex_enable_remote_display(node, address="")
        self.assertTrue(moved["listening"] and moved["has_password"])
        self.assertEqual(f"vnc://{driver.host}:{moved['vrde_port']}", driver.ex_open_console(node))
        url = driver.ex_open_console(node)
        self.assertIs(driver.ex_disable_remote_display(node), True)
        self.assertEqual(OFF, driver.ex_get_remote_display(node))
        with self.assertRaises(ConnectionRefusedError):
            greeting(url)

    def wait_past_bios(self, node: Node) -> None:
        """While it shows its logo, VirtualBox may crash when VNC is switched on or off."""
        while "BIOS: Boot" not in self.driver.ex_get_node_log(node):
            time.sleep(0.1)

    def test_refused(self) -> None:
        node, driver = self.make(), self.driver
        enable = driver.ex_enable_remote_display
        for error, more in ((errors.InvalidArgumentError, {}),
                            (errors.InvalidArgumentError, {"password": "123456789"}),
                            (errors.InvalidArgumentError, {"password": "x", "port": 65536}),
                            (errors.InvalidArgumentError, {"password": "x", "address": "a.b"}),
                            (errors.ExistsError, {"password": "x", "port": node.extra["ssh_port"]})):
            with self.subTest(more), self.assertRaises(error):
                enable(node, **more)
        self.assertEqual(OFF, driver.ex_get_remote_display(node))
        self.assertFalse(enable(node, password="")["has_password"])
        with self.assertRaises(errors.NotFoundError):
            driver.ex_open_console("6fa459ea-ee8a-4ca4-894e-db77e160355e")

    def test_create(self) -> None:
        node = self.make(ex_remote_display=0, ex_start=True)
        self.assertRegex(node.extra["vrde_password"], r"\A[\w-]{8}\Z")
        self.assertEqual((True, "127.0.0.1"), (node.extra["vrde_enabled"], node.extra["vrde_host"]))
        url = self.driver.ex_open_console(node)
        self.assertEqual(f"vnc://127.0.0.1:{node.extra['vrde_port']}", url)
        self.assertEqual(b"RFB 003.008\n", greeting(url))
        self.assertNotIn(node.extra["vrde_password"], str(self.again(node).extra))
        before = {each.id for each in self.driver.list_nodes()}
        with self.assertRaises(errors.ExistsError):
            self.make(ex_remote_display=node.extra["vrde_port"])
        with self.assertRaises(errors.InvalidArgumentError):
            self.make(ex_remote_display=65536)
        self.assertEqual(before, {each.id for each in self.driver.list_nodes()})
        self.assertEqual(OFF, self.driver.ex_get_remote_display(self.make()))


if __name__ == "__main__":
    main()
