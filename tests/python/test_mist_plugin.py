#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The plug-in for mist.io on small stand-ins of mist's classes (mist_standins.py), and a real host.
With mist itself it is run by `make check-mist`.
"""
from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
import types
from typing import Any
from urllib.parse import urlsplit

import libcloud
from live import HOST, ROOT, USER, LiveTest, main, password, unique

import mist_standins
from libcloud_virtualbox import errors

mist_standins.install()
sys.path.insert(0, str(ROOT / "mist/src"))
sys.modules.pop("mist", None)  # of the same name as what imitates mist in other tests

import mist.virtualbox.config as configuration
import mist.api.exceptions as told
from mist.api.clouds.models import CLOUDS, CloudSize
from mist.api.images.models import CloudImage
from mist.api.machines.methods import create_machine
from mist.api.machines.models import Machine
from mist.api.networks.models import NETWORKS, Network
from mist.api.volumes.models import Volume
from mist.virtualbox import actions, drivers, failures, hooks

SIZE = {"ram": 64, "cpu": 1, "disk_primary": 2}
STATES = ("running", "starting", "stopping", "stopped", "paused", "suspended", "reconfiguring", "error")


class Hooks(LiveTest):
    """What each of mist's processes has after it has read its configuration."""

    @classmethod
    def setUpClass(cls) -> None:
        pass  # asks no host

    def test_classes_are_there(self) -> None:
        self.assertEqual("VirtualBoxCloud", CLOUDS["virtualbox"].__name__)
        self.assertEqual("VirtualBoxNetwork", NETWORKS["virtualbox"].__name__)
        self.assertTrue(create_machine.__wrapped__)
        self.assertEqual(["PROVIDERS"], configuration.__all__)
        hooks.install()  # twice is fine
        self.assertEqual(1, sum(type(each).__module__ == hooks.__name__ for each in sys.meta_path))

    def test_clouds_of_others(self) -> None:
        """They are created as ever."""
        other = type("OtherCloud", (mist_standins.Cloud,), {})(id="other").save()
        other.ctl = types.SimpleNamespace(provider="libvirt")
        context = types.SimpleNamespace(owner="org")
        self.assertEqual("original", create_machine(context, "other", None, "n", None, "i", "s"))

    def test_actions_of_each_state(self) -> None:
        """Exactly these; and none while something is done to a machine, but for an end."""
        extra = {"network_adapters": [{"kind": "nat"}]}
        allowed: dict[str, str] = {}
        for state in STATES:
            flags = types.SimpleNamespace()
            actions.allow(flags, state, extra)
            allowed[state] = " ".join(sorted(name for name, flag in vars(flags).items() if flag))
        self.assertEqual({
            "running": "clone create_snapshot destroy expose power_cycle reboot remove_snapshot stop"
                       " suspend",
            "starting": "destroy", "stopping": "", "reconfiguring": "", "error": "destroy",
            "stopped": "clone create_snapshot destroy expose remove_snapshot rename resize"
                       " revert_to_snapshot start undefine",
            "paused": "clone create_snapshot destroy expose remove_snapshot resume start stop suspend",
            "suspended": "create_snapshot destroy remove_snapshot resume revert_to_snapshot start",
        }, allowed)
        flags = types.SimpleNamespace()
        actions.allow(flags, "stopped", {"network_adapters": [], "snapshots": []})
        self.assertFalse(flags.expose or flags.remove_snapshot or flags.revert_to_snapshot)

    def test_failures_keep_their_text(self) -> None:
        for ours, theirs in ((errors.CredentialsError, told.CloudUnauthorizedError),
                             (errors.TLSError, told.CloudUnavailableError),
                             (errors.HostTimeoutError, told.CloudUnavailableError),
                             (errors.NotFoundError, told.NotFoundError),
                             (errors.ExistsError, told.ConflictError),
                             (errors.StateError, told.BadRequestError),
                             (errors.SpaceError, told.InternalServerError)):
            with self.subTest(ours.__name__), self.assertRaises(theirs) as caught:
                with failures.told():
                    raise ours("the reason")
            self.assertIn("the reason", str(caught.exception))
        with self.assertRaises(told.CloudUnavailableError) as caught:
            with failures.unhidden():
                raise told.InternalServerError(exc=errors.TLSError("the reason"))
        self.assertIn("the reason", str(caught.exception))


    def test_types(self) -> None:
        """mypy --strict finds nothing in it, where mypy is installed."""
        if not importlib.util.find_spec("mypy"):
            self.skipTest("mypy is not installed here")
        if libcloud.__version__ == "3.4.1":
            self.skipTest("libcloud 3.4.1 says that it does not take the None that it takes")
        with tempfile.TemporaryDirectory() as cache:
            done = subprocess.run([sys.executable, "-m", "mypy", "--cache-dir", cache], text=True,
                                  cwd=ROOT / "mist", env={**os.environ, "PYTHONPATH": ""},
                                  check=False, capture_output=True)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)


