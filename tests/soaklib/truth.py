# SPDX-License-Identifier: Apache-2.0
"""What there is on the host, as the command shows it, and beside that as VirtualBox and the disk do."""
from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trouble import Host, State

LISTS = ("node", "image", "volume", "snapshot", "network", "key")
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
AT_REST = {"running": "Locked", "paused": "Locked"}
LINKED = "linked clone "  # the name of a snapshot begins so that one is made of
FOLDERS = ("images", "volumes", "snapshots", "uploads")


class Truth:
    """Read once, while nobody changes anything."""

    def __init__(self, host: Host):
        self.host = host
        self.lists: dict[str, list[dict[str, Any]]] = {}
        self.failed: list[str] = []
        for noun in LISTS:
            result = host.cloud(noun, "list", "--output", "json", timeout=300)
            self.lists[noun] = json.loads(result.out) if result.status == 0 else []
            if result.status or result.err:
                self.failed.append(f"{noun} list: exit status {result.status}: {result.err}")
        self.state = host.state()
        self.media = dict(self.disks(host.soap.call("IVirtualBox_getHardDisks", host.soap.vbox)))

    def disks(self, media: list[str]) -> Iterator[tuple[str, str]]:
        """File and id of these disks and of all that build on them."""
        soap = self.host.soap
        for medium in media:
            yield (self.relative(soap.one("IMedium_getLocation", medium)),
                   soap.one("IMedium_getId", medium))
            yield from self.disks(soap.call("IMedium_getChildren", medium))

    def things(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Kind, id and attributes of each, as the model has them."""
        for node in self.lists["node"]:
            yield "node", node["id"], self.node(node)
        for image in self.lists["image"]:
            yield "image", image["id"], {key: image[key] for key in ("name", "description")}
        for volume in self.lists["volume"]:
            yield "volume", volume["id"], {"name": volume["name"], "size": volume["size_gb"],
                                           "node": volume["node"]}
        for snapshot in self.lists["snapshot"]:
            if snapshot["kind"] == "volume":
                yield "snapshot", snapshot["id"], {"name": snapshot["name"], "of": snapshot["of"]}
        for network in self.lists["network"]:
            if network["kind"] == "natnetwork":
                yield "network", network["name"], {"name": network["name"], "cidr": network["cidr"]}
        for key in self.lists["key"]:
            yield "key", key["name"], {"name": key["name"]}

    def node(self, node: dict[str, Any]) -> dict[str, Any]:
        """The attributes of a node."""
        found = {"name": node["name"], "state": node["state"], "size": node["size"],
                 "description": node["extra"]["description"]}
        found.update({f"tag:{key}": value for key, value in node["tags"].items()})
        found.update({f"forward:{each['name']}": each["guest_port"] for each in node["forwards"]})
        found.update({f"adapter:{each['slot']}": each["kind"] for each in node["adapters"]})
        found.update({f"snapshot:{each['name']}": True for each in self.lists["snapshot"]
                      if each["of"] == node["id"] and not each["name"].startswith(LINKED)})
        return found

    # -- leftovers --------------------------------------------------------------------------------

    def leftovers(self) -> Iterator[str]:
        """What belongs to nothing that is shown, or should not be there at all."""
        nodes = {node["id"]: node for node in self.lists["node"]}
        known = {*nodes, *(each["id"] for noun in LISTS for each in self.lists[noun]
                           if "id" in each)}
        yield from self.odd_machines(nodes)
        yield from odd_keys(self.state, known, {each["name"] for each in self.lists["network"]})
        for path, id_ in sorted(self.media.items()):
            if id_ not in known and path.partition("/")[0] not in nodes:
                yield f"disk {path}"
            if path not in self.state.files:
                yield f"the file of a disk is gone: {path}"
        for path in sorted(self.state.files - self.media.keys() - {*FOLDERS}):
            if not self.may_lie(path, nodes):
                yield f"file {path}"

    def odd_machines(self, nodes: dict[str, Any]) -> Iterator[str]:
        for id_, (name, state, session) in self.state.machines.items():
            if id_ not in nodes:
                yield f"machine {name!r} {id_} {state}"
            elif session != AT_REST.get(nodes[id_]["state"], "Unlocked"):
                yield f"machine {name!r} {id_} is {state} and {session}"
        for id_ in nodes.keys() - self.state.machines.keys():
            yield f"a node without a machine: {id_}"

    def may_lie(self, path: str, nodes: dict[str, Any]) -> bool:
        """Whether a file or folder that is no disk may be there."""
        folder, _, rest = path.partition("/")
        if folder not in nodes:
            return False
        settings = self.relative(nodes[folder]["extra"]["settings_file"])
        return path in (settings, f"{settings}-prev") or \
            bool(re.fullmatch(r"|Snapshots|Logs(/.*)?|seed.*\.iso|Snapshots/.*\.sav", rest))

    def relative(self, location: str) -> str:
        return str(Path(location).relative_to(self.host.folder))

    # -- contents ---------------------------------------------------------------------------------

    def disk_of(self, kind: str, id_: str) -> Path | None:
        """The file of a thing's disk, where it is one alone."""
        if kind in ("image", "volume"):
            shown = next(each for each in self.lists[kind] if each["id"] == id_)
            return self.host.seen / self.relative(shown["location"])
        if kind == "node":
            found = [path for path in self.media if re.fullmatch(rf"{id_}/[^/]*\.vdi", path)]
            return self.host.seen / found[0] if len(found) == 1 else None
        return None


def odd_keys(state: State, known: set[str], names: set[str]) -> Iterator[str]:
    """The library's extra data that tells of nothing that is there."""
    for key, value in sorted(state.extra.items()):
        _, _, rest = key.partition("libcloud/")
        kind, _, id_ = rest.partition("/")
        if not rest or kind == "key":
            continue
        if kind in ("doing", "lock", "turn"):
            yield f"journal entry {rest}: {value}"
        elif not set(re.findall(UUID, id_)) & known and id_ not in names:
            yield f"record {rest}: {value}"


def is_copy(disk: Path, original: Path | None) -> bool:
    """Whether a disk begins with what another has, or nothing, and is zeros from there on."""
    command = ["qemu-img", "compare", "-U", "-f", "raw", str(original or "/dev/null"), "-F", "vdi",
               str(disk)]
    return subprocess.run(command, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT).returncode == 0
