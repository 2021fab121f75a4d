#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keys of the host's extra data are any program's to write, as are forwards: what is odd in them is
None, and no list ends because of it. tests/trouble/test_trust.py goes through the values, with the
command.
"""
from __future__ import annotations

import json
import unittest
from typing import Any

from live import HOST, USER, LiveTest, main, password, unique
from trouble import Soap

from libcloud_virtualbox import _addresses

ODD: list[dict[str, Any]] = [
    {"created_ms": 10**18}, {"created_ms": -(2**63)}, {"created_ms": 10**40}, {"created_ms": "x"},
    {"name": ""}, {"name": 5}, {"name": "\x1b[31m"}, {"name": "x" * 1000}, {"name": None},
    {"tags": 7}, {"tags": {"a": 5, "": "", "b": "\x07"}}, {"image": 5}, {"snapshot": ["x"]},
    {"min_cpus": -1, "min_memory_mb": 10**18}, {"volume": 5, "volume_name": 6},
]


class OddMetadata(LiveTest):
    """One thing's metadata is odd."""

    def setUp(self) -> None:
        if HOST.startswith("https:"):
            self.skipTest("makes raw calls, over HTTP only")

    def each(self, kind: str, id_: str) -> Any:
        """Writes one odd object after the other, then the right one again."""
        key = f"libcloud/{kind}/{id_}"
        soap = Soap(HOST, USER, password())
        good = soap.one("IVirtualBox_getExtraData", soap.vbox, key=key)
        texts = [json.dumps(json.loads(good) | odd) for odd in ODD] + ["[]", "5", "{", good]
        for text in texts:
            soap = Soap(HOST, USER, password())  # the host may have forgotten one since
            soap.call("IVirtualBox_setExtraData", soap.vbox, key=key, value=text)
            with self.subTest(text):
                yield json.loads(good) | json.loads(text) if text.startswith('{"') else {}

    def test_nodes(self) -> None:
        node, other = self.make(), self.make()
        for now in self.each("node", node.id):
            seen = {each.id: each for each in self.driver.list_nodes()}
            self.assertEqual(other.name, seen[other.id].name)
            self.assertEqual(other.created_at, seen[other.id].created_at)
            self.assertEqual(node.name, seen[node.id].name)
            fits = isinstance(now.get("created_ms"), int) and 0 < now["created_ms"] < 10**15
            self.assertEqual(node.created_at if fits else None, seen[node.id].created_at)
            json.dumps(seen[node.id].extra)
            self.driver.ex_get_node(node.id)

    def test_images(self) -> None:
        for _ in self.each("image", self.image.id):
            seen = {each.id: each for each in self.driver.list_images()}
            self.assertTrue(seen[self.image.id].name)
            json.dumps(seen[self.image.id].extra)

    def test_volumes_and_snapshots(self) -> None:
        volume = self.driver.create_volume(1, unique("v"), ex_dynamic=True)
        self.addCleanup(self.driver.destroy_volume, volume)
        snapshot = volume.snapshot(unique("s"))
        self.addCleanup(self.driver.destroy_volume_snapshot, snapshot)
        for _ in self.each("volume", volume.id):
            seen = {each.id: each for each in self.driver.list_volumes()}
            self.assertTrue(seen[volume.id].name)
            json.dumps(seen[volume.id].extra)
        for _ in self.each("snapshot", snapshot.id):
            shown = {each.id: each for each in self.driver.ex_list_volume_snapshots()}
            self.assertTrue(shown[snapshot.id].name)
            json.dumps(shown[snapshot.id].extra)

    def test_keys(self) -> None:
        pair = self.driver.create_key_pair(unique("k"))
        self.addCleanup(self.driver.delete_key_pair, pair)
        for _ in self.each("key", pair.name):
            seen = {each.name: each for each in self.driver.list_key_pairs()}
            json.dumps(seen[pair.name].extra)


    def test_other_kinds(self) -> None:
        """Of work, locks, ports and what is lent: entries that are none spoil no list."""
        node = self.make()
        ids = ("00000000-0000-4000-8000-000000000001", node.id, "x", "", "../../x", f"x/{node.id}",
               f"tcp/99999/{node.id}")
        texts = ["{}", "[]", "5", "no JSON", '{"kind": 7, "until": "x"}',
                 json.dumps({"kind": "node", "until": 10**18, "pid": -1, "where": "a b"}),
                 json.dumps({"kind": "image", "path": "/etc/passwd", "settings": [], "kept": {}})]
        fine = self.names()
        kinds = ("seed", "lock", "doing", "lent", "borrowed", "port", "strange")
        for number, (kind, id_) in enumerate((kind, id_) for kind in kinds for id_ in ids):
            key, text = f"libcloud/{kind}/{id_}", texts[(number + number // len(ids)) % len(texts)]
            soap = Soap(HOST, USER, password())
            soap.call("IVirtualBox_setExtraData", soap.vbox, key=key, value=text)
            with self.subTest(f"{key}: {text}"):
                self.assertEqual(fine, self.names())
            soap = Soap(HOST, USER, password())
            soap.call("IVirtualBox_setExtraData", soap.vbox, key=key, value="")

    def names(self) -> list[list[str]]:
        driver = self.driver
        return [sorted(each.name for each in listed) for listed in (
            driver.list_nodes(), driver.list_images(), driver.list_volumes(), driver.list_key_pairs(),
            driver.ex_list_volume_snapshots(), driver.ex_list_networks())]


class OddForward(unittest.TestCase):
    """A forward's address of the host is none."""

    def test_it_is_no_way_to_a_node(self) -> None:
        node: Any = {"forwards": [], "public_ips": [], "addresses": [], "adapters": []}
        for address, way in (("user@host.example", None), ("host.example", None), ("$(id)", None),
                             ("fe80::1%lo", None), ("::1% -oProxyCommand=touch x", None),
                             ("::1%\n", None), ("::1", "::1"), ("127.0.0.1", "127.0.0.1"), ("", "127.0.0.1")):
            node["forwards"] = [{"name": "ssh", "protocol": "tcp", "host_ip": address,
                                 "host_port": 20022, "guest_ip": "", "guest_port": 22}]
            shown = _addresses.shown(node, "127.0.0.1")
            self.assertEqual([way] if way else [], _addresses.public_ips(node, "127.0.0.1"))
            self.assertEqual(20022 if way else 22, shown["ssh_port"])
            self.assertEqual([way] if way else [], [each["IP"] for each in shown["ports"]])
            self.assertEqual(1, len(shown["port_forwards"]))


if __name__ == "__main__":
    main()
