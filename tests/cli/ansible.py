# SPDX-License-Identifier: Apache-2.0
"""Ansible itself, from PyPI, with the driver and its collection as pip installs them beside it."""
from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from cli import HOME, Result, clean_env, host_env, skip_all

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("VBOXCLOUD_BUILD", "build")
PLACE = ROOT / ".cache/python-ansible"
SITE = HOME / "site-packages"
SETTINGS = {
    "ANSIBLE_SSH_ARGS": "-F /dev/null -oBatchMode=yes",  # neither the user's settings, nor what stays behind
    "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "1",
    "ANSIBLE_NOCOLOR": "1",
    "LC_ALL": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def prepare() -> None:
    """Ends the test where Ansible cannot be had."""
    made = subprocess.run([str(ROOT / "tests/python/with"), "ansible", "-c", ""], check=False, text=True,
                          stdout=subprocess.PIPE)
    if made.returncode:
        skip_all(made.stdout.rpartition("SKIP ")[2].strip() or "Ansible cannot be installed")
    (SITE / "libcloud_virtualbox").mkdir(parents=True)
    for path in [*(ROOT / "python/libcloud_virtualbox").iterdir(), *(BUILD / "python").glob("_vboxcloud*.so")]:
        (SITE / "libcloud_virtualbox" / path.name).symlink_to(path)
    (SITE / "ansible_collections").symlink_to(ROOT / "python/ansible_collections")


def inventory(name: str, text: str) -> Path:
    path = HOME / name
    path.write_text("plugin: libcloud_virtualbox.ansible.nodes\n" + text)
    return path


def ansible(program: str, *words: str, timeout: float = 300, **env: str) -> Result:
    """One of its programs, with no settings but these and those of the host."""
    here = clean_env(host_env() | SETTINGS | {"PYTHONPATH": str(SITE)} | env)
    done = subprocess.run([str(PLACE / "bin" / program), *words], env=here, cwd=HOME, check=False, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
    return Result(done.returncode, done.stdout, done.stderr)


def plain(value: dict[str, Any]) -> Any:
    """Ansible marks what it takes for no template."""
    return value.get("__ansible_unsafe", value)


def listed(path: Path, *words: str, **env: str) -> tuple[dict[str, Any], Result]:
    """All of an inventory, as ansible-inventory tells it; {}: it failed."""
    result = ansible("ansible-inventory", "-i", str(path), "--list", *words, **env)
    return (json.loads(result.out, object_hook=plain) if result.status == 0 else {}), result
