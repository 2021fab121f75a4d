#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Includes point down the layers, and the rooms of lib/cloud; no two files of the library need each
other, or call each other; headers declare what is beside them, and few files include one; and each
foreign library is known to one folder."""
from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lint import Complaints, code_only, done, files, matches, read, rule, test

PUBLIC = "include/vboxcloud"
# What each folder may include beside itself. idl/ makes vbox-api.h.
BELOW = {
    "include/vboxcloud": {PUBLIC},
    "lib/base": {PUBLIC},
    "lib/cert": {PUBLIC, "lib/base"},
    "lib/http": {PUBLIC, "lib/base", "lib/cert"},
    "lib/fetch": {PUBLIC, "lib/base", "lib/http"},
    "lib/soap": {PUBLIC, "lib/base", "idl"},
    "lib/vbox": {PUBLIC, "lib/base", "lib/cert", "lib/http", "lib/soap", "idl"},
    "lib/cloud": {PUBLIC, "lib/base", "lib/fetch", "lib/soap", "lib/vbox"},
    "lib/fleet": {PUBLIC, "lib/base"},
    "tool": {PUBLIC},
    "python/ext": {PUBLIC},
    "examples": {PUBLIC},
}
# Who may include the headers of other projects, by how these begin.
FOREIGN = {"curl/": {"lib/http", "lib/fetch"}, "jansson.h": {"lib/vbox"},
           "openssl/": {"lib/cert", "lib/cloud"}, "archive": {"lib/cloud"}, "zlib.h": {"lib/cloud"},
           "bzlib.h": {"lib/cloud"}, "ini.h": {"tool"}, "Python.h": {"python/ext"}}
# The rooms of lib/cloud, from the ground up: each may include those before it.
ROOMS = ("journal", "host", "key", "machine", "claim", "inventory", "disk", "transfer", "imagefile", "forward", "network",
         "display", "volume", "snapshot", "firstboot", "image", "node", "gc", "metrics", "survey", "move", "watch", "recovery")
HOSTLESS = {"imagefile"}  # these read files on this side alone

# What the ground declares and the roof defines: undoing knows all nouns, and all nouns need it.
ABOVE = {"lib/cloud/journal/run.h": "lib/cloud/recovery/run.c"}

# Few files include one header of the library: what many know can no longer be changed. But for
# lib/base, which is what C lacks, and these, in which all nouns are written.
MOST = 15
VOCABULARY = {
    "vbox/op.h": "the operation that each call of VirtualBox belongs to",
    "vbox/meta.h": "what is recorded of each thing",
    "vbox/aside.h": "errors that are none",
    "vbox/lock.h": "the lock under which each machine is changed",
    "vbox/progress.h": "the end of each call that takes long",
    "journal/run.h": "the runner of each operation",
    "journal/work.h": "the runner of each change that takes several calls",
    "disk/kinds.h": "three words of what is kept on a host, without any code",
}

HEADERS = {Path(path).name: str(Path(path).parent) for path in files("tool/*.h", "python/ext/*.h")}
# The headers of a layer, and of a room of lib/cloud, are included with its folder.
HEADERS |= {path.removeprefix("lib/"): str(Path(path).parent) for path in files("lib/*/*.h")}
HEADERS |= {path.removeprefix("lib/cloud/"): "lib/cloud" for path in files("lib/cloud/*/*.h")}
HEADERS["vbox-api.h"] = "idl"
LIBRARY = files("lib/**/*.[ch]")


def owner(header: str) -> str | None:
    """The folder that a header of ours belongs to; None for all others."""
    return PUBLIC if header.startswith("vboxcloud/") else HEADERS.get(header)


def users(header: str) -> set[str] | None:
    """The folders that may include a header of another project; None: all."""
    return next((folders for name, folders in FOREIGN.items() if header.startswith(name)), None)


def includes(text: str) -> Iterator[tuple[int, str, str]]:
    """Lines, how they quote, and what they include."""
    for line, include in matches(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', text):
        yield line, include[1], include[2]


def upward(path: str, text: str) -> Complaints:
    folder = "lib/cloud" if path.startswith("lib/cloud/") else str(Path(path).parent)
    for line, quote, header in includes(text):
        whose, theirs = owner(header), users(header)
        if theirs and folder not in theirs:
            yield line, f"{folder} must not include '{header}', only {' and '.join(sorted(theirs))} may"
        elif whose is None and quote == '"':
            yield line, f"'{header}' is nobody's header"
        elif whose not in (None, folder) and whose not in BELOW[folder]:
            yield line, f"{folder} must not include '{header}' of {whose}"


def inside(path: str) -> str:
    """A file of the library as includes name it: "machine/find.c"."""
    return path.removeprefix("lib/").removeprefix("cloud/")


def above(path: str, text: str) -> Complaints:
    """What a room includes of the rooms above it."""
    room = inside(path).split("/")[0]
    if room not in ROOMS:
        yield 1, f"{room}/ is no room"
        return
    for line, _, header in includes(text):
        folder = header.split("/")[0]
        if folder == "vbox" and room in HOSTLESS:
            yield line, f"{room}/ knows no host: '{header}'"
        if folder in ROOMS and ROOMS.index(folder) > ROOMS.index(room):
            yield line, f"{room}/ is below '{header}'"


def includers() -> dict[str, set[str]]:
    """The files of the library and the command that include each header of the library, without the
    one beside it."""
    found: dict[str, set[str]] = {inside(path): set() for path in LIBRARY if path.endswith(".h")}
    for path in LIBRARY + files("tool/*.[ch]"):
        for _, _, header in includes(read(path)):
            if header in found and unit(header) != unit(inside(path)):
                found[header].add(path)
    return found


def crowded(header: str, users: set[str]) -> bool:
    return len(users) > MOST and header not in VOCABULARY and not header.startswith("base/")


def unit(name: str) -> str:
    """A source file and its header are one."""
    return name[:-2]


def needs_of(path: str, text: str) -> set[str]:
    return {unit(header) for _, _, header in includes(text) if header in HEADERS} - {unit(inside(path))}


NEEDS: dict[str, set[str]] = {}
for each in LIBRARY:
    NEEDS.setdefault(unit(inside(each)), set()).update(needs_of(each, read(each)))


@cache
def all_needs(name: str) -> frozenset[str]:
    """All that it needs in the end."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for need in NEEDS.get(waiting.pop(), set()) - found:
            found.add(need)
            waiting.append(need)
    return frozenset(found)


