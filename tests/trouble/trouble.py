# SPDX-License-Identifier: Apache-2.0
"""What the tests of trouble share: a host of their own, its state seen past the library, TAP.

The host's state is read over SOAP with a few lines of our own, since VBoxManage takes a third of a
second and these tests look hundreds of times; `in_virtualbox` asks VBoxManage.
"""
from __future__ import annotations

import html
import http.client
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar
from urllib.parse import urlsplit

sys.dont_write_bytecode = True
TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "cli")]

import between
import cli
import sample
from cli import (HOME, Result, done, fails, finish, is_fine, ok, run, skip, skip_all, start,
                 wait_past_bios)
from proxylib.client import Proxy

__all__ = ["HOME", "IMAGE", "SIZE", "Host", "Proxy", "Result", "Soap", "State", "done", "fails", "finish",
           "Workers", "between", "cli", "is_fine", "ok", "run", "sample", "skip", "skip_all", "start",
           "wait_past_bios"]

VBOXHOST = TESTS / "vboxhost"
SIZE = "1_cpu-64_ram-1_disk"
IMAGE = "empty"
AT_REST = {("PoweredOff", "Unlocked"), ("Aborted", "Unlocked"), ("Running", "Locked")}

# So that a host is taken down whatever ends the test.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
_RETURN = re.compile(rb"<returnval[^>]*>([^<]*)</returnval>")
_FAULT = re.compile(rb"<faultstring>([^<]*)</faultstring>")


class Fault(Exception):
    """The host refused a raw call."""


class Soap:
    """Raw calls to vboxwebsrv; values are strings, lists of strings or none."""

    def __init__(self, url: str, user: str = "", password: str = ""):
        self.address = urlsplit(url).netloc
        self.connection: http.client.HTTPConnection | None = None
        self.vbox = self.one("IWebsessionManager_logon", username=user, password=password)

    def call(self, method: str, this: str | None = None, **arguments: object) -> list[str]:
        """All values it returned."""
        values = [("_this", this)] if this else []
        for name, value in arguments.items():
            values += [(name, each) for each in (value if isinstance(value, list) else [value])]
        inside = "".join(f"<{name}>{html.escape(str(value))}</{name}>" for name, value in values)
        body = ('<?xml version="1.0"?><e:Envelope '
                'xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" '
                f'xmlns:v="http://www.virtualbox.org/"><e:Body><v:{method}>{inside}</v:{method}>'
                "</e:Body></e:Envelope>").encode()
        status, reply = self._post(body)
        if status != 200:
            fault = _FAULT.search(reply)
            raise Fault(fault.group(1).decode() if fault else "")
        return [html.unescape(value.decode()) for value in _RETURN.findall(reply)]

    def one(self, method: str, this: str | None = None, **arguments: object) -> str:
        """The one value it returned."""
        return (self.call(method, this, **arguments) or [""])[0]

    def _post(self, body: bytes) -> tuple[int, bytes]:
        for attempt in range(2):
            if not self.connection:
                self.connection = http.client.HTTPConnection(self.address, timeout=60)
            try:
                self.connection.request("POST", "/", body, {"Content-Type": "text/xml"})
                reply = self.connection.getresponse()
                data = reply.read()
            except (http.client.HTTPException, ConnectionError):
                self.connection = None
                if attempt:
                    raise
                continue
            if reply.will_close:
                self.connection = None
            return reply.status, data
        raise AssertionError


@dataclass
class State:
    """All that a command can leave on a host."""
    machines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    forwards: set[str] = field(default_factory=set)
    networks: set[str] = field(default_factory=set)
    hardware: set[str] = field(default_factory=set)

    def against(self, before: State) -> list[str]:
        """What has come, gone or changed."""
        changes = [f"{'+' if new else '-'} {each}" for new, these in
                   ((True, self.files - before.files), (False, before.files - self.files),
                    (True, self.forwards - before.forwards), (False, before.forwards - self.forwards),
                    (True, self.networks - before.networks), (False, before.networks - self.networks),
                    (True, self.hardware - before.hardware), (False, before.hardware - self.hardware))
                   for each in sorted(these)]
        for now, then in ((self.machines, before.machines), (self.media, before.media),
                          (self.extra, before.extra)):
            changes += [f"{key}: {then.get(key)} -> {now.get(key)}"
                        for key in sorted(now.keys() | then.keys()) if now.get(key) != then.get(key)]
        return changes


