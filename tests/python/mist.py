# SPDX-License-Identifier: Apache-2.0
"""What mist.io does with a driver's objects, in our own words: it makes dicts of them, stores these
as documents, and compares them with those of the last poll.
"""
from __future__ import annotations

import copy
import json
import pickle
from datetime import datetime
from typing import Any

from libcloud.compute.types import NodeState

# The states that mist knows.
STATES = ("running", "starting", "stopping", "stopped", "rebooting", "pending", "unknown",
          "updating", "error", "paused", "suspended", "reconfiguring", "migrating")
HUGE = 1 << 63


def plain(thing: Any) -> dict[str, Any]:
    """An object as a dict: all its attributes but the driver, with size and image as dicts."""
    known = {k: v for k, v in vars(thing).items() if k != "driver"}
    for name in ("size", "image"):
        if hasattr(known.get(name), "__dict__"):
            known[name] = plain(known[name])
    known["extra"] = json.loads(json.dumps(known["extra"]))
    if "state" in known:
        known["state"] = str(known["state"])
    return known


def complaints_of_json(thing: Any, where: str = "extra") -> list[str]:
    """What a document cannot hold, or would change: big numbers, keys with a dot or a dollar."""
    if isinstance(thing, dict):
        found = [f"{where}: key {key!r}" for key in thing
                 if not isinstance(key, str) or "." in key or "$" in key or key == "_cls"]
        return found + [each for key, value in thing.items()
                        for each in complaints_of_json(value, f"{where}.{key}")]
    if isinstance(thing, list):
        return [each for value in thing for each in complaints_of_json(value, where)]
    if isinstance(thing, bool) or thing is None or isinstance(thing, (str, float)):
        return []
    if isinstance(thing, int):
        return [] if -HUGE <= thing < HUGE else [f"{where}: {thing} has more than 64 bits"]
    return [f"{where}: {type(thing).__name__}"]


def complaints_of_ports(extra: dict[str, Any]) -> list[str]:
    """Of the map of ports by which mist finds a node's SSH."""
    return [f"port {port!r}" for port in extra.get("ports", [])
            if set(port) != {"IP", "PublicPort", "PrivatePort", "Type"}
            or not isinstance(port["PublicPort"], int) or not isinstance(port["PrivatePort"], int)]


def complaints_of_node(node: Any) -> list[str]:
    """What mist could not take in a node."""
    found = complaints_of_json(node.extra) + complaints_of_ports(node.extra)
    known = plain(node)
    if not (isinstance(node.id, str) and node.id and isinstance(node.name, str)):
        found.append(f"id {node.id!r}, name {node.name!r}")
    if not isinstance(node.state, NodeState) or known["state"] not in STATES:
        found.append(f"state {node.state!r}")
    if known["state"] is not getattr(NodeState, node.state.name).value:
        found.append("the state is not NodeState's own")
    addresses = node.public_ips + node.private_ips
    if not all(isinstance(each, str) for each in addresses) or "10.0.2.15" in addresses:
        found.append(f"addresses {addresses}")
    found += [f"port at {port['IP']}, which is none of {node.public_ips}"
              for port in node.extra.get("ports", []) if port["IP"] not in node.public_ips]
    if node.created_at is not None and not (isinstance(node.created_at, datetime)
                                            and node.created_at.tzinfo is None):
        found.append(f"created at {node.created_at!r}")
    if not isinstance(node.extra.get("cpus"), int) or not isinstance(node.extra.get("memory"), int):
        found.append("no CPUs or memory in extra")
    if not node.driver or hasattr(node, "__slots__"):
        found.append("mist does not see the driver in it")
    pickle.dumps({k: v for k, v in known.items() if k not in ("size", "image")})
    return found


def complaints_of_listed(things: list[Any]) -> list[str]:
    """What mist could not take in sizes, images, locations, volumes or networks."""
    found = []
    for thing in things:
        found += complaints_of_json(thing.extra)
        if not isinstance(thing.name, str) or not isinstance(thing.id, str):
            found.append(f"id {thing.id!r}, name {thing.name!r}")
        if copy.deepcopy(thing.extra) != thing.extra:
            found.append(f"extra of {thing.id} cannot be copied")
    if len({thing.id for thing in things}) != len(things):
        found.append("two have the same id")
    return found
