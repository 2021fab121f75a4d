#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Help and usage errors of every command; none of them needs a host."""
from __future__ import annotations

import subprocess

from cli import COMMAND, clean_env, config, done, fails, is_fine, ok, run

NOBODY = "http://127.0.0.1:1"


def test_help() -> None:
    listed = run("__commands")
    is_fine(listed, "the list of commands")
    commands: dict[str, list[str]] = {}
    for line in listed.out.splitlines():
        command, option, *_ = (line + "\t").split("\t")
        commands.setdefault(command, []).extend([option] if option else [])
    ok(len(commands) >= 19, "has all commands", commands)
    common = commands.pop("")
    for command, options in commands.items():
        result = run(*command.split(), "--help")
        ok(result.status == 0 and result.err == "" and
           result.out.startswith(f"Usage: vboxcloud {command}") and
           all(f"\n  {option}" in result.out for option in options + common) and
           max(map(len, result.out.splitlines())) <= 80, f"help of {command}", result)
        result = run(*command.split(), "--no-such-option", env={"VBOXCLOUD_HOST": NOBODY})
        fails(result, 2, rf"'vboxcloud {command}' has no option '--no-such-option'",
              f"{command} with an unknown option")
    for noun in {command.split()[0] for command in commands}:
        is_fine(run(noun, "--help"), f"help of {noun}")
    result = run("--help")
    ok(result.status == 0 and all(f"  {c} " in result.out for c in commands), "help of all", result)
    ok(run("--version").out.startswith("vboxcloud "), "the version")


def test_errors() -> None:
    fails(run(), 2, "no command given: see 'vboxcloud --help'", "no command")
    fails(run("nodes"), 2, "did you mean 'node'", "a wrong noun")
    fails(run("node"), 2, "'vboxcloud node' needs a verb", "no verb")
    fails(run("node", "lsit"), 2, "did you mean 'list'", "a wrong verb")
    fails(run("node", "create", "x"), 2, "needs --image IMAGE", "no image")
    fails(run("node", "create", "--image", "x"), 2, "needs a NAME", "no name")
    fails(run("node", "show", ""), 2, "empty word", "an empty name")
    fails(run("node", "list", "x"), 2, "takes no 'x'", "a word too many")
    fails(run("node", "list", "--output", "xml"), 2, "it must be table, json or tsv", "a wrong format")
    fails(run("node", "stop", "x", "--timeout", "soon"), 2, "whole number", "no number")
    fails(run("node", "wait", "x"), 2, "needs --state", "no state")
    fails(run("node", "create", "x", "--image", "i", *["--ssh-key=k"] * 33), 2,
          "can be given at most 32 times", "too many keys")
    fails(run("node", "ssh"), 2, "needs a NODE", "a way to no node")
    fails(run("--force", "node", "stop", "x"), 2, "write it after that", "an option too early")
    fails(run("node", "create", "x\x1b[2J\ny", "z", "--image", "i"), 2, "takes no 'z'",
          "a word too many after a strange one")
    fails(run("node", "x\x1b[2J\ny"), 2, r"'x\\x1b\[2J\\ny'", "control characters are shown")
    fails(run("node", "create", "x", "--image", "i", "--no-start", "--wait", "running",
              "--host", NOBODY), 2, "'--no-start'", "options that contradict each other")


def test_hosts() -> None:
    config("[host lab]\nurl = http://127.0.0.1:1\n")
    fails(run("node", "list", "--host", "lap"), 2, "did you mean 'lab'", "a host not configured")
    fails(run("node", "list", "--host", "a.lab"), 4, "http://a.lab:18083", "a machine's name")
    fails(run("node", "list", "--host", "127.0.0.1:1"), 4, "http://127.0.0.1:1: ", "HOST:PORT")
    fails(run("node", "list", "--host", "[::1]:1"), 4, r"http://\[::1\]:1: ", "IPv6 and a port")
    fails(run("node", "list", "--host", "ftp://x"), 2, "", "a URL that is none of ours")
    fails(run("node", "list", "--host", "http://"), 2, "", "a URL without a host")
    result = run("node", "list", "--verbose", "--host", "http://me:geheim@127.0.0.1:1")
    ok(result.status == 2 and "VBOXCLOUD_PASSWORD_FILE" in result.err and
       "geheim" not in result.err, "a password in the URL is refused and not repeated", result)


def test_stdout() -> None:
    for what, redirect in (("full", ">/dev/full"), ("closed", ">&-")):
        result = subprocess.run(["sh", "-c", f'"$0" --help {redirect}', COMMAND],
                                env=clean_env(), capture_output=True, text=True, check=False)
        ok(result.returncode == 1 and "cannot write to standard output" in result.stderr,
           f"a {what} standard output", result)