class Controllers(LiveTest):
    """On a real host."""

    def setUp(self) -> None:
        parts = urlsplit(HOST)
        secret = types.SimpleNamespace(value=password())
        ca_file = os.environ.get("VBOXCLOUD_CA_FILE")
        ca = types.SimpleNamespace(value=open(ca_file).read()) if ca_file else None
        self.cloud = CLOUDS["virtualbox"](
            host=parts.hostname, port=parts.port, tls=parts.scheme == "https", username=USER,
            password=secret, ca_cert_file=ca).save()
        self.compute = self.cloud.ctl.compute
        self.addCleanup(mist_standins.stored.clear)
        self.addCleanup(drivers.forget, self.cloud.id)
        self.cloud.owner = types.SimpleNamespace(
            mapper=types.SimpleNamespace(update=lambda *_, **__: None))
        self.context = types.SimpleNamespace(owner=self.cloud.owner, user="user", serialize=dict)
        self.stored_image = CloudImage(external_id=self.image.id, name=self.image.name,
                                       extra=self.image.extra).save()

    def create(self, **more: Any) -> Any:
        """By the first version of mist's API."""
        given = {"key_id": None, "machine_name": unique("m"), "location_id": None, "size": SIZE,
                 "image_id": self.stored_image.id, **more}
        answer = create_machine(self.context, self.cloud.id, **given)
        node = self.driver.ex_get_node(answer["id"])
        self.addCleanup(self.gone, node)
        return node

    def machine(self, node: Any) -> Any:
        (found,) = [each for each in self.compute.list_machines() if each.external_id == node.id]
        return found

    def test_drivers_are_kept(self) -> None:
        """One for each cloud, until it is to be accessed in another way, or not for long."""
        first = self.compute.connect()
        self.assertIs(first, type(self.compute)(self.cloud.ctl).connect())
        self.cloud.ssh_address = "127.0.0.1"
        second = self.compute.connect()
        self.assertIsNot(first, second)
        long_ago = time.monotonic() - drivers.UNUSED_S - 1
        drivers._kept["other"] = drivers._Kept(self.compute._access(), second, long_ago)
        self.compute.connect()
        self.assertNotIn("other", drivers._kept)
        self.compute.check_connection()
        self.assertIsNot(second, self.compute.connect())

    def test_create_and_list(self) -> None:
        """A machine behind NAT, known at once, with its port, size and forwards."""
        mist_standins.sent.clear()
        node = self.create(cloud_init=None, description="d", port_forwards={
            "ports": [{"port": "0", "target_port": "80", "protocol": "TCP"}]})
        stored = Machine.objects.get(external_id=node.id)
        self.assertEqual(("user", node.extra["ssh_port"]), (stored.user, stored.ssh_port))
        self.assertNotIn("password", stored.extra)
        machine = self.machine(node)
        self.assertEqual(("running", "virtualbox-location", "1 CPU, 64 MB, 2 GB"),
                         (machine.state, machine.location, machine.size.name))
        self.assertEqual("d", node.extra["description"])
        self.assertEqual({22, 80}, {each["local_port"] for each in node.extra["port_forwards"]})
        ((arguments, more),) = mist_standins.sent
        self.assertEqual((node.id, node.extra["ssh_port"]), (arguments[2], more["port"]))
        self.compute.expose_port(machine, {"ports": [
            {"port": "0", "target_port": "81", "protocol": "UDP"}]})
        self.assertEqual({22, 81}, {each["target_port"] for each in
                                    self.driver.ex_list_port_forwards(node)})

    def test_create_with_volumes(self) -> None:
        """One that is there, and a new one; if that cannot be, nothing is left."""
        made = self.driver.create_volume(1, unique("v"), ex_dynamic=True)
        self.addCleanup(self.driver.destroy_volume, made)
        volume = Volume(cloud=self.cloud, external_id=made.id).save()
        before = self.held()
        with self.assertRaises(told.MachineCreationError):
            self.create(volumes=[{"volume_id": volume.id}, {"name": unique("w"), "size": 1},
                                 {"volume_id": "none"}])
        self.assertEqual(before, self.held())
        node = self.create(volumes=[{"volume_id": volume.id}])
        (attached,) = [each for each in self.driver.list_volumes() if each.id == made.id]
        self.assertEqual([node.id], attached.extra["attached_to"])
        self.driver.stop_node(node, ex_force=True)
        self.driver.detach_volume(attached)
        with self.assertRaisesRegex(told.BadRequestError, "name"):
            self.create(volumes=[{"size": 1}])

    def held(self) -> set[str]:
        return {each.id for each in [*self.driver.list_nodes(), *self.driver.list_volumes()]}

    def test_networks_and_sizes_of_a_plan(self) -> None:
        """By mist's id, ours or the name; a custom size has the disk that the image needs."""
        network = Network(cloud=self.cloud, external_id="nat", name="NAT").save()
        parse = self.compute._generate_plan__parse_networks
        for given in (network.id, ["nat"], {"networks": [{"name": "NAT"}]}, {"network": network.id}):
            (found,) = parse(None, given, None)
            self.assertEqual("nat", found["external_id"])
        self.assertIsNone(parse(None, None, None))
        with self.assertRaises(told.NetworkNotFoundError):
            parse(None, "none", None)
        self.image.extra["min_disk_size"] = 40
        self.assertEqual("2_cpu-512_ram-40_disk",
                         self.compute._size_id({"cpus": 2, "ram": 512}, self.image))

    def test_resize_and_refusals(self) -> None:
        """The disk stays unless it is to grow; what cannot be done is told."""
        node = self.make()
        machine = self.machine(node)
        size = CloudSize(id="2_cpu-96_ram-1_disk")
        self.compute._resize_machine(machine, node, size, {})
        after = self.driver.ex_get_node(node.id)
        self.assertEqual((2, 96, node.extra["disk"]),
                         tuple(after.extra[key] for key in ("cpus", "memory", "disk")))
        self.driver.start_node(node)
        with self.assertRaisesRegex(told.BadRequestError, "stopped"):
            self.compute._rename_machine(machine, node, "x")
        machine.external_id = "00000000-0000-4000-8000-000000000000"
        with self.assertRaisesRegex(told.MachineNotFoundError, "there is no node"):
            self.compute._get_libcloud_node(machine)
        self.assertEqual(machine.external_id, self.compute._get_libcloud_node(machine, True).id)

    def test_what_a_cloud_is_changed_with(self) -> None:
        """A port is a number; what is false or empty is taken, too."""
        given = {"host": "https://example.org:1/x", "port": "18084", "tls": "false", "ssh_address": ""}
        self.cloud.ssh_address, self.cloud.tls = "192.0.2.7", True
        self.cloud.ctl._update__preparse_kwargs(given)
        self.assertEqual({"host": "example.org", "port": 18084}, given)
        self.assertEqual(("", False), (self.cloud.ssh_address, self.cloud.tls))
        with self.assertRaisesRegex(told.BadRequestError, "'many' is not a port"):
            self.cloud.ctl._update__preparse_kwargs({"port": "many"})


if __name__ == "__main__":
    main()
