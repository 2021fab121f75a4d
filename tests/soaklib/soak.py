# SPDX-License-Identifier: Apache-2.0
"""One run of the soak: its host, its clients, its troubles, and when it is looked at."""
from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from proxylib.client import Proxy
from trouble import Host

from soaklib.client import BOUND_S, UNDO_S, Client, Gate, Resident
from soaklib.journal import Journal
from soaklib.model import Model
from soaklib.plan import TIMEOUT_S
from soaklib.quiet import Quiet
from soaklib.trouble_maker import TroubleMaker

DISK_MIB = 2048  # of memory; all that clients may have at a time needs less
PROXIES = 4
QUIET_S = 300
SESSION_S = 86400  # so long does vboxwebsrv keep a web session, that no lock outlives its own
ELSEWHERE = 3  # each third client runs as on another machine, which only root can make
SHOWN = 20  # of the longest waits
WRONG = ("lost or wrong", "left", "waits too long", "failure without reason", "wrong list",
         "wrong content", "form", "sanitizer")
SANITIZERS = ("ASAN", "UBSAN", "TSAN")


@contextlib.contextmanager
def elsewhere() -> Iterator[list[str]]:
    """What runs a command as on another machine: where nobody here sees its process."""
    holder = subprocess.Popen(["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh",
                               "-c", "echo; exec sleep infinity"], stdout=subprocess.PIPE)
    assert holder.stdout
    holder.stdout.readline()  # it is there
    child = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split()[0]
    try:
        yield ["nsenter", "--target", child, "--pid", "--mount", "--"]
    finally:
        holder.kill()
        holder.wait()


def keep_disk(host: Host, stack: contextlib.ExitStack) -> None:
    """The small disk stays when all processes of the host are killed at once."""
    pid = host.vboxhost("pids").split()[0]
    file = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY)
    stack.callback(os.close, file)
    (host.folder.parent / "namespace").symlink_to(f"/proc/{os.getpid()}/fd/{file}")


def clear(folder: Path) -> None:
    """Without what an earlier run has left there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key"], check=True)


class Soak:
    """One run, of what was built in a folder. All that it writes is in another."""

    def __init__(self, options: argparse.Namespace, build: Path, folder: Path,
                 stack: contextlib.ExitStack):
        clear(folder)
        self.options, self.folder, self.stack = options, folder, stack
        self.journal, self.model, self.gate = Journal(folder), Model(), Gate()
        self.host = stack.enter_context(Host("soak", "--disk-mib", str(DISK_MIB),
                                            "--session-timeout", str(SESSION_S)))
        keep_disk(self.host, stack)
        self.proxies = [stack.enter_context(Proxy(self.host.url))
                        for _ in range(min(PROXIES, options.clients))]
        self.maker = TroubleMaker(self.host, self.proxies, self.model, self.journal, options.seed,
                                  options.pause, folder)
        self.clients = [self.client(number) for number in range(options.clients)]
        if not any("asan" in part for part in build.parts):  # Python would have to be one, too
            self.clients += [self.resident(build, len(self.clients))]

    def resident(self, build: Path, number: int) -> Client:
        client = Resident(number, self.options.seed, self.model, self.journal, self.gate,
                          self.environment(number), self.folder, [])
        self.stack.callback(client.keep(build))
        return client

    def environment(self, number: int) -> dict[str, str]:
        report = f"log_path='{self.folder / 'sanitizer'}':exitcode=99"
        return self.host.env | {f"{name}_OPTIONS": report for name in SANITIZERS} | {
            "VBOXCLOUD_HOST": self.proxies[number % len(self.proxies)].url}

    def client(self, number: int) -> Client:
        is_elsewhere = number % ELSEWHERE == 2 and not os.geteuid()
        prefix = self.stack.enter_context(elsewhere()) if is_elsewhere else []
        return Client(number, self.options.seed, self.model, self.journal, self.gate,
                      self.environment(number), self.folder, prefix)

    def run(self) -> None:
        """To the end."""
        end = time.monotonic() + self.options.seconds
        for thread in (*self.clients, self.maker):
            thread.start()
        while (left := end - time.monotonic()) > 0:
            self.gate.reopen()
            self.watch(min(left, QUIET_S, self.options.seconds / 2))
            self.quiet()
        self.maker.over.set()
        self.gate.reopen(over=True)

    def watch(self, seconds: float) -> None:
        """Lets them work."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(60, left))
            counts = self.journal.counts
            self.journal.say(f"{counts['commands']} commands, {counts['ended: killed']} killed, "
                             f"{len(self.model.things)} things, "
                             f"{sum(self.journal.unexpected.values())} unexpected")

    def quiet(self) -> None:
        """All comes to rest, and is looked at."""
        with self.maker.still:
            if not self.gate.close(BOUND_S + 60):
                self.journal.complain("waits too long", "commands are still running")
            self.maker.heal()
            Quiet(self.host, self.model, self.journal).check()
            for report in self.folder.glob("sanitizer.*"):
                self.journal.complain("sanitizer", report.read_text(errors="replace"))
                report.rename(report.with_name(f"seen-{report.name}"))
            self.drop_files()
            self.journal.count("quiet points")
            self.journal.say(f"quiet point: {len(self.model.things)} things are there, "
                             f"{sum(self.journal.unexpected.values())} unexpected")

    def drop_files(self) -> None:
        """Of what images were made that are gone, with all that was made from them."""
        used = {thing.content for thing in self.model.things}
        for path in self.folder.glob("image-*.raw"):
            if path not in used:
                path.unlink()

    def tell(self) -> bool:
        """The summary; whether all was well."""
        journal = self.journal
        print(f"\nseed {self.options.seed}, {self.options.clients} clients, "
              f"{self.options.seconds} s")
        for what, count in sorted(journal.counts.items()):
            print(f"{count:7}  {what}")
        print(f"longest waits (bounds: --timeout {TIMEOUT_S} and {UNDO_S} s; without {BOUND_S} s)")
        longest = sorted(journal.longest.items(), key=lambda each: -each[1][0])
        for what, (seconds, words) in longest[:SHOWN]:
            print(f"{seconds:7.1f}  {what}: {words[:100]}")
        print("what must not be")
        for kind in (*WRONG, *sorted(journal.unexpected.keys() - {*WRONG})):
            print(f"{journal.unexpected[kind]:7}  {kind}")
        return not journal.unexpected