def circles(path: str, text: str) -> Complaints:
    me = unit(inside(path))
    for line, _, header in includes(text):
        if header in HEADERS and unit(header) != me and me in all_needs(unit(header)):
            yield line, f"'{header}' needs {me} itself"


def functions(source: str) -> set[str]:
    """Those of the library that a source defines, without its comments and strings."""
    return {match[1] for _, match in matches(r"^\w[^;{}#=]*?\b(vbc_\w+)\([^;{}]*\)\n\{", source)}


def called(source: str) -> Iterator[tuple[int, str]]:
    """Where a source calls which functions of other sources, or passes them on."""
    own = functions(source)
    for line, match in matches(r"(?<!struct )(?<!enum )\b(vbc_\w+)\b", source):
        if match[1] in DEFINED and match[1] not in own:
            yield line, match[1]


SOURCES = {path: code_only(read(path)) for path in LIBRARY if path.endswith(".c")}
DEFINED = {name: path for path, source in SOURCES.items() for name in functions(source)}
# Each call renews the leases of its operation first, by calls, which renew nothing.
INTENDED = ("lib/vbox/call.c", "lib/vbox/lease.c")
CALLED = {path: {DEFINED[name] for _, name in called(source) if (path, DEFINED[name]) != INTENDED}
          for path, source in SOURCES.items()}


@cache
def all_called(path: str) -> frozenset[str]:
    """The sources that it calls in the end."""
    found: set[str] = set()
    waiting = [path]
    while waiting:
        for other in CALLED[waiting.pop()] - found:
            found.add(other)
            waiting.append(other)
    return frozenset(found)


