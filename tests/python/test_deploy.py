#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""deploy_node: a node whose guest boots, lets us in by SSH, takes a script, and runs it."""
from __future__ import annotations

import importlib.util
import logging
import tempfile
from pathlib import Path
from typing import Any

from libcloud.compute.base import Node, NodeAuthPassword, NodeAuthSSHKey, NodeImage
from libcloud.compute.deployment import MultiStepDeployment, ScriptDeployment, SSHKeyDeployment

from live import LiveTest, importable, main, unique, version

TIMEOUT_S = 900
SCRIPT = """#!/bin/sh
echo "deployed by $1 | $USER"
wc -l <.ssh/authorized_keys
exit 7
"""
KEY = f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'B' * 42}A another\n"


class Deploy(LiveTest):
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

    def deploy(self, image: NodeImage, **how: Any) -> tuple[Node, ScriptDeployment]:
        """A node to which a key and a script were brought."""
        name = unique("deployed")
        script = ScriptDeployment(SCRIPT, name="/run/deploy", args=["test"], delete=True)
        self.addCleanup(lambda: [self.gone(each) for each in self.driver.list_nodes()
                                 if each.name == name])
        node = self.driver.deploy_node(
            name=name, image=image, size="1_cpu-256_ram-1_disk", ssh_timeout=60, wait_period=2,
            timeout=TIMEOUT_S, deploy=MultiStepDeployment([SSHKeyDeployment(KEY), script]), **how)
        return node, script

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

    def test_password(self) -> None:
        """By a password, which DMI strings told the guest, on a host of any release."""
        _, script = self.deploy(self.small(init="dmi"), auth=NodeAuthPassword(" a \"b\" \u00e9'c "))
        self.assertEqual(("deployed by test | root\n1\n", "", 7),
                         (script.stdout, script.stderr, script.exit_status))


if __name__ == "__main__":
    main()
