#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ansible's own programs, with the nodes of a real host as their inventory. Instead of a guest, which would
take minutes to boot where it is interpreted, an sshd listens at the port that is forwarded to one."""
from __future__ import annotations

import getpass
import json
import os
import subprocess
from typing import Any

from ansible import ansible, inventory, listed, prepare
from cli import HOME, done, host_env, is_fine, ok, skip
from hosts import ask, cloud, takes_uploads, tiny_image, unique
from sshd import Sshd, find_sshd

SIZE = "1_cpu-64_ram-1_disk"
TEMPLATE = "{{ lookup('pipe', 'touch obeyed') }}"
ME = getpass.getuser()


def make(image: str) -> dict[str, dict[str, Any]]:
    """Nodes by what is odd about them."""
    named = {"plain": unique("web"), "twin": unique("twin"), "other twin": "", "localhost": "localhost", "template": TEMPLATE,
             "pattern": unique("a[1:3]"), "group": "state_stopped"}
    named["other twin"] = named["twin"]
    key = ("--ssh-key", str(HOME / "key.pub")) if takes_uploads() else ()
    nodes = {what: ask("node", "create", name, "--image", image, "--size", SIZE, "--no-start", *(key if what == "plain" else ()))
             for what, name in named.items()}
    # What is done to the node of that id must not be done to this one.
    nodes["called by an id"] = ask("node", "create", nodes["localhost"]["id"], "--image", image, "--size", SIZE, "--no-start")
    is_fine(cloud("node", "tag", nodes["plain"]["id"], "rack=a-1", "ssd", f"note={TEMPLATE}"), "tags")
    return nodes


def test_listed(nodes: dict[str, dict[str, Any]], found: dict[str, Any]) -> None:
    hosts = found["_meta"]["hostvars"]
    web, name = nodes["plain"], nodes["plain"]["name"]
    ok(name in hosts, "a node is called by its name", list(hosts))
    for what, node in nodes.items():
        ok(what == "plain" or hosts.get(node["id"], {}).get("vboxcloud_id") == node["id"], f"but by its id: {what}", list(hosts))
        ok(what in ("plain", "called by an id") or node["name"] not in hosts, f"and by no name: {what}", list(hosts))
    theirs = hosts[name]
    way = web["forwards"][0]
    ok((theirs["ansible_host"], theirs["ansible_port"], theirs["ansible_user"]) == ("127.0.0.1", way["host_port"], ME),
       "where and as whom it is logged in to", theirs)
    ok((theirs["vboxcloud_id"], theirs["vboxcloud_state"], theirs["vboxcloud_cpus"], theirs["vboxcloud_image"]) ==
       (web["id"], "stopped", 1, web["image"]), "what it is", theirs)
    ok(theirs["vboxcloud_tags"] == {"rack": "a-1", "ssd": "", "note": TEMPLATE}, "with its tags as they are", theirs)
    for group in ("host_127_0_0_1", "state_stopped", "tag_rack", "tag_rack_a_1", "tag_ssd"):
        ok(name in found.get(group, {}).get("hosts", []), f"it is in the group {group}", found.get(group))
    ok(set(found["state_stopped"]["hosts"]) >= {node["id"] for what, node in nodes.items() if what != "plain"}, "as all others are in theirs")


def test_constructed(nodes: dict[str, dict[str, Any]]) -> None:
    path = inventory("constructed.yaml", "keyed_groups:\n- {key: vboxcloud_tags.rack, prefix: rack}\n"
                     "groups:\n  small: vboxcloud_memory < 100\ncompose:\n  shout: vboxcloud_state | upper\nuse_ids: true\n")
    found, result = listed(path)
    id_ = nodes["plain"]["id"]
    ok(found.get("rack_a_1", {}).get("hosts") == [id_] and id_ in found["small"]["hosts"] and
       found["_meta"]["hostvars"][id_]["shout"] == "STOPPED", "groups and variables are made, and all are called by ids", result)
    strict = inventory("strict.yml", "strict: true\ncompose:\n  x: nonsense.of.it\n")
    _, result = listed(strict)
    ok(result.status != 0 and "Could not set x" in result.err, "strict fails for what cannot be made", result)


def test_cache(nodes: dict[str, dict[str, Any]]) -> None:
    path = inventory("cached.yml", f"cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {HOME}/kept\ncache_timeout: 3600\n")
    listed(path)
    files = list((HOME / "kept").iterdir())
    ok(len(files) == 1 and nodes["plain"]["id"] in files[0].read_text(), "what was listed is kept", files)
    is_fine(cloud("node", "tag", nodes["plain"]["id"], "new=1"), "one more tag")
    old, _ = listed(path)
    fresh, _ = listed(path, "--flush-cache")
    again, _ = listed(path)
    ok("tag_new" not in old and "tag_new" in fresh and "tag_new" in again, "and asked for anew when that is wanted", old.keys())
    elsewhere, result = listed(path, VBOXCLOUD_HOST="http://127.0.0.1:9")
    ok(not elsewhere and result.status != 0, "what was kept is not that of another host", result)


def test_several(nodes: dict[str, dict[str, Any]]) -> None:
    """Of a fleet that the command's configuration has, and of hosts that the file has itself: one of them is away."""
    url, name = os.environ["VBOXCLOUD_HOST"], nodes["plain"]["name"]
    settings = inventory("x.yml", "").parent / ".config/vboxcloud/config.ini"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f"[host real]\nurl = {url}\n[host gone]\nurl = http://127.0.0.1:9\n[fleet lab]\nhosts = real gone\n")
    given = f"hosts:\n- {{name: real, host: '{url}', user: '{os.environ.get('VBOXCLOUD_USER', '')}'}}\n- {{name: gone, host: 'http://127.0.0.1:9'}}\n"
    for what, text in (("a fleet", "host: lab\n"), ("all", "host: all\n"), ("names", "host: real,gone\n"), ("hosts of its own", given)):
        found, result = listed(inventory("several.yml", text))
        ok(name in found.get("host_real", {}).get("hosts", []) and found["_meta"]["hostvars"][name]["vboxcloud_host"] == "real" and
           "WARNING]: gone: " in result.err, f"{what}: those of the host that answers, and a warning of the other", result)
    twice, result = listed(inventory("several.yml", f"hosts:\n- {{name: one, host: '{url}'}}\n- {{name: two, host: '{url}'}}\n"))
    theirs = twice["_meta"]["hostvars"] if twice else {}
    ok({each: theirs.get(f"{nodes['plain']['id']}_{each}", {}).get("vboxcloud_host") for each in ("one", "two")} == {"one": "one", "two": "two"} and
       nodes["plain"]["id"] not in theirs, "of hosts that have nodes of the same id, none is taken for the other's", result)
    one, result = listed(inventory("several.yml", "host: real\n"))
    ok(name in one.get("host_real", {}).get("hosts", []) and result.err == "", "one host by its name", result)
    path = inventory("several.yml", f"host: lab\ncache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {HOME}/part\n")
    again = [listed(path)[1] for _ in range(2)]
    ok(all("gone: " in result.err for result in again), "what not all hosts said is not kept", again[-1])
    _, result = listed(inventory("several.yml", "host: gone,\n"))
    ok(result.status != 0 and "Traceback" not in result.err, "where none answers it fails", result)
    settings.unlink()


