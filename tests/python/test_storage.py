#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Volumes, their snapshots, and key pairs, by libcloud's base API."""
from __future__ import annotations

import hashlib
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from libcloud.compute.base import StorageVolume
from libcloud.compute.types import KeyPairDoesNotExistError, StorageVolumeState

from live import LiveTest, guest, importable, main, unique, version

from fileserver import FileServer
from libcloud_virtualbox import errors


class Volumes(LiveTest):
    """list, create, attach, detach, grow, snapshot, destroy."""

    def volume(self, **more: object) -> StorageVolume:
        made = self.driver.create_volume(**{"size": 1, "name": unique("\u00fc"), "ex_dynamic": True,
                                            **more})  # type: ignore[arg-type]
        self.addCleanup(self.driver.destroy_volume, made)
        return made

    def test_attached_volumes_are_in_use(self) -> None:
        node, volume = self.make(), self.volume()
        self.assertTrue(volume.attach(node, device="/dev/sdb"))
        listed = {each.id: each for each in self.driver.list_volumes()}
        self.assertEqual(StorageVolumeState.INUSE, listed[volume.id].state)
        with self.assertRaises(errors.BusyError):
            self.driver.destroy_volume(volume)
        with self.assertRaises(errors.StateError):
            self.driver.detach_volume(volume, ex_node=self.make())
        self.assertTrue(volume.detach())

    def test_grow(self) -> None:
        volume = self.volume()
        self.assertTrue(self.driver.ex_resize_volume(volume, 2))
        self.assertEqual([2], [v.size for v in self.driver.list_volumes() if v.id == volume.id])
        with self.assertRaises(errors.InvalidArgumentError):
            self.driver.ex_resize_volume(volume, 1)

    def test_rename(self) -> None:
        volume, other, name = self.volume(), self.volume(), unique("renamed \U0001f600")
        for word in volume.id, volume.name:
            self.assertEqual(volume.id, self.driver.ex_get_volume(word).id)
        with self.assertRaises(errors.NotFoundError):
            self.driver.ex_get_volume(name)
        self.assertTrue(self.driver.ex_rename_volume(volume, name))
        self.assertEqual({volume.id: name, other.id: other.name},
                         {each.id: each.name for each in self.driver.list_volumes()
                          if each.id in (volume.id, other.id)})
        with self.assertRaises(errors.ExistsError):
            self.driver.ex_rename_volume(other.id, name)
        for wrong in ("", "\0", "x" * 256):
            with self.subTest(wrong[:2]), self.assertRaises(errors.InvalidArgumentError):
                self.driver.ex_rename_volume(volume, wrong)

    def test_arguments(self) -> None:
        volume = self.volume()
        with self.assertRaises(errors.ExistsError):
            self.driver.create_volume(1, volume.name)
        for size in (0, -1, "big", None):
            with self.subTest(size), self.assertRaises(errors.InvalidArgumentError):
                self.driver.create_volume(size, unique("no"))  # type: ignore[arg-type]
        with self.assertRaises(errors.NotFoundError):
            self.driver.create_volume(1, unique("no"), location="elsewhere")  # type: ignore[arg-type]

    def test_snapshots(self) -> None:
        volume = self.volume()
        begun = datetime.utcnow() - timedelta(seconds=5)
        snapshot = volume.snapshot(unique("s"))
        self.addCleanup(self.driver.destroy_volume_snapshot, snapshot)
        second = self.driver.create_volume_snapshot(volume)
        self.assertEqual([snapshot.id, second.id], [each.id for each in volume.list_snapshots()])
        self.assertEqual((1, StorageVolumeState.AVAILABLE), (snapshot.size, snapshot.state))
        self.assertTrue(snapshot.created is not None
                        and begun < snapshot.created < begun + timedelta(minutes=5))
        for word in snapshot.id, snapshot.name:
            self.assertEqual(snapshot.id, self.driver.ex_get_snapshot(word or "").id)
        self.assertTrue(second.destroy())
        with self.assertRaisesRegex(errors.NotFoundError, "ex_list_volume_snapshots"):
            self.driver.ex_get_snapshot(second.id)
        self.assertEqual([snapshot.id], [each.id for each in volume.list_snapshots()])
        self.assertIn(snapshot.id, [s.id for s in self.driver.ex_list_volume_snapshots()])
        copied = self.volume(size=2, snapshot=snapshot)
        self.assertEqual((2, snapshot.id), (copied.size, copied.extra["snapshot_id"]))


