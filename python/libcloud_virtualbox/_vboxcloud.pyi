# SPDX-License-Identifier: Apache-2.0
"""The C library for Python: one class, whose methods are the library's functions.

`vbc_node_start(host, id, opts, wait, err)` is `host.node_start(id, timeout_s=..., progress=...)`. Objects
are named by id or by a name that only one has. Every failure raises VboxcloudError. Calls release
the GIL; those with `timeout_s` let signals and asynchronous exceptions in at least once a second,
stop and undo what they began, and then let the exception out; so does one raised by `progress`.
"""
from __future__ import annotations

from types import TracebackType
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Type, Union, final

from ._types import (
    Display,
    Finding,
    Forward,
    HostInfo,
    Image,
    Key,
    Leftover,
    Location,
    Network,
    Node,
    Size,
    Snapshot,
    Volume,
)

# what, percent, bytes done, bytes in all (both 0 where work is not counted in bytes)
_Progress = Callable[[str, int, int, int], object]
# level (0 warning, 1 note, 2 trace of a call), one line; by any thread, with the GIL held
_Log = Callable[[int, str], object]

VERSION: str

NODE_NAME: int  # name, image, created_at_ms, tags
NODE_HARDWARE: int  # size, cpus, memory_mb, disk_gb, os_type, description
NODE_SIZE: int  # size, cpus, memory_mb, disk_gb; of our own nodes the disk as it was recorded
NODE_FILES: int  # settings_file, error
NODE_NETWORK: int  # adapters, forwards, addresses, public_ips, private_ips
NODE_ALL: int

class VboxcloudError(Exception):
    """str() is one sentence without full stop and without secrets."""

    code: str  # "VBC_E_BUSY": enum vbc_code
    hint: str  # "VBC_HINT_LIST_NODES": enum vbc_hint
    result: int  # VirtualBox's result code, 0 if none
    http: int  # HTTP status, 0 if none
    os: int  # errno or the transport's own code, 0 if none
    call: str  # the VirtualBox call that failed, "" if none
    component: str  # VirtualBox's component that failed, "" if unknown
    text: str

def size_parse(id: str, /) -> Size:
    """Reads "1_cpu-256_ram-30_disk" without asking a host."""

