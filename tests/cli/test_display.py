#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Remote displays: who sees a node's screen, where, with which password; and who does not."""
from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from cli import HOME, done, fails, host_env, is_fine, ok, run, skip_all, wait_past_bios
from hosts import ask, cloud, contents, local_files, tiny_image, unique

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from proxylib.client import Proxy

SMALL = "1_cpu-64_ram-1_disk"
PASSWORD, OTHER = "pw-4711x", "pw-0815y"
LOCAL = urlsplit(os.environ["VBOXCLOUD_HOST"]).hostname in ("127.0.0.1", "localhost")


def file_with(password: str, name: str = "display-password") -> str:
    path = HOME / name
    path.write_text(password + "\n")
    path.chmod(0o600)
    return str(path)


def display() -> dict:
    return ask("node", "display", id)


def enable(*options: str) -> dict:
    """With the warning that comes with it."""
    result = cloud("node", "display", id, "--on", *options, "--output", "json")
    ok(result.status == 0 and "IPv6" in result.err, f"enable {options}", result)
    return json.loads(result.out)


def refuses(*options: str, status: int, why: str, what: str) -> None:
    fails(cloud("node", "display", id, "--on", *options), status, why, what)


def encrypted(challenge: bytes, password: str) -> bytes:
    """As VNC does: DES, which is triple DES with one key thrice, and its bits the other way round."""
    key = bytes(int(f"{byte:08b}"[::-1], 2) for byte in password.encode().ljust(8, b"\0"))
    return subprocess.run(["openssl", "enc", "-des-ede3", "-K", (key * 3).hex(), "-nopad"],
                          input=challenge, stdout=subprocess.PIPE, check=True).stdout


def lets_in(port: int, password: str) -> bool:
    """Whether VNC takes this password; it must ask for one."""
    with socket.create_connection(("127.0.0.1", port), 20) as server, server.makefile("rb") as said:
        server.settimeout(20)
        ok(said.read(12) == b"RFB 003.008\n", "VNC greets")
        server.sendall(b"RFB 003.008\n")
        ok(said.read(2) == b"\x01\x02", "it offers nothing but to ask for the password")
        server.sendall(b"\x02")
        server.sendall(encrypted(said.read(16), password))
        return said.read(4) == bytes(4)


def is_open(port: int, address: str = "127.0.0.1") -> bool:
    try:
        socket.create_connection((address, port), 5).close()
    except OSError:
        return False
    return True


def is_listening(now: dict, port: int | None = None, password: str = PASSWORD) -> None:
    ok(now["enabled"] and now["listening"] and now["password"] and now["kind"] == "vnc" and
       now["address"] == "127.0.0.1" and now["port"] == (port or now["port"]), "it listens", now)
    ok(lets_in(now["port"], password), "it takes the password")
    ok(not lets_in(now["port"], "wrong"), "and no other")
    ok(not is_open(now["port"], "127.0.0.2"), "it listens on no other IPv4 address")


def is_off(now: dict) -> None:
    ok(now == {"node": id, "enabled": False, "kind": "vnc", "address": None, "port": None,
               "listening": False, "password": False, "ext_pack": "VNC"}, "it is off", now)


def words() -> None:
    """What is refused; nothing has changed after that."""
    refuses(status=2, why="needs a password", what="no password")
    refuses("--address", "all", status=2, why="needs a password", what="all addresses, no password")
    for password in ("123456789", "", "with nö", "a b"):
        refuses("--password-file", file_with(password, "bad"), status=2,
                why="1 to 8 characters|ASCII", what=f"the password {password!r}")
    refuses("--password-file", str(HOME / "none"), status=3, why="none", what="no such file")
    for port in ("0", "65536", "5900-5910", "x"):
        refuses("--port", port, status=2, why="1 to 65535", what=f"port {port}")
    refuses("--address", "example.org", "--no-password", status=2, why="not an IPv4", what="a name")
    refuses("--off", status=2, why="omit one of them", what="on and off")
    fails(cloud("node", "display", id, "--port", "5900"), 2, "only with '--on'", "a port of nothing")
    fails(cloud("node", "display", id, "--no-password"), 2, "only with '--on'", "nor a password")
    fails(cloud("node", "display", unique("none")), 3, "there is no node", "of no node")
    is_off(display())


def while_stopped() -> int:
    now = enable("--password-file", secret)
    ok(now["enabled"] and not now["listening"] and now["password"] and 20000 <= now["port"] < 30000,
       "it will listen on a free port", now)
    ok(display() == now, "and shows so", display())
    again = enable()
    ok(again["password"], "it keeps its password", again)
    is_fine(cloud("node", "start", id), "start")
    is_listening(display(), again["port"])
    wait_past_bios(id, host_env())
    return again["port"]


