# SPDX-License-Identifier: Apache-2.0
"""An sshd of the tests' own, on a loopback port, with keys and files of its own, and ssh to log in there."""
from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Optional

from fakes import free_port
from vboxhostlib import debian

FOLDER = Path(__file__).resolve().parents[2] / ".cache/sshd"

# Root's sshd wants a user and a folder of its own, which are there for it alone.
AS_ROOT = """mount -t tmpfs none /run && mkdir -m 755 /run/sshd &&
    mount --bind "$0" /etc/passwd && exec "$@" """


def find_sshd() -> Optional[str]:
    """The system's, or else Debian's from its package, which is not installed: it would run one."""
    return shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin") or fetch_sshd()


def fetch_sshd() -> Optional[str]:
    try:
        return str(debian.extract(FOLDER, "openssh-server", "libwrap0") / "usr/sbin/sshd")
    except (OSError, debian.Failure) as error:
        print(f"# {error}")
        return None


def client(home: Path) -> dict[str, str]:
    """An environment whose ssh has a key, $HOME/key, and reads nothing of the user's."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(home / "key")], check=True)
    settings = home / "ssh_settings"
    settings.write_text(f"IdentityFile {home}/key\nIdentitiesOnly yes\nStrictHostKeyChecking no\n"
                        f"UserKnownHostsFile {home}/hosts_known\n")
    folder = home / "bin"
    folder.mkdir()
    for name in ("ssh", "scp"):
        program = folder / name
        program.write_text(f'#!/bin/sh\nexec {shutil.which(name)} -F "{settings}" "$@"\n')
        program.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


class Sshd:
    """A server that lets $HOME/key of client() in, as long as the block lasts."""

    def __init__(self, program: str, folder: Path, port: int = 0) -> None:
        self.port = port or free_port()
        self.folder = folder
        folder.mkdir()
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "host_key")], check=True)
        (folder / "config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host_key\nPidFile none\n"
            f"AuthorizedKeysFile {folder.parent}/key.pub\nStrictModes no\nUsePAM no\nLogLevel DEBUG1\n"
            "PasswordAuthentication no\nSubsystem sftp internal-sftp\nPermitRootLogin yes\n")
        self.command = [program, "-D", "-e", "-f", str(folder / "config")]
        if os.getuid() == 0:
            lines = ["sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin"]
            lines += [":".join(map(str, user)) for user in pwd.getpwall() if user.pw_name != "sshd"]
            (folder / "passwd").write_text("\n".join(lines) + "\n")
            self.command = ["unshare", "--mount", "sh", "-c", AS_ROOT, str(folder / "passwd"), *self.command]

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def forwarded(self, port: int) -> bool:
        """Whether somebody was connected to that port here."""
        return f"connected to 127.0.0.1 port {port}\n" in self.log()

    def __enter__(self) -> "Sshd":
        with open(self.folder / "log", "wb") as log:
            libraries = ":".join(map(str, FOLDER.glob("**/x86_64-linux-gnu")))
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=os.environ | {"LD_LIBRARY_PATH": libraries})
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"no sshd: {self.log()}")

    def __exit__(self, *_: Any) -> None:
        self.process.terminate()
        self.process.wait()
