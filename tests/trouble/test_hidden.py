#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A program of another user, which /proc hides (hidepid), is not taken for one that has ended: what it
makes stays."""
from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from trouble import IMAGE, SIZE, Host, Proxy, done, finish, is_fine, ok, skip

NOBODY = "65534"
SUDO = ["sudo", "--non-interactive"] if os.geteuid() else []
HIDING = "mount -t proc -o hidepid=2 proc /proc"


def list_as_other(folder: str, url: str) -> subprocess.CompletedProcess[str]:
    """By a user who sees no process of others."""
    library = Path(os.environ["LD_LIBRARY_PATH"].partition(":")[0]) / "libvboxcloud.so.0"
    for path in (shutil.which("vboxcloud") or "", library):
        shutil.copy(path, folder)
    os.chmod(folder, 0o755)
    command = (f"{HIDING} && exec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups "
               f"env HOME={folder} LD_LIBRARY_PATH={folder} VBOXCLOUD_HOST={url} {folder}/vboxcloud node list")
    return subprocess.run([*SUDO, "unshare", "--mount", "sh", "-c", command], check=False, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True)


def test() -> None:
    maker = host.start_at(making, {"method": "IVirtualBox_registerMachine", "do": "delay", "ms": 5000},
                          "node", "create", "n", "--image", IMAGE, "--size", SIZE, "--no-start")
    with tempfile.TemporaryDirectory() as folder:
        result = list_as_other(folder, host.url)
    ok(result.returncode == 0, "another user lists the nodes meanwhile", result)
    is_fine(finish(maker), "the node is made")
    shown = host.must("node", "list").out
    ok("n " in shown.partition("\n")[2], "and there", shown)


if subprocess.run([*SUDO, "unshare", "--mount", "sh", "-c", HIDING], check=False,
                  capture_output=True).returncode:
    skip("a program that /proc hides", "/proc cannot be mounted here with hidepid")
else:
    with Host("hidden") as host, Proxy(host.url) as making:
        host.put_image()
        test()
done()
