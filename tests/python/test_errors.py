#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each failure as the exception that libcloud's and mist's programs expect, without secrets."""
from __future__ import annotations

import pickle
import re
import socket
import ssl
import tempfile
import threading
import time
import traceback
import unittest
import uuid
from contextlib import nullcontext
from pathlib import Path
from urllib.parse import urlsplit

import requests
from libcloud.common.types import InvalidCredsError, LibcloudError

from live import HOST, ROOT, SIZE, USER, LiveTest, main, new_driver, password, unique
from trouble import Soap

import fakes
from libcloud_virtualbox import errors
from libcloud_virtualbox._hints import HINTS, hinted
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver

SECRET = "p4ssw\u00f6rd-that-nobody-may-see"
FAULT = b"""<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">
<e:Body><e:Fault><faultcode>e:Server</faultcode><faultstring></faultstring></e:Fault></e:Body>
</e:Envelope>"""


def refuses(connection: object) -> None:
    """A vboxwebsrv that lets nobody in."""
    fakes.read_request(connection)  # type: ignore[arg-type]
    fakes.reply(connection, FAULT, "text/xml", 500)  # type: ignore[arg-type]


def passes_on(connection: socket.socket) -> None:
    """The runner's host."""
    host = urlsplit(HOST)
    with socket.create_connection((host.hostname or "", host.port or 80)) as there:
        while request := fakes.read_request(connection):
            there.sendall(request)
            connection.sendall(fakes.read_request(there))


class Hints(unittest.TestCase):
    """The way out in the driver's words."""

    def test_every_hint_has_a_row(self) -> None:
        header = (ROOT / "include/vboxcloud/error.h").read_text()
        self.assertEqual(re.findall(r"\bVBC_HINT_(\w+) = ", header), list(HINTS))

    def test_methods_exist(self) -> None:
        for name, text in HINTS.items():
            for method in re.findall(r"(\w+)\(", text):
                with self.subTest(name):
                    self.assertTrue(hasattr(VirtualBoxNodeDriver, method), method)

    def test_no_commands(self) -> None:
        """Whoever reads them has a driver, not a shell."""
        for name, text in HINTS.items():
            with self.subTest(name):
                self.assertNotRegex(text, r"vboxcloud [a-z]|(^|\s)--[a-z]")

    def test_appended(self) -> None:
        self.assertEqual("no node 'a'; list_nodes() returns those there are",
                         hinted("no node 'a'", "VBC_HINT_LIST_NODES"))
        for name in ("VBC_HINT_NONE", "VBC_HINT_OF_TOMORROW", "unknown"):
            self.assertEqual("no node 'a'", hinted("no node 'a'", name))


