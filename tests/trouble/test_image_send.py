#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same image on another host: all of it, once, or nothing on either.

It is killed at each call that changes something on either host; of these a run of the tests takes a
sample (tests/sample.py). The next command on each host leaves both as they were, or with the image.
"""
from __future__ import annotations

import hashlib
import json
import random
import time

from operation import Call, Operation
from trouble import HOME, IMAGE, Host, Proxy, Result, State, done, fails, finish, is_fine, ok, sample

RAW, BACK = HOME / "disk.raw", HOME / "back.raw"
WORDS = ("--os-type", "Debian_64", "--min-memory", "96", "--description", "what it is for", "--init",
         "nocloud", "--username", "ada", "--min-cpus", "1")


def make_content(seed: int, size: int = 9 << 20) -> str:
    """A raw disk with zeros in it, and no round size; its SHA-256."""
    content = bytearray(size + 512 * 3)
    rng = random.Random(seed)
    for at in (0, 1 << 20, (5 << 20) + 512, size - 4096):
        content[at:at + (300 << 10)] = rng.randbytes(300 << 10)
    content = content[:size + 512 * 3]
    RAW.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def listed(host: Host) -> dict[str, dict[str, object]]:
    return {image["name"]: image for image in json.loads(host.must("image", "list", "-o", "json").out)}


def same(one: dict[str, object], other: dict[str, object]) -> bool:
    """All but what is each host's own."""
    own = ("id", "location", "created_at", "used_bytes", "host", "name")
    return {key: value for key, value in one.items() if key not in own} == \
        {key: value for key, value in other.items() if key not in own}


def send(*words: str, source: str = "", target: str = "") -> Result:
    return a.cloud("image", "send", *words, "--to", target or b.url, "-o", "json", url=source or a.url)


def test_send() -> None:
    sha256 = make_content(1)
    a.must("image", "import", str(RAW), "--format", "raw", "--name", "disk", *WORDS)
    with Proxy(b.url) as proxy:
        result = send("disk", target=proxy.url)
        ok(result.status == 0 and "IMediumIO_write" in proxy.calls()["order"], "send an image", result)
        ok(json.loads(result.out)["sha256"] == sha256, "it is shown", result)
        ok(same(listed(a)["disk"], listed(b)["disk"]), "all that is recorded goes along", listed(a), listed(b))
        b.must("image", "export", "disk", "-o", str(BACK))
        ok(hashlib.sha256(BACK.read_bytes()).hexdigest() == sha256, "and its content")
        proxy.reset()
        again = send("disk", target=proxy.url)
        ok(again.status == 0 and json.loads(again.out)["id"] == json.loads(result.out)["id"] and
           "IMediumIO_write" not in proxy.calls()["order"], "what is there is not sent", again)
    b.must("image", "update", "disk", "--name", "other")
    ok(json.loads(send("disk").out)["name"] == "other", "whatever it is called there")
    is_fine(send("disk", "--name", "more"), "under another name that is wanted")
    ok(listed(b)["more"]["sha256"] == sha256 and len(listed(b)) == 2, "it is another image", listed(b))
    make_content(2)
    a.must("image", "import", str(RAW), "--format", "raw", "--name", "second")
    fails(send("second", "--name", "more"), 6, "there is an image 'more' already", "a name that is taken")
    fails(send("nothing"), 3, "no image 'nothing'", "an image that is not there")
    ok(set(listed(b)) == {"other", "more"}, "nothing is left of what was refused", listed(b))
    for name in ("other", "more"):
        b.must("image", "delete", name)


def test_sums() -> None:
    """One that nobody has made a checksum of; one that is not what was imported."""
    a.put_image()
    result = send(IMAGE)
    sum_ = hashlib.sha256(bytes(8 << 20)).hexdigest()
    ok(result.status == 0 and listed(a)[IMAGE]["sha256"] == listed(b)[IMAGE]["sha256"] == sum_,
       "both know the checksum of what nobody knew", result)
    key = f"libcloud/image/{listed(a)['second']['id']}"
    meta = json.loads(a.state().extra[key])
    a.soap.call("IVirtualBox_setExtraData", a.soap.vbox, key=key, value=json.dumps(meta | {"sha256": "0" * 64}))
    before = b.settled()
    fails(send("second"), 1, "it is not what was imported", "what is not what it should be")
    ok(b.settled() == before, "is nothing there", *b.settled().against(before))
    a.soap.call("IVirtualBox_setExtraData", a.soap.vbox, key=key, value=json.dumps(meta))
    b.must("image", "delete", IMAGE)


