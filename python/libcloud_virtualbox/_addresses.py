# SPDX-License-Identifier: Apache-2.0
"""Where nodes are reached: at addresses of their own, or at ports of their host."""
from __future__ import annotations

import ipaddress
import socket
from functools import lru_cache
from typing import Any, Optional

from . import _types
from ._networks import word_of

SSH_PORT = 22
_LOOPBACK, _ALL = "127.0.0.1", ""


_resolved = lru_cache(maxsize=64)(socket.gethostbyname)  # what fails is asked again


def _ipv4(host: str) -> str:
    """The IPv4 address of a name, or the name itself where it has none."""
    try:
        return _resolved(host)
    except (OSError, UnicodeError):
        return host


@lru_cache(maxsize=256)  # of all nodes' forwards the same few, at each list
def _is(what: str, address: str) -> bool:
    try:  # of IPv6 Python takes a scope, which may be nearly any text: fe80::1%text
        return "%" not in address and bool(getattr(ipaddress.ip_address(address), what))
    except ValueError:
        return False


def is_here(host: str) -> bool:
    """Whether a host is this machine, as far as its address tells."""
    return _is("is_loopback", _ipv4(host))


def ssh_address(chosen: Optional[str], host: str) -> str:
    """Where on the host a node's SSH port is forwarded, so that who reaches `host` reaches it."""
    if chosen is None:
        return _LOOPBACK if is_here(host) else _ALL
    return chosen


def _listens_at(forward: _types.Forward, host: str) -> str:
    """The address at which a forward is reached by who reaches the host as `host`."""
    address = forward["host_ip"]
    return _ipv4(host) if not address or _is("is_unspecified", address) else address


def _usable(forwards: list[_types.Forward]) -> list[_types.Forward]:
    """Those at an address of the host: other tools may write anything, which nobody is to look up."""
    return [each for each in forwards if not each["host_ip"] or _is("version", each["host_ip"])]


def _ways_to_ssh(forwards: list[_types.Forward], host: str) -> list[tuple[str, int]]:
    """Addresses and ports of the host that lead to a node's SSH server.

    A forward that listens on the host's loopback address is one for programs on the host only.
    """
    local = is_here(host)
    found = []
    for forward in _usable(forwards):
        address = _listens_at(forward, host)
        if (forward["protocol"], forward["guest_port"]) == ("tcp", SSH_PORT):
            if local or not _is("is_loopback", address):
                found.append((address, forward["host_port"]))
    return found


def leads_to_ssh(wishes: list[dict[str, Any]], host: str) -> bool:
    """Whether one of a new node's forwards will lead who reaches `host` to its SSH server."""
    forwards: Any = [{"host_port": 0, **wish} for wish in wishes]
    return bool(_ways_to_ssh(forwards, host))


def public_ips(node: _types.Node, host: str) -> list[str]:
    """The host's address first, if it forwards a port to the node's SSH server; its own public."""
    ways = [address for address, _ in _ways_to_ssh(node["forwards"], host)]
    return list(dict.fromkeys([*ways, *node["public_ips"]]))


def _ports(forwards: list[_types.Forward], host: str, reached: list[str]) -> list[dict[str, Any]]:
    """The forwards at the addresses at which a node is reached, in the words that docker has."""
    found = [
        {
            "IP": _listens_at(forward, host),
            "PublicPort": forward["host_port"],
            "PrivatePort": forward["guest_port"],
            "Type": forward["protocol"],
        }
        for forward in _usable(forwards)
    ]
    return [each for each in found if each["IP"] in reached]


def shown(node: _types.Node, host: str) -> dict[str, Any]:
    """What `extra` tells of a node's network."""
    forwards = node["forwards"]
    ways = _ways_to_ssh(forwards, host)
    return {
        "ssh_port": ways[0][1] if ways else SSH_PORT,
        "ports": _ports(forwards, host, public_ips(node, host)),
        "port_forwards": [
            {
                "name": forward["name"],
                "public_port": forward["host_port"],
                "local_port": forward["guest_port"],
                "protocol": forward["protocol"].upper(),
            }
            for forward in forwards
        ],
        "addresses": [dict(address) for address in node["addresses"]],
        "network_adapters": [
            {**adapter, "kind": word_of(adapter["kind"])} for adapter in node["adapters"]
        ],
    }


def port_at(extra: dict[str, Any], address: str, port: int) -> int:
    """The port by which a guest's TCP port is reached at an address: the forwarded one, or itself."""
    for each in extra.get("ports") or []:
        if (each["IP"], each["PrivatePort"], each["Type"]) == (address, port, "tcp"):
            return int(each["PublicPort"])
    return port
