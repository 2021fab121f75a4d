# SPDX-License-Identifier: Apache-2.0
"""One test host: a VirtualBox home of its own and a vboxwebsrv in front of it.

Everything it has is in its directory; what runs for it is told by the home in its environment.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from . import crash, debian, namespace
from .debian import Failure, run
from .installation import BIN, private_root

USER = "tester"
READY_S = 30
STOP_S = 15


@dataclass
class Settings:
    """What `up` was asked for, and the port that was found."""
    auth: bool = False
    tls: bool = False
    session_timeout: int = 300
    disk_mib: int = 0
    port: int = 0


class Host:
    def __init__(self, cache: Path, name: str, user: tuple[int, int] | None):
        self.name, self.user = name, user
        self.cache, self.root = cache, private_root(cache)
        self.namespace: int | None = None
        self.directory = cache / "hosts" / name
        self.home = self.directory / "home"
        self.machines = self.directory / "machines"
        self.log = self.directory / "vboxwebsrv.log"
        self.password = self.directory / "password"
        self.certificate = self.directory / "certificate.pem"
        self.settings_file = self.directory / "settings.json"
        # A link to an open file that whoever wants the namespace, and its small disk, to outlive
        # the host's processes has made of it.
        self.kept_namespace = self.directory / "namespace"
        digest = hashlib.sha256(str(self.directory).encode()).hexdigest()
        self.ipc = f"vbc{digest[:12]}"

    # -- what it is ---------------------------------------------------------------------------

    def settings(self) -> Settings | None:
        try:
            return Settings(**json.loads(self.settings_file.read_text()))
        except FileNotFoundError:
            return None

    def url(self, settings: Settings) -> str:
        return f"http{'s' if settings.tls else ''}://127.0.0.1:{settings.port}"

    def processes(self) -> dict[int, str]:
        """The host's VirtualBox processes: pid to program."""
        return {pid: program for pid, home, program in virtualbox_processes() if home == str(self.home)}

    def pids(self, program: str) -> list[int]:
        return [pid for pid, name in self.processes().items() if name == program]

    # -- starting -----------------------------------------------------------------------------

    def create(self, settings: Settings) -> None:
        """Make the directories, set up the VirtualBox home in them and start."""
        for directory in (self.directory, self.home, self.machines):
            directory.mkdir(parents=True)
            if self.user:
                os.chown(directory, *self.user)
        with self.inside(settings):
            self.set_up(settings)
            self.start(settings)

    def set_up(self, settings: Settings) -> None:
        library = "VBoxAuthSimple" if settings.auth else "null"
        self.set("setproperty", "machinefolder", str(self.machines))
        self.set("setproperty", "websrvauthlibrary", library)
        if self.root:
            self.set("setextradata", "global", "VBoxInternal/HM/FallbackToIEM", "1")
        if settings.auth:
            self.make_password()
        if settings.tls:
            self.make_certificate()

    def set(self, *words: str) -> None:
        """A VBoxSVC that has just begun fails now and then to replace its settings by new ones."""
        try:
            self.manage(*words)
        except Failure as failure:
            if "VERR_FILE_NOT_FOUND" not in str(failure):
                raise
            self.manage(*words)

    def make_password(self) -> None:
        password = secrets.token_urlsafe(12)
        self.write_private(self.password, password + "\n")
        digest = hashlib.sha256(password.encode()).hexdigest()
        self.set("setextradata", "global", f"VBoxAuthSimple/users/{USER}", digest)

    def make_certificate(self) -> None:
        """A self-signed certificate for 127.0.0.1; the key and it in the file vboxwebsrv wants."""
        debian.require("openssl")
        key = self.directory / "key.pem"
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", "30", "-subj", "/CN=vboxcloud test host", "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", str(key), "-out", str(self.certificate)])
        self.write_private(self.directory / "server.pem", key.read_text() + self.certificate.read_text())
        key.unlink()

    def write_private(self, path: Path, text: str) -> None:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        if self.user:
            os.chown(path, *self.user)

    def start(self, settings: Settings) -> None:
        """Start vboxwebsrv and wait until it listens; on another port if the port is taken. Now and
        then VirtualBox fails to start after its processes were killed: a second time it does not."""
        any_port = not settings.port
        for attempt in range(10):
            if any_port:
                settings.port = free_port()
            self.settings_file.write_text(json.dumps(asdict(settings)))
            try:
                if self.try_start(settings):
                    return
            except Failure:
                if attempt:
                    raise
            self.stop(signal.SIGKILL)
            if not any_port:
                time.sleep(0.5)
        raise Failure(f"vboxwebsrv finds port {settings.port} taken; see {self.log}")

    def try_start(self, settings: Settings) -> bool:
        """False if the port is taken."""
        command = [str(BIN / "vboxwebsrv"), "-H", "127.0.0.1", "-p", str(settings.port),
                   "-t", str(settings.session_timeout), "-i", "1"]
        if settings.tls:
            command += ["--ssl", "--keyfile", str(self.directory / "server.pem")]
        with open(self.log, "wb") as log:
            server = self.spawn(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                start_new_session=True)
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            text = self.log.read_text(errors="replace")
            if "Address already in use" in text:
                return False
            if server.poll() is not None:
                raise Failure(f"vboxwebsrv ended: {text.strip()[-500:]}")
            if "Socket connection successful" in text:
                return True
            time.sleep(0.02)
        raise Failure(f"vboxwebsrv does not listen after {READY_S} s; see {self.log}")

    # -- running something in it --------------------------------------------------------------

    @contextmanager
    def inside(self, settings: Settings) -> Iterator[None]:
        """Hold the mount namespace in which the host's programs run, theirs or a new one."""
        self.namespace = self.open_namespace(settings)
        try:
            yield
        finally:
            if self.namespace is not None:
                os.close(self.namespace)

    def open_namespace(self, settings: Settings) -> int | None:
        if not self.root and not settings.disk_mib:
            return None
        for path in [*map(namespace.path_of, self.processes()), self.kept_namespace]:
            try:
                return namespace.opened(path)
            except FileNotFoundError:
                continue
        return namespace.make(self.root, (self.machines, settings.disk_mib) if settings.disk_mib else None)

    def spawn(self, command: list[str], **options) -> subprocess.Popen:
        """Start COMMAND in the host's home and, as the caller must be, inside its namespace."""
        return subprocess.Popen(command, env=self.environment(), **options,
                                preexec_fn=namespace.entrance(self.namespace, self.user))

    def environment(self) -> dict[str, str]:
        return {"HOME": str(self.directory), "USER": "tester", "LOGNAME": "tester", "LANG": "C.UTF-8",
                "PATH": "/usr/bin:/bin", "VBOX_USER_HOME": str(self.home), "VBOX_IPC_SOCKETID": self.ipc}

    def manage(self, *arguments: str) -> str:
        process = self.spawn([str(BIN / "VBoxManage"), *arguments], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        output, errors = process.communicate()
        if process.returncode:
            raise Failure(f"VBoxManage {arguments[0]}: {(errors or output).strip()}")
        return output

    # -- ending -------------------------------------------------------------------------------

    def restart(self, settings: Settings, number: int = signal.SIGTERM,
                keep_running: bool = False, only_sessions: bool = False) -> None:
        """vboxwebsrv, by that signal, and VBoxSVC anew on the same port, also after a crash of
        either; vboxwebsrv alone with ONLY_SESSIONS, and with KEEP_RUNNING while virtual machines
        run, which would end.

        A VBoxSVC that vboxwebsrv started holds the listening socket, so it has to end too, after
        vboxwebsrv, which would start another. It is VBoxSVC that keeps what there is.
        """
        with self.inside(settings):
            self.stop(number, "vboxwebsrv")
            if not (only_sessions or (keep_running and self.pids("VBoxHeadless"))):
                self.stop(signal.SIGTERM)
                crash.keep(self.cache, self.name, self.user)
            if not only_sessions:
                self.start(settings)
            elif not self.try_start(settings):
                raise Failure(f"port {settings.port} is still taken: restart all of the host")

    def stop(self, number: int, program: str | None = None) -> None:
        """Signal the host's processes (only those of PROGRAM, if given) until none is left."""
        deadline = time.monotonic() + STOP_S
        signalled: set[int] = set()
        while True:
            left = set(self.pids(program) if program else self.processes())
            if not left:
                return
            late = time.monotonic() > deadline
            for pid in left if late else left - signalled:
                send(pid, signal.SIGKILL if late else number)
            signalled |= left
            time.sleep(0.02)

    def remove(self) -> None:
        """End everything that runs for the host and forget it."""
        self.stop(signal.SIGKILL)
        crash.keep(self.cache, self.name, self.user)
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.rmtree(f"/tmp/.vbox-{self.ipc}-ipc", ignore_errors=True)


def virtualbox_processes() -> list[tuple[int, str, str]]:
    """(pid, VirtualBox home, program) of every VirtualBox process that we may look at."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            program = Path(os.readlink(entry / "exe").replace(" (deleted)", ""))
            variables = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        homes = [v.partition(b"=")[2].decode(errors="replace") for v in variables if v.startswith(b"VBOX_USER_HOME=")]
        if homes and program.parent == BIN:
            found.append((int(entry.name), homes[0], program.name))
    return found


def send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def free_port() -> int:
    """A port nobody listens on, below those that the kernel gives to outgoing connections."""
    while True:
        port = random.randrange(20000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue

