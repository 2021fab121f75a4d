# SPDX-License-Identifier: Apache-2.0
"""What all hosts have, as one list."""
from __future__ import annotations

from typing import Any

from libcloud.compute.base import (
    KeyPair,
    Node,
    NodeImage,
    NodeLocation,
    NodeSize,
    StorageVolume,
    VolumeSnapshot,
)
from libcloud.compute.types import NodeState

from . import _vboxcloud, errors
from ._base import seconds
from ._fleet_base import AnyLocation, FleetBase
from ._hints import hinted
from ._members import Member
from ._networks import VirtualBoxNetwork

# Of a node of a host that does not answer these are not known.
_UNKNOWN = ("vbox_state", "virtualbox_stat", "os_type", "os_type_id", "username", "protected", "iso",
            "description", "settings_file", "error", "ssh_port", "ports", "port_forwards",
            "addresses", "network_adapters")


class FleetLists(FleetBase):
    """Lists, and what of them has an id or a name."""

    def list_nodes(self) -> list[Node]:
        """List the nodes of all hosts, by name, including those of other programs.

        Those of a host that does not answer are listed as they were seen last, as far as that is
        known, in state UNKNOWN: of `extra`, what is not known is None.

        :return: As of one host; in `extra` also `host`, the host's name, and `seen_at`, when its
            host told of it last, in seconds since 1970 UTC; None: now.

        :raises errors.ConnectionFailedError: No host answers.
        """
        found: list[tuple[int, int, Any]] = []
        failed: list[tuple[int, _vboxcloud.VboxcloudError]] = []
        if self._fleet is not None:
            with self._raising():
                found, failed = self._fleet.node_list()
        self._note(failed)
        return [self._node_of(self._asked[number], seen_at_ms, record)
                for number, seen_at_ms, record in found]

    def _node_of(self, member: Member, seen_at_ms: int, record: Any) -> Node:
        node: Node = self._adopted(member, member.driver._node(record))
        if seen_at_ms:
            node.state, node.public_ips, node.private_ips = NodeState.UNKNOWN, [], []
            node.extra.update(dict.fromkeys(_UNKNOWN))
            node.extra["seen_at"] = seconds(seen_at_ms)
        return node

    def ex_get_node(self, node_id: str) -> Node:
        """The node of an id, or of a name that only one has, on whichever host.

        :param node_id: An id or a name.

        :raises errors.NotFoundError: There is none.
        :raises errors.InvalidArgumentError: Several hosts have one of that name.
        :raises errors.ConnectionFailedError: None was found, and a host does not answer.
        """
        member, record = self._find("node", node_id)
        return self._node_of(member, 0, record)

    def list_locations(self) -> list[NodeLocation]:
        """List the hosts, by their names, in their order; also those that do not answer.

        :return: Locations: name and id are the host's name; in `extra` its URL (`host`), its release
            (`version`; None: it did not answer), and its `labels`.

        :raises errors.ConnectionFailedError: No host answers.
        """
        found = {member.name: value[0] for member, value in self._each("location_list")}
        return [
            NodeLocation(
                name, name, "UN", self,
                {"host": each.driver._host.url, "labels": dict(each.labels),
                 "version": found[name]["version"] if name in found else None},
            )
            for name, each in self._members.items()
        ]

    def list_sizes(self, location: AnyLocation = None) -> list[NodeSize]:
        """List the catalogue of sizes: what at least one host has, smallest first.

        :param location: The host whose sizes are meant; None: any.

        :raises errors.ConnectionFailedError: The host, or every host, does not answer.
        """
        if location is not None:
            with self._on(self._member(location)) as driver:
                found = driver.list_sizes()
        else:
            found = [member.driver._size(each) for member, listed in self._each("size_list")
                     for each in listed]
        known: dict[str, NodeSize] = {}
        for size in found:
            size.driver = self
            known.setdefault(size.id, size)
        return sorted(known.values(), key=lambda size: (
            not size.id, size.extra["cpus"], size.ram, size.disk))

    def list_images(self, location: AnyLocation = None) -> list[NodeImage]:
        """List the images of all hosts, by name. Those of one name that hold the same, by the
        SHA-256 of what was imported, are listed once.

        :param location: The host whose images are meant; None: all.
        :return: As of one host; in `extra` also `hosts`, the names of the hosts that have it, `ids`,
            what its id is on each, and `sha256`; None: unknown.

        :raises errors.ConnectionFailedError: The host, or every host, does not answer.
        """
        if location is not None:
            member = self._member(location)
            with self._on(member) as driver, driver._raising():
                found = [(member, driver._host.image_list())]
        else:
            found = self._each("image_list")
        return self._merged_images([(member, each) for member, listed in found for each in listed])

    def _merged_images(self, found: list[tuple[Member, Any]]) -> list[NodeImage]:
        known: dict[tuple[str, str], NodeImage] = {}
        for member, record in found:
            image: NodeImage = self._adopted(member, member.driver._image(record))
            image.extra["sha256"] = record["sha256"] or None
            key = (image.name, record["sha256"] or f"{member.name}:{image.id}")
            same = known.setdefault(key, image)
            if same is not image and member.name not in same.extra["ids"]:
                same.extra["hosts"].append(member.name)
                same.extra["ids"][member.name] = image.id
            elif same is not image:  # one host may not have two of a name; if it does, both are told
                known[(image.name, f"{member.name}:{image.id}")] = image
        return sorted(known.values(), key=lambda image: image.name)

    def get_image(self, image_id: str) -> NodeImage:
        """The image of an id, or of a name that only one has, on whichever host.

        :param image_id: An id or a name.

        :raises errors.NotFoundError: There is none; this is a KeyError, too.
        :raises errors.InvalidArgumentError: Several hosts have different ones of that name.
        """
        found = self._merged_images(self._search("image", image_id))
        if len(found) > 1:
            hosts = " and ".join(each.extra["hosts"][0] for each in found)
            raise errors.InvalidArgumentError(
                f"there are different images '{image_id}' on {hosts}: pass the one of list_images()"
                " that is meant, or its id", self
            )
        return found[0]

    def list_volumes(self) -> list[StorageVolume]:
        """List the volumes of all hosts, by name.

        :return: As of one host; in `extra` also `host`, the host's name.

        :raises errors.ConnectionFailedError: No host answers.
        """
        found = [self._adopted(member, member.driver._volume(each))
                 for member, listed in self._each("volume_list") for each in listed]
        return sorted(found, key=lambda volume: volume.name)

    def ex_get_volume(self, volume_id: str) -> StorageVolume:
        """The volume of an id, or of a name that only one has, on whichever host.

        :param volume_id: An id or a name.

        :raises errors.NotFoundError: There is none.
        """
        member, record = self._find("volume", volume_id)
        found: StorageVolume = self._adopted(member, member.driver._volume(record))
        return found

    def ex_list_volume_snapshots(self) -> list[VolumeSnapshot]:
        """List the snapshots of all volumes of all hosts, oldest first.

        :raises errors.ConnectionFailedError: No host answers.
        """
        found = [self._adopted(member, each) for member, listed in self._each("snapshot_list")
                 for each in member.driver._snapshots(listed)]
        return sorted(found, key=lambda snapshot: (snapshot.created is not None,
                                                   str(snapshot.created), snapshot.id))

    def list_key_pairs(self) -> list[KeyPair]:
        """List the key pairs of all hosts, by name; the same key under the same name once.

        :return: As of one host; in `extra` also `hosts`, the names of the hosts that have it.

        :raises errors.ConnectionFailedError: No host answers.
        """
        return self._merged_keys([(member, each) for member, listed in self._each("key_list")
                                  for each in listed])

    def _merged_keys(self, found: list[tuple[Member, Any]]) -> list[KeyPair]:
        known: dict[tuple[str, str], KeyPair] = {}
        for member, record in found:
            key = self._adopted(member, member.driver._key(record))
            same = known.setdefault((key.name, key.fingerprint), key)
            if same is not key:
                same.extra["hosts"].append(member.name)
        return sorted(known.values(), key=lambda key: key.name)

    def get_key_pair(self, name: str) -> KeyPair:
        """The key pair of a name, on whichever host.

        :param name: Its name.

        :raises KeyPairDoesNotExistError: There is none of that name.
        :raises errors.InvalidArgumentError: Several hosts have different ones of that name.
        """
        try:
            found = self._merged_keys(self._search("key", name))
        except errors.NotFoundError as error:
            raise errors.KeyNotFoundError(error.value, self, name) from None
        if len(found) > 1:
            raise errors.InvalidArgumentError(
                f"there are different key pairs '{name}' on"
                f" {' and '.join(each.extra['hosts'][0] for each in found)}", self
            )
        return found[0]

    def ex_list_networks(self) -> list[VirtualBoxNetwork]:
        """List what nodes can be attached to: VirtualBox's NAT, then the networks of all hosts.

        :return: The id of a network begins with its host here, 'vb1:host_only:vboxnet0', but for
            that of the NAT.

        :raises errors.ConnectionFailedError: No host answers.
        """
        found = [self._adopted(member, member.driver._network(each))
                 for member, listed in self._each("network_list") for each in listed]
        return [self._nat(), *found]

    # The hosts themselves.

    def ex_get_api_version(self, location: AnyLocation = None) -> str:
        """The version of a host's web service interface, like '7_2'.

        :param location: The host.

        :raises errors.ConnectionFailedError: The host does not answer.
        """
        with self._on(self._chosen(location, "that")) as driver:
            return driver.ex_get_api_version()

    def ex_get_hypervisor_hostname(self, location: AnyLocation = None) -> str:
        """The name or address by which a host is reached.

        :param location: The host.
        """
        return self._chosen(location, "that").driver.host

    def ex_get_hypervisor_sysinfo(self, location: AnyLocation = None) -> dict[str, Any]:
        """What a host is.

        :param location: The host.
        :return: As of one host.

        :raises errors.ConnectionFailedError: The host does not answer.
        """
        with self._on(self._chosen(location, "that")) as driver:
            return driver.ex_get_hypervisor_sysinfo()

    def ex_check_host(self) -> list[dict[str, str]]:
        """Whether the hosts can be used as a cloud.

        :return: As of one host, each with `host`, the host's name; one that does not answer is an
            error, too.

        :raises errors.ConnectionFailedError: No host answers.
        """
        found = dict((member.name, listed) for member, listed in self._each("check"))
        failed = self._failures()
        return [
            {"host": name, **each} for name in self._members
            for each in (_findings(found[name]) if name in found else
                         [{"level": "error", "subject": "host", "text": failed[name].value}])
        ]

    def ex_remove_leftovers(
        self, dry_run: bool = False, force: bool = False
    ) -> list[dict[str, str]]:
        """Remove what interrupted programs left on the hosts, one after the other.

        :param dry_run: Only tell what there is.
        :param force: Try again also what VirtualBox's service ended over.
        :return: As of one host, each with `host`, the host's name.

        :raises errors.BusyError: Another program is at it.
        """
        found = []
        for member in self._members.values():
            with self._on(member) as driver:
                found += [{"host": member.name, **each}
                          for each in driver.ex_remove_leftovers(dry_run, force)]
        return found


def _findings(listed: list[Any]) -> list[dict[str, str]]:
    return [{"level": each["level"], "subject": each["subject"],
             "text": hinted(each["text"], each["hint"])} for each in listed]
