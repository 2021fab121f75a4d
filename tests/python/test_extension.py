#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The extension by itself: it is what its stub says, dicts have the fields that are declared,
arguments are checked, whatever comes up ends a call, nothing is leaked."""
from __future__ import annotations

import importlib.util
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable

from live import BUILD, HOST, ROOT, SIZE, USER, importable, main, password, unique, version

import fakes
import played
from libcloud_virtualbox import _types, _vboxcloud
from libcloud_virtualbox._vboxcloud import Fleet, Host, VboxcloudError

PACKAGE = ROOT / "python/libcloud_virtualbox"
SANITIZING = "libasan" in os.environ.get("LD_PRELOAD", "")
SANITIZED = BUILD.parent / "asan/python/_vboxcloud.abi3.so"


class Stop(Exception):
    """Raised by functions of ours that are called while the library waits."""


def stop(*_: object) -> None:
    raise Stop


def new_host(url: str = HOST, **more: Any) -> Host:
    return Host(url, USER, password(), ca_file=os.environ.get("VBOXCLOUD_CA_FILE"), **more)


@contextmanager
def silence() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


class Interface(unittest.TestCase):
    """What needs no host."""

    def test_stub_has_the_types(self) -> None:
        if not importlib.util.find_spec("mypy") or SANITIZING:
            self.skipTest("mypy is not installed here, or would take long")
        with tempfile.TemporaryDirectory() as folder:
            package = Path(folder, "libcloud_virtualbox")
            package.mkdir()
            extension = BUILD / "python/_vboxcloud.abi3.so"
            for file in (*PACKAGE.glob("*.py*"), PACKAGE / "py.typed", extension):
                (package / file.name).symlink_to(file)
            done = subprocess.run(
                [sys.executable, "-m", "mypy.stubtest", "libcloud_virtualbox._vboxcloud"],
                cwd=folder, env=os.environ | {"PYTHONPATH": folder, "MYPYPATH": folder}, text=True,
                stdout=subprocess.PIPE, check=False)
        self.assertEqual(0, done.returncode, done.stdout)

    def test_arguments(self) -> None:
        host = new_host("http://127.0.0.1:1")
        wrong: list[tuple[type[Exception], str, Callable[[], object]]] = [
            (TypeError, "node_get() needs 'id'", lambda: host.node_get()),
            (TypeError, "id: not a str", lambda: host.node_get(1)),
            (TypeError, "id: not a str", lambda: host.node_get(None)),
            (ValueError, "id: embedded null byte", lambda: host.node_get("a\0b")),
            (UnicodeEncodeError, "surrogates not allowed", lambda: host.node_get("\ud800")),
            (TypeError, "takes 1 by position, not 2", lambda: host.node_get("a", "b")),
            (TypeError, "takes no argument 'size'", lambda: host.node_get("a", size="")),
            (TypeError, "was given 'id' twice", lambda: host.node_get("a", id="a")),
            (ValueError, "timeout_s: negative", lambda: host.node_stop("a", timeout_s=-1)),
            (ValueError, "timeout_s: negative", lambda: host.node_stop("a", timeout_s=float("nan"))),
            (ValueError, "state: not a state", lambda: host.node_wait("a", "asleep")),
            (TypeError, "needs 'name'", lambda: host.node_rename("a")),
            (TypeError, "takes 1 by position", lambda: host.node_create("a", "b", image="c")),
            (ValueError, "fields: negative or too large", lambda: host.node_list(1 << 32)),
            (TypeError, "fields: not an int", lambda: host.node_list(1.5)),
            (TypeError, "ssh_keys: ", lambda: host.node_create("a", image="b", ssh_keys="key")),
            (TypeError, "ssh_keys: not a str", lambda: host.node_create("a", image="b", ssh_keys=[1])),
            (TypeError, "forwards: not a sequence of dicts",
             lambda: host.node_create("a", image="b", forwards="22")),
            (TypeError, "forwards: a forward() needs 'guest_port'",
             lambda: host.node_create("a", image="b", forwards=[{"host_port": 1}])),
            (TypeError, "forwards: a forward() takes no argument 'port'",
             lambda: host.node_create("a", image="b", forwards=[{"guest_port": 1, "port": 2}])),
            (TypeError, "forwards: a forward() takes names, not 1",
             lambda: host.node_create("a", image="b", forwards=[{1: 2}])),  # type: ignore[dict-item]
            (ValueError, "forwards: host_port: negative",
             lambda: host.node_create("a", image="b", forwards=({"guest_port": 1, "host_port": -2},))),
            (ValueError, "connect_timeout_s: ", lambda: Host(connect_timeout_s=0)),
            (VboxcloudError, "", lambda: Host("ftp://127.0.0.1")),
            (VboxcloudError, "'x' is not a size", lambda: _vboxcloud.size_parse("x")),
        ]
        for kind, text, call in wrong:
            with self.subTest(text), self.assertRaisesRegex(kind, re.escape(text)):
                call()

    def test_error(self) -> None:
        with self.assertRaises(VboxcloudError) as caught:
            new_host("http://127.0.0.1:1").show()
        error = caught.exception
        self.assertEqual(("VBC_E_CONNECT", "VBC_HINT_NONE", 0, 0, str(error)),
                         (error.code, error.hint, error.result, error.http, error.text))
        self.assertIn("127.0.0.1:1", error.text)

    def test_secrets(self) -> None:
        host = Host("http://127.0.0.1:1", "me", "secret")
        self.assertEqual("Host('http://127.0.0.1:1', 'me')", repr(host))
        with self.assertRaisesRegex(TypeError, "cannot be copied"):
            pickle.dumps(host)

    def test_closed(self) -> None:
        with new_host() as host:
            self.assertFalse(host.closed)
        host.close()
        self.assertTrue(host.closed)
        with self.assertRaisesRegex(ValueError, "closed"):
            host.show()
        with self.assertRaisesRegex(RuntimeError, "once"):
            host.__init__()  # type: ignore[misc]

    def test_closed_under_way(self) -> None:
        """The call that is under way ends as it would have."""
        with silence() as url:
            host = new_host(url, call_timeout_s=2)
            caught: list[str] = []

            def show() -> None:
                try:
                    host.show()
                except VboxcloudError as error:
                    caught.append(error.code)

            thread = threading.Thread(target=show)
            thread.start()
            time.sleep(0.5)
            host.close()
            thread.join(10)
        self.assertEqual(["VBC_E_TIMEOUT"], caught)

    def test_signal(self) -> None:
        """A handler that raises ends calls that have no time limit and tell no progress."""
        before = signal.signal(signal.SIGALRM, stop)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        with silence() as url, self.assertRaises(Stop):
            began = time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            new_host(url).node_list()
        self.assertLess(time.monotonic() - began, 2)

    def test_signal_in_a_change(self) -> None:
        """And those that wait for a host that does not say whether it did what it was asked."""
        before = signal.signal(signal.SIGALRM, stop)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        silent = {"IMachine_launchVMProcess": lambda connection, _: fakes.silent(connection)}
        with played.playing(silent) as env, self.assertRaises(Stop):
            host = new_host(env["VBOXCLOUD_HOST"])
            began = time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, 0.5)
            host.node_start("web")
        self.assertLess(time.monotonic() - began, 10)

    def test_fleet_arguments(self) -> None:
        fleet = Fleet([("a", {"url": "http://127.0.0.1:1"})])
        wrong: list[tuple[type[Exception], str, Callable[[], object]]] = [
            (VboxcloudError, "at least one host", lambda: Fleet([])),
            (VboxcloudError, "two hosts 'a'", lambda: Fleet([("a", {}), ("a", {})])),
            (VboxcloudError, "", lambda: Fleet([("a", {"url": "ftp://x"})])),
            (TypeError, "not tuples", lambda: Fleet(["a"])),  # type: ignore[list-item]
            (TypeError, "", lambda: Fleet([("a", {"colour": 1})])),
            (TypeError, "take no log", lambda: Fleet([("a", {"log": print})])),
            (ValueError, "timeout_s", lambda: Fleet([("a", {})], timeout_s=0)),
            (TypeError, "name of a method", lambda: fleet.each("nothing")),
            (TypeError, "name of a method", lambda: fleet.each()),  # type: ignore[call-arg]
            (TypeError, "node_get() needs 'id'", lambda: fleet.each("node_get")),
            (TypeError, "tells no progress", lambda: fleet.each("image_import", "x", progress=print)),
            (TypeError, "cannot be copied", lambda: pickle.dumps(fleet)),
        ]
        for kind, text, call in wrong:
            with self.subTest(text), self.assertRaisesRegex(kind, re.escape(text)):
                call()
        for found in (fleet.node_list(), fleet.each("node_get", "x"), fleet.each("volume_list")):
            self.assertEqual(([], [(0, "VBC_E_CONNECT")]),
                             (found[0], [(number, error.code) for number, error in found[1]]))
        self.assertFalse(fleet.closed)
        fleet.close()
        with self.assertRaisesRegex(ValueError, "closed"):
            fleet.node_list()
        with self.assertRaisesRegex(ValueError, "closed"):
            fleet.each("volume_list")

    def test_signal_in_a_fleet(self) -> None:
        before = signal.signal(signal.SIGALRM, stop)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        with silence() as url:
            fleet = Fleet([("a", {"url": url}), ("b", {"url": "http://127.0.0.1:1"})], timeout_s=20)
            for call in (fleet.node_list, lambda: fleet.each("volume_list")):
                began = time.monotonic()
                signal.setitimer(signal.ITIMER_REAL, 0.2)
                with self.assertRaises(Stop):
                    call()
                self.assertLess(time.monotonic() - began, 2.5)

    def test_memory(self) -> None:
        """Neither failures nor results leave objects behind."""
        host = new_host("http://127.0.0.1:1", log=lambda *_: None)
        fleet = Fleet([("a", {"url": "http://127.0.0.1:1"}), ("b", {"url": "http://127.0.0.1:1"})])

        def once() -> None:
            fleet.node_list()
            fleet.each("node_get", "x")
            for call in (lambda: host.node_get("a", size=""), host.show,
                         lambda: host.node_create("a", image="b", ssh_keys=["c"], timeout_s=1),
                         lambda: _vboxcloud.size_parse("x")):
                with self.assertRaises((TypeError, VboxcloudError)):
                    call()
            _vboxcloud.size_parse(SIZE)

        for _ in range(20):
            once()
        before = sys.getallocatedblocks()
        for _ in range(200):
            once()
        self.assertLess(sys.getallocatedblocks() - before, 100)


class OnHost(unittest.TestCase):
    """What the host's answers become."""

    host: Host

    @classmethod
    def setUpClass(cls) -> None:
        cls.host = new_host()
        cls.addClassCleanup(cls.host.close)

    def like(self, declared: Any, found: Any) -> None:
        """A dict with exactly the fields that are declared, of their types."""
        self.assertEqual(set(declared.__annotations__), set(found), declared.__name__)
        for key, kind in declared.__annotations__.items():
            name = getattr(kind, "__forward_arg__", None) or getattr(kind, "__name__", "")
            known = {"str": str, "int": int, "bool": bool}.get(name.partition("[")[0], list)
            self.assertIs(known, type(found[key]), f"{declared.__name__}.{key}")

    def test_host(self) -> None:
        self.like(_types.HostInfo, self.host.show())
        self.like(_types.Finding, self.host.check()[0])
        self.like(_types.Location, self.host.location_list()[0])
        self.like(_types.Size, self.host.size_list()[0])
        self.assertIsInstance(self.host.gc(dry_run=True), list)
        self.assertIsInstance(self.host.gc(True, force=True), list)

    def test_fleet(self) -> None:
        """Of a host and one that is not there."""
        words = {"url": HOST, "user": USER, "password": password(),
                 "ca_file": os.environ.get("VBOXCLOUD_CA_FILE")}
        fleet = Fleet([("a", {"url": "http://127.0.0.1:1"}), ("b", words)], timeout_s=20)
        self.addCleanup(fleet.close)
        found, failed = fleet.each("size_list")
        self.assertEqual([(1, self.host.size_list())], found)
        self.assertEqual([0], [number for number, _ in failed])
        nodes, failed = fleet.node_list(_vboxcloud.NODE_NAME)
        self.assertEqual({(1, 0)}, {each[:2] for each in nodes} or {(1, 0)})
        self.assertEqual([(0, "VBC_E_CONNECT")], [(n, error.code) for n, error in failed])

    def test_key(self) -> None:
        key = self.host.key_create(unique("key"))
        self.addCleanup(self.host.key_delete, key["name"])
        self.like(_types.Key, key)
        self.assertIn("PRIVATE KEY", key["private_key"])
        self.assertEqual("", self.host.key_get(key["name"])["private_key"])

    def test_node(self) -> None:
        """With its image and a snapshot, all of them under names in Unicode."""
        told: list[tuple[str, int, int, int]] = []
        image = self.host.image_import(importable("tiny"), progress=lambda *p: told.append(p),
                                       name=unique("Bild-\u00e9\u732b\U0001f600"))
        self.addCleanup(self.host.image_delete, image["id"])
        self.like(_types.Image, image)
        self.assertEqual(version() >= (6, 0), any(total for _, _, _, total in told), told)
        name = unique("Knoten-\U0001f600")
        node = self.host.node_create(name, image=image["id"], size=SIZE, no_start=True)
        self.addCleanup(self.host.node_destroy, node["id"])
        self.like(_types.Node, node)
        self.assertEqual((name, "stopped", SIZE), (node["name"], node["state"], node["size"]))
        self.assertEqual("bios", node["firmware"])
        self.assertEqual({**node, "firmware": ""},  # which no list asks for
                         next(n for n in self.host.node_list() if n["id"] == node["id"]))
        snapshot = self.host.snapshot_create(node=node["id"], name="first")
        self.like(_types.Snapshot, snapshot)
        self.assertEqual(("node", node["id"]), (snapshot["kind"], snapshot["of"]))
        with self.assertRaises(VboxcloudError) as caught:
            self.host.node_screenshot(node["id"])
        self.assertEqual("VBC_E_STATE", caught.exception.code)
        self.host.snapshot_delete("first", node=node["id"])
        self.change(node["id"])

    def change(self, node: str) -> None:
        """What can be changed of a stopped node."""
        self.host.node_rename(node, "renamed")
        self.host.node_describe(node[:8], "two\nlines")  # as people shorten ids
        self.host.node_resize(node, "1_cpu-128_ram-2_disk")
        self.host.node_tag(node, "role", "db")
        self.host.node_tag(node, "none", "")
        self.host.node_tag(node, "none")
        found = self.host.node_get(node)
        self.assertEqual(("renamed", "two\nlines", 128, 2, [{"key": "role", "value": "db"}]),
                         (found["name"], found["description"], found["memory_mb"],
                          found["disk_gb"], found["tags"]))

    def test_volume(self) -> None:
        volume = self.host.volume_create(unique("volume"), size_gb=1, dynamic=True)
        self.addCleanup(self.host.volume_destroy, volume["id"])
        self.like(_types.Volume, volume)
        self.assertEqual((1, True, ""), (volume["size_gb"], volume["dynamic"], volume["node"]))

    def test_progress_that_raises(self) -> None:
        name = unique("never")
        with self.assertRaises(Stop):
            self.host.volume_create(name, size_gb=1, dynamic=True, progress=stop)
        self.assertNotIn(name, [volume["name"] for volume in self.host.volume_list()])

    def test_no_time(self) -> None:
        name = unique("never")
        with self.assertRaises(VboxcloudError) as caught:
            self.host.volume_create(name, size_gb=1, dynamic=True, timeout_s=0)
        self.assertEqual("VBC_E_TIMEOUT", caught.exception.code)
        self.assertNotIn(name, [volume["name"] for volume in self.host.volume_list()])

    def test_log(self) -> None:
        lines: list[tuple[int, str]] = []
        with new_host(log=lambda level, line: lines.append((level, line))) as host:
            host.node_list()
        # The first list of a web session asks for the machines, a later one whether anything was changed.
        asked = ("IVirtualBox_getMachine", "IMachine_setGuestProperty ")
        self.assertTrue(any(line.startswith(asked) for _, line in lines), lines)


class Sanitized(unittest.TestCase):
    """All of the above once more, on the build with AddressSanitizer and leak search."""

    def test_again(self) -> None:
        if SANITIZING or not SANITIZED.exists():
            self.skipTest("there is no such build, or this is on it")
        libraries = [subprocess.run(["cc", f"-print-file-name={name}"], check=True, text=True,
                                    stdout=subprocess.PIPE).stdout.strip()
                     for name in ("libasan.so", "libubsan.so")]
        done = subprocess.run(
            [sys.executable, __file__, "Interface", "OnHost"], text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=os.environ | {"LD_PRELOAD": " ".join(libraries), "PYTHONMALLOC": "malloc",
                              "VBOXCLOUD_BUILD": str(SANITIZED.parents[1]),
                              "ASAN_OPTIONS": "detect_leaks=1"})
        self.assertIn("\n1..", done.stdout)
        wrong = [part for part in re.split(r"\n(?=not ok|ok |=====|Direct leak)", done.stdout)
                 if re.match(r"not ok|=====.*\n.*AddressSan|Direct leak(?s:.*)vboxcloud", part)
                 or "runtime error: " in part]
        self.assertFalse(wrong, "\n".join(wrong))


if __name__ == "__main__":
    main()
