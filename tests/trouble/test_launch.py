#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""launch fails, and is killed, at calls that change something, from the upload of the image to the node
that runs.

What fails leaves nothing but an image that came whole. When it was killed, the one next command leaves
nothing that is half there: no image or a whole one, no node or one that runs. The key pair on this
machine is the same all the time, and no key is remembered of a node that is not there. Of the calls a
run takes a sample (tests/sample.py).
"""
from __future__ import annotations

import json
import subprocess
import time

from operation import Call, Operation
from operations import is_imported
from trouble import HOME, SIZE, Host, Proxy, Result, State, done, finish, ok, sample

RAW = HOME / "small.raw"
STATE = HOME / ".local/state/vboxcloud"
PRIVATE = STATE / "key/id_ed25519"
met: list[Call] = []  # at which it was made to fail
WORDS = ("launch", "--name", "n", "--size", SIZE)


def far(url: str) -> str:
    """A name of the host that it is not reached by itself: so there is no guest to be waited for."""
    return url.replace("127.0.0.1", "far.localhost")


def prepare() -> None:
    RAW.write_bytes(bytes(range(256)) * 8192)
    catalog = HOME / ".config/vboxcloud/catalog.ini"
    catalog.parent.mkdir(parents=True)
    catalog.write_text(f"[i]\nurl = file://{RAW}\nos_type = Linux_64\nusername = root\ninit = nocloud\n"
                       "default = yes\n")


def clear() -> State:
    for noun, verb, name in (("node", "destroy", "n"), ("image", "delete", "i")):
        if any(each["name"] == name for each in json.loads(host.must(noun, "list", "--output", "json").out)):
            host.must(noun, verb, name)
    return host.settled()


def is_launched(before: State, after: State) -> bool:
    """An image and a node that runs, and nothing of what was on its way."""
    return ([of[1] for of in after.machines.values()] == ["Running"] and
            len(after.media) == len(before.media) + 2 and
            not any(key.startswith(("libcloud/doing/", "libcloud/lock/")) for key in after.extra) and
            len(after.extra) == len(before.extra) + 4)  # of the image, the node, its name and its port


def pair() -> tuple[bytes, bytes]:
    return PRIVATE.read_bytes(), PRIVATE.with_suffix(".pub").read_bytes()


def remembered(state: State) -> bool:
    """Only of nodes that are there."""
    folder = STATE / "identity"
    return not folder.exists() or {path.name for path in folder.iterdir()} <= state.machines.keys()


def judge(before: State, after: State, whole: bool) -> list[str]:
    """What is wrong; a node that is whole may be there where it was killed."""
    wrong = []
    if not (after == before or is_imported(before, after) or (whole and is_launched(before, after))):
        wrong += ["something is left", *after.against(before)]
    if pair() != keys:
        wrong.append("the key pair is another")
    if not remembered(after):
        wrong.append("a key is remembered of no node")
    return wrong


def fail(mode: str, call: Call) -> str:
    """What is wrong when it failed at this call."""
    before = clear()
    proxy.reset()
    proxy.rules([call.rule(mode)])
    result = host.cloud(*WORDS, url=far(proxy.url))
    if proxy.calls()["fired"] != [1]:
        return ""
    met.append(call)
    if result.status == 0:  # what it does not need, or can do again
        return ""
    host.must("node", "list")  # which undoes what could not be undone then
    wrong = judge(before, host.settled(), False)
    if result.out or len(result.err.splitlines()) < 1:
        wrong.append("it does not say what failed")
    return f"{call}: {'; '.join([*wrong, result.err])[:600]}" if wrong else ""


def kill(mode: str, call: Call) -> str:
    """What is wrong after the next command, when it was killed at this call."""
    before = clear()
    proxy.reset()
    proxy.rules([call.rule(mode)])
    process = host.start(*WORDS, url=far(proxy.url))
    while process.poll() is None:
        try:
            proxy.waiting(0.2)
            process.kill()
            process.wait()
        except TimeoutError:
            pass
    finish(process)
    met.extend([call] * (proxy.calls()["fired"] != [0]))
    result = host.cloud("node", "list")
    wrong = judge(before, host.settled(), True)
    if result.status:
        wrong.append(result.err)
    return f"{call}: {'; '.join(wrong)[:600]}" if wrong else ""


def each_call(order: list[str]) -> None:
    calls = Operation("launch", WORDS, is_launched).changing(order)
    for mode, run in (("fault", fail), ("cut", fail), ("hang-after", kill)):
        began = time.monotonic()
        met.clear()
        taken = sample.of(calls, lambda call, mode=mode: f"launch, {mode}, {call.name}")
        wrong = [complaint for call in taken if (complaint := run(mode, call))]
        if taken:
            ok(not wrong and len(met) > len(taken) / 2,
               f"launch: {mode} at {len(taken)} of {len(calls)} calls", len(met), *wrong)
        print(f"# {time.monotonic() - began:.1f} s", flush=True)


def key_pairs() -> None:
    """Killed at any moment while it makes the pair, it leaves a whole one or none."""
    clear()
    STATE.rename(STATE.with_name("away"))
    wrong = []
    for delay in range(0, 60, 6):
        process = host.start(*WORDS, "--ssh-key", "none")
        time.sleep(delay / 1000)
        process.kill()
        finish(process)
        if PRIVATE.exists() != PRIVATE.with_suffix(".pub").exists():
            wrong.append(f"half a pair after {delay} ms")
    result = host.cloud(*WORDS, "--ssh-key", "none")
    derived = subprocess.run(["ssh-keygen", "-y", "-f", str(PRIVATE)], check=False, text=True,
                             stdout=subprocess.PIPE, stdin=subprocess.DEVNULL).stdout.split()[:2]
    ok(not wrong and result.status == 3 and derived == PRIVATE.with_suffix(".pub").read_text().split()[:2],
       "a pair is made whole or not at all", wrong, result, derived)


def first() -> list[str]:
    """The calls of one that succeeds."""
    before = clear()
    proxy.reset()
    result: Result = host.cloud(*WORDS, url=far(proxy.url))
    order = proxy.calls()["order"]
    after = host.settled()
    ok(result.status == 0 and result.out == "vboxcloud forward add n 22 --host-ip all\n" and
       is_launched(before, after), f"launch: {len(order)} calls", result, after.against(before))
    ok(remembered(after) and len(list((STATE / "identity").iterdir())) == 1, "its key is remembered")
    return order


with Host("launch") as host, Proxy(host.url) as proxy:
    prepare()
    every = first()
    keys = pair()
    clear()
    each_call(every)
    key_pairs()
    clear()
done()