class Host:
    """A host that lives as long as its `with` block."""

    def __init__(self, name: str, *options: str):
        self.name, self.options = f"trouble-{name}-{os.getpid()}", options
        self._soap: Soap | None = None

    def __enter__(self) -> Host:
        self.vboxhost("up", *self.options)
        self.env: dict[str, str] = {}
        for line in self.vboxhost("env").splitlines():
            words = shlex.split(line)
            if words[0] == "export":
                self.env.update([words[1].split("=", 1)])
        self.url = self.env["VBOXCLOUD_HOST"]
        found = re.search(r"Default machine folder: +(.*)", self.manage("list", "systemproperties"))
        self.folder = Path(found.group(1))  # type: ignore[union-attr]
        return self

    def __exit__(self, *_: object) -> None:
        self.vboxhost("down")

    def vboxhost(self, *words: str, check: bool = True) -> str:
        """Runs tests/vboxhost for this host."""
        done_ = subprocess.run([str(VBOXHOST), words[0], "--name", self.name, *words[1:]],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               check=False, stdin=subprocess.DEVNULL)
        if check and done_.returncode:
            raise RuntimeError(f"vboxhost {' '.join(words)}: {done_.stderr}")
        return done_.stdout

    def manage(self, *words: str) -> str:
        """Runs VBoxManage on the host."""
        return self.vboxhost("manage", *words)

    def restart(self, *options: str) -> None:
        """A new vboxwebsrv and VBoxSVC on the same port."""
        self._soap = None
        self.vboxhost("restart", *options)

    def forget_sessions(self) -> list[str]:
        """Ends the web sessions that have locks, as if their programs had been gone for long; the
        locks, which stay."""
        self._soap = None  # ours may have ended
        keys = [key for key in self.state().extra if key.startswith("libcloud/lock/")]
        first = self.soap.vbox.partition("-")[2]  # what each session has at the same place
        for key in keys:
            session = key.rpartition("/")[2].partition("-")[0]
            self.soap.call("IWebsessionManager_logoff", refIVirtualBox=f"{session}-{first}")
        return keys

    @property
    def seen(self) -> Path:
        """The machine folder as its processes see it: a small disk is theirs alone."""
        if "--disk-mib" not in self.options:
            return self.folder
        pid = next(line.split()[0] for line in self.vboxhost("pids").splitlines()
                   if not line.endswith("VBoxHeadless"))  # which may end meanwhile
        return Path(f"/proc/{pid}/root{self.folder}")

    def put_image(self, name: str = IMAGE) -> str:
        """An empty disk among the images, put there by VBoxManage; its id."""
        path = self.folder / "images" / f"{name}.vdi"
        said = self.manage("createmedium", "disk", "--filename", str(path), "--size", "8")
        return said.split()[-1]

    def between_commands(self) -> None:
        """What the runner wants done between each two of them."""
        if between.before(self.name):
            self._soap = None

    def cloud(self, *words: str, url: str | None = None, **options: object) -> Result:
        """Runs the command on the host, or on the host as seen through a proxy."""
        self.between_commands()
        return cli.run(*words, env=self.env | {"VBOXCLOUD_HOST": url or self.url}, **options)

    def must(self, *words: str) -> Result:
        """A command that prepares a test or puts things back: it has to succeed."""
        result = self.cloud(*words)
        if result.status:
            raise RuntimeError(f"vboxcloud {' '.join(words)}: {result.err}")
        return result

    def start_at(self, proxy: Proxy, rule: dict[str, object], *words: str) -> subprocess.Popen[str]:
        """Starts the command through the proxy, and returns when its call has met the rule."""
        proxy.rules([rule])
        process = self.start(*words, url=proxy.url)
        while not proxy.calls()["fired"][0]:
            if process.poll() is not None:
                raise RuntimeError(f"{words} ended before {rule}: {finish(process).err}")
            time.sleep(0.05)
        return process

    def start(self, *words: str, url: str | None = None) -> subprocess.Popen[str]:
        """Starts the command as `cloud` does."""
        self.between_commands()
        return start(*words, env=self.env | {"VBOXCLOUD_HOST": url or self.url})

    def create(self, *words: str, name: str = "n") -> str:
        """A node; its id."""
        made = self.must("node", "create", "--image", IMAGE, "--size", SIZE, "--output", "tsv",
                         *words, "--", name)
        return dict(line.split("\t", 1) for line in made.out.splitlines())["id"]

    @property
    def soap(self) -> Soap:
        """Raw calls, in one web session."""
        if not self._soap:
            self._soap = Soap(self.url)
        return self._soap

    def state(self) -> State:
        """What there is now."""
        soap, state = self.soap, State()
        for ref in soap.call("IVirtualBox_getMachines", soap.vbox):
            if soap.one("IMachine_getAccessible", ref) != "true":
                state.machines[soap.one("IMachine_getId", ref)] = ("", "Inaccessible", "Unlocked")
                continue
            state.machines[soap.one("IMachine_getId", ref)] = tuple(
                soap.one(f"IMachine_get{what}", ref) for what in ("Name", "State", "SessionState"))
            state.hardware.add(f"{soap.one('IMachine_getCPUCount', ref)} CPUs, "
                               f"{soap.one('IMachine_getMemorySize', ref)} MiB")
            server = soap.one("IMachine_getVRDEServer", ref)
            if soap.one("IVRDEServer_getEnabled", server) == "true":
                port = soap.one("IVRDEServer_getVRDEProperty", server, key="TCP/Ports")
                state.hardware.add(f"display on {port}")
            path = soap.one("ISerialPort_getPath", soap.one("IMachine_getSerialPort", ref, slot=0))
            if path:
                state.hardware.add(f"serial port to {path.rpartition('/')[2]}")
            for slot in range(2):
                adapter = soap.one("IMachine_getNetworkAdapter", ref, slot=slot)
                if soap.one("INetworkAdapter_getEnabled", adapter) == "true":
                    kind = soap.one("INetworkAdapter_getAttachmentType", adapter)
                    state.networks.add(f"adapter {slot}: {kind}")
                engine = soap.one("INetworkAdapter_getNATEngine", adapter)
                state.forwards.update(soap.call("INATEngine_getRedirects", engine))
        for ref in soap.call("IVirtualBox_getNATNetworks", soap.vbox):
            state.networks.add(soap.one("INATNetwork_getNetworkName", ref))
        for ref in soap.call("IVirtualBox_getHardDisks", soap.vbox):
            path = os.path.relpath(soap.one("IMedium_getLocation", ref), self.folder)
            state.media[path] = soap.one("IMedium_refreshState", ref)
        for key in soap.call("IVirtualBox_getExtraDataKeys", soap.vbox):
            state.extra[key] = soap.one("IVirtualBox_getExtraData", soap.vbox, key=key)
        seen = self.seen
        state.files = {str(path.relative_to(seen)) for path in seen.rglob("*")}
        return state

    def settled(self) -> State:
        """What there is when all is at rest, without what a start and a stop change rightly."""
        for _ in range(100):
            state = self.state()
            if all(of[1:] in AT_REST for of in state.machines.values()):
                break
            time.sleep(0.1)
        state.files = {path for path in state.files
                       if "/Logs" not in path and not path.endswith("-prev")}
        if between.HOW:  # with the service ended the session that had locked a machine
            state.machines = {id_: tuple("PoweredOff" if word == "Aborted" else word for word in of)
                              for id_, of in state.machines.items()}
        return state

    def scrub(self, clean: State) -> None:
        """Goes back to a state by force, so that one failure is not the next one's."""
        self.restart()
        for id_ in self.state().machines.keys() - clean.machines.keys():
            self.manage("unregistervm", id_, "--delete")
        for path in self.state().media.keys() - clean.media.keys():
            self.manage("closemedium", "disk", str(self.folder / path), "--delete")
        for key in self.state().extra.keys() - clean.extra.keys():
            self.manage("setextradata", "global", key)
        for path in self.state().files - clean.files:
            shutil.rmtree(self.folder / path, ignore_errors=True)
            (self.folder / path).unlink(missing_ok=True)

    def in_virtualbox(self) -> tuple[list[str], list[str], list[str]]:
        """Machines, disks and the library's keys as VBoxManage shows them."""
        vms = self.manage("list", "vms").splitlines()
        disks = re.findall(r"^Location: +(.*)", self.manage("list", "hdds"), re.M)
        extra = self.manage("getextradata", "global", "enumerate").splitlines()
        return sorted(vms), sorted(disks), sorted(line for line in extra if "libcloud" in line)


Item, Answer = TypeVar("Item"), TypeVar("Answer")


class Workers:
    """Some threads, with a proxy to the host each; one where the host starts anew between commands,
    as it would under those of others."""

    def __init__(self, url: str):
        self.url, self.number = url, 1 if between.HOW else 3
        self.proxies: SimpleQueue[Proxy] = SimpleQueue()
        self.stack = ExitStack()

    def __enter__(self) -> Workers:
        for _ in range(self.number):
            self.proxies.put(self.stack.enter_context(Proxy(self.url)))
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def each(self, work: Callable[[Proxy, Item], Answer], items: Iterable[Item]) -> list[Answer]:
        """What the work on each of these came to."""
        def one(item: Item) -> Answer:
            proxy = self.proxies.get()
            try:
                return work(proxy, item)
            finally:
                self.proxies.put(proxy)

        with ThreadPoolExecutor(self.number) as pool:
            return list(pool.map(one, items))