def test_refused() -> None:
    for what, text, words in (("a host that is away", "host: http://127.0.0.1:9\n", "127.0.0.1:9"),
                              ("a password file that is none", "password_file: nowhere\n", "password file nowhere"),
                              ("two passwords", "password: x\npassword_file: nowhere\n", "only one can be meant"),
                              ("an address that is none", "host: ftp://x\n", "ftp://x"),
                              ("a fingerprint that is none", "host: https://127.0.0.1:9\nfingerprint: zz\n", "fingerprint")):
        _, result = listed(inventory("refused.yml", text))
        ok(result.status != 0 and words in " ".join(result.err.split()) and "Traceback" not in result.err, what, result)


def test_ping(node: dict[str, Any]) -> None:
    program = find_sshd()
    if not program or not takes_uploads():
        skip("Ansible logs in", "there is no sshd here" if not program else "such a host takes no keys")
        return
    with Sshd(program, HOME / "guest", node["forwards"][0]["host_port"]) as guest:
        result = ansible("ansible", "-i", str(inventory("lab.yml", "")), "-m", "ping", node["name"], ANSIBLE_PYTHON_INTERPRETER="/usr/bin/python3")
        ok(result.status == 0 and '"ping": "pong"' in result.out, "it logs in with the node's key, and without a question", result, guest.log()[-500:])
    known = HOME / ".local/state/vboxcloud/known_hosts" / node["id"]
    ok(known.exists() and known.read_text().startswith(node["id"] + " "), "the host key is kept as the node's own", known)
    (HOME / "guest").rename(HOME / "before")
    with Sshd(program, HOME / "guest", node["forwards"][0]["host_port"]):
        result = ansible("ansible", "-i", str(HOME / "lab.yml"), "-m", "ping", node["name"])
        ok(result.status != 0 and "HOST IDENTIFICATION HAS CHANGED" in result.out + result.err, "another one at its port is not taken for it", result)


def main() -> None:
    prepare()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(HOME / "key")], check=True)
    image = ask("image", "import", tiny_image(), "--name", unique("ansible"), "--username", ME)["id"]
    nodes = make(image)
    documented = ansible("ansible-doc", "-t", "inventory", "libcloud_virtualbox.ansible.nodes", "--json")
    ok(documented.status == 0 and "host" in json.loads(documented.out)["libcloud_virtualbox.ansible.nodes"]["doc"]["options"],
       "Ansible finds its documentation", documented)
    found, result = listed(inventory("lab.yml", ""))
    if ok(found and result.err == "", "the host's nodes, where nothing but the plugin is named", result, host_env()):
        test_listed(nodes, found)
    graph = ansible("ansible", "-i", str(HOME / "lab.yml"), "all", "-c", "local", "-m", "debug", "-a", "var=hostvars[inventory_hostname]")
    ok(graph.status == 0 and not list(HOME.rglob("obeyed")), "what a host says is no template", graph)
    test_constructed(nodes)
    test_cache(nodes)
    test_several(nodes)
    test_refused()
    test_ping(nodes["plain"])
    for node in nodes.values():
        is_fine(cloud("node", "destroy", node["id"]), "gone again")
    is_fine(cloud("image", "delete", image), "without the image")
    done()


main()
