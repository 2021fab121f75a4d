#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adding clouds to mist: right, and with each fault; needs a host that asks for a password, over TLS."""
from __future__ import annotations

import os
import subprocess
import time
import unittest
from pathlib import Path
from typing import Any

from webapp import Cloud, Web, address, live, surroundings, the_web

import fakes
from mist.virtualbox import drivers


def other_certificate() -> str:
    """A certificate that has signed nothing."""
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", os.devnull, "-subj", "/CN=other", "-days", "1"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.stdout


class Adding(unittest.TestCase):
    """POST /api/v1/clouds; a cloud that cannot be reached is not added, and it is told why."""

    web: Web

    @classmethod
    def setUpClass(cls) -> None:
        cls.web = the_web()
        if not live.USER or not live.HOST.startswith("https:"):
            raise unittest.SkipTest("the host does not ask for a password over TLS")

    def add(self, **changed: Any) -> tuple[int, Any]:
        known = {**address(), **changed}
        return self.web.ask("POST", "clouds", {
            "name": live.unique("cloud"), "provider": "virtualbox",
            **{key: value for key, value in known.items() if value is not None}})

    def refused(self, status: int, text: str, **changed: Any) -> None:
        begun = time.monotonic()
        was, answer = self.add(**changed)
        print(f"#   {was} after {time.monotonic() - begun:.1f} s: {answer}", flush=True)
        self.assertEqual(status, was, answer)
        self.assertRegex(answer, text)
        self.assertNotIn(live.password(), answer)
        self.assertEqual([], [each.name for each in Cloud.objects(deleted=None)])

    def test_good(self) -> None:
        """Added, listed, kept without its password, changed, and removed again."""
        status, cloud = self.add()
        self.assertEqual(200, status, cloud)
        path = f"clouds/{cloud['id']}"
        self.assertEqual([], self.web.get(f"{path}/machines"))
        driver = drivers._kept[cloud["id"]].driver
        self.assertNotIn(live.password(), f"{self.web.get('clouds')} {driver}")
        self.assertIn(live.password(), str(dict(surroundings.secrets)))  # where mist keeps it
        with self.subTest("a change to a wrong password is refused"):
            status, answer = self.web.ask("PATCH", path, {"password": "geheim"})
            self.assertEqual(401, status, answer)
        Cloud.objects.get(id=cloud["id"]).ctl.delete(expire=True)
        self.assertEqual([], self.web.get("clouds"))

    def test_no_files_are_left(self) -> None:
        """The certificates are in no folder, and closed with the driver."""
        def opened() -> list[str]:
            links = [os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()]
            return [each for each in links if "ca-certificates" in each]

        before = len(opened())
        driver = drivers.driver_for("id", self.access())
        self.assertEqual(before + 1, len(opened()))
        drivers.forget("id")
        del driver
        self.assertEqual(before, len(opened()))

    def access(self) -> drivers.Access:
        known = address()
        return drivers.Access(known["host"], known["port"], True, known["username"],
                              known["password"], known["ca_cert_file"], None)

    def test_wrong_password(self) -> None:
        self.refused(401, "user|password", password="geheim")

    def test_unknown_user(self) -> None:
        self.refused(401, "user|password", username="nobody-at-all")

    def test_no_user(self) -> None:
        self.refused(401, "user|password", username=None, password=None)

    def test_wrong_port(self) -> None:
        self.refused(503, "refused|connect", port=fakes.free_port())

    def test_no_port(self) -> None:
        self.refused(400, "port: 'many' is not a port", port="many")

    def test_wrong_address_for_ssh(self) -> None:
        self.refused(503, "ssh_address is an IPv4 address", ssh_address="nowhere")

    def test_unknown_host(self) -> None:
        self.refused(500, "resolvable", host="no-such-host.invalid")

    def test_another_program(self) -> None:
        """What answers is no web service of VirtualBox's."""
        with fakes.listening(lambda connection: fakes.reply(connection, b"plain")) as port:
            self.refused(503, r"\w+ \w+", port=port, tls=False)

    def test_tls_without_its_certificate(self) -> None:
        self.refused(503, "certificate", ca_cert_file=None)

    def test_tls_with_another_certificate(self) -> None:
        self.refused(503, "certificate", ca_cert_file=other_certificate())

    def test_tls_with_no_certificate_at_all(self) -> None:
        self.refused(503, "no certificate in PEM form", ca_cert_file="nonsense")

    def test_plain_http_to_tls(self) -> None:
        self.refused(503, r"\w+ \w+", tls=False)

    def test_tls_to_plain_http(self) -> None:
        with fakes.listening(lambda connection: fakes.reply(connection, b"plain")) as port:
            self.refused(503, "TLS|SSL|certificate", port=port)

    def test_name_that_the_certificate_lacks(self) -> None:
        self.refused(503, "certificate|name", host=os.uname().nodename)


if __name__ == "__main__":
    live.main()