@final
class Host:
    """A handle of a VirtualBox host; see vboxcloud/host.h. Nothing is sent before the first call.

    Any thread may use it, and both sides of a fork. Handles with equal arguments share connections
    and the web session, which is kept for a minute after the last one, and ended by the process
    that logged on.
    """

    def __init__(
        self,
        url: Optional[str] = None,
        user: str = "",
        password: str = "",
        *,
        ca_file: Optional[str] = None,
        connect_timeout_s: float = 10,
        call_timeout_s: float = 60,
        log: Optional[_Log] = None,
        fingerprint: Optional[str] = None,
        dry_run: bool = False,
    ) -> None: ...
    @property
    def url(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def closed(self) -> bool: ...
    def close(self) -> None:
        """Ends the handle once no other thread is in a call of it. Further calls: ValueError."""
    def __enter__(self) -> Host: ...
    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None: ...
    def show(self) -> HostInfo: ...
    def check(self) -> List[Finding]: ...
    def cordon(self, on: bool) -> None: ...
    def gc(self, dry_run: bool = False, force: bool = False) -> List[Leftover]: ...
    def location_list(self) -> List[Location]: ...
    def size_list(self) -> List[Size]: ...
    def node_list(self, fields: int = ...) -> List[Node]: ...
    def node_get(self, id: str) -> Node: ...
    def node_create(
        self,
        name: str,
        *,
        image: Optional[str] = None,
        size: Optional[str] = None,
        description: Optional[str] = None,
        serial_file: Optional[str] = None,
        serial: bool = False,
        iso: Optional[str] = None,
        no_start: bool = False,
        linked: bool = False,
        os_type: Optional[str] = None,
        firmware: Optional[str] = None,
        networks: Sequence[str] = (),
        forwards: Sequence[Dict[str, object]] = (),
        tags: Dict[str, str] = {},
        display: bool = False,
        display_port: int = 0,
        display_address: Optional[str] = None,
        display_password: Optional[str] = None,
        display_no_password: bool = False,
        ssh_keys: Sequence[str] = (),
        password: Optional[str] = None,
        user_data: Union[str, bytes, bytearray, None] = None,
        hostname: Optional[str] = None,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> Node:
        """With a first boot (vboxcloud/first-boot.h) if one of its four is given.

        `networks`: what its adapters are attached to, as "nat", "bridged:eth0"; at most 8.
        `forwards`: dicts of what forward_add() takes, but for the node; without one to TCP port 22
        there is one more, "ssh". `display_...`: as display_enable(), with `display`.
        """
    def node_clone(
        self,
        id: str,
        name: str,
        *,
        size: Optional[str] = None,
        no_start: bool = False,
        snapshot: Optional[str] = None,
        linked: bool = False,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> Node: ...
    def node_log(self, id: str) -> str: ...
    def node_console(self, id: str) -> str: ...
    def first_boot_replace(
        self,
        node: str,
        *,
        ssh_keys: Sequence[str] = (),
        password: Optional[str] = None,
        user_data: Union[str, bytes, bytearray, None] = None,
        hostname: Optional[str] = None,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> None: ...
    def node_start(
        self,
        id: str,
        *,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> None: ...
    def node_stop(
        self,
        id: str,
        force: bool = False,
        *,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> None: ...
    def node_reboot(
        self,
        id: str,
        force: bool = False,
        *,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> None: ...
    def node_pause(self, id: str) -> None: ...
    def node_suspend(
        self,
        id: str,
        *,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> None: ...
    def node_resume(
        self,
        id: str,
        *,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> None: ...
    def node_discard_state(self, id: str) -> None: ...
    def node_rename(self, id: str, name: str) -> None: ...
    def node_describe(self, id: str, description: str) -> None: ...
    def node_rebuild(
        self,
        id: str,
        image: str,
        *,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> Node: ...
    def node_resize(
        self,
        id: str,
        size: str,
        *,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> None: ...
    def node_tag(self, id: str, key: str, value: Optional[str] = None) -> None: ...
    def node_protect(self, id: str, on: bool) -> None: ...
    def node_destroy(
        self,
        id: str,
        *,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> None: ...
    def node_eject(
        self,
        id: str,
        *,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> None: ...
    def node_wait(
        self,
        id: str,
        state: str,
        *,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> None: ...
    def node_screenshot(self, id: str) -> bytes:
        """A picture of the screen: PNG."""
    def image_list(self) -> List[Image]: ...
    def image_get(self, id: str) -> Image: ...
    def image_import(
        self,
        file: str,
        *,
        name: Optional[str] = None,
        os_type: Optional[str] = None,
        description: Optional[str] = None,
        min_cpus: int = 0,
        min_memory_mb: int = 0,
        min_disk_gb: int = 0,
        init: Optional[str] = None,
        format: Optional[str] = None,
        firmware: Optional[str] = None,
        username: Optional[str] = None,
        sha256: Optional[str] = None,
        checksum_url: Optional[str] = None,
        max_gb: int = 0,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> Image: ...
    def image_create(
        self,
        node: str,
        name: str,
        *,
        os_type: Optional[str] = None,
        description: Optional[str] = None,
        init: Optional[str] = None,
        min_cpus: int = 0,
        min_memory_mb: int = 0,
        min_disk_gb: int = 0,
        firmware: Optional[str] = None,
        username: Optional[str] = None,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> Image: ...
    def image_copy(
        self,
        id: str,
        name: str,
        *,
        os_type: Optional[str] = None,
        description: Optional[str] = None,
        init: Optional[str] = None,
        min_cpus: int = 0,
        min_memory_mb: int = 0,
        min_disk_gb: int = 0,
        firmware: Optional[str] = None,
        username: Optional[str] = None,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> Image: ...
    def image_update(
        self,
        id: str,
        *,
        name: Optional[str] = None,
        os_type: Optional[str] = None,
        description: Optional[str] = None,
        init: Optional[str] = None,
        min_cpus: int = 0,
        min_memory_mb: int = 0,
        min_disk_gb: int = 0,
        firmware: Optional[str] = None,
        username: Optional[str] = None,
    ) -> Image: ...
    def image_export(
        self,
        id: str,
        file: str,
        *,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> str:
        """Its SHA-256, in hexadecimal."""
    def image_delete(self, id: str) -> None: ...
    def volume_list(self) -> List[Volume]: ...
    def volume_get(self, id: str) -> Volume: ...
    def volume_create(
        self,
        name: str,
        *,
        size_gb: int = 0,
        snapshot: Optional[str] = None,
        dynamic: bool = False,
        node: Optional[str] = None,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> Volume: ...
    def volume_rename(self, volume: str, name: str) -> None: ...
    def volume_attach(self, volume: str, node: str) -> None: ...
    def volume_detach(self, volume: str) -> None: ...
    def volume_resize(
        self,
        volume: str,
        size_gb: int,
        *,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> None: ...
    def volume_destroy(self, volume: str) -> None: ...
    def snapshot_list(
        self, *, volume: Optional[str] = None, node: Optional[str] = None
    ) -> List[Snapshot]: ...
    def snapshot_create(
        self,
        *,
        volume: Optional[str] = None,
        node: Optional[str] = None,
        name: Optional[str] = None,
        description: Optional[str] = None,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> Snapshot: ...
    def snapshot_revert(
        self,
        node: str,
        snapshot: Optional[str] = None,
        *,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> None: ...
    def snapshot_delete(
        self,
        snapshot: Optional[str] = None,
        *,
        node: Optional[str] = None,
        timeout_s: Optional[float] = None,
        progress: Optional[_Progress] = None,
    ) -> None: ...
    def key_list(self) -> List[Key]: ...
    def key_get(self, name: str) -> Key: ...
    def key_create(self, name: str) -> Key: ...
    def key_import(self, name: str, public_key: str) -> Key: ...
    def key_delete(self, name: str) -> None: ...
    def display_get(self, node: str) -> Display: ...
    def display_enable(
        self,
        node: str,
        *,
        port: int = 0,
        address: Optional[str] = None,
        password: Optional[str] = None,
        no_password: bool = False,
    ) -> Display: ...
    def display_disable(self, node: str) -> None: ...
    def forward_list(self, node: Optional[str] = None) -> List[Forward]: ...
    def forward_add(
        self,
        node: str,
        *,
        guest_port: int,
        host_port: int = 0,
        name: Optional[str] = None,
        adapter: int = 0,
        protocol: Optional[str] = None,
        host_ip: Optional[str] = None,
        guest_ip: Optional[str] = None,
    ) -> Forward: ...
    def forward_delete(self, node: str, name: str) -> None: ...
    def network_list(self) -> List[Network]: ...
    def network_create(
        self,
        kind: str,
        *,
        name: Optional[str] = None,
        cidr: Optional[str] = None,
        no_dhcp: bool = False,
    ) -> Network: ...
    def network_delete(self, name: str) -> None: ...
    def network_attach(self, node: str, network: str) -> int:
        """Attaches the first free adapter, and returns its number."""
    def network_detach(self, node: str, slot: int) -> None: ...

@final
class Fleet:
    """Several hosts that are asked at the same time; see vboxcloud/fleet.h. Nothing is sent before
    the first call.

    Any thread may use it, and both sides of a fork. A signal or an asynchronous exception ends a
    call within a second or so, and comes out of it. Failures are by the number of the host.
    """

    def __init__(
        self,
        members: Sequence[Tuple[str, Dict[str, Any]]],
        *,
        timeout_s: float = 5,
        seen_folder: Optional[str] = None,
    ) -> None:
        """`members`: names, and the arguments of Host, but for its `log`."""
    @property
    def closed(self) -> bool: ...
    def close(self) -> None:
        """Ends the fleet once no other thread is in a call of it. Further calls: ValueError."""
    def node_list(
        self, fields: int = ..., /
    ) -> Tuple[List[Tuple[int, int, Node]], List[Tuple[int, VboxcloudError]]]:
        """The nodes of all hosts, by name, each with the number of its host and, if that did not
        answer, when it told of it last (ms since 1970 UTC, else 0); and the failures."""
    def each(
        self, method: str, /, *args: Any, **kwargs: Any
    ) -> Tuple[List[Tuple[int, Any]], List[Tuple[int, VboxcloudError]]]:
        """What a method of Host returns for each host, by its number; and the failures. For what
        only reads: the call ends when its time is over."""
