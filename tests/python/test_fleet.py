#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A driver for three hosts, each of which may be in trouble: lists tell what the others have, in time,
and what the one in trouble had; what is done to a thing is done on its host, and no other is asked."""
from __future__ import annotations

import copy
import ctypes
import inspect
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional

from live import SIZE, guest, main, unique

from libcloud.compute.base import Node
from libcloud.compute.types import KeyPairDoesNotExistError, NodeState

from libcloud_virtualbox import _fleet, errors
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver
from proxylib.client import Proxy
from trouble import Host

NAMES = ("vb1", "vb2", "vb3")
SECONDS, MOST = 2, 3.8  # what each host has, and when at the latest all is over
HANG = [{"do": "hang", "every": True}]
# What a host can be in, as rules of the proxy in front of it; what the failure is.
TROUBLES: dict[str, tuple[list[dict[str, Any]], str]] = {
    "hangs": (HANG, "VBC_E_TIMEOUT"),
    "hangs in the middle": ([{"do": "hang", "nth": 4, "onward": True}], "VBC_E_TIMEOUT"),
    "takes too long": ([{"do": "delay", "ms": 900, "every": True}], "VBC_E_TIMEOUT"),
    "answers 401": ([{"do": "reply", "status": 401, "every": True}], "VBC_E_PROTOCOL"),
    "is no vboxwebsrv": ([{"do": "reply", "body": "<html>Hello</html>", "content_type": "text/html",
                           "every": True}], "VBC_E_PROTOCOL"),
    "hangs up": ([{"do": "close", "every": True}], "VBC_E_CONNECT"),
    "dies in the middle": ([{"do": "close", "nth": 4, "onward": True}], "VBC_E_CONNECT"),
    "dies in the middle of an answer": ([{"do": "half", "nth": 4, "onward": True}], "VBC_E_CONNECT"),
}
# Methods that take none of a host's things and are the same for several hosts: they call others.
BUILT_ON_OTHERS = {"ex_get_node_by_uuid", "ex_get_node_by_name", "ex_get_snapshot", "ex_get_network",
                   "ex_get_size", "wait_until_running"}
PORT_OF_NOBODY = "http://127.0.0.1:1"


class Interrupted(Exception):
    """Raised in threads at work."""


class FleetTest(unittest.TestCase):
    """Three hosts, each behind a proxy, with a node of its own; vb1 and vb2 have one of one name."""

    hosts: dict[str, Host]
    proxies: dict[str, Proxy]
    driver: VirtualBoxNodeDriver
    cache: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.cache = cls.enter(tempfile.TemporaryDirectory())
        cls.hosts = {name: cls.enter(Host(f"python-{name}")) for name in NAMES}
        cls.proxies = {name: cls.enter(Proxy(host.url)) for name, host in cls.hosts.items()}
        for name, host in cls.hosts.items():
            host.manage("createvm", "--name", f"web-{name}", "--register")
        for name in ("vb1", "vb2"):
            cls.hosts[name].manage("createvm", "--name", "both", "--register")
        cls.driver = cls.new_driver()

    @classmethod
    def enter(cls, what: Any) -> Any:
        found = what.__enter__()
        cls.addClassCleanup(what.__exit__, None, None, None)
        return found

    @classmethod
    def new_driver(cls, **more: Any) -> VirtualBoxNodeDriver:
        hosts = [{"name": name, "host": proxy.url, "labels": {"rack": name[-1]}}
                 for name, proxy in cls.proxies.items()]
        return VirtualBoxNodeDriver(
            **{"hosts": hosts, "host_timeout": SECONDS, "cache": cls.cache, **more})

    def in_trouble(self, rules: list[dict[str, Any]], *names: str) -> None:
        for name in names:
            self.proxies[name].rules(rules)
            self.addCleanup(self.proxies[name].reset)

    def failed(self, driver: Optional[VirtualBoxNodeDriver] = None) -> dict[str, str]:
        return {each["host"]: each["code"] for each in (driver or self.driver).ex_list_failures()}

    def where(self, things: list[Any]) -> list[tuple[str, str]]:
        return [(each.extra["host"], each.name) for each in things]

    def web(self, host: str) -> Node:
        return self.driver.ex_get_node(f"web-{host}")


class Lists(FleetTest):
    """What all hosts have."""

    def test_nodes(self) -> None:
        nodes = self.driver.list_nodes()
        self.assertEqual([("vb1", "both"), ("vb2", "both"), ("vb1", "web-vb1"), ("vb2", "web-vb2"),
                          ("vb3", "web-vb3")], self.where(nodes))
        self.assertEqual({}, self.failed())
        for name, host in self.hosts.items():
            alone = VirtualBoxNodeDriver(host.url)
            self.assertEqual([], alone.ex_list_failures())
            for one in alone.list_nodes():
                same = next(each for each in nodes if each.id == one.id)
                self.assertEqual({**one.extra, "host": name, "seen_at": None}, same.extra)
                self.assertEqual((one.name, one.state, one.size.id, one.created_at),
                                 (same.name, same.state, same.size.id, same.created_at))
                self.assertTrue(same.driver is same.size.driver is self.driver)

    def test_locations(self) -> None:
        found = self.driver.list_locations()
        self.assertEqual([(name, name) for name in NAMES], [(each.id, each.name) for each in found])
        self.assertEqual([{"rack": "1"}, {"rack": "2"}, {"rack": "3"}],
                         [each.extra["labels"] for each in found])
        self.assertTrue(all(each.extra["version"] for each in found))
        self.assertEqual(found[1].extra["host"], self.proxies["vb2"].url)
        alone = VirtualBoxNodeDriver(self.hosts["vb1"].url).list_locations()
        self.assertEqual([("virtualbox-location", "127.0.0.1")],
                         [(each.id, each.name) for each in alone])
        self.in_trouble([{"do": "close", "every": True}], "vb2")
        self.assertEqual([(name, name != "vb2") for name in NAMES], [
            (each.name, each.extra["version"] is not None) for each in self.driver.list_locations()])

    def test_sizes(self) -> None:
        one = VirtualBoxNodeDriver(self.hosts["vb1"].url)
        names = [size.id for size in one.list_sizes()]
        self.assertEqual(names, [size.id for size in self.driver.list_sizes()])
        self.assertEqual(names, [size.id for size in self.driver.list_sizes("vb2")])
        with self.assertRaisesRegex(errors.NotFoundError, "no location 'vb9'; the hosts are vb1, vb2, vb3"):
            self.driver.list_sizes(location="vb9")

    def test_networks(self) -> None:
        networks = self.driver.ex_list_networks()
        self.assertEqual(len(networks), len({each.id for each in networks}))
        self.assertEqual("nat", networks[0].id)
        made = self.driver.ex_create_network("office", "10.9.0.0/24", location="vb2")
        self.assertEqual(("vb2:nat_network:office", "vb2"), (made.id, made.extra["host"]))
        node = self.driver.ex_get_node("web-vb2")
        slot = self.driver.ex_attach_network(node, made.id)
        with self.assertRaisesRegex(errors.InvalidArgumentError, "is on vb2, not on vb1"):
            self.driver.ex_attach_network(self.web("vb1"), made)
        self.assertTrue(self.driver.ex_detach_network(node, slot))
        self.assertTrue(self.driver.ex_get_network(made.id).destroy())

    def test_troubles(self) -> None:
        """Each host is in each trouble once, by turns."""
        before = [(each.id, each.extra) for each in self.driver.list_nodes()]
        for i, (what, (rules, code)) in enumerate(TROUBLES.items()):
            with self.subTest(f"{NAMES[i % 3]} {what}"):
                try:
                    self.trouble(NAMES[i % 3], rules, code, [each[0] for each in before])
                finally:
                    self.proxies[NAMES[i % 3]].reset()
                self.assertEqual(before, [(each.id, each.extra) for each in self.driver.list_nodes()])
                self.assertEqual({}, self.failed())

    def trouble(self, victim: str, rules: list[dict[str, Any]], code: str, ids: list[str]) -> None:
        """Of one host, of which all else is told."""
        self.proxies[victim].rules(rules)
        began = time.monotonic()
        nodes = self.driver.list_nodes()
        self.assertLess(time.monotonic() - began, MOST)
        self.assertEqual({victim: code}, self.failed())
        self.assertEqual(ids, [each.id for each in nodes])
        for node in nodes:
            away = node.extra["host"] == victim
            self.assertEqual(away, node.state == NodeState.UNKNOWN)
            self.assertEqual(away, bool(node.extra["seen_at"]))
            self.assertEqual(away, node.extra["port_forwards"] is None)
        self.proxies[victim].rules(rules)
        self.assertEqual(set(NAMES) - {victim}, {
            each.extra["host"] for each in self.driver.ex_list_networks()[1:]})
        self.assertEqual({victim: code}, self.failed())

    def test_nobody_answers(self) -> None:
        self.in_trouble([{"do": "reply", "status": 401, "every": True}], *NAMES)
        with self.assertRaisesRegex(errors.ProtocolError, "^none of 3 hosts answered: vb1: .*; vb2: .*; vb3: "):
            self.driver.list_nodes()
        self.in_trouble(HANG, "vb2")
        with self.assertRaisesRegex(errors.ConnectionFailedError, "none of 3 hosts"):
            self.driver.list_volumes()
        self.assertEqual({"vb1": "VBC_E_PROTOCOL", "vb2": "VBC_E_TIMEOUT", "vb3": "VBC_E_PROTOCOL"},
                         self.failed())

    def test_without_a_cache(self) -> None:
        driver = self.new_driver(cache="")
        driver.list_nodes()
        self.in_trouble([{"do": "close", "every": True}], "vb1")
        self.assertEqual({"vb2", "vb3"}, {each.extra["host"] for each in driver.list_nodes()})
        self.assertEqual({"vb1": "VBC_E_CONNECT"}, self.failed(driver))


class Things(FleetTest):
    """What has a host."""

    def test_every_method(self) -> None:
        """None is left that would be asked of no host."""
        for name, method in inspect.getmembers(VirtualBoxNodeDriver, inspect.isfunction):
            if not name.startswith("_") and method.__module__.startswith("libcloud_virtualbox"):
                ours = getattr(_fleet.FleetDriver, name) is not method
                self.assertNotEqual(ours, name in BUILT_ON_OTHERS, name)

    def test_nobody_else_is_asked(self) -> None:
        """While the others hang."""
        node, driver = self.web("vb2"), self.driver
        image = driver.ex_import_image(guest("tiny"), "only", location="vb2")
        volume = driver.create_volume(1, "data", location="vb2", ex_dynamic=True)
        self.in_trouble(HANG, "vb1", "vb3")
        began = time.monotonic()
        self.assertTrue(driver.ex_create_tags(node, {"role": "db"}))
        self.assertEqual({"role": "db"}, driver.ex_get_metadata(node))
        self.assertTrue(driver.ex_describe_node(node, "second"))
        made = driver.create_node("made", image, SIZE, location="vb2", ex_start=False)
        self.assertEqual(("vb2", driver), (made.extra["host"], made.driver))
        self.assertTrue(driver.attach_volume(made, volume))
        self.assertTrue(driver.detach_volume(volume, ex_node=made))
        taken = driver.create_volume_snapshot(volume, "s1")
        self.assertEqual("vb2", taken.extra["host"])
        again = driver.create_volume(1, "again", snapshot=taken)
        self.assertEqual(["s1"], [each.name for each in driver.list_volume_snapshots(volume)])
        self.assertTrue(driver.destroy_volume_snapshot(taken))
        for each in (volume, again):
            self.assertTrue(each.destroy())
        clone = driver.ex_clone_node(made, "clone")
        self.assertTrue(driver.ex_create_snapshot(clone, "s2"))
        self.assertEqual(["s2"], [each["name"] for each in driver.ex_list_snapshots(clone)])
        self.assertEqual("vb2", driver.ex_rebuild(made, image).extra["host"])
        self.assertEqual({"ssh"}, {each["name"] for each in driver.ex_list_port_forwards(made)})
        kept = driver.create_image(made, "kept")
        self.assertEqual(["vb2"], kept.extra["hosts"])
        self.assertTrue(clone.destroy() and made.destroy())
        self.assertTrue(driver.delete_image(kept) and driver.delete_image(image))
        self.assertLess(time.monotonic() - began, 60)
        self.assertEqual([], self.proxies["vb1"].calls().get("unanswered", []))

    def test_ids(self) -> None:
        """An id or a name is looked for everywhere."""
        node, driver = self.web("vb3"), self.driver
        for wanted in (node.id, node.id[:8], node.name):
            self.assertEqual(("vb3", node.id), (driver.ex_get_node(wanted).extra["host"],
                                                driver.ex_get_node_by_uuid(wanted).id))
        self.assertTrue(driver.ex_create_tags(node.id, {"by": "id"}))
        self.assertEqual({"by": "id"}, driver.ex_get_metadata(node))
        with self.assertRaisesRegex(errors.InvalidArgumentError, "a node 'both' on vb1 and vb2: pass the one of"):
            driver.destroy_node("both")
        with self.assertRaisesRegex(errors.NotFoundError, "no node 'nobody' on any of 3 hosts"):
            driver.destroy_node("nobody")
        with self.assertRaisesRegex(errors.NotFoundError, "no volume snapshot 'nothing'"):
            driver.destroy_volume_snapshot("nothing")  # type: ignore[arg-type]
        with self.assertRaises(KeyPairDoesNotExistError):
            driver.get_key_pair("nobody's")
        self.in_trouble([{"do": "close", "every": True}], "vb3")
        with self.assertRaisesRegex(errors.ConnectionFailedError, "hosts that answered, and vb3 could not say"):
            driver.ex_get_node(node.name)
        with self.assertRaisesRegex(errors.ConnectionFailedError, "^vb3: ") as caught:
            driver.start_node(node)
        self.assertEqual(("vb3", driver), (caught.exception.host, caught.exception.driver))
        self.assertEqual("web-vb1", self.web("vb1").name)

    def test_where_things_are_made(self) -> None:
        driver = self.driver
        missing: dict[str, Callable[[], object]] = {
            "a node": lambda: driver.create_node("n", "i", SIZE),
            "a volume": lambda: driver.create_volume(1, "v"),
            "an image": lambda: driver.ex_import_image("/nowhere"),
            "a network": lambda: driver.ex_create_network("n"),
            "a key pair": lambda: driver.create_key_pair("k"),
        }
        for what, make in missing.items():
            with self.assertRaisesRegex(errors.InvalidArgumentError, f"^{what} is made on one of 3 hosts: pass location"):
                make()
        there = driver.list_locations()[2]
        key = driver.create_key_pair("mine", location=there)
        self.assertEqual((["vb3"], driver), (key.extra["hosts"], key.driver))
        for name in ("vb1", "vb2"):
            driver.import_key_pair_from_string("mine", key.public_key, location=name)
        other = driver.create_key_pair("other", location="vb1")
        driver.create_key_pair("other", location="vb2")
        self.assertEqual([("mine", ["vb1", "vb2", "vb3"]), ("other", ["vb1"]), ("other", ["vb2"])],
                         [(each.name, each.extra["hosts"]) for each in driver.list_key_pairs()])
        with self.assertRaisesRegex(errors.InvalidArgumentError, "different key pairs 'other' on vb1 and vb2"):
            driver.get_key_pair("other")
        self.assertTrue(driver.delete_key_pair(driver.get_key_pair("mine")))
        self.assertTrue(driver.delete_key_pair(other))
        self.assertTrue(driver.delete_key_pair(driver.get_key_pair("other")))
        self.assertEqual([], driver.list_key_pairs())

    def test_images(self) -> None:
        """One that is on two hosts is listed once; what is done to it is done on both."""
        driver, disk = self.driver, guest("tiny")
        for name in ("vb1", "vb3"):
            driver.ex_import_image(disk, "tiny", location=name)
        image = driver.list_images()[0]
        self.assertEqual((["vb1", "vb3"], ["vb1", "vb3"], 1, 64), (
            image.extra["hosts"], list(image.extra["ids"]), len(driver.list_images()),
            len(image.extra["sha256"])))
        self.assertEqual(image.extra["ids"], driver.get_image("tiny").extra["ids"])
        self.assertEqual([], driver.list_images(location="vb2"))
        for name in ("vb1", "vb3"):
            node = driver.create_node(unique("n"), image, SIZE, location=name, ex_start=False)
            self.assertEqual((name, image.extra["ids"][name]), (node.extra["host"], node.extra["image_id"]))
            self.assertTrue(node.destroy())
        with self.assertRaisesRegex(errors.NotFoundError, "image 'tiny' is on vb1 and vb3, not on vb2"):
            driver.create_node("n", image, SIZE, location="vb2", ex_start=False)
        changed = driver.ex_update_image(image, description="ours")
        self.assertEqual(["vb1", "vb3"], changed.extra["hosts"])
        self.assertEqual(["ours"] * 2, [driver.list_images(location=name)[0].extra["description"]
                                        for name in ("vb1", "vb3")])
        self.assertEqual("copy", driver.copy_image("vb3", image, "copy").name)
        with tempfile.TemporaryDirectory() as folder:
            self.in_trouble([{"do": "close", "every": True}], "vb1")
            self.assertEqual(64, len(driver.ex_export_image(image, f"{folder}/tiny.raw")))
            self.proxies["vb1"].reset()
        self.assertTrue(driver.delete_image(driver.list_images(location="vb3")[1]))
        self.assertEqual([["vb1"], ["vb3"]], sorted(
            each.extra["hosts"] for each in driver.list_images()))
        driver.ex_import_image(disk, "tiny", location="vb3")
        driver.delete_image(driver.get_image("copy"))
        self.assertTrue(driver.delete_image(driver.get_image("tiny")))
        self.assertEqual([], driver.list_images())

    def test_hosts_themselves(self) -> None:
        driver = self.driver
        self.assertEqual("127.0.0.1", driver.ex_get_hypervisor_hostname(location="vb2"))
        self.assertIn("_", driver.ex_get_api_version(location="vb2"))
        self.assertEqual(self.proxies["vb3"].url, driver.ex_get_hypervisor_sysinfo(location="vb3")["url"])
        with self.assertRaisesRegex(errors.InvalidArgumentError, "pass location"):
            driver.ex_get_api_version()
        self.assertEqual(set(NAMES), {each["host"] for each in driver.ex_check_host()})
        self.assertEqual([], driver.ex_remove_leftovers(dry_run=True))

    def test_dry_run(self) -> None:
        driver = self.new_driver(dry_run=True)
        for change in (lambda: driver.destroy_node(self.web("vb2")),
                       lambda: driver.create_volume(1, "v", location="vb1")):
            with self.assertRaises(errors.DryRunError):
                change()
        self.assertEqual(5, len(driver.list_nodes()))


class Lives(FleetTest):
    """Threads, processes, copies."""

    def test_failures_of_threads(self) -> None:
        """Each thread has its own."""
        self.in_trouble(HANG, "vb1")
        self.driver.list_volumes()
        other: list[dict[str, str]] = []
        thread = threading.Thread(target=lambda: other.append(self.failed()))
        thread.start()
        thread.join()
        self.assertEqual(([{}], {"vb1": "VBC_E_TIMEOUT"}), (other, self.failed()))

    def test_threads(self) -> None:
        seen: list[list[str]] = []
        threads = [threading.Thread(target=lambda: seen.append(
            [each.name for each in self.driver.list_nodes()])) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([["both", "both", "web-vb1", "web-vb2", "web-vb3"]] * 8, seen)

    def test_interrupted(self) -> None:
        """An exception ends the list of one thread at once, and no other's."""
        driver = self.new_driver(host_timeout=8)
        self.in_trouble(HANG, "vb3")
        raised: list[float] = []
        others: list[tuple[int, dict[str, str]]] = []

        def work() -> None:
            try:
                driver.list_nodes()
            except Interrupted:
                raised.append(time.monotonic())

        def other() -> None:
            others.append((len(driver.ex_list_networks()), self.failed(driver)))

        threads = [threading.Thread(target=work), threading.Thread(target=other)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        began = time.monotonic()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(threads[0].ident or 0),
                                                   ctypes.py_object(Interrupted))
        threads[0].join(20)
        self.assertEqual(1, len(raised))
        self.assertLess(raised[0] - began, 2.5)
        threads[1].join(30)
        self.assertEqual([{"vb3": "VBC_E_TIMEOUT"}], [failed for _, failed in others])
        self.assertGreater(others[0][0], 1)

    def test_fork(self) -> None:
        self.driver.list_nodes()
        child = os.fork()
        if not child:
            try:
                os._exit(0 if len(self.driver.list_nodes()) == 5 else 2)
            finally:
                os._exit(1)
        self.assertEqual(0, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        self.assertEqual(5, len(self.driver.list_nodes()))

    def test_copies(self) -> None:
        node = self.web("vb1")
        for other in (copy.copy(node), copy.deepcopy(node), pickle.loads(pickle.dumps(node))):
            self.assertEqual((node.id, node.extra), (other.id, other.extra))
            self.assertIs(self.driver, other.driver)
        secret = self.new_driver(username="me", password="geheim")
        data = pickle.dumps(secret)
        self.assertNotIn(b"geheim", data)
        self.assertIs(secret, pickle.loads(data))
        program = f"import live, pickle\nprint(len(pickle.loads({pickle.dumps(self.driver)!r}).list_nodes()))"
        done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parent, text=True,
                              capture_output=True, check=False)
        self.assertEqual((0, "5\n", ""), (done.returncode, done.stdout, done.stderr))

    def test_program_s_own_class(self) -> None:
        class Mine(VirtualBoxNodeDriver):
            """Counts."""

            lists = 0

            def list_nodes(self) -> list[Node]:
                self.lists += 1
                return super().list_nodes()

        driver = Mine(hosts=[proxy.url for proxy in self.proxies.values()], cache="")
        self.assertIsInstance(driver, Mine)
        self.assertEqual((5, 1), (len(driver.list_nodes()), driver.lists))
        self.assertEqual([f"127.0.0.1:{proxy.url.rpartition(':')[2]}" for proxy in self.proxies.values()],
                         [each.name for each in driver.list_locations()])

    def test_disconnect(self) -> None:
        driver = self.new_driver()
        driver.list_nodes()
        driver.disconnect()
        self.assertEqual(5, len(driver.list_nodes()))


