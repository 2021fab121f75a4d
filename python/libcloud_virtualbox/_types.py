# SPDX-License-Identifier: Apache-2.0
"""What the extension returns: plain dicts, with the fields of the C library's structs.

Times are milliseconds since 1970 UTC, 0 where unknown; strings are "" where there is nothing.
"""
from __future__ import annotations

from typing import List, TypedDict


class HostInfo(TypedDict):
    url: str
    version: str
    api_version: str
    os: str
    cpus: int
    memory_mb: int
    memory_available_mb: int
    machine_folder: str
    images_folder: str
    volumes_folder: str
    snapshots_folder: str
    cordoned: bool
    cordoned_at_ms: int


class Finding(TypedDict):
    number: int
    level: str  # "ok", "warning", "error"
    subject: str
    text: str
    hint: str  # "VBC_HINT_URL": enum vbc_hint


class Leftover(TypedDict):
    kind: str
    id: str
    text: str


class Display(TypedDict):
    node: str
    enabled: bool
    listening: bool
    has_password: bool
    kind: str  # "none", "vnc", "rdp"
    ext_pack: str
    address: str  # "0.0.0.0" all of the host's addresses; "" not enabled
    port: int


class Forward(TypedDict):
    node: str
    name: str
    adapter: int
    protocol: str  # "tcp", "udp"
    host_ip: str  # "" all of the host's addresses
    host_port: int
    guest_ip: str  # "" the guest's own
    guest_port: int


class NetworkAdapter(TypedDict):
    slot: int  # from 0
    kind: str  # "nat", "natnetwork", "bridged", "internal", "hostonly", "hostonlynet", "generic",
    #            "none", "unknown"
    network: str
    mac: str


class Address(TypedDict):
    host: str
    port: int  # 0: all of the guest's own address
    guest_port: int
    adapter: int
    source: str  # "guest", "lease", "forward"


class Tag(TypedDict):
    key: str
    value: str


class Node(TypedDict):
    id: str
    name: str
    state: str  # "running", "starting", "stopping", "stopped", "paused", "suspended", "updating",
    #             "error", "unknown"
    machine_state: str
    size: str
    image: str
    created_at_ms: int
    cpus: int
    memory_mb: int
    disk_gb: int
    os_type: str
    description: str
    settings_file: str
    error: str
    adapters: List[NetworkAdapter]  # those that are switched on
    forwards: List[Forward]
    addresses: List[Address]
    tags: List[Tag]
    public_ips: List[str]  # the guest's own
    private_ips: List[str]
    firmware: str  # as in Image; "" in lists
    username: str
    protected: bool
    iso: str  # path on the host; "" none, and in lists


class Image(TypedDict):
    id: str
    name: str
    location: str
    format: str
    size_bytes: int
    used_bytes: int
    created_at_ms: int
    os_type: str
    description: str
    min_cpus: int
    min_memory_mb: int
    min_disk_gb: int
    init: str  # "nocloud", "dmi", "none": how its guest learns of its first boot
    origin: str
    sha256: str
    firmware: str  # "bios", "efi", "efi-secure", …; "" unknown
    chipset: str  # "piix3", "ich9", …
    tpm: str  # "none", "1.2", "2.0", "host"
    username: str  # who logs in to its nodes


class Volume(TypedDict):
    id: str
    name: str
    location: str
    size_bytes: int
    used_bytes: int
    size_gb: int
    dynamic: bool
    created_at_ms: int
    snapshot: str
    node: str
    device: str


class Snapshot(TypedDict):
    id: str
    name: str
    kind: str  # "volume", "node": what it is of
    of: str
    of_name: str
    parent: str
    description: str
    created_at_ms: int
    size_bytes: int
    running: bool
    current: bool


class Key(TypedDict):
    name: str
    public_key: str
    fingerprint: str
    private_key: str
    created_at_ms: int


class Size(TypedDict):
    id: str
    name: str
    cpus: int
    ram_mb: int
    disk_gb: int


class Location(TypedDict):
    id: str
    name: str
    host: str
    version: str


class Network(TypedDict):
    kind: str  # as of NetworkAdapter
    name: str
    cidr: str  # "" none
    dhcp: bool
    up: bool
