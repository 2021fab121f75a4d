#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real guest, booted once: it takes its seed, and is reached by SSH through its port forward.

Where virtual machines are interpreted that takes a minute, or several on a busy machine.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess

from cli import HOME, Result, done, fails, host_env, is_fine, ok, run, skip_all
from hosts import ROOT, ask, cloud, takes_uploads, unique

SIZE = "1_cpu-128_ram-1_disk"
BOOT_S = "1500"
LOGIN_S = 280
PASSWORD = "correct horse \u00e9"


def image_file() -> str:
    return subprocess.run([str(ROOT / "tests/guest/build"), "small"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.splitlines()[-1]


def login(node: str, *words: str) -> Result:
    return run("node", "ssh", node, "--user", "root", "--identity", str(HOME / "key"), *words,
               env=host_env(), timeout=LOGIN_S)


def hash_is_of(password: str, line: str) -> bool:
    found = re.match(r"root:(\$6\$(rounds=\d+\$[^$]+)\$[^:]+):", line)
    return bool(found) and subprocess.run(
        ["openssl", "passwd", "-6", "-salt", found[2], "-stdin"], check=True, input=password,
        text=True, stdout=subprocess.PIPE).stdout.strip() == found[1]


def test_other_key(port: int) -> None:
    other = str(HOME / "wrong")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
    refused = subprocess.run(
        ["ssh", "-p", str(port), "-i", other, "-oIdentitiesOnly=yes", "-oBatchMode=yes",
         "-oUserKnownHostsFile=/dev/null", "-oStrictHostKeyChecking=no", "root@127.0.0.1", "true"],
        check=False, stderr=subprocess.PIPE, text=True, timeout=LOGIN_S)
    ok(refused.returncode == 255 and "Permission denied (publickey,password)" in refused.stderr,
       "another key is refused, and a password would do", refused)


def test_login(node: dict[str, object]) -> None:
    id_ = str(node["id"])
    # Where it is interpreted, each login takes seconds: so one has to do.
    result = login(id_, "--", "uname -a; cat /sys/class/dmi/id/product_uuid /etc/machine-id; "
                   "echo; grep ^root: /etc/passwd; exit 7")
    lines = result.out.splitlines()
    ok(len(lines) == 4 and lines[0].startswith("Linux a-guest "), "uname -a by SSH", result)
    ok(lines[1:3] == [id_, id_.replace("-", "")], "its product UUID and machine id are the node's",
       lines)
    # Where it is interpreted, it takes a minute to try one: test_deploy.py does, with a faster hash.
    ok(lines and hash_is_of(PASSWORD, lines[-1]), "its password is the one in the seed", lines)
    ok(result.status == 7, "the exit status is the command's")
    known = HOME / ".local/state/vboxcloud/known_hosts" / id_
    ok(known.exists() and known.read_text().startswith(id_ + " "), "its host key is kept as its own")
    test_other_key(node["forwards"][0]["host_port"])
    known.write_text(f"{id_} {(HOME / 'wrong.pub').read_text()}")
    ok(login(id_, "--", "true").status == 255, "another host key too")
    known.unlink()


def test_wait(node: dict[str, object]) -> None:
    waited = cloud("node", "wait", str(node["id"]), "--state", "ssh", "--timeout", str(LOGIN_S))
    ok(waited.status == 0 and "answers SSH at 127.0.0.1 port" in waited.err, "it answers", waited)
    is_fine(cloud("node", "stop", str(node["id"]), "--timeout", str(LOGIN_S)), "it shuts itself down", "")
    fails(cloud("node", "wait", str(node["id"]), "--state", "ssh"), 6, "is not running",
          "then nobody waits for it")


def main() -> None:
    if not shutil.which("ssh"):
        skip_all("there is no ssh here")
    if not takes_uploads():
        skip_all("this host takes no uploads, and so no seeds")
    if "127.0.0.1" not in os.environ["VBOXCLOUD_HOST"]:
        skip_all("forwards are open to the host itself only, and it is another machine")
    image, key = unique("guest"), unique("key")
    ask("image", "import", image_file(), "--name", image)
    ask("key", "create", key, "-o", str(HOME / "key"))
    password = HOME / "password"
    password.write_text(PASSWORD)
    created = run("node", "create", "A guest", "--image", image, "--size", SIZE, "--ssh-key", key,
                  "--password-file", str(password), "--wait", "ssh", "--timeout", BOOT_S,
                  "--output", "json", env=host_env(), timeout=float(BOOT_S) + 60)
    ok(created.status == 0, "a node is created, and waited for until SSH answers", created)
    for node in ask("node", "list"):
        if node["name"] == "A guest":
            test_login(node)
            test_wait(node)
            is_fine(cloud("node", "destroy", node["id"]), "destroyed", "")
    is_fine(cloud("key", "delete", key), "the key is forgotten", "")
    is_fine(cloud("image", "delete", image), "the image is deleted", "")
    done()


main()
