#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the driver takes as its host: a name, NAME:PORT, a URL; what contradicts itself is refused."""
from __future__ import annotations

import copy
import pickle
import unittest
from typing import Any
from urllib.parse import urlsplit

from live import HOST, LiveTest, USER, main, new_driver, password

from libcloud_virtualbox import _base, errors
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver

SECRET = "geheim"
TAKEN = (  # host, port, secure; the address that the C library is given
    ("lab", 18083, False, "http://lab:18083"),
    ("lab", 1, True, "https://lab:1"),
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


class Addresses(unittest.TestCase):
    def test_taken(self) -> None:
        for host, port, secure, address in TAKEN:
            with self.subTest(host, port=port, secure=secure):
                self.assertEqual(address, _base._address(host, port, secure))

    def test_refused(self) -> None:
        for host, port, secure in REFUSED:
            with self.subTest(host, port=port, secure=secure):
                with self.assertRaises(errors.InvalidArgumentError) as caught:
                    VirtualBoxNodeDriver(host, port, secure=secure)
                shown = str(caught.exception) + repr(caught.exception.driver)
                self.assertNotIn(SECRET, shown)
                self.assertNotIn("http://[", shown)


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