def calling(path: str, text: str) -> Complaints:
    for line, name in called(code_only(text)):
        if path in all_called(DEFINED[name]) and (path, DEFINED[name]) != INTENDED:
            yield line, f"{name}() calls {path} itself"


def strange(path: str, text: str) -> Complaints:
    """What a header declares that the file beside it does not define."""
    beside = Path(ABOVE.get(path, str(Path(path).with_suffix(".c"))))
    defined = functions(SOURCES.get(str(beside), ""))
    for line, match in matches(r"^\w[^;{}#=()]*?\b(vbc_\w+)\([^;{}]*\);", code_only(text)):
        if match[1] not in defined and not match[0].startswith("typedef"):
            yield line, f"{match[1]}() is not in {beside}"


rule("includes point down the layers", upward, files(*(f"{folder}/**/*.[ch]" for folder in BELOW)), {
    "lib/base/x.c": '#include "http/http.h"',
    "lib/http/x.c": '#include "soap/soap.h"',
    "lib/cloud/node/x.c": '#include <curl/curl.h>',
    "lib/vbox/x.c": '#include <curl/curl.h>',
    "lib/http/y.c": '#include <openssl/x509.h>',
    "lib/cert/x.c": '#include "http/http.h"',
    "lib/vbox/x.h": '#include "disk/medium.h"',
    "lib/fleet/x.c": '#include "vbox/op.h"',
    "lib/cloud/gc/x.c": '#include "fleet/each.h"',
    "lib/cloud/node/y.c": '#  include "vbox-api.h"',
    "lib/cloud/node/z.c": '#include "find.h"',
    "tool/x.c": '#include "base/str.h"',
    "include/vboxcloud/x.h": '#include "util.h"',
    "python/ext/x.c": '#include "base/str.h"',
    "examples/x.c": '#include "missing.h"',
})
rule("includes point down the rooms", above, [path for path in LIBRARY if path.startswith("lib/cloud/")], {
    "lib/cloud/journal/x.c": '#include "host/folders.h"',
    "lib/cloud/machine/x.h": '#include "node/create.h"',
    "lib/cloud/watch/x.c": '#include "vbox/op.h"\n#  include "recovery/kinds.h"',
    "lib/cloud/imagefile/x.c": '#include "vbox/op.h"',
    "lib/cloud/cellar/x.c": '#include "vbox/op.h"',
})
rule("no two files need each other", circles, LIBRARY, {
    "lib/cloud/machine/state.h": '#include "machine/wait-stable.h"',
    "lib/cloud/transfer/checksum.c": '#include "base/str.h"\n#include "imagefile/manifest.h"',
    "lib/base/arena.h": '#include "vbox/op.h"',
})
rule("no two files call each other", calling, list(SOURCES), {
    "lib/base/arena.c": "int x(void)\n{\n\treturn vbc_op_run(NULL, NULL, NULL, NULL, NULL);\n}",
    "lib/vbox/call.c": "int x(void)\n{\n\treturn vbc_batch(NULL, NULL, 0);\n}",
})
rule("headers declare what is in the file beside them", strange,
     [path for path in LIBRARY if path.startswith("lib/cloud/") and path.endswith(".h")], {
         "lib/cloud/machine/state.h": "int vbc_node_find(struct vbc_op *op,\n\t\t  int x);",
         "lib/cloud/node/node-private.h": "bool vbc_node_is(struct vbc_op *op);"})
users_of = includers()
some = {f"lib/cloud/node/{n}.c" for n in range(MOST + 1)}
test(len(users_of) > 100 and not any(crowded(*each) for each in users_of.items()),
     f"at most {MOST} files include one header, but for the vocabulary",
     *(f"{header}: {len(users)} files" for header, users in users_of.items() if crowded(header, users)))
test(crowded("machine/find.h", some) and not crowded("machine/find.h", some - {min(some)}),
     f"at most {MOST} files include one header: finds {MOST + 1}")
test(all(len(users_of[header]) > MOST for header in VOCABULARY), "many include each header of the vocabulary",
     *(f"{header}: {len(users_of[header])} files" for header in VOCABULARY if len(users_of[header]) <= MOST))
done()
