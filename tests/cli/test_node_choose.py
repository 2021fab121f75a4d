#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""node start, stop and destroy of those that --all and --filter choose, with and without somebody
who can be asked. The host may have other nodes: --all is only asked about, or tried in vain.
"""
from __future__ import annotations

import json

from cli import done, fails, host_env, is_fine, ok
from hosts import ask, cloud, tiny_image, unique
from terminal import Terminal

SIZE = "1_cpu-64_ram-1_disk"


def states() -> dict[str, str]:
    """Of our nodes, by what they are called."""
    listed = ask("node", "list", "--filter", f"tag.of={mark}", "--columns", "name,state")
    return {node["name"].partition("-")[0]: node["state"] for node in listed}


def answered(answer: str, *words: str) -> tuple[int, str]:
    """The status of a command that asked, and all that was shown; both ends of a line are one."""
    terminal = Terminal(*words, env=host_env())
    terminal.read("[y/N] ")
    terminal.type(answer)
    status = terminal.status()
    return status, terminal.shown.replace("\r\n", "\n")


def test_without_terminal() -> None:
    for verb in ("destroy", "rm", "delete"):
        fails(cloud("node", verb, "--all"), 2, "'--all' needs '--yes' here, as nobody can be asked", verb)
        fails(cloud("node", verb, *mine), 2, "'--filter' needs '--yes'", f"{verb} some")
    for verb in ("start", "stop", "destroy"):
        fails(cloud("node", verb), 2, "needs a NODE, --all or --filter", f"{verb} none")
        fails(cloud("node", verb, "n", "--all"), 2, "takes no 'n' with '--all'", f"{verb} one and all")
        fails(cloud("node", verb, "n", *mine), 2, "takes no 'n' with '--filter'", f"{verb} one and some")
        fails(cloud("node", verb, "--filter", "x=y", "--yes"), 2, "'x'", f"{verb} by no key")
    is_fine(cloud("node", "start", *mine, "--filter", "state=stopped"), "start some", "")
    ok(states() == {"a": "running", "b": "running", "c": "running"}, "they run", states())
    result = cloud("node", "start", *mine)
    ok(result.status == 0 and result.err == "vboxcloud: there is no node to be started\n", "again", result)
    is_fine(cloud("node", "stop", *mine, "--filter", f"tag.which=b", "--force"), "stop one", "")
    ok(states() == {"a": "running", "b": "stopped", "c": "running"}, "it is stopped", states())


def test_asked() -> None:
    for answer in ("\n", "n\n", "yess\n", "\x04"):
        status, shown = answered(answer, "node", "destroy", *mine)
        ok(status == 5 and "Destroy 3 nodes? [y/N]" in shown and "no node was destroyed" in shown,
           f"the answer {answer!r}", shown)
    ok(len(states()) == 3, "all are there")
    lines = [line for line in shown.splitlines() if line.startswith("  ")]
    ok(shown.startswith("These nodes would be destroyed:\n") and len(lines) == 3 and
       sum("protected: it stays" in line for line in lines) == 1 and
       all(id_ in shown for id_ in ids.values()), "they are listed, with the protected one", shown)
    status, shown = answered("n\n", "node", "destroy", "--all")
    ok(status == 5 and all(id_ in shown for id_ in ids.values()), "all", shown)
    status, shown = answered("y\n", "node", "stop", *mine, "--force")
    ok(status == 0 and "Stop 2 nodes?" in shown, "those that run", shown)
    ok(set(states().values()) == {"stopped"}, "are stopped", states())
    terminal = Terminal("node", "start", *mine, "--filter", "tag.which=a", "-y", env=host_env())
    ok(terminal.status() == 0 and "[y/N]" not in terminal.shown, "with --yes it is not asked",
       terminal.shown)
    ok(states()["a"] == "running", "and done", states())


def test_dry_run() -> None:
    result = cloud("node", "destroy", *mine, "--dry-run")
    ok(result.status == 6 and result.err.count("would destroy node") == 2 and "is protected" in result.err
       and len(states()) == 3, "what would be destroyed is told", result)


def test_destroyed() -> None:
    result = cloud("node", "destroy", *mine, "--yes")
    ok(result.status == 6 and "is protected" in result.err and list(states()) == ["c"],
       "all but the protected one are destroyed", result)
    is_fine(cloud("node", "unprotect", ids["c"]), "unprotect it")
    status, shown = answered("y\n", "node", "rm", *mine)
    ok(status == 0 and "Destroy 1 node? [y/N]" in shown and not states(), "and destroy it", shown)
    is_fine(cloud("node", "destroy", *mine, "--yes"), "nothing is left to destroy", "")


mark = unique("mark")
mine = ("--filter", f"tag.of={mark}")
image = ask("image", "import", tiny_image(), "--name", unique("choose"))["id"]
ids = {name: json.loads(cloud("node", "create", unique(name), "--image", image, "--size", SIZE,
                              "--no-start", "--tag", f"of={mark}", "--tag", f"which={name}",
                              "--output", "json").out)["id"] for name in "abc"}
is_fine(cloud("node", "protect", ids["c"]), "protect one")
test_without_terminal()
test_asked()
test_dry_run()
test_destroyed()
is_fine(cloud("image", "delete", image), "delete the image")
done()
