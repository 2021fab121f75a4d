#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Port forwards and addresses of nodes; what a first boot is told."""
from __future__ import annotations

import gzip
import hashlib
import tempfile
import unittest
from pathlib import Path
from typing import Any

from libcloud.compute.base import NodeAuthPassword, NodeAuthSSHKey

from live import HOST, LiveTest, guest, main, new_driver, unique, version

import mist
from fakes import free_port
from libcloud_virtualbox import _addresses, errors
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver
from proxylib.client import Proxy


class Forwards(LiveTest):
    """Ports of the host."""

    def test_life(self) -> None:
        node, port = self.make(ex_start=True), free_port()
        (ssh,) = self.driver.ex_list_port_forwards(node)
        self.assertEqual(("TCP", 22), (ssh["protocol"], ssh["target_port"]))
        made = self.driver.ex_create_port_forward(node, f"127.0.0.1:{port}", "80")
        self.assertEqual(("127.0.0.1", port, 80), (made["host_ip"], made["port"],
                                                   made["target_port"]))
        self.assertIn(made, self.driver.ex_list_port_forwards(node.id))
        with self.assertRaises(errors.ExistsError):
            self.driver.ex_create_port_forward(self.make(), port, 80, host_ip="127.0.0.1")
        self.assertTrue(self.driver.ex_delete_port_forward(node, made["name"]))
        with self.assertRaises(errors.NotFoundError):
            self.driver.ex_delete_port_forward(node, made["name"])
        for port_ in ("http", "-1", "70000", "", 0x10000):
            with self.subTest(port_), self.assertRaises(errors.InvalidArgumentError):
                self.driver.ex_create_port_forward(node, port_, 80)

    def test_set_port_forwards(self) -> None:
        node, ports = self.make(), [free_port() for _ in range(2)]
        driver = self.driver

        def pairs(forwards: list[dict[str, Any]]) -> set[tuple[str, int]]:
            return {(each["protocol"], each["target_port"]) for each in forwards}

        made = driver.ex_set_port_forwards(node, [
            {"port": str(ports[0]), "target_port": "80", "protocol": "TCP"},
            {"port": f"127.0.0.1:{ports[1]}", "target_port": 53, "protocol": "UDP"},
            {"port": 0, "target_port": 443}])
        self.assertEqual({("TCP", 22), ("TCP", 80), ("UDP", 53), ("TCP", 443)}, pairs(made))
        kept = [each for each in made if each["target_port"] in (22, 80, 443)]
        again = driver.ex_set_port_forwards(node, [{"port": ports[0], "target_port": 80},
                                                   {"port": 0, "target_port": 443}])
        self.assertEqual(kept, again)
        self.assertEqual({("TCP", 22)}, pairs(driver.ex_set_port_forwards(node.id, [])))
        with self.assertRaises(errors.InvalidArgumentError):
            driver.ex_set_port_forwards(node, [{"port": "http", "target_port": 80}])

    def test_nodes_show_them(self) -> None:
        node = self.make()
        (ssh,) = self.driver.ex_list_port_forwards(node)
        listed = self.again(node)
        self.assertEqual([{"IP": ssh["host_ip"], "PublicPort": ssh["port"], "PrivatePort": 22,
                           "Type": "tcp"}], listed.extra["ports"])
        self.assertEqual(ssh["port"], listed.extra["ssh_port"])
        self.assertEqual([ssh["host_ip"]], listed.public_ips)
        self.assertEqual([], listed.private_ips)
        self.assertEqual("nat", listed.extra["network_adapters"][0]["kind"])

    def test_wait_until_running(self) -> None:
        node = self.make(ex_start=True)
        ((found, addresses),) = self.driver.wait_until_running([node], wait_period=1, timeout=60)
        self.assertEqual((node.id, node.public_ips), (found.id, addresses))


