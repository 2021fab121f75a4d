#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Libcloud's own tests of a compute driver, on a host with one image and one node."""
from __future__ import annotations

from libcloud.compute.providers import DRIVERS, get_driver
from libcloud.test.compute import TestCaseMixin

from live import LiveTest, main, unique

import libcloud_virtualbox
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver


class Libcloud(LiveTest, TestCaseMixin):  # type: ignore[misc]  # libcloud's is not typed
    """What TestCaseMixin makes of our lists' first entries must be ours."""

    should_list_volumes = True

    def setUp(self) -> None:
        super().setUp()
        node = self.make(name=unique(" first"), ex_start=True)
        self.driver_lists("list_nodes", [self.again(node)])
        self.driver_lists("list_images", [self.image])

    def driver_lists(self, name: str, wanted: list[object]) -> None:
        """The lists hold, on a host that others use too, what is ours alone."""
        listed = getattr(self.driver, name)()
        ours = [each for each in listed if each.id in [known.id for known in wanted]]
        setattr(self.driver, name, lambda: ours)
        self.addCleanup(delattr, self.driver, name)

    def test_create_node_response(self) -> None:
        self.addCleanup(self.destroy_named, "node-name")
        super().test_create_node_response()

    def destroy_named(self, name: str) -> None:
        for node in type(self.driver).list_nodes(self.driver):
            if node.name == name:
                self.driver.destroy_node(node)


class Registered(LiveTest):
    """Libcloud finds the driver by its name."""

    def test_register(self) -> None:
        libcloud_virtualbox.register()
        libcloud_virtualbox.register()
        self.assertIn("virtualbox", DRIVERS)
        self.assertIs(VirtualBoxNodeDriver, get_driver("virtualbox"))


if __name__ == "__main__":
    main()
