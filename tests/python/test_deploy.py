#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""deploy_node: a node whose guest boots, lets us in by SSH, and runs a script."""
from __future__ import annotations

import importlib.util
import logging
import tempfile
from pathlib import Path
from typing import Any

from libcloud.compute.base import Node, NodeAuthSSHKey
from libcloud.compute.deployment import Deployment

from live import LiveTest, guest, main, unique

TIMEOUT_S = 400


class Command(Deployment):
    """Runs a command; the small guest takes no files."""

    said: Any = None

    def run(self, node: Node, client: Any) -> Node:
        self.said = client.run("echo deployed; hostname")
        return node


class Deploy(LiveTest):
    """With the small guest, which takes 45 seconds to boot if it is interpreted."""

    def setUp(self) -> None:
        if not importlib.util.find_spec("paramiko"):
            self.skipTest("paramiko is not installed here")
        logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # it tells of each try
        self.small = self.driver.ex_import_image(guest("small"), unique("small"))
        self.addCleanup(self.driver.delete_image, self.small)
        self.key = self.driver.create_key_pair(unique("deploy"))
        self.addCleanup(self.driver.delete_key_pair, self.key)

    def test_ssh_key(self) -> None:
        command, name = Command(), unique("deployed")
        self.addCleanup(lambda: [self.gone(each) for each in self.driver.list_nodes()
                                 if each.name == name])
        with tempfile.TemporaryDirectory() as folder:
            private = Path(folder, "key")
            private.write_text(self.key.private_key or "")
            node = self.driver.deploy_node(
                name=name, image=self.small, size="1_cpu-256_ram-1_disk", deploy=command,
                auth=NodeAuthSSHKey(self.key.public_key), ssh_key=str(private), ssh_timeout=30,
                timeout=TIMEOUT_S, wait_period=2)
        self.assertEqual((f"deployed\n{name}\n", "", 0), tuple(command.said))
        self.assertTrue(self.driver.stop_node(node, ex_force=False), "its guest shuts down")


if __name__ == "__main__":
    main()
