#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A driver that changes nothing: each method that would says so, or what is wrong, and the host and the
files of this machine stay as they were. And the beginnings of ids, which serve as ids do."""
from __future__ import annotations

import copy
import pickle
import tempfile
from pathlib import Path
from typing import Any

from libcloud.compute.base import NodeDriver

from live import LiveTest, SIZE, guest, main, new_driver, unique

from fakes import free_port
from libcloud_virtualbox import errors
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver

READING = {
    "disconnect", "ex_check_host", "ex_get_api_version", "ex_get_console_output", "ex_get_hypervisor_hostname",
    "ex_get_hypervisor_sysinfo", "ex_get_metadata", "ex_get_network", "ex_get_node", "ex_get_node_by_name",
    "ex_get_node_by_uuid", "ex_get_node_log", "ex_get_remote_display", "ex_get_size", "ex_get_snapshot",
    "ex_get_volume", "ex_list_networks", "ex_list_port_forwards", "ex_list_snapshots", "ex_list_volume_snapshots",
    "ex_open_console", "ex_remove_leftovers", "ex_take_node_screenshot", "get_image", "get_key_pair", "list_images",
    "ex_list_failures", "list_key_pairs", "list_locations", "list_nodes", "list_sizes", "list_volume_snapshots", "list_volumes",
    "wait_until_running",
}
# Of these is said why elsewhere: they need a running guest, or VirtualBox has nothing of the kind.
OTHERS = {"deploy_node", "ex_rename_network"}


class DryRun(LiveTest):
    """One host for all of them."""

    def setUp(self) -> None:
        self.dry = new_driver(dry_run=True)
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory())) \
            if hasattr(self, "enterContext") else Path(tempfile.mkdtemp())
        self.node, self.other, self.runs = self.make(), self.make(), self.make(ex_start=True)
        self.volume = self.driver.create_volume(1, unique("volume"), ex_dynamic=True)
        self.addCleanup(self.driver.destroy_volume, self.volume)
        self.attached = self.driver.create_volume(1, unique("attached"), ex_dynamic=True)
        self.addCleanup(self.driver.destroy_volume, self.attached)
        self.driver.attach_volume(self.other, self.attached)
        self.addCleanup(self.driver.detach_volume, self.attached)
        self.snapshot = self.driver.create_volume_snapshot(self.volume, unique("snapshot"))
        self.addCleanup(self.driver.destroy_volume_snapshot, self.snapshot)
        self.pair = self.driver.create_key_pair(unique("pair"))
        self.addCleanup(self.driver.delete_key_pair, self.pair)
        self.image_two = self.driver.copy_image("virtualbox-location", self.image, unique("copy"))
        self.addCleanup(self.driver.delete_image, self.image_two)
        self.driver.ex_create_snapshot(self.node, "before")

    def everything(self) -> tuple[Any, ...]:
        driver = self.driver
        return ([(each.id, each.name, each.state, each.extra) for each in driver.list_nodes()],
                [(each.id, each.name, each.extra) for each in driver.list_images()],
                [(each.id, each.name, each.size, each.extra) for each in driver.list_volumes()],
                [(each.id, each.name) for each in driver.ex_list_volume_snapshots()],
                [each.name for each in driver.list_key_pairs()],
                [(each.id, each.name) for each in driver.ex_list_networks()],
                driver.ex_list_snapshots(self.node), sorted(self.folder.iterdir()))

    def calls(self) -> list[tuple[str, tuple[Any, ...], dict[str, Any]]]:
        """One of each method that changes something."""
        node, runs, other, volume = self.node, self.runs, self.other, self.volume
        (ssh,) = self.driver.ex_list_port_forwards(node)
        written = self.folder / "key.pub"
        written.write_text(self.pair.public_key)
        return [
            ("attach_volume", (node, volume), {}), ("copy_image", ("virtualbox-location", self.image, unique("x")), {}),
            ("create_image", (node, unique("x")), {}), ("create_key_pair", (unique("x"),), {}),
            ("create_node", (unique("x"),), {"image": self.image, "size": SIZE}),
            ("create_volume", (1, unique("x")), {}), ("create_volume_snapshot", (volume, "x"), {}),
            ("delete_image", (self.image_two,), {}), ("delete_key_pair", (self.pair,), {}),
            ("destroy_node", (node,), {}), ("destroy_volume", (volume,), {}),
            ("destroy_volume_snapshot", (self.snapshot,), {}), ("detach_volume", (self.attached,), {}),
            ("ex_attach_network", (node, "nat"), {}), ("ex_clone_node", (node, unique("x")), {}),
            ("ex_connect_network", (node, "nat"), {}),
            ("ex_create_network", (unique("x"), "10.97.0.0/24"), {}),
            ("ex_create_port_forward", (node, free_port(), 80), {}), ("ex_create_snapshot", (node, "x"), {}),
            ("ex_create_tags", (node, {"a": "b"}), {}), ("ex_delete_port_forward", (node, ssh["name"]), {}),
            ("ex_describe_node", (node, "x"), {}), ("ex_detach_network", (node, 0), {}),
            ("ex_enable_remote_display", (node,), {"password": "4711"}),
            ("ex_export_image", (self.image, str(self.folder / "x.raw")), {}),
            ("ex_hard_reboot", (runs,), {}), ("ex_import_image", (guest("tiny"), unique("x")), {}),
            ("ex_pause_node", (runs,), {}), ("ex_power_off_node", (runs,), {}), ("ex_protect", (node,), {}),
            ("ex_rebuild", (other, self.image), {}), ("ex_remove_snapshot", (node, "before"), {}),
            ("ex_rename_node", (node, unique("x")), {}), ("ex_rename_volume", (volume, unique("x")), {}),
            ("ex_resize_node", (other, "1_cpu-96_ram-2_disk"), {}), ("ex_resize_volume", (volume, 2), {}),
            ("ex_revert_to_snapshot", (node, "before"), {}), ("ex_set_metadata", (node, {"a": "b"}), {}),
            ("ex_set_password", (other, "x"), {}),
            ("ex_set_port_forwards", (node, [{"port": free_port(), "target_port": 80}]), {}),
            ("ex_set_user_data", (other, "#!/bin/sh\n"), {}), ("ex_start_node", (node,), {}),
            ("ex_suspend_node", (runs,), {}), ("ex_undefine_node", (other,), {}),
            ("ex_update_image", (self.image,), {"description": "x"}),
            ("import_key_pair_from_file", (unique("x"), str(written)), {}),
            ("import_key_pair_from_string", (unique("x"), self.pair.public_key), {}),
            ("reboot_node", (runs,), {"ex_force": True}), ("start_node", (node,), {}),
            ("stop_node", (runs,), {"ex_force": True}), ("ex_stop_node", (runs,), {}),
            ("ex_shutdown_node", (runs,), {}),
        ]

    # For these nothing need be done on a node that was never suspended, shown, protected, tagged.
    NOTHING = {"ex_delete_tags", "ex_disable_remote_display", "ex_discard_saved_state", "ex_eject",
               "ex_resume_node", "ex_unpause_node", "ex_unprotect", "ex_delete_network"}

    def test_each(self) -> None:
        """Each says that it would be done, and nothing is."""
        calls = self.calls()
        before = self.everything()
        for name, args, more in calls:
            with self.subTest(name), self.assertRaises(errors.DryRunError) as caught:
                getattr(self.dry, name)(*args, **more)
            self.assertEqual("VBC_E_DRY_RUN", caught.exception.code)
        self.assertEqual(before, self.everything())
        methods = {name for name in dir(VirtualBoxNodeDriver) if not name.startswith("_") and
                   callable(getattr(VirtualBoxNodeDriver, name)) and
                   getattr(VirtualBoxNodeDriver, name) is not getattr(NodeDriver, name, None)}
        own = {name for name in methods if any(name in vars(each) for each in VirtualBoxNodeDriver.__mro__
                                               if each.__module__.startswith("libcloud_virtualbox"))}
        self.assertEqual(set(), own - READING - OTHERS - self.NOTHING - {name for name, _, _ in calls})

    def test_what_is_wrong(self) -> None:
        """That is said as it is without."""
        for kind, name, args in ((errors.NotFoundError, "destroy_node", ("no such node",)),
                                 (errors.StateError, "ex_rename_node", (self.runs, "x")),
                                 (errors.BusyError, "destroy_volume", (self.attached,)),
                                 (errors.NotFoundError, "ex_resize_node", (self.other, "9_x"))):
            with self.subTest(name), self.assertRaises(kind):
                getattr(self.dry, name)(*args)
        self.assertTrue(self.dry.start_node(self.runs), "what runs need not be started")

    def test_pickle(self) -> None:
        """A driver that changes nothing stays that, also in another process."""
        self.assertTrue(pickle.loads(pickle.dumps(self.dry)).dry_run)
        self.assertFalse(pickle.loads(pickle.dumps(self.driver)).dry_run)
        self.assertTrue(copy.deepcopy(self.dry).dry_run)

    def test_beginnings_of_ids(self) -> None:
        """They serve wherever an id does."""
        driver, node, volume = self.driver, self.node, self.volume
        self.assertEqual(node.id, driver.ex_get_node(node.id[:8]).id)
        self.assertEqual(node.id, driver.ex_get_node(node.id[:8].upper()).id)
        self.assertEqual(self.image.id, driver.get_image(self.image.id[:8]).id)
        self.assertEqual(volume.id, driver.ex_get_volume(volume.id[:8]).id)
        self.assertEqual(self.snapshot.id, driver.ex_get_snapshot(self.snapshot.id[:8]).id)
        self.assertEqual(self.snapshot.id, driver.ex_get_snapshot(self.snapshot.id[:8].upper()).id)
        driver.ex_create_tags(node.id[:8], {"a": "b"})
        self.assertEqual({"a": "b"}, driver.ex_get_node(node.id).extra["tags"])
        driver.detach_volume(self.attached, ex_node=self.other.id[:8])
        driver.attach_volume(self.other.id[:8], self.attached.id[:8])
        for short in (node.id[:3], "ffffffff"):
            with self.assertRaises(errors.NotFoundError):
                driver.ex_get_node(short)
        with self.assertRaises(errors.NotFoundError):
            driver.ex_get_snapshot(self.snapshot.id[:3])


if __name__ == "__main__":
    main()