@contextmanager
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def while_it_runs(port: int) -> None:
    is_listening(enable("--port", str(port)), port)
    moved = enable()
    ok(moved["port"] != port and not is_open(port), "it has moved", moved)
    is_listening(moved)
    with taken() as other:
        refuses("--port", str(other), status=6, why="another program has it", what="a taken port")
    ok(display() == moved, "it is where it was", display())
    is_fine(cloud("node", "pause", id), "pause")
    is_listening(enable("--password-file", file_with(OTHER), "--port", str(port)), port, OTHER)
    is_fine(cloud("node", "resume", id), "resume")
    everywhere = json.loads(cloud("node", "display", id, "--on", "--address", "all",
                                  "--output", "json").out)
    ok(everywhere["address"] == "0.0.0.0" and is_open(everywhere["port"], "127.0.0.2"),
       "all addresses", everywhere)
    is_fine(cloud("node", "display", id, "--off"), "off")
    ok(not is_open(everywhere["port"]), "nobody listens")
    is_off(display())
    is_fine(cloud("node", "display", id, "--off"), "off again")
    with taken() as other:
        refuses("--port", str(other), "--password-file", secret, status=6,
                why="another program has it", what="a taken port")
    is_off(display())


def ports(forward: int) -> None:
    """One port is never given twice."""
    refuses("--port", str(forward), "--password-file", secret, status=6,
            why="forwarded to the node itself", what="the port of its own forward")
    now = enable("--password-file", secret)
    other = unique("display")
    create = ("node", "create", other, "--image", image, "--size", SMALL, "--no-start")
    fails(cloud(*create, "--display", str(now["port"]), "--display-password-file", secret), 6,
          "is taken by node", "another node on that port")
    fails(cloud(*create, "--forward", f"{now['port']}:80"), 6, "is taken by node", "or a forward")
    fails(cloud(*create, "--display", "auto"), 2, "needs a password", "a new one without password")
    fails(cloud(*create, "--display-password-file", secret), 2, "only with '--display'",
          "a password of nothing")
    result = cloud(*create, "--display", "auto", "--display-password-file", secret)
    ok(result.status == 0, "a new node with a display", result)
    second = ask("node", "display", other)
    ok(second["enabled"] and second["password"] and second["port"] != now["port"],
       "it has another port", second)
    is_fine(cloud("node", "destroy", other), "destroy it")
    ok("port" not in [each["kind"] for each in ask("gc", "--dry-run")], "its port is free")


def no_secrets() -> None:
    """VirtualBox's settings hold the password; nothing else does."""
    said = "".join(each.out + each.err for each in (
        cloud("node", "display", id, "--on", "--password-file", secret, "--verbose"),
        cloud("node", "show", id, "--output", "json", "--verbose"), cloud("node", "log", id),
        cloud("node", "list", "--output", "json"), cloud("node", "display", id, "--verbose")))
    keys = json.loads(cloud("api", "IVirtualBox_getExtraDataKeys", "--output", "json").out)
    values = [cloud("api", "IVirtualBox_getExtraData", f"key={key['value']}").out for key in keys]
    ok(PASSWORD not in said + "".join(values), "the password is shown nowhere")
    files = [path for path in local_files() if path.stat().st_size < 10**6]
    holding = {path.suffix for path in files if PASSWORD.encode() in path.read_bytes()}
    ok(holding <= {".vbox", ".vbox-prev"}, "nor is it in another file than the settings", holding)
    ok(".vbox" in holding or not files, "which do hold it", holding)
    is_fine(cloud("node", "display", id, "--off"), "off")
    ok(not any(PASSWORD.encode() in path.read_bytes() for path in local_files()
               if path.suffix == ".vbox"), "then not even there")


def no_pack() -> None:
    """A host without an extension pack, and one with Oracle's."""
    rule = {"method": "IVRDEServer_getVRDEExtPack", "do": "substitute", "every": True}
    with Proxy(os.environ["VBOXCLOUD_HOST"], tls_ca=os.environ.get("VBOXCLOUD_CA_FILE")) as proxy:
        env = host_env() | {"VBOXCLOUD_HOST": proxy.url}

        def on(*options: str):
            return run("node", "display", id, "--on", *options, env=env)

        proxy.rules([rule | {"pattern": ">VNC<", "with": "><"}])
        fails(on("--password-file", secret), 6, "no extension pack .* install VNC or Oracle's",
              "a host without an extension pack")
        proxy.rules([rule | {"pattern": ">VNC<", "with": ">Oracle VirtualBox Extension Pack<"}])
        fails(on("--password-file", secret), 2, "speaks RDP, which takes no display password",
              "a password for RDP")
        fails(on("--address", "all"), 2, "lets in everybody", "RDP for all")
    is_off(display())


if not LOCAL:
    skip_all("displays are looked at on the loopback address of a host that is this machine")
before = contents()
secret = file_with(PASSWORD, "secret")
image = ask("image", "import", tiny_image(), "--name", unique("display"))["id"]
made = ask("node", "create", unique("display"), "--image", image, "--size", SMALL, "--no-start")
id = made["id"]
is_off(display())
words()
while_it_runs(while_stopped())
ports(made["forwards"][0]["host_port"])
no_secrets()
no_pack()
is_fine(cloud("node", "destroy", id), "destroy")
is_fine(cloud("image", "delete", image), "delete the image")
ok(contents() == before, "nothing is left")
done()