class Images(LiveTest):
    """What is recorded of them."""

    def test_update(self) -> None:
        driver, name = self.driver, unique("renamed \u00fc")
        image = driver.ex_import_image(importable("tiny"), unique("tiny"), description="old")
        self.addCleanup(driver.delete_image, image)
        node = self.make(image=image)
        changed = driver.ex_update_image(image, name, description="new", username="debian",
                                         min_cpus=2, init="none", os_type="Debian_64")
        self.assertEqual((image.id, name), (changed.id, changed.name))
        wanted = {**image.extra, "description": "new", "username": "debian", "min_cpus": 2,
                  "init": "none", "os_type_id": "Debian_64"}
        self.assertEqual(wanted, changed.extra)
        self.assertEqual(wanted, driver.get_image(name).extra)
        self.assertEqual(wanted, driver.ex_update_image(image.id).extra)
        self.assertIsNone(driver.ex_update_image(image, name, username="").extra["username"])
        self.assertEqual((image.id, None), (self.again(node).extra["image_id"],
                                            self.again(node).extra["username"]))
        for kind, more in ((errors.ExistsError, {"name": self.image.name}),
                           (errors.InvalidArgumentError, {"name": ""}),
                           (errors.InvalidArgumentError, {"os_type": "Tin_64"}),
                           (errors.InvalidArgumentError, {"init": "smoke"}),
                           (errors.InvalidArgumentError, {"username": "-x"}),
                           (errors.InvalidArgumentError, {"firmware": "tin"})):
            with self.subTest(more), self.assertRaises(kind):
                driver.ex_update_image(image, **{"description": "lost", **more})
        self.assertEqual("new", driver.get_image(image.id).extra["description"])
        with self.assertRaises(errors.NotFoundError):
            driver.ex_update_image(unique("no"), "x")


    def test_url(self) -> None:
        """Fetched, with its checksum; what a server does not give is an error of its own."""
        if version() < (6, 0):
            self.skipTest("VirtualBox 5 takes no uploads")
        data = Path(guest("tiny")).read_bytes()
        server = FileServer({"tiny.vdi": data})
        self.addCleanup(server.close)
        url, sha256 = f"{server.url}/tiny.vdi", hashlib.sha256(data).hexdigest()
        image = self.driver.ex_import_image(url, unique("url"), sha256=sha256, max_size=1)
        self.addCleanup(self.driver.delete_image, image)
        self.assertEqual(url, image.extra["origin"])
        for kind, bad, more in ((errors.InvalidArgumentError, url, {"sha256": "0" * 64}),
                                (errors.InvalidArgumentError, url, {"checksum_url": url}),
                                (errors.NotFoundError, f"{server.url}/status-404/x.vdi", {}),
                                (errors.FetchError, f"{server.url}/status-503/x.vdi", {}),
                                (errors.FetchError, "http://127.0.0.1:1/x.vdi", {})):
            with self.subTest(bad), self.assertRaises(kind):
                self.driver.ex_import_image(bad, unique("bad"), **more)


class Keys(LiveTest):
    """Public keys under a name."""

    def test_life(self) -> None:
        name = unique("key")
        made = self.driver.create_key_pair(name)
        self.assertIn("PRIVATE KEY", made.private_key or "")
        again = self.driver.get_key_pair(name)
        self.assertEqual((made.public_key, made.fingerprint, None),
                         (again.public_key, again.fingerprint, again.private_key))
        self.assertIn(name, [key.name for key in self.driver.list_key_pairs()])
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(made.public_key)
            file.flush()
            copied = self.driver.import_key_pair_from_file(name + "-copy", file.name)
        self.assertEqual(made.fingerprint, copied.fingerprint)
        with self.assertRaises(errors.ExistsError):
            self.driver.import_key_pair_from_string(name, made.public_key)
        self.assertTrue(self.driver.delete_key_pair(copied))
        line = made.public_key.rpartition(" ")[0]
        with tempfile.NamedTemporaryFile("wb") as latin:
            latin.write(f"{line} J\u00f6rg\n".encode("latin-1"))
            latin.flush()
            other = self.driver.import_key_pair_from_file(name + "-latin", latin.name)
        self.assertEqual((line, made.fingerprint), (other.public_key, other.fingerprint))
        self.assertTrue(self.driver.delete_key_pair(other))
        for wrong in line.encode("utf-16"), f"{line}\n{line}\n", line[:-9], b"\xff", b"":
            with self.subTest(wrong), self.assertRaises(errors.InvalidArgumentError):
                self.driver.import_key_pair_from_string(unique("wrong"), wrong)
        self.assertTrue(self.driver.delete_key_pair(made))
        with self.assertRaises(KeyPairDoesNotExistError) as caught:
            self.driver.delete_key_pair(made)
        self.assertEqual(name, caught.exception.name)
        with self.assertRaises(KeyPairDoesNotExistError):
            self.driver.get_key_pair(name)


if __name__ == "__main__":
    main()