class Words(FleetTest):
    """What a fleet is made of."""

    def configured(self, text: str) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        place = Path(folder.name, "vboxcloud")
        place.mkdir()
        (place / "config.ini").write_text(text)
        before = os.environ.get("XDG_CONFIG_HOME")
        os.environ["XDG_CONFIG_HOME"] = folder.name
        self.addCleanup(lambda: os.environ.pop("XDG_CONFIG_HOME") if before is None
                        else os.environ.update(XDG_CONFIG_HOME=before))

    def fleet(self, word: str, **more: Any) -> VirtualBoxNodeDriver:
        return VirtualBoxNodeDriver(fleet=word, host_timeout=SECONDS, cache=self.cache, **more)

    def test_configuration(self) -> None:
        """As the command reads it."""
        urls = {name: host.url for name, host in self.hosts.items()}
        self.configured(f"""\
\ufeff# a comment
[host vb1]
url = {urls['vb1']}
labels = rack=a, ssd
  [host vb2]
url: "{urls['vb2']}"  ; a comment
[default]
host = vb1
[host vb3]
url = {urls['vb3']}
cpu_overcommit = 2
memory_overcommit = 1.5
[fleet lab]
hosts = vb1, vb2
place = pack
memory_overcommit = 2
""")
        for word, names in (("lab", ["vb1", "vb2"]), ("all", list(NAMES)), ("vb3,vb1", ["vb3", "vb1"]),
                            ("vb2", ["vb2"])):
            driver = self.fleet(word)
            self.assertEqual(names, [each.id for each in driver.list_locations()])
            self.assertEqual(set(names), {each.extra["host"] for each in driver.list_nodes()})
        self.assertEqual({"rack": "a", "ssd": ""}, self.fleet("lab").list_locations()[0].extra["labels"])
        self.assertEqual("127.0.0.1", self.fleet("vb2").ex_get_hypervisor_hostname())
        with self.assertRaisesRegex(errors.InvalidArgumentError, "no fleet or host 'lap' in .*; there are lab, vb1"):
            self.fleet("lap")

    def test_passwords(self) -> None:
        """One that cannot be read is that host's trouble."""
        self.configured(f"[host vb1]\nurl = {self.hosts['vb1'].url}\n"
                        f"[host vb4]\nurl = {self.hosts['vb3'].url}\nuser = me\npassword_file = missing\n"
                        f"[host vb5]\nurl = {self.hosts['vb2'].url}\nssh = gate\n")
        driver = self.fleet("all")
        self.assertEqual({"vb1"}, {each.extra["host"] for each in driver.list_nodes()})
        self.assertEqual({"vb4": "", "vb5": ""}, self.failed(driver))
        self.assertRegex(driver.ex_list_failures()[0]["text"], "cannot read the password file .*missing")
        with self.assertRaisesRegex(errors.InvalidArgumentError, "password file"):
            driver.create_key_pair("k", location="vb4")
        with self.assertRaisesRegex(errors.InvalidArgumentError, "password file"):
            self.fleet("vb4").list_nodes()

    def test_bad_configurations(self) -> None:
        for text, wrong in (("[host]\n", "has no meaning"), ("url = x\n", "neither a section"),
                            ("[host a]\nurl\n", ":2: this is neither"), ("[host a]\ncolour = x\n", "'colour'"),
                            ("[host a]\nurl = x\nurl = y\n", "twice"), ("[host a]\n", "has no url"),
                            ("[host a]\nurl = 'x\n", "quotes"), ("[host a]\nurl=x\nlabels=a b\n", "a label is"),
                            ("[fleet all]\nhosts = a\n", "all"), ("", "has no hosts")):
            with self.subTest(text):
                self.configured(text)
                with self.assertRaisesRegex(errors.InvalidArgumentError, wrong):
                    self.fleet("all")

    def test_bad_words(self) -> None:
        url = PORT_OF_NOBODY
        wrong: tuple[tuple[dict[str, Any], str], ...] = (
            ({"hosts": []}, "at least one host"), ({"hosts": url}, "is a list"),
            ({"hosts": [{"name": "a"}]}, "needs host"), ({"hosts": [{"host": url, "colour": 1}]}, "'colour'"),
            ({"hosts": [url], "fleet": "lab"}, "one is given"), ({"hosts": [url], "host": "a"}, "one is given"),
            ({"hosts": [{"host": url, "name": "a"}] * 2}, "two hosts of the fleet are called 'a'"),
            ({"hosts": [{"host": url, "name": 7}]}, "is text"), ({"hosts": [url], "host_timeout": 0}, "seconds"),
            ({"hosts": [{"host": url, "labels": {"a b": ""}}]}, "labels"), ({"hosts": ["ftp://x"]}, ""),
            ({"fleet": ""}, "is the name of a fleet"),
        )
        for words, text in wrong:
            with self.subTest(text), self.assertRaisesRegex(errors.InvalidArgumentError, text):
                VirtualBoxNodeDriver(**words)
        lazy = VirtualBoxNodeDriver(hosts=[url], username="me", password="geheim")
        self.assertNotIn("geheim", repr(lazy) + repr(lazy.__dict__))
        with self.assertRaisesRegex(errors.ConnectionFailedError, "^127.0.0.1: "):
            lazy.list_nodes()


if __name__ == "__main__":
    main()
