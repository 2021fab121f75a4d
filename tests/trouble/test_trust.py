#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A host that lies, and other programs that write where this one does: nothing of it becomes a file,
an option or a command here, and one odd value spoils nothing but itself. docs/trust.md tells where
each thing is looked at.
"""
from __future__ import annotations

import json
import os
from typing import Any

from trouble import HOME, IMAGE, Host, Proxy, done, fails, is_fine, ok, run

from terminal import Terminal

SSH_RAN = HOME / "ssh-ran"
IDS = ("../../../../.ssh/authorized_keys", "x", "-oProxyCommand=touch pwned", "")
ADDRESSES = ("user@10.1.2.3", "ssh://10.1.2.3:99", "-oProxyCommand=true", "$(touch pwned)",
             "host.example", "fe80::1%lo")
TOO_LATE = 10**18
UNTIL_9999 = 253402300799999

Object = dict[str, Any]


def fake_ssh() -> dict[str, str]:
    """An environment in which `ssh` writes down that it was run, and how."""
    folder = HOME / "bin"
    folder.mkdir()
    program = folder / "ssh"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{SSH_RAN}"\n')
    program.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def ask(*words: str) -> Any:
    """What a command says."""
    return json.loads(host.must(*words, "--output", "json").out)


def test_ids(node: str) -> None:
    before = {str(path) for path in HOME.rglob("*")}
    for id_ in IDS:
        rules = [{"method": method, "every": True, "do": "substitute",
                  "pattern": "(<returnval[^>]*>)[^<]*", "with": rf"\g<1>{id_}"}
                 for method in ("IMachine_getId", "IMedium_getId")]
        with Proxy(host.url, rules) as proxy:
            env = host.env | ssh | {"VBOXCLOUD_HOST": proxy.url}
            for words in (("node", "list"), ("node", "ssh", "n", "--no-wait"), ("image", "list")):
                fails(run(*words, env=env), 4, "is not a valid UUID", f"{' '.join(words)}: the id '{id_}'")
    ok(not SSH_RAN.exists() and {str(path) for path in HOME.rglob("*")} == before,
       "ssh was not run, and no file written")
    result = run("node", "ssh", node, "--no-wait", env=host.env | ssh)
    known = f"{HOME}/.local/state/vboxcloud/known_hosts/{node}"
    ok(result.status == 0 and f'-oUserKnownHostsFile="{known}"' in SSH_RAN.read_text().splitlines(),
       "one that is an id names the file of its host keys", result)
    SSH_RAN.unlink()


def test_addresses(node: str) -> None:
    host.must("forward", "delete", node, "ssh")
    for address in ADDRESSES:
        host.manage("modifyvm", node, "--natpf1", f"odd,tcp,{address},20999,,22")
        fails(run("node", "ssh", node, "--no-wait", env=host.env | ssh), 6, "is not an IP address",
              f"ssh: the address '{address}'")
        shown = ask("node", "show", node)
        ok(shown["addresses"] == [], "is none of the node's", shown["addresses"])
        ok(ask("forward", "list", node)[0]["host_ip"] == address, "is shown with its forward")
        is_fine(host.cloud("forward", "delete", node, "odd"), "which can be deleted")
    ok(not SSH_RAN.exists(), "ssh was not run")
    host.manage("modifyvm", node, "--natpf1", "even,tcp,0.0.0.0,20999,,22")
    result = run("node", "ssh", node, "--no-wait", "--", "id", env=host.env | ssh)
    ok(result.status == 0 and SSH_RAN.read_text().splitlines()[-3:] == ["--", "127.0.0.1", "id"],
       "ssh: all of the host's addresses are the one that it was reached at", result)
    host.must("forward", "delete", node, "even")


def test_hardware(node: str) -> None:
    for mac in ("0800271A2B3", "0800271A2B3C00", "08:00:27:1A", "x" * 12, ""):
        rule = {"method": "INetworkAdapter_getMACAddress", "every": True, "do": "substitute",
                "pattern": "(<returnval[^>]*>)[^<]*", "with": rf"\g<1>{mac}"}
        with Proxy(host.url, [rule]) as proxy:
            shown = host.cloud("node", "show", node, "--output", "json", url=proxy.url)
        ok(shown.status == 0 and json.loads(shown.out)["adapters"][0]["mac"] is None,
           f"the hardware address '{mac}' is unknown", shown)
    host.manage("modifyvm", node, "--vrde", "on", "--vrdeaddress", "host.example", "--vrdeport",
                "20500-20600")
    shown = ask("node", "display", node)
    ok(shown["enabled"] and shown["address"] is None and shown["port"] == 20500,
       "a display at no IP address has none that is known", shown)
    for port in ("99999", "x", "-1", "18446744073709551617"):
        rule = {"method": "IVRDEServer_getVRDEProperty", "every": True, "do": "substitute",
                "pattern": "(<returnval[^>]*>)20500[^<]*", "with": rf"\g<1>{port}"}
        with Proxy(host.url, [rule]) as proxy:
            result = host.cloud("node", "display", node, "--output", "json", url=proxy.url)
        ok(result.status == 0 and json.loads(result.out)["port"] is None,
           f"the port '{port}' is unknown", result)
    host.manage("modifyvm", node, "--vrde", "off")


class Kind:
    """What there is of a kind, and its metadata."""

    def __init__(self, noun: str, id_: str, *list_words: str):
        self.noun, self.id, self.list_words = noun, id_, list_words or (noun, "list")
        self.key = f"libcloud/{noun}/{id_}"
        self.good = host.soap.one("IVirtualBox_getExtraData", host.soap.vbox, key=self.key)

    def put(self, text: str) -> None:
        host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key=self.key, value=text)

    def change(self, **values: Any) -> None:
        self.put(json.dumps(json.loads(self.good) | values))

    def all(self) -> dict[str, Object]:
        """Those of its kind, by their ids."""
        return {each["id"]: each for each in ask(*self.list_words)}


def check_value(kind: Kind, fine: dict[str, Object], key: str, shown: str, value: Any,
                expected: Any) -> None:
    """With one value that is odd: it is unknown, and all else as it was."""
    kind.change(**{key: value})
    now = kind.all()
    ok(now == fine | {kind.id: fine[kind.id] | {shown: expected}},
       f"{kind.noun}: {key} {value!r:.40} is {expected!r:.40}", now.get(kind.id))


def check_kind(kind: Kind, fallback: str, words: tuple[str, ...] = ()) -> None:
    fine = kind.all()
    ok(fine[kind.id]["name"] and fine[kind.id]["created_at"], f"{kind.noun}: all is known at first",
       fine)
    for value in (TOO_LATE, UNTIL_9999 + 1, -1, -2**63, 10**40, 1e300, 1.5, "1700000000000", True,
                  None, [1], {}):
        check_value(kind, fine, "created_ms", "created_at", value, None)
    check_value(kind, fine, "created_ms", "created_at", UNTIL_9999, "9999-12-31T23:59:59Z")
    for value in ("", "x" * 256, "two\nlines", "\x1b[31mred", "nul\0", 5, True, None, ["x"], {}):
        check_value(kind, fine, "name", "name", value, fallback)
    for word in words:
        for value in (7, None, [], {}, "a\x07b"):
            check_value(kind, fine, word, word, value, None)
    nothing = fine[kind.id] | {"name": fallback, "created_at": None}
    for text in ("{}", "[]", "5", "null", "no JSON", '{"name": "cut'):
        kind.put(text)
        now = kind.all()
        seen = now.pop(kind.id, {})
        ok({key: seen.get(key) for key in ("name", "created_at")} ==
           {key: nothing[key] for key in ("name", "created_at")}
           and now == {id_: each for id_, each in fine.items() if id_ != kind.id},
           f"{kind.noun}: {text!r} instead of an object", seen)
    # As other programs do it.
    host.manage("setextradata", "global", kind.key, json.dumps({"name": "", "created_ms": TOO_LATE}))
    ok(kind.all()[kind.id]["name"] == fallback, f"{kind.noun}: written by VBoxManage")
    kind.put(kind.good)
    ok(kind.all() == fine, f"{kind.noun}: all is as it was")


def check_node(node: str) -> None:
    kind = Kind("node", node)
    check_kind(kind, "n", ("image",))
    fine = kind.all()
    for value in ("../../x", "x" * 36, 5):
        check_value(kind, fine, "image", "image", value, None)
    for value in (5, "x", [], ["a"], None, True):
        check_value(kind, fine, "tags", "tags", value, {})
    for value in (True, 1, [], {}, None, ""):
        check_value(kind, fine, "protected", "protected", value, False)
    for value in ("yes", "no", "\u00fc"):
        check_value(kind, fine, "protected", "protected", value, True)
    check_value(kind, fine, "tags", "tags",
                {"good": "yes", "empty": "", "number": 5, "null": None, "list": [], "": "nameless",
                 "long": "x" * 256, "x" * 256: "long", "a\nb": "line", "line": "a\nb",
                 "escape": "\x1b[0m"}, {"good": "yes", "empty": ""})
    is_fine(host.cloud("node", "tag", node, "more=1"), "tags are set beside odd ones")
    ok(kind.all()[node]["tags"] == {"good": "yes", "empty": "", "more": "1"}, "and are there",
       kind.all()[node]["tags"])
    kind.put('{"tags": 5, "name": ""}')
    is_fine(host.cloud("node", "rename", node, "n2"), "a node without a name gets one")
    ok(kind.all()[node]["name"] == "n2", "and has it")
    host.must("node", "rename", node, "n")
    kind.put(kind.good)


def bare_name(kind: Kind) -> str:
    """Of its file, which it has whatever is written of it."""
    return os.path.splitext(os.path.basename(kind.all()[kind.id]["location"]))[0]


def check_image(image: str) -> None:
    kind = Kind("image", image)
    check_kind(kind, bare_name(kind), ("init", "origin", "sha256", "firmware", "chipset", "tpm",
                                       "username"))
    fine = kind.all()
    for key in ("min_cpus", "min_memory_mb", "min_disk_gb"):
        for value in (-1, 2**32, TOO_LATE, 10**40, "4", 1.5, [], None):
            check_value(kind, fine, key, key, value, None)
    for value in ("x", "0" * 63, "g" * 64, "../" * 20):
        check_value(kind, fine, "sha256", "sha256", value, None)
    for value in ("-oProxyCommand=x", "a b", "a;b", "x" * 65, "\u00fc"):
        check_value(kind, fine, "username", "username", value, None)
    kind.put(kind.good)


def check_volume(volume: str) -> None:
    kind = Kind("volume", volume)
    check_kind(kind, bare_name(kind), ("snapshot",))
    snapshot = ask("snapshot", "create", "kept", "--volume", volume)["id"]
    kind = Kind("snapshot", snapshot)
    file = next((host.folder / "snapshots").glob("*.vdi"))
    check_kind(kind, file.stem)
    fine = kind.all()
    for value in ("../x", 5, None, []):
        check_value(kind, fine, "volume", "of", value, None)
    kind.put(kind.good)
    host.must("snapshot", "delete", snapshot)


def test_keys() -> None:
    host.must("key", "create", "k", "-o", str(HOME / "k"))
    fine = ask("key", "list")
    good = json.loads(host.soap.one("IVirtualBox_getExtraData", host.soap.vbox, key="libcloud/key/k"))
    for key, shown, values in (("created_ms", ("created_at",), (TOO_LATE, "x", None, [], 10**40)),
                               ("public_key", ("public_key", "fingerprint"),
                                ("", 5, None, "ssh-rsa AAAA", "\x1b[31m", "x" * 5000))):
        for value in values:
            host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key="libcloud/key/k",
                           value=json.dumps(good | {key: value}))
            ok(ask("key", "list") == [fine[0] | {each: None for each in shown}],
               f"key: {key} {value!r:.40} is unknown", ask("key", "list"))
    host.must("key", "delete", "k")


def test_journal() -> None:
    """Entries that are none do not stop anything, and are left alone: they may be of a newer
    release."""
    lines = {f"libcloud/{kind}/00000000-0000-4000-8000-00000000000{i}{more}": text
             for kind, more in (("doing", ""), ("lock", "/x"), ("port", ""), ("seed", ""),
                                ("borrowed", ""), ("lent", ""), ("strange", ""))
             for i, text in enumerate(('{}', '[]', '5', 'no JSON', '{"kind": 7, "until": "x"}',
                                       '{"kind": "other", "until": 1e300, "pid": -1}',
                                       json.dumps({"kind": "x", "until": TOO_LATE, "kept": 10**40})))}
    for key, text in lines.items():
        host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key=key, value=text)
    for noun in ("node", "image", "volume", "key", "forward"):
        is_fine(host.cloud(noun, "list", "--output", "json"), f"odd entries in the journal: {noun} list")
    for key in lines:
        host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key=key, value="")


def test_clock() -> None:
    for shown in ("-9223372036854775808", "9223372036854775807", "0"):
        rule = {"method": "IHost_getUTCTime", "every": True, "do": "substitute",
                "pattern": "(<returnval[^>]*>)[^<]*", "with": rf"\g<1>{shown}"}
        with Proxy(host.url, [rule]) as proxy:
            result = host.cloud("volume", "create", "v2", "--size", "1", url=proxy.url)
        ok(result.status == 4 and result.out == "" and "clock does not show a date" in result.err,
           f"a clock that shows {shown}", result)
    left = [key for key in host.state().extra if key.startswith("libcloud/doing/")]
    ok(not left and not ask("volume", "list"), "nothing is left of it", left)


def test_log(node: str) -> None:
    log = host.folder / node / "Logs" / "VBox.log"
    log.parent.mkdir(exist_ok=True)
    raw = b"one\ttab\r\ntwo \x1b]0;title\x07 \xc2\x9b31m \xe2\x80\xae\x00\xff\nthree"
    log.write_bytes(raw)
    result = run("node", "log", node, env=host.env)
    ok(result.status == 0 and result.out.encode("utf-8", "surrogateescape") == raw
       .replace(b"\r\n", b"\n"), "a log in a pipe is as it is", result)
    terminal = Terminal("node", "log", node, env=host.env)
    ok(terminal.status() == 0 and terminal.shown == "one\ttab\r\ntwo \\x1b]0;title\\x07 \\u009b31m "
       "\\u202e\\x00\\xff\r\nthree", "on a terminal nothing of it is obeyed", terminal.shown)


with Host("trust") as host:
    ssh = fake_ssh()
    host.put_image()
    node_id = host.create("--no-start")
    host.create("--no-start", name="other")
    test_log(node_id)
    test_ids(node_id)
    test_addresses(node_id)
    test_hardware(node_id)
    check_node(node_id)
    check_image(ask("image", "copy", IMAGE, "second")["id"])
    check_volume(ask("volume", "create", "v", "--size", "1")["id"])
    host.must("volume", "destroy", "v")
    test_keys()
    test_journal()
    test_clock()
done()
