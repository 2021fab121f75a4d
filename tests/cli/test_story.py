#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The life of an image and of its nodes on a real host, as a person and as a script see it."""
from __future__ import annotations

import calendar
import os
import re
import signal
import time
from typing import Any

from cli import HOME, Result, done, fails, host_env, interrupt, is_fine, ok, start
from hosts import ask, cloud, contents, takes_uploads, tiny_image, unique
from terminal import Terminal

SIZE = "1_cpu-256_ram-1_disk"
NODE_KEYS = {"name", "id", "state", "size", "image", "created_at", "cpus", "memory_mb", "disk_gb",
             "host", "os_type", "public_ips", "private_ips", "addresses", "forwards", "adapters", "tags",
             "extra", "firmware", "username", "protected", "iso"}
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def seconds(text: str) -> int:
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def test_import(name: str) -> dict[str, Any]:
    path = tiny_image()
    image = ask("image", "import", path, "--name", name, "--os-type", "Other", "--min-cpus", "1",
                "--min-memory", "64", "--description", "says \"hello\"\nand sleeps")
    ok(re.fullmatch(UUID, image["id"]) and image["name"] == name and image["format"] == "VDI" and
       image["os_type"] == "Other" and (image["min_cpus"], image["min_memory_mb"],
       image["min_disk_gb"]) == (1, 64, None) and image["description"].endswith("\nand sleeps"),
       "an imported image is as it was asked for", image)
    ok(image == ask("image", "show", name) == ask("image", "show", image["id"]), "shown the same")
    ok(image in ask("image", "list"), "and listed the same")
    fails(cloud("image", "import", path, "--name", name), 6, name, "a second one of that name")
    return image


def test_create(image: dict[str, Any]) -> dict[str, Any]:
    name = unique("web")
    before = time.time()
    node = ask("node", "create", name, "--image", image["name"], "--size", SIZE, "--description",
               "d\u00e9j\u00e0 vu", "--wait", "running", "--timeout", "240")
    ok(set(node) == NODE_KEYS and node["name"] == name and node["state"] == "running" and
       node["size"] == SIZE and node["image"] == image["id"] and
       (node["cpus"], node["memory_mb"], node["disk_gb"]) == (1, 256, 1) and
       node["extra"]["description"] == "d\u00e9j\u00e0 vu", "a new node is as it was asked for", node)
    ok(before - 5 <= seconds(node["created_at"]) <= time.time() + 5, "and was made just now",
       node["created_at"])
    ok(node == ask("node", "show", name) == ask("node", "show", node["id"]), "shown the same")
    ok({**node, "firmware": None} in ask("node", "list"), "and listed so, but for its firmware")
    row = f"{name}\t{node['id']}\trunning\t{SIZE}\t{image['id']}\t{node['created_at']}\n"
    ok(row in cloud("node", "list", "--output", "tsv").out, "in TSV too")
    ok(re.search(rf"^{name} +{node['id']} +running +{SIZE}", cloud("node", "list", "--wide").out, re.M),
       "and in the wide table")
    address = next(each["address"] for each in node["addresses"] if each["guest_port"] == 22)
    ok(re.search(rf"^{name} +{node['id'][:8]}[-0-9a-f]* +running +1c/256M/1G +{image['name']} +{address} +[0-9]+[sm]$",
                 cloud("node", "list").out, re.M), "and in the usual one", cloud("node", "list"))
    return node


def test_screenshot(node: dict[str, Any]) -> None:
    picture = HOME / "screen.png"
    is_fine(cloud("node", "screenshot", node["id"], "-o", str(picture)), "a screenshot", "")
    data = picture.read_bytes()
    ok(data.startswith(b"\x89PNG\r\n\x1a\n") and data.endswith(b"IEND\xaeB`\x82"), "is a PNG")
    ok([path.name for path in HOME.glob("screen*")] == ["screen.png"], "and the only new file")
    piped = HOME / "piped.png"
    with open(piped, "wb") as out:
        process = start("node", "screenshot", node["id"], "-o", "-", env=host_env(), stdout=out)
        ok(process.wait(120) == 0, "a screenshot to standard output")
    ok(piped.read_bytes().startswith(b"\x89PNG"), "is a PNG as well")
    fails(cloud("node", "screenshot", node["id"], "-o", str(HOME / "none/x.png")), 1, "No such file",
          "a folder that is not there")


def test_power(node: dict[str, Any]) -> None:
    def state() -> str:
        return ask("node", "show", node["id"])["state"]

    name, gone = node["name"], HOME / "gone.png"
    is_fine(cloud("node", "start", name), "start of a node that runs", "")
    fails(cloud("node", "stop", name), 6, name, "stop of a guest without ACPI")
    ok(state() == "running", "leaves it running")
    is_fine(cloud("node", "reboot", "--force", name), "reboot by force", "")
    is_fine(cloud("node", "wait", name, "--state", "running", "--timeout", "60"), "wait", "")
    result = cloud("node", "stop", "--force", unique("no"), node["id"])
    ok(result.status == 3 and result.err.count("\n") == 2 and state() == "stopped",
       "all of several nodes are tried, the first error decides", result)
    is_fine(cloud("node", "stop", name), "stop of a stopped node", "")
    fails(cloud("node", "reboot", name), 6, name, "reboot of a stopped node")
    fails(cloud("node", "screenshot", name, "-o", str(gone)), 6, name, "a screen that is off")
    ok(not gone.exists(), "leaves no file")
    fails(cloud("node", "wait", name, "--state", "running", "--timeout", "1"), 5, name,
          "waiting for nothing")
    is_fine(cloud("node", "start", name, "--timeout", "120"), "start", "")
    ok(state() == "running", "and it runs")