class Networks(LiveTest):
    """NAT networks; host-only ones need a kernel module that the test host may not have."""

    def test_life(self) -> None:
        name = unique("n")
        network = self.driver.ex_create_network(name=name, cidr="10.9.8.0/24")
        self.assertEqual(("nat_network:" + name, name, "10.9.8.0/24"),
                         (network.id, network.name, network.cidr))
        listed = self.driver.ex_list_networks()
        self.assertEqual([], mist.complaints_of_listed(listed))
        self.assertIn(network.id, [each.id for each in listed])
        for word in network.id, name:
            self.assertEqual(network.id, self.driver.ex_get_network(word).id)
        with self.assertRaises(errors.ExistsError):
            self.driver.ex_create_network(name)
        node = self.make(ex_network_type="nat_network", ex_network_value=name)
        (adapter,) = node.extra["network_adapters"]
        self.assertEqual(("nat_network", name), (adapter["kind"], adapter["network"]))
        with self.assertRaises(errors.BusyError):
            network.destroy()
        with self.assertRaises(NotImplementedError):
            self.driver.ex_rename_network(network, "other")
        self.driver.destroy_node(node)
        self.assertTrue(network.destroy())
        with self.assertRaises(errors.NotFoundError):
            self.driver.ex_delete_network(network)

    def test_adapters(self) -> None:
        node = self.make(ex_networks=["nat", "internal:lab"])
        self.assertEqual(2, self.driver.ex_attach_network(node, "internal"))
        kinds = [each["kind"] for each in self.again(node).extra["network_adapters"]]
        self.assertEqual(["nat", "internal", "internal"], kinds)
        self.assertTrue(self.driver.ex_detach_network(node, 1))
        slots = [each["slot"] for each in self.again(node).extra["network_adapters"]]
        self.assertEqual([0, 2], slots)

    def test_connect(self) -> None:
        """As vSphere's driver: by name."""
        node, name = self.make(), unique("c")
        network = self.driver.ex_create_network(name=name)
        self.assertIs(self.driver.ex_connect_network(node, name), True)
        self.assertIs(self.driver.ex_connect_network(node.id, network.id), True)
        self.assertEqual([("nat", ""), ("nat_network", name), ("nat_network", name)],
                         [(each["kind"], each["network"])
                          for each in self.again(node).extra["network_adapters"]])
        # The beginning of this one's id is another network's whole id.
        for call in (lambda: self.driver.ex_connect_network(node, unique("no")),
                     lambda: self.driver.ex_connect_network(node, network.id[:-1]),
                     lambda: self.driver.ex_get_network(network.id[:-1])):
            with self.assertRaisesRegex(errors.NotFoundError, r"ex_list_networks\(\)"):
                call()
        self.driver.destroy_node(node)
        network.destroy()

    def test_nat(self) -> None:
        """It is the first network, and what nodes have without any choice."""
        nat = self.driver.ex_list_networks()[0]
        self.assertEqual(("nat", None, "nat"), (nat.id, nat.cidr, nat.extra["type"]))
        self.assertEqual(nat.id, self.driver.ex_get_network("nat").id)
        for more in {"ex_networks": [nat]}, {"ex_network_type": nat.id}, {}:
            (adapter,) = self.make(**more).extra["network_adapters"]
            self.assertEqual("nat", adapter["kind"])
        with self.assertRaisesRegex(errors.InvalidArgumentError, "cannot be deleted"):
            nat.destroy()

    def test_unusable(self) -> None:
        for kind, value in (("tin_cans", ""), ("nat_network", unique("no")), ("internal", "\0")):
            with self.subTest(kind), self.assertRaises(errors.VirtualBoxError):
                self.make(ex_network_type=kind, ex_network_value=value)
        with self.assertRaises(errors.InvalidArgumentError) as caught:
            self.make(ex_network_type="tin_cans")
        self.assertEqual("Unknown ex_network_type value: tin_cans", caught.exception.args[0])
        with self.assertRaises(errors.InvalidArgumentError):
            self.make(ex_networks=["internal"] * 9)

    def test_forwards_of_a_new_node(self) -> None:
        port, name = free_port(), unique("forwarded")
        node = self.make(name=name, ex_port_forwards=[{"port": port, "target_port": 80}])
        self.assertEqual({22, 80}, {each["PrivatePort"] for each in node.extra["ports"]})
        self.assertEqual(version() >= (6, 0), "password" in node.extra)
        with self.assertRaises(errors.ExistsError):
            self.make(name=name, ex_port_forwards=[{"port": port, "target_port": 80}])
        self.assertEqual([node.id], [n.id for n in self.driver.list_nodes() if n.name == name])


