# SPDX-License-Identifier: Apache-2.0
"""What is done to the host and the network, one after the other, in an order that the seed gives."""
from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from proxylib.client import Proxy
from trouble import Host

from soaklib.journal import Journal, Trouble
from soaklib.model import Model
from soaklib.service import Service

HOUR_MS = 3600 * 1000
MIB = 1 << 20
FILLER = "filler"
LOOK_S = 0.2  # between two looks at VBoxSVC
SAVES = 20  # attempts: others may have a machine locked
CLOCK = "IHost_getUTCTime"
CUTS: tuple[dict[str, object], ...] = ({"do": "close"}, {"do": "cut"}, {"do": "half"},
                                       {"do": "close", "ms": 3000})


class TroubleMaker(threading.Thread):
    """Makes trouble until it is told to stop; `still` keeps it from that for a while."""

    def __init__(self, host: Host, proxies: list[Proxy], model: Model, journal: Journal, seed: int,
                 pause_s: float, folder: Path):
        super().__init__(daemon=True)
        self.host, self.proxies, self.model, self.journal = host, proxies, model, journal
        self.rng, self.pause_s = random.Random(f"{seed}/trouble"), pause_s
        self.still, self.over = threading.Lock(), threading.Event()
        self.ahead_ms = 0
        self.service, self.folder = Service(host), folder
        self.kinds: list[Callable[[], None]] = [
            self.kill_service, self.kill_vboxsvc, self.kill_both, self.restart, self.fill_disk,
            self.cut_all, self.cut_some, self.step_clock, self.kill_machine]

    def run(self) -> None:
        deck: list[Callable[[], None]] = []
        while not self.over.is_set():
            self.rest(self.rng.uniform(0.5, 1.5) * self.pause_s)
            deck = deck or self.rng.sample(self.kinds, len(self.kinds))
            with self.still:
                if not self.over.is_set():
                    self.make(deck.pop())
                    self.service = Service(self.host)

    def rest(self, seconds: float) -> None:
        """Until the next trouble; but VirtualBox makes some itself."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.over.wait(LOOK_S):
            with self.still:
                if self.service.has_ended():
                    self.make(self.replace_service)
                    self.service = Service(self.host)

    def make(self, kind: Callable[[], None]) -> None:
        """One trouble."""
        try:
            kind()
        except Exception as error:  # pylint: disable=broad-except
            self.journal.complain("the soak itself", f"{kind.__name__}: {error!r}")

    @contextlib.contextmanager
    def trouble(self, kind: str, what: str) -> Iterator[Trouble]:
        """It lasts as long as the block."""
        begun = self.journal.begins(kind, what)
        try:
            yield begun
        finally:
            self.journal.ends(begun)

    # -- the services -----------------------------------------------------------------------------

    def kill_service(self) -> None:
        """vboxwebsrv alone: what it did for clients goes on in VBoxSVC."""
        with self.trouble("service", "vboxwebsrv killed"):
            self.kill("vboxwebsrv")
            time.sleep(self.rng.uniform(0, 3))
            self.host.restart("--quick", "--keep-running")

    def kill_vboxsvc(self) -> None:
        """vboxwebsrv does not recover of it, so it is restarted; machines end with VBoxSVC."""
        with self.trouble("service", "VBoxSVC killed"):
            self.host.vboxhost("kill-svc")
            self.rescue_settings()
            time.sleep(self.rng.uniform(0, 4))
            self.host.restart("--quick")
        self.model.stopped()

    def kill_both(self) -> None:
        """As a power failure would."""
        with self.trouble("service", "vboxwebsrv and VBoxSVC killed"):
            self.kill("vboxwebsrv")
            self.host.vboxhost("kill-svc")
            self.rescue_settings()
            self.host.restart("--quick")
        self.model.stopped()

    def rescue_settings(self) -> None:
        """VirtualBox puts its settings aside before the new ones take their place: killed between the two,
        it would begin with none, and know no machine and no password."""
        settings = self.host.folder.parent / "home/VirtualBox.xml"
        if not settings.exists():
            new = settings.with_name("VirtualBox.xml-tmp")
            (settings.with_name("VirtualBox.xml-prev") if is_cut(new) or not new.exists() else new).rename(settings)
            self.journal.count("settings put aside by VirtualBox")

    def replace_service(self) -> None:
        """It crashed, which is VirtualBox's own fault: counted, and its log is kept."""
        with self.trouble("service", "VBoxSVC crashed by itself") as trouble:
            trouble.began = self.service.seen_at - self.journal.began
            shutil.copy(self.host.folder.parent / "home/VBoxSVC.log",
                        self.folder / f"VBoxSVC-{trouble.began:.0f}.log")
            self.host.restart("--quick")
        self.model.stopped()

    def restart(self) -> None:
        """By SIGTERM, as a service manager does."""
        with self.trouble("service", "vboxwebsrv restarted"):
            self.host.restart()
        self.model.stopped()

    def kill_machine(self) -> None:
        """The process of a virtual machine."""
        pids = self.pids("VBoxHeadless")
        if pids:
            self.journal.begins("machine", "virtual machine killed").ended = self.journal.now()
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.rng.choice(pids), signal.SIGKILL)
            self.model.stopped()

    def pids(self, program: str) -> list[int]:
        """The host's processes of that program."""
        lines = [line.split() for line in self.host.vboxhost("pids").splitlines()]
        return [int(pid) for pid, name in lines if name == program]

    def kill(self, program: str) -> None:
        """By SIGKILL."""
        for pid in self.pids(program):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    # -- the disk ---------------------------------------------------------------------------------

    def fill_disk(self) -> None:
        """Really full, and what becomes free is taken at once."""
        with self.trouble("disk", "disk full"):
            try:
                until = time.monotonic() + self.rng.uniform(2, 8)
                with open(self.host.seen / FILLER, "ab", buffering=0) as file:
                    while time.monotonic() < until:
                        fill(file.fileno())
                        time.sleep(0.05)
            finally:
                (self.host.seen / FILLER).unlink(missing_ok=True)
        self.save_settings()

    def save_settings(self) -> None:
        """VirtualBox has cut off settings files that it wrote meanwhile, and would lose those
        machines with its next restart: it is made to write them again."""
        for _ in range(SAVES):
            cut = [path.parent.name for path in self.host.seen.glob("*/*.vbox") if is_cut(path)]
            if not cut:
                return
            self.journal.count(*["settings cut off by VirtualBox"] * len(cut))
            for id_ in cut:
                for value in (["now"], []):
                    self.host.vboxhost("manage", "setextradata", id_, "saved", *value, check=False)
        self.journal.complain("the soak itself", f"VirtualBox does not save: {cut}")

    # -- the network and the clock ----------------------------------------------------------------

    def cut_all(self) -> None:
        """No client reaches the host."""
        self.cut(self.proxies, "network cut")

    def cut_some(self) -> None:
        """Some do not."""
        self.cut([self.rng.choice(self.proxies)], "network cut for some")

    def cut(self, proxies: list[Proxy], what: str) -> None:
        """Whole, or here and there."""
        rule = self.rng.choice(CUTS) | {"every": True}
        seconds = self.rng.uniform(0.5, 5)
        with self.trouble("net", what):
            for proxy in proxies:
                self.rules(proxy, rule)
            time.sleep(seconds)
            for proxy in proxies:
                self.rules(proxy)

    def step_clock(self) -> None:
        """The host's clock is put forward or back; it stays so."""
        self.ahead_ms = self.rng.choice([ms for ms in (-HOUR_MS, 0, HOUR_MS, HOUR_MS // 3)
                                         if ms != self.ahead_ms])
        self.journal.begins("clock", "clock stepped").ended = self.journal.now()
        for proxy in self.proxies:
            self.rules(proxy)

    def rules(self, proxy: Proxy, *more: dict[str, object]) -> None:
        """What is wrong with the network, and with the clock."""
        clock = {"do": "add", "method": CLOCK, "by": self.ahead_ms, "every": True}
        proxy.rules([*([clock] if self.ahead_ms else []), *more])

    def heal(self) -> None:
        """All is well again, but for what clients left; the clock is right."""
        self.ahead_ms = 0
        for proxy in self.proxies:
            proxy.reset()


def is_cut(settings: Path) -> bool:
    """Whether these are not whole."""
    try:
        return not settings.read_bytes().rstrip().endswith(b"</VirtualBox>")
    except FileNotFoundError:
        return False  # the machine has been destroyed


def fill(descriptor: int) -> None:
    """Takes what is free."""
    for size in (MIB, 4096):
        with contextlib.suppress(OSError):
            while os.write(descriptor, bytes(size)) == size:
                pass
