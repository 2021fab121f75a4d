#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rest, names, sizes and tags of nodes."""
from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from libcloud.compute.base import Node, NodeImage, NodeSize
from libcloud.compute.types import NodeState

from live import SIZE, LiveTest, importable, main, unique, version

import mist
from libcloud_virtualbox import errors


class Rest(LiveTest):
    """Paused and suspended."""

    def test_life(self) -> None:
        node, driver = self.make(ex_start=True), self.driver
        for action, state in ((driver.ex_pause_node, NodeState.PAUSED),
                              (driver.ex_unpause_node, NodeState.RUNNING),
                              (driver.ex_suspend_node, NodeState.SUSPENDED),
                              (driver.ex_resume_node, NodeState.RUNNING),
                              (driver.ex_suspend_node, NodeState.SUSPENDED),
                              (driver.start_node, NodeState.RUNNING),
                              (driver.ex_suspend_node, NodeState.SUSPENDED),
                              (driver.ex_discard_saved_state, NodeState.STOPPED)):
            with self.subTest(action.__name__):
                self.assertTrue(action(node))
                listed = self.again(node)
                self.assertIs(state, listed.state)
                self.assertEqual([], mist.complaints_of_node(listed))
        for action in (driver.ex_pause_node, driver.ex_suspend_node, driver.ex_resume_node):
            with self.subTest(action.__name__), self.assertRaises(errors.StateError):
                action(node)

    def test_clone_and_log(self) -> None:
        node = self.make()
        clone = self.driver.ex_clone_node(node, new_name=unique("clone"))
        self.addCleanup(self.gone, clone)
        self.assertNotEqual(node.id, clone.id)
        self.assertEqual((node.size.id, NodeState.STOPPED), (clone.size.id, self.again(clone).state))
        macs = {each.extra["network_adapters"][0]["mac"] for each in (node, clone)}
        self.assertEqual(2, len(macs))
        second = self.driver.ex_clone_node(clone, start=True)
        self.addCleanup(self.gone, second)
        self.assertEqual((clone.name + "-clone", NodeState.RUNNING), (second.name, second.state))
        log = self.driver.ex_get_node_log(second)
        self.assertIn("VirtualBox", log)
        shown = self.driver.ex_get_console_output(second.id)
        self.assertEqual(("log", log[:100]), (shown["source"], shown["output"][:100]))
        for length in 0, 2:
            few = self.driver.ex_get_console_output(second, length=length)["output"]
            self.assertEqual(length, len(few.splitlines()))
        with self.assertRaises(errors.NotFoundError):
            self.driver.ex_get_node_log(node)

    def test_console(self) -> None:
        node = self.make(ex_serial=True, ex_start=True)
        for _ in range(90):
            shown = self.driver.ex_get_console_output(node)
            if shown["output"].endswith("\n"):
                break
            time.sleep(1)
        self.assertEqual({"output": "vboxcloud tiny guest ready\r\n", "source": "guest"}, shown)

    def test_disc(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            disc = Path(folder) / "disc.iso"
            disc.write_bytes(bytes(16 * 2048) + b"\1CD001\1".ljust(2048, b"\0") + bytes(14 * 2048))
            if version() < (6, 0):
                with self.assertRaises(errors.UnsupportedError):
                    self.make(image=None, ex_iso=str(disc), ex_remote_display=-1)
                return
            node = self.make(image=None, ex_iso=str(disc), ex_remote_display=-1)
            with self.assertRaises(errors.InvalidArgumentError):
                self.make(ex_iso=str(disc), ex_remote_display=-1)
        self.assertIsNone(node.image)
        self.assertNotIn("password", node.extra)
        self.assertTrue(node.extra["iso"].endswith("/install.iso"))
        self.assertTrue(self.driver.ex_eject(node))
        self.assertIsNone(self.driver.ex_get_node(node.id).extra["iso"])
        with self.assertRaises(errors.NotFoundError):
            self.driver.ex_eject(node)

    def test_linked_clone(self) -> None:
        node = self.make()
        linked = self.driver.ex_clone_node(node, linked=True)
        self.addCleanup(self.gone, linked)
        with self.assertRaises(errors.BusyError):
            node.destroy()
        (snapshot,) = self.driver.ex_list_snapshots(node)
        self.assertIn(linked.id, snapshot["name"])
        copy = self.driver.ex_clone_node(node, snapshot=snapshot["id"])
        self.addCleanup(self.gone, copy)
        linked.destroy()
        node.destroy()
        self.assertTrue(self.driver.ex_start_node(copy))

    def test_screenshot(self) -> None:
        node = self.make(ex_start=True)
        with tempfile.TemporaryDirectory() as folder:
            path = self.driver.ex_take_node_screenshot(node, folder)
            self.assertEqual(b"\x89PNG", Path(path).read_bytes()[:4])


class Rebuild(LiveTest):
    """A new disk from an image, in a node that stays what it is."""

    def other(self, **more: Any) -> NodeImage:
        image = self.driver.ex_import_image(importable("tiny"), unique("other"), **more)
        self.addCleanup(self.driver.delete_image, image)
        return image

    def same(self, node: Node) -> dict[str, Any]:
        """What is to stay."""
        listed = self.again(node)
        gone = ("image_id", "username")
        return {**{k: v for k, v in listed.extra.items() if k not in gone}, "name": listed.name,
                "size": listed.size.id, "state": listed.state, "created": listed.created_at}

    def test_rebuild(self) -> None:
        driver, image = self.driver, self.other(username="debian")
        volume = driver.create_volume(1, unique("v"), ex_dynamic=True)
        self.addCleanup(driver.destroy_volume, volume)
        node = self.make(ex_networks=["nat", "nat"], ex_description="kept",
                         ex_port_forwards=[{"port": 0, "target_port": 80}])
        driver.ex_create_tags(node, {"role": "web"})
        driver.attach_volume(node, volume)
        before, folder = self.same(node), Path(node.extra["settings_file"]).parent
        old = {path.name for path in folder.glob("*.vdi")}
        for given in (image, image.id):
            rebuilt = driver.ex_rebuild(node, given)
            self.assertEqual((node.id, image.id, "debian"),
                             (rebuilt.id, rebuilt.extra["image_id"], rebuilt.extra["username"]))
            self.assertEqual(before, self.same(node))
            if folder.is_dir():
                new = {path.name for path in folder.glob("*.vdi")}
                self.assertEqual((1, set()), (len(new), new & old))
                old = new
        (listed,) = [each for each in driver.list_volumes() if each.id == volume.id]
        self.assertEqual([node.id], listed.extra["attached_to"])
        self.assertTrue(driver.start_node(node))
        with self.assertRaisesRegex(errors.StateError, "Only stopped machines"):
            driver.ex_rebuild(node, image)
        driver.ex_stop_node(node)
        driver.detach_volume(volume)
        driver.destroy_node(node)
        self.assertFalse(folder.exists())
        self.assertEqual([], driver.ex_remove_leftovers(dry_run=True))

    def test_refused(self) -> None:
        """The node is as it was then."""
        driver, node = self.driver, self.make()
        snapshotted, linked = self.make(), driver.ex_clone_node(self.make(), linked=True)
        self.addCleanup(self.gone, linked)
        driver.ex_create_snapshot(snapshotted, "s")
        for what, image, kind in ((node, "no such image", errors.NotFoundError),
                                  (node, self.other(min_memory_size=512), errors.InvalidArgumentError),
                                  (node, self.other(firmware="efi"), errors.InvalidArgumentError),
                                  (snapshotted, self.image, errors.StateError),
                                  (linked, self.image, errors.StateError),
                                  (self.foreign(), self.image, errors.StateError),
                                  ("no such node", self.image, errors.NotFoundError)):
            with self.subTest(kind.__name__), self.assertRaises(kind) as caught:
                driver.ex_rebuild(what, image)
            self.assertRegex(str(caught.exception), r"^\S.{10,}")
        self.assertEqual(self.image.id, self.again(node).extra["image_id"])
        self.assertTrue(driver.start_node(node))
        driver.destroy_node(linked)


class Settings(LiveTest):
    """Name, description, size, tags."""

    def test_rename(self) -> None:
        node, name = self.make(), unique("\u540d\u524d ../\U0001f600")
        self.assertTrue(self.driver.ex_rename_node(node, name))
        self.assertEqual(name, self.again(node).name)
        self.assertEqual(node.id, self.driver.ex_get_node_by_name(name).id)
        self.assertEqual(name, self.driver.ex_get_node_by_uuid(node.id).name)

    def test_what_only_stopped_nodes_allow(self) -> None:
        node = self.make(ex_start=True)
        for action, words in ((self.driver.ex_rename_node, ("no",)),
                              (self.driver.ex_resize_node, ("2_cpu-64_ram-1_disk",)),
                              (self.driver.ex_attach_network, ("nat",)),
                              (self.driver.ex_detach_network, (0,))):
            with self.subTest(action.__name__), self.assertRaises(RuntimeError) as caught:
                action(node, *words)
            error, text = caught.exception, "Only stopped machines can be reconfigured."
            self.assertEqual((text, (text,)), (str(error), error.args))

    def test_resize(self) -> None:
        node = self.make()
        known = self.driver.ex_get_size("1_cpu-128_ram-2_disk")
        bare = NodeSize(known.id, name="n", ram=1, disk=1, bandwidth=None, price=None,
                        driver=self.driver)  # as mist makes it: without CPUs
        for plan, more, expected in ((bare, {}, known.id), ("1_cpu-64_ram-2_disk", {}, None),
                                     (None, {"memory": 96}, "1_cpu-96_ram-2_disk"),
                                     (None, {"disk": 3}, "1_cpu-96_ram-3_disk")):
            with self.subTest(f"{plan} {more}"):
                self.assertTrue(self.driver.ex_resize_node(node, plan, **more))
                self.assertEqual(expected or plan, self.again(node).size.id)
        self.assertEqual((96, 3), (self.again(node).extra["memory"], self.again(node).extra["disk"]))
        for plan, more, expected in (("2_cpu-64_ram-1_disk", {}, "2_cpu-64_ram-3_disk"),
                                     ("1_cpu-96_ram-30_disk", {}, "1_cpu-96_ram-3_disk"),
                                     (None, {"cpus": 2}, "2_cpu-96_ram-3_disk"),
                                     (None, {"cpus": 1, "disk": 9}, "1_cpu-96_ram-3_disk")):
            with self.subTest(f"{plan} {more}, but its disk"):
                self.assertTrue(self.driver.ex_resize_node(node, plan, keep_disk=True, **more))
                self.assertEqual(expected, self.again(node).size.id)
        for plan, kind in (("small", errors.NotFoundError), ("", errors.InvalidArgumentError),
                           (SIZE, errors.InvalidArgumentError),
                           ("999_cpu-64_ram-3_disk", errors.InvalidArgumentError)):
            with self.subTest(plan), self.assertRaises(kind):
                self.driver.ex_resize_node(node, plan)
        self.driver.start_node(node)
        with self.assertRaises(errors.StateError):
            self.driver.ex_resize_node(node, "1_cpu-64_ram-3_disk")

    def test_description_and_tags(self) -> None:
        node = self.make()
        self.assertTrue(self.driver.ex_describe_node(node, "what \u00fcber"))
        self.assertEqual({}, self.driver.ex_get_metadata(node))
        self.assertEqual({"role": "web", "\u00fc": ""},
                         self.driver.ex_set_metadata(node, {"role": "web", "\u00fc": ""}))
        self.assertTrue(self.driver.ex_create_tags(node, {"role": "db", "more": "1"}))
        self.assertTrue(self.driver.ex_delete_tags(node, ["\u00fc", "not there"]))
        listed = self.again(node)
        self.assertEqual({"role": "db", "more": "1"}, listed.extra["tags"])
        self.assertEqual("what \u00fcber", listed.extra["description"])
        self.assertEqual({"a": "b"}, self.driver.ex_set_metadata(node, {"a": "b"}))
        self.assertIs(False, node.extra["protected"])
        self.assertTrue(self.driver.ex_protect(node))
        self.assertIs(True, self.again(node).extra["protected"])
        for lose in (self.driver.destroy_node, self.driver.ex_undefine_node):
            with self.assertRaisesRegex(errors.StateError, r"is protected; ex_unprotect\(\) ends that"):
                lose(node)
        self.assertTrue(self.driver.ex_unprotect(node.id))
        self.assertIs(False, self.again(node).extra["protected"])
        tagged = self.make(ex_tags={"role": "web", "\u00fc": ""})
        self.assertEqual({"role": "web", "\u00fc": ""}, tagged.extra["tags"])
        for wrong in ({"": "x"}, {"a" * 256: "x"}):
            with self.assertRaises(errors.InvalidArgumentError):
                self.make(ex_tags=wrong)
        with self.assertRaises(TypeError):
            self.make(ex_tags={"a": 1})
        with self.assertRaises(errors.InvalidArgumentError):
            self.driver.ex_create_tags(node, {"": "x"})


if __name__ == "__main__":
    main()
