# SPDX-License-Identifier: Apache-2.0
"""What the tests of the driver share: the host that the runner has chosen, a small image, TAP."""
from __future__ import annotations

import functools
import os
import subprocess
import sys
import time
import traceback
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("VBOXCLOUD_BUILD", ROOT / "build"))
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "tests"), str(ROOT / "tests/cli"),
                str(ROOT / "tests/trouble")]

HOST = os.environ.get("VBOXCLOUD_HOST", "")
USER = os.environ.get("VBOXCLOUD_USER", "")
SIZE = "1_cpu-64_ram-1_disk"

if not HOST:
    print("1..0 # SKIP VBOXCLOUD_HOST names no host")
    sys.exit(77)

import between
import libcloud
import sample
from libcloud.compute.base import Node, NodeImage
from trouble import Soap

import libcloud_virtualbox

libcloud_virtualbox.__path__.append(str(BUILD / "python"))  # the extension

from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver


def password() -> str:
    path = os.environ.get("VBOXCLOUD_PASSWORD_FILE")
    return Path(path).read_text().rstrip("\n") if path else ""


def new_driver(url: str = HOST, **more: Any) -> VirtualBoxNodeDriver:
    """A driver for the host, or for it by another address."""
    parts = urlsplit(url)
    known: dict[str, Any] = {
        "username": USER,
        "password": password(),
        "secure": parts.scheme == "https",
        "ca_cert": os.environ.get("VBOXCLOUD_CA_FILE"),
    }
    driver = VirtualBoxNodeDriver(parts.hostname or "", parts.port or 18083, **{**known, **more})
    if between.HOW:
        driver._host = between.Commands(driver._host)
    return driver


def unique(text: str) -> str:
    """A name that no other test uses."""
    return f"{text}-{os.getpid()}-{time.time_ns() % 1000000}"


def guest(name: str) -> str:
    """The file of a guest's image: 'tiny' starts in seconds and knows nothing."""
    done = subprocess.run([str(ROOT / "tests/guest/build"), name], check=True,
                          stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()[-1]


@functools.cache
def version() -> tuple[int, ...]:
    """Of the host's VirtualBox."""
    return tuple(int(n) for n in new_driver()._host.show()["api_version"].split("_"))


def importable(name: str) -> str:
    """A guest's image as the host takes it: VirtualBox 5 takes no uploads."""
    return guest(name) if version() >= (6, 0) else f"host:{guest(name)}"


class LiveTest(unittest.TestCase):
    """Tests with a driver, and the tiny image; what they make is destroyed after each."""

    driver: VirtualBoxNodeDriver
    image: NodeImage

    @classmethod
    def setUpClass(cls) -> None:
        cls.driver = new_driver()
        cls.image = cls.driver.ex_import_image(importable("tiny"), unique("tiny"))
        cls.addClassCleanup(cls.driver.delete_image, cls.image)

    def make(self, **more: Any) -> Node:
        """A node that does not run, unless asked for otherwise."""
        wanted: dict[str, Any] = {"name": unique("node"), "image": self.image, "size": SIZE,
                                  "ex_start": False}
        node = self.driver.create_node(**{**wanted, **more})
        self.addCleanup(self.gone, node)
        return node

    def foreign(self, size_id: str = "") -> Node:
        """A machine of another program, without a disk."""
        if HOST.startswith("https:"):
            self.skipTest("makes raw calls, over HTTP only")
        soap = Soap(HOST, USER, password())
        platform = {"platform": "x86"} if version() >= (7, 1) else {}
        secret = {"cipher": "", "passwordId": "", "password": ""} if version() >= (7, 0) else {}
        machine = soap.one("IVirtualBox_createMachine", soap.vbox, settingsFile="",
                           name=unique("foreign"), **platform, osTypeId="Linux_64", flags="",
                           **secret)
        soap.call("IMachine_setExtraData", machine, key="libcloud_size", value=size_id)
        soap.call("IVirtualBox_registerMachine", soap.vbox, machine=machine)
        node = self.driver.ex_get_node(soap.one("IMachine_getId", machine))
        self.addCleanup(self.gone, node)
        return node

    def gone(self, node: Node) -> None:
        if node.id in [each.id for each in self.driver.list_nodes()]:
            self.driver.destroy_node(node)

    def again(self, node: Node) -> Node:
        """The node as it is listed now."""
        return next(each for each in self.driver.list_nodes() if each.id == node.id)


class Tap(unittest.TestResult):
    """Prints a line for each test, and why it failed."""

    count = 0

    def line(self, test: unittest.TestCase, good: bool, more: str = "") -> None:
        self.count += 1
        words = getattr(test, "_testMethodName", str(test)).replace("_", " ")
        name = f"{type(test).__name__}: {test.shortDescription() or words}"
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}{more}", flush=True)

    def wrong(self, test: unittest.TestCase, error: Any) -> None:
        self.line(test, False)
        for text in "".join(traceback.format_exception(*error)).splitlines():
            print(f"#   {text}", flush=True)

    def addSuccess(self, test: unittest.TestCase) -> None:
        self.line(test, True)

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self.wrong(test, err)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self.wrong(test, err)

    def addSubTest(self, test: unittest.TestCase, subtest: Any, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err:
            self.wrong(subtest, err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self.line(test, True, f" # SKIP {reason}")


def boots_guests(test: Any) -> Any:
    """A decorator: it takes minutes, so that a run takes a sample of those tests (sample.py)."""
    test.boots_guests = True
    return test


def is_taken(test: unittest.TestCase) -> bool:
    name = f"{test.id()}, libcloud {libcloud.__version__}"
    method = getattr(test, test.id().rpartition(".")[2], None)
    return not hasattr(method, "boots_guests") or bool(sample.of([name], str))


def tests_of(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_of(test)
        else:
            yield test


def main() -> None:
    """Runs the tests of the program, or those it is told by name."""
    import __main__
    loader, result = unittest.TestLoader(), Tap()
    names = sys.argv[1:]
    tests = loader.loadTestsFromNames(names, __main__) if names \
        else unittest.TestSuite(filter(is_taken, tests_of(loader.loadTestsFromModule(__main__))))
    tests.run(result)
    print(f"1..{result.count}")
    sys.exit(0 if result.wasSuccessful() and result.count else 1)
