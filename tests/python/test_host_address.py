#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the driver takes as its host: a name, NAME:PORT, a URL; what contradicts itself is refused."""
from __future__ import annotations

import copy
import pickle
import unittest
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from live import HOST, LiveTest, USER, main, new_driver, password

from libcloud_virtualbox import _settings, errors
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver

SECRET = "geheim"
TAKEN = (  # host, port, secure; the address that the C library is given
    ("lab", 18083, False, "http://lab:18083"),
    ("lab", 1, True, "https://lab:1"),
    ("lab", "1", False, "http://lab:1"),
    ("127.0.0.1", 18083, False, "http://127.0.0.1:18083"),
    ("::1", 5, False, "http://[::1]:5"),
    ("[::1]", 5, False, "http://[::1]:5"),
    ("[::1]:5", 18083, False, "http://[::1]:5"),
    ("lab:5", 18083, False, "http://lab:5"),
    ("lab:5", 5, True, "https://lab:5"),
    ("http://lab", 18083, False, "http://lab:18083"),
    ("http://lab/", 7, False, "http://lab:7/"),
    ("http://lab:5", 18083, False, "http://lab:5"),
    ("http://lab:5/soap", 5, False, "http://lab:5/soap"),
    ("https://lab", 18083, False, "https://lab:18083"),
    ("HTTPS://lab:5", 18083, True, "HTTPS://lab:5"),
)
REFUSED = (
    ("http://lab", 18083, True), ("lab:5", 6, False), ("http://lab:5", 6, False), ("", 18083, False),
    ("a b", 18083, False), ("ftp://lab", 18083, False), ("lab", 0, False), ("lab", 65536, False),
    ("lab:x", 18083, False), ("http://", 18083, False), ("http:lab", 18083, False),
    (f"me:{SECRET}@lab", 18083, False), (f"http://me:{SECRET}@lab:5", 5, False),
    (f"http://me:{SECRET}@lab:5", 6, False), (f"http://lab/?{SECRET}", 18083, False),
)

UNUSABLE: tuple[tuple[tuple[Any, ...], dict[str, Any], str], ...] = (
    ((None,), {}, "^host is the name .* not None$"), (("",), {}, "^host is .* not ''$"),
    ((" ",), {}, "^host is .* not ' '$"), ((b"lab",), {}, "^host is .* not b'lab'$"),
    ((5,), {}, "^host is .* not 5$"), (("lab\n",), {}, "^host holds characters"),
    ((f"me:{SECRET}\0@lab",), {}, "^host holds characters"), (("\udc41",), {}, "^host holds"),
    (("http:///lab",), {}, "looks like NAME"),
    (("lab", "x"), {}, "^port is a number .* not 'x'$"), (("lab", ""), {}, "^port is .* not ''$"),
    (("lab", -1), {}, "^port is .* not -1$"), (("lab", 1.5), {}, "^port is .* not 1.5$"),
    (("lab", True), {}, "^port is .* not True$"), (("lab", "1" * 5000), {}, "^port is "),
    (("lab", 1, b"me"), {}, "^username is a str, not bytes$"),
    (("lab", 1, "me\0"), {}, "^username holds characters that are not text$"),
    (("lab", 1, "me", SECRET.encode()), {}, "^password is a str, not bytes$"),
    (("lab", 1, "me", f"{SECRET}\0"), {}, "^password holds characters that are not text$"),
    (("lab", 1, "me", f"{SECRET}\udc80"), {}, "^password holds characters that are not text$"),
    (("lab",), {"timeout": 0}, "^timeout is .* not 0$"),
    (("lab",), {"timeout": None}, "^timeout is .* not None$"),
    (("lab",), {"timeout": float("nan")}, "^timeout is .* not nan$"),
    (("lab",), {"timeout": "5"}, "^timeout is .* not '5'$"),
    (("lab",), {"ca_cert": 5}, "^ca_cert is the path of a file, not 5$"),
    (("lab",), {"ca_cert": "a\0b"}, "^ca_cert is the path of a file"),
    (("lab",), {"fingerprint": 5}, "^fingerprint is a str of hexadecimal digits, not 5$"),
    (("https://lab",), {"fingerprint": "AB:CD"}, "'AB:CD' is not the fingerprint"),
    (("lab",), {"fingerprint": "ab" * 32}, "needs https"),
    (("lab",), {"ssh_address": 5}, "^ssh_address is .* not 5$"),
)


class Addresses(unittest.TestCase):
    def test_taken(self) -> None:
        for host, port, secure, address in TAKEN:
            with self.subTest(host, port=port, secure=secure):
                self.assertEqual(address, _settings.address(host, port, secure))

    def test_refused(self) -> None:
        for host, port, secure in REFUSED:
            with self.subTest(host, port=port, secure=secure):
                with self.assertRaises(errors.InvalidArgumentError) as caught:
                    VirtualBoxNodeDriver(host, port, secure=secure)
                shown = str(caught.exception) + repr(caught.exception.driver)
                self.assertNotIn(SECRET, shown)
                self.assertNotIn("http://[", shown)

    def test_unusable(self) -> None:
        for words, more, says in UNUSABLE:
            with self.subTest(says):
                with self.assertRaisesRegex(errors.InvalidArgumentError, says) as caught:
                    VirtualBoxNodeDriver(*words, **more)
                self.assertNotIn(SECRET, repr(caught.exception) + str(caught.exception.args))

    def test_nothing_said(self) -> None:
        """None is nobody, without a password, at the usual port."""
        self.assertEqual("http://lab:18083", _settings.address("lab", None, False))
        self.assertEqual(("", ""), (_settings.text("username", None), _settings.text("password", "")))
        self.assertEqual("/x", _settings.path(Path("/x")))


class OnHost(LiveTest):
    def test_each_form(self) -> None:
        """On one host by one session, and each is again what its pickle was."""
        parts = urlsplit(HOST)
        more: dict[str, Any] = {"username": USER, "password": password(),
                                "ca_cert": new_driver().ca_cert}
        for words in ((HOST,), (HOST, parts.port), (HOST + "/", parts.port),
                      (parts.netloc, parts.port), (parts.netloc,)):
            with self.subTest(str(words)):
                driver = VirtualBoxNodeDriver(*words, secure=parts.scheme == "https", **more)
                self.assertEqual((parts.hostname, parts.port, parts.scheme == "https"),
                                 (driver.host, driver.port, driver.secure))
                self.assertIn(f" {HOST}>", repr(driver))
                self.assertEqual(len(self.driver.list_locations()), len(driver.list_locations()))
                self.assertIs(driver, copy.deepcopy(driver))
                kind, known = driver.__reduce__()
                self.assertEqual(repr(driver), repr(kind(*pickle.loads(pickle.dumps(known)))))


if __name__ == "__main__":
    main()
