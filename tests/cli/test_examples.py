#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The example programs on a real host: what they print, and how they fail."""
from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

from cli import HOME, Result, clean_env, done, finish, host_env, ok, skip_all
from hosts import ROOT, ask, cloud, takes_uploads, tiny_image, tiny_path, unique

FOLDER = Path(os.environ["VBOXCLOUD_BUILD"]) / "examples"
URL = os.environ["VBOXCLOUD_HOST"]
SMALL = "1_cpu-64_ram-1_disk"
UUID = r"[0-9a-f-]{36}"
TRIED: set[str] = set()


def start(name: str, *words: str) -> subprocess.Popen[str]:
    TRIED.add(name)
    return subprocess.Popen([FOLDER / name, *words], env=clean_env(), text=True, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def example(name: str, *words: str) -> Result:
    return finish(start(name, *words), 300)


def prints(result: Result, pattern: str, what: str) -> None:
    ok(result.status == 0 and re.fullmatch(pattern, result.out) and not result.err, what, pattern, result)


def fails(result: Result, pattern: str, what: str) -> None:
    ok(result.status == 1 and not result.out and re.fullmatch(pattern, result.err), what, pattern, result)


def test_import() -> str:
    """Imports the image that the others use; its name."""
    name = unique("example")
    if not takes_uploads():
        ask("image", "import", tiny_image(), "--name", name)
        return name
    result = example("import-progress", URL, tiny_path(), name)
    ok(result.status == 0 and re.fullmatch(rf"{UUID}  {name}  \d+ MiB\n", result.out) and
       re.search(r"^ *\d+ %  uploading .*: \d+ of \d+ MiB$", result.err, re.M),
       "import-progress tells of the upload, and of the image", result)
    fails(example("import-progress", URL, str(HOME / "none.img")), "import-progress: .*none.img.*\n",
          "and that there is no such file")
    large = HOME / "large.img"
    with open(large, "wb") as file:
        file.truncate(2 << 30)
    process = start("import-progress", URL, str(large), unique("cancelled"))
    assert process.stderr
    process.stderr.readline()  # it is at work
    process.send_signal(signal.SIGINT)
    result = finish(process)
    ok(result.status == 1 and result.err.endswith("import-progress: cancelled\n"), "Ctrl-C cancels it", result)
    return name


def test_create(image: str) -> str:
    """The id of the node, which runs."""
    name = unique("created")
    result = example("create-and-wait", URL, image, name)
    prints(result, rf"{UUID}  running  {name}\nport 22 of the guest: [\w.]+:\d+ \(forward\)\n",
           "create-and-wait tells where its node is reached")
    fails(example("create-and-wait", URL, "no-such-image", name), "create-and-wait: .*no-such-image.*\n",
          "and that there is no such image")
    return result.out[:36]


def test_errors(node: str) -> None:
    prints(example("errors", URL, node), f"{node} runs\n", "errors starts a node")
    fails(example("errors", URL, "no-such-node"),
          "errors: .*no-such-node.*\n  code VBC_E_NOTFOUND\n  check the name\n",
          "and says what to do where there is none")
    fails(example("errors", "http://127.0.0.1:1", node),
          r"(attempt \d of 3: cannot connect.*\n){3}errors: cannot connect.*\n"
          r"  code VBC_E_CONNECT, call \w+\n  check that vboxwebsrv runs there\n",
          "where nobody answers it tries three times")


def test_threads(image: str) -> list[str]:
    names = [unique(f"thread{i}") for i in range(3)]
    result = example("threads", URL, image, *names)
    prints(result, "".join(rf"{UUID}  {name}\n" for name in names), "threads creates several nodes at once")
    fails(example("threads", URL, "no-such-image", *names[:2]), "(threads: .*no-such-image.*\n){2}",
          "and each thread has its own error")
    return re.findall(f"^{UUID}", result.out, re.M)


def test_snapshot(node: str) -> None:
    prints(example("snapshot-revert", URL, node),
           rf"before: {SMALL}\nchanged: 1_cpu-128_ram-1_disk\nreverted: {SMALL}\n",
           "snapshot-revert changes a node and goes back")


def test_watch(node: str) -> None:
    process = start("watch-nodes", URL)
    assert process.stdout
    lines = []
    for line in process.stdout:  # its first ones list the nodes
        lines.append(line)
        if line.startswith(node):
            break
    ok(f"{node}  running\n" in lines, "watch-nodes lists the nodes", lines)
    cloud("node", "stop", "--force", node)
    for line in process.stdout:
        lines.append(line)
        if line == f"{node}  stopped\n":
            break
    process.send_signal(signal.SIGINT)
    result = finish(process)
    ok(f"{node}  stopped\n" in lines and result.status == 0 and not result.err,
       "and tells of a change; Ctrl-C ends it", lines, result)


def test_list(node: str) -> None:
    result = example("list-nodes", URL)
    ok(result.status == 0 and re.search(rf"^{node}  stopped +\S+$", result.out, re.M),
       "list-nodes lists the nodes", result)


if host_env().get("VBOXCLOUD_USER") or URL.startswith("https:"):
    skip_all("the examples have no password and no certificate to use")
image_name = test_import()
first = test_create(image_name)
nodes = [first]
test_errors(first)
test_watch(first)
test_list(first)
test_snapshot(first)
nodes += test_threads(image_name)
for each in nodes:
    ok(cloud("node", "destroy", each).status == 0, "a node of the examples is destroyed")
cloud("image", "delete", image_name)
there = {path.stem for path in (ROOT / "examples").glob("*.c")}
ok(not takes_uploads() or TRIED == there, "all examples were tried", there ^ TRIED)
done()
