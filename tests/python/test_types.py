#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mypy --strict finds nothing in the package, where mypy is installed; the docstring of every public
method tells of each argument and of what can go wrong, and each argument and result has its type."""
from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
import tempfile
import unittest

import libcloud
from live import ROOT, main

from libcloud_virtualbox._fleet import FleetDriver
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver


CANNOT_FAIL = ("disconnect", "ex_get_hypervisor_hostname", "ex_list_failures")  # they ask no host


class Types(unittest.TestCase):
    """Of what users see."""

    def test_mypy(self) -> None:
        if not importlib.util.find_spec("mypy"):
            self.skipTest("mypy is not installed here")
        if libcloud.__version__ == "3.4.1":
            self.skipTest("libcloud 3.4.1 says that it does not take the None that it takes")
        with tempfile.TemporaryDirectory() as cache:
            done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache,
                                   str(ROOT / "python/libcloud_virtualbox")], text=True,
                                  cwd=ROOT / "python", stdout=subprocess.PIPE, check=False)
        self.assertEqual(0, done.returncode, done.stdout)

    def test_docstrings(self) -> None:
        for kind in (VirtualBoxNodeDriver, FleetDriver):
            self.check_docstrings(kind)

    def check_docstrings(self, kind: type[VirtualBoxNodeDriver]) -> None:
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            if not name.startswith("_") and method.__module__.startswith("libcloud_virtualbox"):
                with self.subTest(f"{kind.__name__}.{name}"):
                    known = list(inspect.signature(method).parameters)[1:]
                    self.assertEqual({*known, "return"}, set(method.__annotations__))
                    text = inspect.getdoc(method) or ""
                    self.assertEqual(known, re.findall(r"^:param (\w+): \S", text, re.M))
                    self.assertRegex(text, r"\A\w")
                    if name not in CANNOT_FAIL:
                        self.assertRegex(text, r"(?m)^:raises [\w.]+: \S")


if __name__ == "__main__":
    main()