def test_at_once() -> None:
    """Several programs that send the same: it comes once."""
    processes = [a.start("image", "send", "disk", "--to", b.url, "-o", "json") for _ in range(3)]
    results = [finish(process) for process in processes]
    ok(all(result.status == 0 for result in results) and len({json.loads(result.out)["id"] for result in results}) == 1,
       "three at once", *results)
    ok(list(listed(b)) == ["disk"], "make one image", listed(b))
    b.must("image", "delete", "disk")


def test_room() -> None:
    """A host with a small disk."""
    with Host("image-send-small", "--disk-mib", "24") as small:
        RAW.write_bytes(random.Random(3).randbytes(40 << 20))
        a.must("image", "import", str(RAW), "--format", "raw", "--name", "large")
        small.must("image", "import", str(BACK), "--format", "raw", "--name", "small")
        before = small.settled()
        result = send("large", target=small.url)
        print(f"# {result.err.strip()}")
        ok(result.status == 1 and ("are free on the other host" in result.err or "disk is full" in result.err or
                                   "does not fit" in result.err), "there is no room", result)
        ok(small.settled() == before, "and nothing is left", *small.settled().against(before))
    a.must("image", "delete", "large")


def break_off(call: Call, on_target: bool) -> bool:
    """Kills it at this call; false when it made none like this."""
    proxies[on_target].reset()
    proxies[not on_target].reset()
    proxies[on_target].rules([call.rule("hang-after")])
    process = a.start("image", "send", "disk", "--to", proxies[True].url, url=proxies[False].url)
    while process.poll() is None:
        try:
            proxies[on_target].waiting(0.2)
            process.kill()
            process.wait()
        except TimeoutError:
            pass
    finish(process)
    return proxies[on_target].calls()["fired"] != [0]


def judge(before: tuple[State, State]) -> str:
    """What is wrong after the next command on each host."""
    results = [host.cloud("image", "list") for host in (a, b)]
    after = a.settled(), b.settled()
    if any(result.status for result in results):
        return "; ".join(result.err for result in results)
    if after[0] != before[0]:
        return f"the source: {after[0].against(before[0])}"
    if after[1] == before[1]:
        return ""
    if set(listed(b)) == {"disk"} and same(listed(a)["disk"], listed(b)["disk"]):
        b.must("image", "delete", "disk")
        return "" if b.settled() == before[1] else f"the target: {b.settled().against(before[1])}"
    return f"the target: {after[1].against(before[1])}"


def test_killed() -> None:
    for proxy in proxies.values():
        proxy.reset()
    is_fine(send("disk", source=proxies[False].url, target=proxies[True].url), "through both proxies")
    orders = {which: proxy.calls()["order"] for which, proxy in proxies.items()}
    b.must("image", "delete", "disk")
    before = a.settled(), b.settled()
    operation = Operation("image send", (), lambda _before, _after: True)
    for on_target, side in ((False, "source"), (True, "target")):
        calls = operation.changing(orders[on_target])
        taken = sample.of(calls, lambda call, side=side: f"image send, {side}, {call.name}")
        began = time.monotonic()
        wrong = []
        for call in taken:
            if break_off(call, on_target) and (complaint := judge(before)):
                wrong.append(f"{call}: {complaint[:500]}")
        ok(not wrong, f"killed at {len(taken)} of {len(calls)} calls to the {side}", *wrong)
        print(f"# {time.monotonic() - began:.1f} s", flush=True)


with Host("image-send-a") as a, Host("image-send-b") as b, Proxy(a.url) as to_a, Proxy(b.url) as to_b:
    proxies = {False: to_a, True: to_b}
    test_send()
    test_sums()
    test_at_once()
    test_room()
    test_killed()
done()