class Addresses(unittest.TestCase):
    """Which address of the host a program elsewhere can use."""

    def node(self, *forwards: tuple[str, int, int]) -> Any:
        """One with these: the host's address and port, the guest's port."""
        return {"public_ips": ["198.51.100.9"], "addresses": [], "adapters": [], "forwards": [
            {"node": "n", "name": f"f{port}", "adapter": 0, "protocol": "tcp", "host_ip": host_ip,
             "host_port": port, "guest_ip": "", "guest_port": target}
            for host_ip, port, target in forwards]}

    def ways(self, host: str, host_ip: str) -> list[str]:
        return _addresses.public_ips(self.node((host_ip, 2222, 22)), host)

    def test_ports(self) -> None:
        """Those at an address of the node only; all are told of as forwards."""
        node = self.node(("127.0.0.1", 2201, 22), ("", 2202, 22), ("203.0.113.5", 2203, 80),
                         ("0.0.0.0", 2204, 80), ("no address", 2205, 22))
        for host, expected in (("192.0.2.7", [2202, 2204]), ("127.0.0.1", [2201, 2202, 2204])):
            with self.subTest(host):
                extra = _addresses.shown(node, host)
                self.assertEqual(expected, [each["PublicPort"] for each in extra["ports"]])
                self.assertEqual(5, len(extra["port_forwards"]))
                self.assertEqual(expected[0], extra["ssh_port"])
        closed = self.node(("127.0.0.1", 2201, 22), ("", 2204, 80))
        self.assertEqual([], _addresses.shown(closed, "192.0.2.7")["ports"])

    def test_addresses_of_a_forward(self) -> None:
        own = "198.51.100.9"
        for host, host_ip, expected in (("127.0.0.1", "127.0.0.1", ["127.0.0.1", own]),
                                        ("192.0.2.7", "127.0.0.1", [own]),
                                        ("192.0.2.7", "", ["192.0.2.7", own]),
                                        ("192.0.2.7", "0.0.0.0", ["192.0.2.7", own]),
                                        ("192.0.2.7", "203.0.113.5", ["203.0.113.5", own]),
                                        ("localhost", "", ["127.0.0.1", own])):
            with self.subTest((host, host_ip)):
                self.assertEqual(expected, self.ways(host, host_ip))

    def test_port(self) -> None:
        extra = {"ports": [{"IP": "192.0.2.7", "PublicPort": 2222, "PrivatePort": 22,
                            "Type": "tcp"}]}
        self.assertEqual(2222, _addresses.port_at(extra, "192.0.2.7", 22))
        self.assertEqual(22, _addresses.port_at(extra, "192.0.2.8", 22))
        self.assertEqual(80, _addresses.port_at(extra, "192.0.2.7", 80))