def test_completion() -> None:
    def offered(*words: str) -> list[str]:
        return [line.partition("\t")[0] for line in run("__complete", *words).out.splitlines()]

    config("[host lab]\nurl = http://127.0.0.1:1\n[host lap]\nurl = http://127.0.0.1:1\n")
    ok(offered("") == ["launch", "host", "location", "size", "image", "node", "volume", "snapshot",
                           "network", "forward", "key", "gc", "metrics", "watch", "api"], "nouns", offered(""))
    ok(offered("node", "st") == ["start", "stop"], "verbs", offered("node", "st"))
    ok(offered("node", "stop", "--fo") == ["--force"], "options", offered("node", "stop", "--fo"))
    ok(offered("--output", "") == ["table", "json", "tsv"], "values", offered("--output", ""))
    ok(offered("--host", "la") == ["lab", "lap"], "hosts", offered("--host", "la"))
    ok(offered("image", "import", "") == [":file"], "files", offered("image", "import", ""))
    ok(offered("--host", "lab", "node", "show", "") == [], "no nodes without a host")
    ok("describe" not in offered("node", ""), "no names that commands had before")
    ok("ls" not in offered("node", "") and offered("node", "l") == ["list", "log"] and
       offered("node", "ls") == ["ls"], "another name where it is typed", offered("node", "ls"))
    ok(offered("node", "de") == ["destroy"] and offered("node", "del") == ["delete"],
       "one name of each verb", offered("node", "de"))
    ok(offered("help", "node", "stop") == ["stop"], "words after help")
    for words, want in ((("node", "list", "--columns", "na"), ["name"]),
                        (("node", "ls", "--columns", "name,st"), ["name,state"]),
                        (("node", "ls", "--columns", "state,st"), []),
                        (("node", "ls", "--columns", "name,xyz"), []),
                        (("node", "list", "--columns", "-na"), []),
                        (("node", "list", "--sort", "-na"), ["-name"]),
                        (("volume", "list", "--sort", "-size_gb,na"), ["-size_gb,name"]),
                        (("volume", "list", "--sort", "-name,-na"), []),
                        (("image", "list", "--filter", "os"), [":nospace", "os_type="]),
                        (("node", "list", "--filter", "ta"), [":nospace", "tag."]),
                        (("node", "list", "--filter", "state=r"), []),
                        (("node", "destroy", "--filter", "stat"), [":nospace", "state="]),
                        (("node", "start", "--filter", "protected"), [":nospace", "protected="])):
        ok(offered(*words) == want, f"keys: {' '.join(words[2:])}", offered(*words))
    every = offered("image", "list", "--columns", "")
    ok("os_type" in every and "state" not in every, "all of the command's own", every)


def test_old_names() -> None:
    now, before = (run("node", name, "--help") for name in ("set-description", "describe"))
    ok(before == now, "a command's old name is as good", before)
    ok("node describe" not in run("--help").out + run("node", "--help").out, "but is not shown")


def test_verbs_alone() -> None:
    """They are those of node; what is typed on is completed as theirs."""
    for words in (["ls"], ["ssh"], ["stop"], ["rm"], ["create"]):
        ok(run(*words, "--help").out == run("node", *words, "--help").out != "", f"vboxcloud {words[0]}")
    ok(run("help", "cp").out == run("node", "cp", "-h").out, "help on one")
    fails(run("ssh"), 2, "'vboxcloud node ssh' needs a NODE", "without a node")
    fails(run("launch", "-n"), 2, "option '-n' needs a value: write '-n NAME'", "the letter of a name")
    fails(run("shh", "web1"), 2, "did you mean 'ssh'", "a wrong verb")
    fails(run("ls", "--frob"), 2, "'vboxcloud node list' has no option", "an option it has not")
    fails(run("host", "add", "x"), 2, "needs a URL", "the word that is missing")

    def offered(*words: str) -> list[str]:
        return [line.partition("\t")[0] for line in run("__complete", *words).out.splitlines()]

    ok(offered("ss") == ["ssh", "ssh-config"] and offered("sn") == ["snapshot"], "verbs are completed", offered("ss"))
    ok(offered("ls", "--columns", "na") == ["name"] and "--force" in offered("stop", "--"), "and what follows")


def test_other_names() -> None:
    """Every noun's list is ls, and what deletes has three names."""
    others = {"list": ["ls"], "destroy": ["rm", "delete"], "delete": ["rm", "destroy"]}
    seen: set[str] = set()
    for line in run("__commands").out.splitlines():
        noun, _, verb = line.partition(" ")
        if "\t" in line or verb not in others:
            continue
        seen.add(verb)
        text = run(noun, verb, "-h").out
        ok(all(run(noun, other, "--help").out == text and f"vboxcloud {noun} {other}" in text
               for other in others[verb]), f"other names of {noun} {verb}", text)
        ok(run("help", noun, others[verb][0]).out == text, f"help {noun} {verb}")
    ok(seen == set(others), "all verbs were seen", seen)
    ok(run("help").out == run("-h").out == run("--help").out != "", "help of all")
    ok(run("help", "node").out == run("node", "help").out == run("node", "-h").out != "",
       "help of a noun")
    fails(run("help", "nodes"), 2, "did you mean 'node'", "help on what is not there")
    fails(run("size", "ls", "-o", "xml"), 2, "option '--output' cannot be 'xml'", "a short option")


test_help()
test_verbs_alone()
test_errors()
test_hosts()
test_stdout()
test_completion()
test_old_names()
test_other_names()
done()
