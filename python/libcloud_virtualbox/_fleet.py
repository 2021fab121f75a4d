# SPDX-License-Identifier: Apache-2.0
"""The driver for several hosts: what is made on one of them, and what is done to what is there."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from inspect import Signature, getmembers, isfunction, signature
from typing import Any, Optional, Union

from libcloud.compute.base import (
    KeyPair,
    Node,
    NodeImage,
    StorageVolume,
    VolumeSnapshot,
)

from . import errors
from ._base import id_of
from ._fleet_base import AnyLocation
from ._fleet_lists import FleetLists
from ._members import Member
from ._networks import VirtualBoxNetwork
from .virtualbox_driver import VirtualBoxNodeDriver

# What a parameter of these names is, in all methods.
_NOUNS = {"node": "node", "ex_node": "node", "volume": "volume", "snapshot": "snapshot",
          "image": "image", "node_image": "image", "network": "network", "network_name": "network"}


class FleetDriver(FleetLists):
    """What names a host is done there; what is given an object, on the host of that, which is the
    only one that is asked; what is given an id, where that is, which all are asked."""

    def create_node(  # type: ignore[override]  # as the driver of a host takes them
        self, name: str, image: Any, size: Any, *others: Any, location: AnyLocation = None,
        **more: Any
    ) -> Node:
        """Create a node on one of the hosts and start it; return when it runs.

        :param name: 1 to 255 characters of Unicode; several nodes may share one.
        :param image: The image, or its id; None with `ex_iso`.
        :param size: The size, or its id.
        :param others: As of one host.
        :param location: The host.
        :param more: As of one host.

        :raises errors.InvalidArgumentError: No host was chosen, or something cannot be used.
        :raises errors.NotFoundError: The host does not have the image.
        """
        member = self._chosen(location, "a node")
        with self._on(member) as driver:
            made = driver.create_node(
                name, *(self._there(member, _noun(each), each) for each in (image, size)), *others,
                **self._networked(member, more))
        node: Node = self._adopted(member, made)
        return node

    def _networked(self, member: Member, words: dict[str, Any]) -> dict[str, Any]:
        """With networks as the driver of that host knows them."""
        networks = words.get("ex_networks")
        if not networks:
            return words
        return {**words,
                "ex_networks": [self._there(member, "network", each) for each in networks]}

    def deploy_node(
        self, deploy: Any, ssh_username: Optional[str] = None, *others: Any,
        location: AnyLocation = None, **more: Any
    ) -> Node:
        """Create a node on one of the hosts, wait for its address, and run a deployment there by
        SSH: libcloud's own.

        :param deploy: What is to be done there.
        :param ssh_username: Who logs in; None: as the image says, else 'root'.
        :param others: As libcloud's.
        :param location: The host.
        :param more: As libcloud's, and what :meth:`create_node` takes.

        :raises errors.StateError: No such node could be reached from here; none is made.
        """
        member = self._chosen(location, "a node")
        words = {key: self._there(member, _noun(value), value) for key, value in more.items()}
        with self._on(member) as driver:
            made = driver.deploy_node(
                deploy, ssh_username, *others, **self._networked(member, words))
        node: Node = self._adopted(member, made)
        return node

    def create_volume(
        self,
        size: int,
        name: str,
        location: AnyLocation = None,
        snapshot: Optional[VolumeSnapshot] = None,
        *,
        ex_dynamic: bool = False,
    ) -> StorageVolume:
        """Create a detached volume on one of the hosts: that of the snapshot, if one is given.

        :param size: Size in GiB.
        :param name: 1 to 255 characters of Unicode that no other volume there has.
        :param location: The host.
        :param snapshot: The volume snapshot to begin with; None: an empty volume.
        :param ex_dynamic: Take up the host's space as it is written, not all at once.

        :raises errors.InvalidArgumentError: No host was chosen.
        :raises errors.ExistsError: There is a volume of that name.
        """
        if location is None and snapshot is not None:
            member = self._locate("snapshot", snapshot)
        else:
            member = self._chosen(location, "a volume")
        with self._on(member) as driver:
            made = driver.create_volume(size, name, None, self._there(member, "snapshot", snapshot),
                                        ex_dynamic=ex_dynamic)
        volume: StorageVolume = self._adopted(member, made)
        return volume

    def ex_create_network(
        self,
        name: str,
        cidr: Optional[str] = None,
        location: AnyLocation = None,
        ex_type: str = "nat_network",
        ex_dhcp: bool = True,
    ) -> VirtualBoxNetwork:
        """Create a network on one of the hosts.

        :param name: Its name; not used for 'host_only', which VirtualBox names itself.
        :param cidr: Its IPv4 range, like '10.9.0.0/24'; None: VirtualBox's own choice.
        :param location: The host.
        :param ex_type: 'nat_network', 'host_only' or 'host_only_network'.
        :param ex_dhcp: Whether VirtualBox assigns addresses in a NAT network.

        :raises errors.InvalidArgumentError: No host was chosen.
        :raises errors.ExistsError: There is one of that name.
        """
        member = self._chosen(location, "a network")
        with self._on(member) as driver:
            made = driver.ex_create_network(name, cidr, None, ex_type, ex_dhcp)
        network: VirtualBoxNetwork = self._adopted(member, made)
        return network

    def ex_import_image(
        self, path: str, name: Optional[str] = None, *, location: AnyLocation = None, **more: Any
    ) -> NodeImage:
        """Make an image of a disk on one of the hosts.

        :param path: As of one host.
        :param name: Its name; None: the file's, without folder and suffixes.
        :param location: The host.
        :param more: As of one host.

        :raises errors.InvalidArgumentError: No host was chosen, or the file is not a disk image.
        :raises errors.ExistsError: There is an image of that name.
        """
        member = self._chosen(location, "an image")
        with self._on(member) as driver:
            made = driver.ex_import_image(path, name, **more)
        image: NodeImage = self._adopted(member, made)
        return image

    def create_key_pair(self, name: str, location: AnyLocation = None) -> KeyPair:
        """Make a new ed25519 pair, whose public key one of the hosts keeps.

        :param name: A name that no other key there has.
        :param location: The host.

        :raises errors.InvalidArgumentError: No host was chosen.
        :raises errors.ExistsError: There is one of that name.
        """
        member = self._chosen(location, "a key pair")
        with self._on(member) as driver:
            key: KeyPair = self._adopted(member, driver.create_key_pair(name))
        return key

    def import_key_pair_from_string(
        self, name: str, key_material: Union[str, bytes], location: AnyLocation = None
    ) -> KeyPair:
        """Keep a public key on one of the hosts, given as one line as in `authorized_keys`.

        :param name: A name that no other key there has.
        :param key_material: The line.
        :param location: The host.

        :raises errors.InvalidArgumentError: No host was chosen, or it is not a public key.
        :raises errors.ExistsError: There is one of that name.
        """
        member = self._chosen(location, "a key pair")
        with self._on(member) as driver:
            made = driver.import_key_pair_from_string(name, key_material)
        key: KeyPair = self._adopted(member, made)
        return key

    def import_key_pair_from_file(
        self, name: str, key_file_path: str, location: AnyLocation = None
    ) -> KeyPair:
        """Keep the public key that a file holds on one of the hosts.

        :param name: A name that no other key there has.
        :param key_file_path: The file, like '~/.ssh/id_ed25519.pub'.
        :param location: The host.

        :raises errors.InvalidArgumentError: No host was chosen, or it is not a public key.
        :raises errors.ExistsError: There is one of that name.
        """
        member = self._chosen(location, "a key pair")
        with self._on(member) as driver:
            key: KeyPair = self._adopted(
                member, driver.import_key_pair_from_file(name, key_file_path))
        return key

    # What several hosts may have.

    def delete_key_pair(self, key_pair: KeyPair) -> bool:
        """Forget a key on all hosts that its object says have it; nodes made with it keep it.

        :param key_pair: The key pair.

        :raises KeyPairDoesNotExistError: There is none of that name.
        """
        self._on_all(self._members_of(key_pair), lambda member, driver:
                     driver.delete_key_pair(key_pair))
        return True

    def delete_image(self, node_image: NodeImage) -> bool:
        """Delete an image on all hosts that its object says have it; :meth:`list_images` of one
        location has objects of what that host has.

        :param node_image: The image.

        :raises errors.BusyError: A node uses it itself, or it is being copied.
        """
        image = self._image_object(node_image)
        self._on_all(self._members_of(image), lambda member, driver:
                     driver.delete_image(self._there(member, "image", image)))
        return True

    def ex_update_image(self, image: Union[NodeImage, str], *others: Any, **more: Any) -> NodeImage:
        """Change what is recorded of an image, on all hosts that its object says have it.

        :param image: The image, or its id.
        :param others: As of one host.
        :param more: As of one host.

        :raises errors.ExistsError: There is an image of that name.
        :raises errors.InvalidArgumentError: One of these cannot be used.
        """
        known = self._image_object(image)
        changed = self._on_all(self._members_of(known), lambda member, driver: self._adopted(
            member, driver.ex_update_image(self._there(member, "image", known), *others, **more)))
        first: NodeImage = changed[0]
        first.extra.update({key: known.extra[key] for key in ("hosts", "ids", "sha256")
                            if key in known.extra})
        return first

    def ex_export_image(self, image: Union[NodeImage, str], path: str) -> str:
        """Write an image to a file here, from the first of its hosts that answers.

        :param image: The image, or its id.
        :param path: The file, which is there when it is whole, or not at all.
        :return: Its SHA-256 in hexadecimal.

        :raises errors.SpaceError: There is not that much room here.
        :raises errors.VirtualBoxError: VirtualBox cannot read it.
        """
        known = self._image_object(image)
        *others, last = self._members_of(known)
        for member in [*others, last]:
            try:
                with self._on(member) as driver:
                    return driver.ex_export_image(self._there(member, "image", known), path)
            except errors.ConnectionFailedError:
                if member is last:
                    raise
        raise AssertionError("it has no host")

    def copy_image(
        self,
        source_region: str,
        node_image: NodeImage,
        name: str,
        description: Optional[str] = None,
    ) -> NodeImage:
        """Copy an image under another name, on its host.

        :param source_region: The name of the host.
        :param node_image: The image.
        :param name: A name that no other image there has.
        :param description: None: that of the image.

        :raises errors.ExistsError: There is an image of that name.
        """
        member = self._member(source_region)
        with self._on(member) as driver:
            made = driver.copy_image("virtualbox-location", self._there(member, "image", node_image),
                                     name, description)
        image: NodeImage = self._adopted(member, made)
        return image

    def _image_object(self, image: Union[NodeImage, str]) -> NodeImage:
        if isinstance(image, NodeImage) and image.extra.get("ids"):
            return image
        return self.get_image(id_of(image))

    def _members_of(self, thing: Any) -> list[Member]:
        """The hosts that have an image or a key, as its object says."""
        hosts = thing.extra.get("hosts") or self.get_key_pair(thing.name).extra["hosts"]
        return [self._member(name) for name in hosts]

    def _on_all(
        self, members: list[Member], work: Callable[[Member, VirtualBoxNodeDriver], Any]
    ) -> list[Any]:
        """Does it on each, whatever happens on others; then the first failure counts."""
        done, failed = [], []
        for member in members:
            try:
                with self._on(member) as driver:
                    done.append(work(member, driver))
            except errors.VirtualBoxError as error:
                failed.append(error)
        if failed:
            raise failed[0]
        return done


def _noun(value: Any) -> str:
    """What an argument is that may be one of several things."""
    return "image" if isinstance(value, NodeImage) else "size"


def _routed(name: str, form: Signature) -> Callable[..., Any]:
    """A method that is done on the host of the first thing that says where it is, or of the first."""
    nouns = {each: _NOUNS[each] for each in form.parameters if each in _NOUNS}

    def method(self: FleetDriver, *args: Any, **kwargs: Any) -> Any:
        bound = form.bind(self, *args, **kwargs)
        given = {each: bound.arguments[each] for each in nouns if bound.arguments.get(each)}
        known = [self._host_of(nouns[each], value) for each, value in given.items()
                 if nouns[each] != "image"]  # which more than its host may have
        first = next(iter(given), next(iter(nouns)))
        member = next((each for each in known if each), None) or self._locate(
            nouns[first], given.get(first))
        bound.arguments.update({each: self._there(member, nouns[each], value)
                                for each, value in given.items()})
        with self._on(member) as driver:
            done = getattr(driver, name)(*bound.args[1:], **bound.kwargs)
        return self._adopted(member, done)

    return method


def _route_methods() -> None:
    """All methods of a driver for one host that are given one of its things."""
    for name, plain in getmembers(VirtualBoxNodeDriver, isfunction):
        own = any(name in vars(each) for each in FleetDriver.__mro__[:3])
        form = signature(plain)
        if name.startswith("_") or own or not plain.__module__.startswith(__package__ or ""):
            continue
        if any(each in _NOUNS for each in form.parameters):
            setattr(FleetDriver, name, wraps(plain)(_routed(name, form)))


_route_methods()


@lru_cache(maxsize=None)
def fleet_class(kind: Any) -> type[VirtualBoxNodeDriver]:
    """The class of a driver for several hosts, for a class of drivers for one."""
    if kind is VirtualBoxNodeDriver:
        return FleetDriver
    return type(kind.__name__, (kind, FleetDriver), {
        "__module__": kind.__module__, "__doc__": kind.__doc__, "_program_class": kind})