class Connecting(unittest.TestCase):
    """What the constructor raises, and how soon."""

    def fails(self, port: int, *kinds: type[BaseException], **more: object) -> LibcloudError:
        begun = time.monotonic()
        with self.assertRaises(LibcloudError) as caught:
            VirtualBoxNodeDriver("127.0.0.1", port, "user", SECRET, timeout=2,
                                 **more)  # type: ignore[arg-type]
        self.assertLess(time.monotonic() - begun, 8)
        for kind in (LibcloudError, RuntimeError, *kinds):
            self.assertIsInstance(caught.exception, kind)
        error = caught.exception
        shown = "".join(traceback.format_exception(type(error), error, None)) + repr(error)
        self.assertNotIn(SECRET, shown + str(vars(error)) + repr(error.driver))
        self.assertNotIn("\n", str(error))
        self.assertEqual(str(error), str(pickle.loads(pickle.dumps(error))))
        return error

    def test_nobody_listens(self) -> None:
        self.fails(fakes.free_port(), requests.exceptions.ConnectionError, OSError)

    def test_nobody_answers(self) -> None:
        with fakes.listening(fakes.silent) as port:
            self.fails(port, requests.exceptions.ConnectionError, TimeoutError)

    def test_a_web_page(self) -> None:
        with fakes.listening(fakes.page) as port:
            error = self.fails(port)
        self.assertIn("HTML", str(error))

    def test_hangs_up(self) -> None:
        with fakes.listening(fakes.closes) as port:
            self.fails(port, requests.exceptions.ConnectionError, OSError)

    def test_wrong_password(self) -> None:
        with fakes.listening(refuses) as port:
            self.fails(port, InvalidCredsError)

    def test_certificate(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            pair = fakes.certificate(Path(folder), "127.0.0.1")
            with fakes.listening(fakes.page, pair) as port:
                self.fails(port, ssl.SSLError, secure=True)
                self.fails(port, NotImplementedError, secure=True, verify=False)

    def test_other_certificates_in_the_same_file(self) -> None:
        """A host is verified by what the file holds now, also where a driver just used the host."""
        if HOST.startswith("https:"):
            self.skipTest("the host is asked over HTTP")
        with tempfile.TemporaryDirectory() as folder:
            pair = fakes.certificate(Path(folder), "127.0.0.1")
            other = fakes.certificate(Path(folder), "127.0.0.2")[0]
            with fakes.listening(passes_on, pair) as port:
                trusted = Path(folder, "trusted.pem")
                for certificate, fine in ((pair[0], True), (other, False), (pair[0], True)):
                    trusted.write_bytes(certificate.read_bytes())
                    with nullcontext() if fine else self.assertRaises(ssl.SSLError):
                        new_driver(f"https://127.0.0.1:{port}", ca_cert=str(trusted))

    def test_other_threads_go_on(self) -> None:
        """While one waits for a silent host, another runs Python."""
        ticks: list[float] = []
        ended = threading.Event()

        def tick() -> None:
            while not ended.wait(0.05):
                ticks.append(time.monotonic())

        with fakes.listening(fakes.silent) as port:
            thread = threading.Thread(target=tick)
            thread.start()
            self.fails(port)
            ended.set()
            thread.join()
        self.assertLess(max(b - a for a, b in zip(ticks, ticks[1:])), 1.5)


class Failing(LiveTest):
    """What calls raise on a real host."""

    def test_ways_out(self) -> None:
        """The methods that hints speak of: what they find is told in words."""
        for each in self.driver.ex_check_host():
            self.assertEqual(["level", "subject", "text"], sorted(each))
            self.assertIn(each["level"], ("ok", "warning", "error"))
            self.assertNotRegex(each["text"], r"vboxcloud [a-z]")
        self.assertGreater(len(self.driver.ex_check_host()), 3)
        self.assertEqual([], self.driver.ex_remove_leftovers(dry_run=True))
        key = f"libcloud/image/{uuid.uuid4()}"
        soap = Soap(HOST, USER, password()) if HOST.startswith("http:") else None
        if soap:
            soap.call("IVirtualBox_setExtraData", soap.vbox, key=key, value='{"name": "lost"}')
            (found,) = self.driver.ex_remove_leftovers(dry_run=True)
            self.assertIn(found["id"], key)
            self.assertEqual([found], self.driver.ex_remove_leftovers())
        self.assertEqual([], self.driver.ex_remove_leftovers(force=True))

    def test_not_found(self) -> None:
        node = self.make()
        self.driver.destroy_node(node)
        for call in (lambda: self.driver.start_node(node),
                     lambda: self.driver.destroy_node(node),
                     lambda: self.driver.ex_get_node(node.id),
                     lambda: self.driver.create_node(unique("no"), unique("no"), SIZE)):
            with self.assertRaises(errors.NotFoundError) as caught:
                call()
            self.assertEqual("VBC_E_NOTFOUND", caught.exception.code)
            self.assertIs(self.driver, caught.exception.driver)

    def test_unusable(self) -> None:
        for name, size in (("", SIZE), ("a\0b", SIZE), ("x" * 256, SIZE), (unique("no"), "small"),
                           (unique("no"), "999_cpu-64_ram-1_disk"), ("\ud800", SIZE)):
            with self.subTest(ascii(name)[:9] + size), self.assertRaises(ValueError):
                self.driver.create_node(name, self.image, size)
        with self.assertRaises(errors.NotFoundError):
            self.driver.ex_get_size("small")
        with self.assertRaises(errors.InvalidArgumentError):
            self.driver.start_node(None)  # type: ignore[arg-type]

    def test_wrong_state(self) -> None:
        node = self.make()
        with self.assertRaises(errors.StateError):
            self.driver.reboot_node(node)
        with self.assertRaises(errors.StateError):
            self.driver.ex_take_node_screenshot(node, "/")
        with self.assertRaises(NotImplementedError):
            self.driver.ex_take_node_screenshot(node, "/", screen=1)

    def test_secrets_are_not_shown(self) -> None:
        if self.driver.username:
            self.skipTest("needs a host that takes any password")
        driver = new_driver(username="anybody", password=SECRET)
        self.assertNotIn(SECRET, repr(driver))
        self.assertEqual(("anybody", None), (driver.key, driver.secret))
        self.assertIn(driver.host, repr(driver))


if __name__ == "__main__":
    main()