class FirstBoot(LiveTest):
    """The guest's side is tested where the library is; here: that it is told, or why not."""

    def setUp(self) -> None:
        if version() < (6, 0):
            self.skipTest("VirtualBox 5 takes no seeds: see NoFirstBoot")

    def test_auth(self) -> None:
        key = self.driver.create_key_pair(unique("key"))
        self.addCleanup(self.driver.delete_key_pair, key)
        self.assertGreaterEqual(len(self.make().extra["password"]), 20)
        for auth in (NodeAuthSSHKey(key.public_key), NodeAuthSSHKey(key.name),
                     NodeAuthPassword("pass")):
            self.assertNotIn("password", self.make(auth=auth).extra)
        self.assertNotIn("password", self.make(ex_userdata="#cloud-config\n{}\n").extra)
        with self.assertRaises(errors.InvalidArgumentError):
            self.make(auth=NodeAuthSSHKey("ssh-ed25519 nonsense"))
        with self.assertRaises(errors.InvalidArgumentError):
            self.make(auth="a password")

    def test_bytes(self) -> None:
        """User data goes as it is, a str in UTF-8."""
        for data in gzip.compress(b"#cloud-config\n{}\n"), b"\xff\0\r\n", bytearray(b"a\0b"), "\u00e9\0\n":
            with self.subTest(data):
                node = self.make(ex_userdata=data)
                folder = Path(self.driver._host.node_get(node.id)["settings_file"]).parent
                wanted = data.encode() if isinstance(data, str) else bytes(data)
                if folder.is_dir():
                    self.assertIn(wanted + bytes(64), next(folder.glob("seed*.iso")).read_bytes())
                self.driver.ex_set_user_data(node, data)
        with self.assertRaises(TypeError):
            self.make(ex_userdata=1)
        with self.assertRaisesRegex(errors.InvalidArgumentError, "16777216 bytes"):
            self.make(ex_userdata=bytes((16 << 20) + 1))

    def test_again(self) -> None:
        node = self.make(ex_start=True)
        with self.assertRaises(errors.StateError):
            self.driver.ex_set_user_data(node, "#cloud-config\n{}\n")
        self.driver.ex_stop_node(node)
        self.assertTrue(self.driver.ex_set_user_data(node, auth=NodeAuthPassword("other")))

    def test_set_password(self) -> None:
        """At the next boot of a stopped node, of which its seed has the hash."""
        node = self.make(ex_start=True)
        with self.assertRaises(errors.StateError):
            self.driver.ex_set_password(node, "a word")
        self.driver.ex_stop_node(node)
        folder = Path(node.extra["settings_file"]).parent
        self.assertIs(self.driver.ex_set_password(node, "a word"), True)
        if folder.is_dir():
            (seed,) = (file.read_bytes() for file in folder.glob("seed*.iso"))
            self.assertIn(b"$6$", seed)
            self.assertNotIn(b"a word", seed)

    def test_images_that_read_no_seeds(self) -> None:
        image = self.driver.ex_import_image(guest("tiny"), unique("mute"), init="none")
        self.addCleanup(self.driver.delete_image, image)
        node = self.make(image=image)
        self.assertNotIn("password", node.extra)
        with self.assertRaises(errors.InvalidArgumentError):
            self.make(image=image, auth=NodeAuthPassword("pass"))
        self.driver.destroy_node(node)


class NoFirstBoot(LiveTest):
    """Before 6.0 a node without auth has no password; one with auth cannot be made."""

    def on(self, driver: VirtualBoxNodeDriver) -> None:
        wanted = {"name": unique("old"), "image": self.image, "size": "1_cpu-64_ram-1_disk",
                  "ex_start": False}
        node = driver.create_node(**wanted)
        self.addCleanup(self.gone, node)
        self.assertNotIn("password", node.extra)
        for told in {"auth": NodeAuthPassword("pass")}, {"ex_userdata": "#cloud-config\n{}\n"}:
            with self.assertRaises(NotImplementedError):
                driver.create_node(**wanted, **told)
        with self.assertRaises(NotImplementedError):
            driver.ex_set_user_data(node, "#cloud-config\n{}\n")

    def test_this_host(self) -> None:
        if version() >= (6, 0):
            self.skipTest("VirtualBox takes seeds since 6.0: see FirstBoot")
        self.on(self.driver)

    def test_an_older_one(self) -> None:
        if version() != (7, 2):
            self.skipTest("only a 7.2 can emulate an older release")
        with Proxy(HOST, release="5.2") as proxy:
            self.on(new_driver(proxy.url, ca_cert=None))


class Linked(LiveTest):
    """Nodes whose disk is linked to the image's."""

    def test_linked(self) -> None:
        image = self.driver.copy_image("virtualbox-location", self.image, unique("base"))
        self.addCleanup(self.driver.delete_image, image)
        node = self.make(image=image, ex_linked_clone=True, ex_start=False)
        self.assertTrue(self.driver.ex_resize_node(node, cpus=2, keep_disk=True))
        self.assertEqual("2_cpu-64_ram-1_disk", self.again(node).size.id)
        self.driver.start_node(node)
        with self.assertRaises(errors.BusyError):
            self.driver.delete_image(image)
        self.driver.destroy_node(node)


class Export(LiveTest):
    """Images to files."""

    def test_export(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "tiny.img")
            if version() < (6, 0):
                with self.assertRaises(NotImplementedError):
                    self.driver.ex_export_image(self.image, str(path))
                return
            digest = self.driver.ex_export_image(self.image, str(path))
            self.assertEqual(hashlib.sha256(path.read_bytes()).hexdigest(), digest)


if __name__ == "__main__":
    main()