def test_destroy(node: dict[str, Any]) -> None:
    result = cloud("node", "destroy", node["name"])
    ok(result.status == 0 and result.out == "" and
       result.err == f"vboxcloud: destroyed node '{node['name']}'\n", "destroy says so", result)
    for verb in (("show",), ("start",), ("stop",), ("reboot",), ("destroy",)):
        fails(cloud("node", *verb, node["id"]), 3, node["id"], f"{verb[0]} of a node that is gone")


def test_same_name(image: dict[str, Any]) -> None:
    name = unique("twin")
    twins = [ask("node", "create", name, "--image", image["id"], "--size", SIZE, "--no-start")
             for _ in range(2)]
    ok({twin["state"] for twin in twins} == {"stopped"}, "--no-start leaves nodes stopped", twins)
    result = cloud("node", "show", name)
    fails(result, 2, name, "a name that two have")
    ok(all(twin["id"] in result.err for twin in twins), "and their ids", result)
    result = cloud("node", "destroy", "--quiet", *(twin["id"] for twin in twins))
    ok((result.status, result.out, result.err) == (0, "", ""), "--quiet says nothing", result)


def test_refused(image: dict[str, Any]) -> None:
    create = ("node", "create", unique("no"))
    before = contents()
    fails(cloud(*create, "--image", unique("no")), 3, "image", "an unknown image")
    fails(cloud(*create, "--image", image["id"], "--size", "big"), 2, "_cpu-",
          "a size that is none")
    fails(cloud(*create, "--image", image["id"], "--size", "4096_cpu-256_ram-1_disk"), 2, "CPU|cpu",
          "more CPUs than the host has")
    fails(cloud(*create, "--image", image["id"], "--size", "1_cpu-9999999_ram-1_disk"), 2, "",
          "more memory than the host has")
    fails(cloud(*create, "--image", image["id"], "--size", "1_cpu-16_ram-1_disk"), 2, "memory",
          "less memory than the image needs")
    fails(cloud("image", "import", str(HOME / "no.img")), 3, "no.img", "a file that is not there")
    damaged = HOME / "damaged.qcow2"
    damaged.write_bytes(b"QFI\xfb" + b"\xff" * 60)
    result = cloud("image", "import", str(damaged))
    ok(result.status in (1, 2) and result.out == "" and result.err.count("\n") == 1,
       "a damaged image", result)
    ok(contents() == before, "nothing is left of all that")


def large_file() -> str:
    """A disk image that takes seconds to upload: there is something in each part of it."""
    path = HOME / "large.raw"
    with open(path, "wb") as file:
        for at in range(0, 2 << 30, 1 << 20):
            file.seek(at)
            file.write(b"\x55\xaa" * 1024)
        file.truncate(2 << 30)
    return str(path)


def test_progress(path: str) -> None:
    terminal = Terminal("image", "import", path, "--name", unique("large"), env=host_env())
    terminal.read("MiB/s", 60)
    os.kill(terminal.pid, signal.SIGINT)
    ok(terminal.status() == 5, "an upload on a terminal is cancelled", terminal.shown)
    ok(re.search(r"\d+% \[#* *\] [0-9.]+ [KMG]iB of 2\.0 GiB, [0-9.]+ [KMG]iB/s\r\x1b\[K",
                 terminal.shown), "and showed its progress", terminal.shown)
    ok(terminal.shown.rpartition("\x1b[K")[2].startswith("vboxcloud: "),
       "which gave way to the error", terminal.shown)


def test_cancel(path: str) -> None:
    process = start("image", "import", path, "--name", unique("large"), env=host_env())
    fails(interrupt(process, 2), 5, "", "Ctrl-C cancels an upload")
    fails(cloud("image", "import", path, "--name", unique("large"), "--timeout", "2"), 5, "",
          "a time limit ends one")


def test_killed(image: dict[str, Any]) -> None:
    """A create that is cancelled undoes its work itself; of one that is killed, gc does."""
    statuses = []
    for after in (0.02, 0.1, 0.3, 0.6, 1.0):
        for number in (signal.SIGTERM, signal.SIGKILL):
            name = unique("end")
            process = start("node", "create", name, "--image", image["id"], "--size", SIZE,
                            env=host_env())
            status = interrupt(process, after, number).status
            statuses.append(status)
            if status == -signal.SIGKILL:
                is_fine(cloud("gc"), f"gc after a create was killed in {after} s")
            made = [node["id"] for node in ask("node", "list") if node["name"] == name]
            ok(made == [] or status in (0, -signal.SIGKILL), "a cancelled create leaves no node",
               made, status)
            for node_id in made:  # it was done before it was stopped
                is_fine(cloud("node", "destroy", node_id), "a complete node is destroyed")
    ok({5, -signal.SIGKILL} <= set(statuses) <= {5, -signal.SIGKILL, -signal.SIGTERM, 0},
       "creates were cancelled and killed", statuses)


first = contents()
the_image = test_import(unique("story \u6f22\u5b57"))
the_node = test_create(the_image)
test_screenshot(the_node)
test_power(the_node)
test_destroy(the_node)
test_same_name(the_image)
test_refused(the_image)
test_killed(the_image)
alone = contents()
the_file = large_file()
if takes_uploads():
    test_progress(the_file)
    test_cancel(the_file)
else:
    fails(cloud("image", "import", the_file), 1,
          r"VirtualBox 5[\d.]* cannot take uploads .*import it as 'host:/PATH'", "no uploads")
ok(contents() == alone, "nothing is left of what was cancelled or killed")
is_fine(cloud("image", "delete", the_image["name"]), "the image is deleted", "")
fails(cloud("image", "show", the_image["id"]), 3, the_image["id"], "and gone")
ok(contents() == first, "the host is as it was before")
ok(ask("gc", "--dry-run") == [], "without leftovers")
done()
