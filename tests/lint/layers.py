#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Includes point down the layers, and each foreign library is known to one folder."""
from __future__ import annotations

from pathlib import Path

from lint import ROOT, Complaints, done, files, matches, rule

PUBLIC = "include/vboxcloud"
# What each folder may include beside itself. idl/ makes vbox-api.h.
BELOW = {
    "include/vboxcloud": {PUBLIC},
    "lib/base": {PUBLIC},
    "lib/http": {PUBLIC, "lib/base"},
    "lib/soap": {PUBLIC, "lib/base", "idl"},
    "lib/vbox": {PUBLIC, "lib/base", "lib/http", "lib/soap", "idl"},
    "lib/cloud": {PUBLIC, "lib/base", "lib/soap", "lib/vbox"},
    "tool": {PUBLIC},
    "python/ext": {PUBLIC},
    "examples": {PUBLIC},
}
FOREIGN = {"curl/": "lib/http", "jansson.h": "lib/vbox",
           "openssl/": "lib/cloud", "archive": "lib/cloud", "ini.h": "tool", "Python.h": "python/ext"}
HEADERS = {Path(path).name: str(Path(path).parent)
           for path in files("tool/*.h", "python/ext/*.h")}
# The headers of a layer, and of a room of lib/cloud, are included with its folder.
HEADERS |= {path.removeprefix("lib/"): str(Path(path).parent) for path in files("lib/*/*.h")}
HEADERS |= {path.removeprefix("lib/cloud/"): "lib/cloud" for path in files("lib/cloud/*/*.h")}
HEADERS["vbox-api.h"] = "idl"


def owner(header: str) -> str | None:
    """The folder that a header belongs to; None for the C library's."""
    if header.startswith("vboxcloud/"):
        return PUBLIC
    foreign = next((folder for name, folder in FOREIGN.items() if header.startswith(name)), None)
    return foreign or HEADERS.get(header)


def upward(path: str, text: str) -> Complaints:
    folder = "lib/cloud" if path.startswith("lib/cloud/") else str(Path(path).parent)
    for line, include in matches(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', text):
        header, whose = include[2], owner(include[2])
        if whose is None and include[1] == '"':
            yield line, f"'{header}' is nobody's header"
        elif whose not in (None, folder) and whose not in BELOW[folder]:
            yield line, f"{folder} must not include '{header}' of {whose}"


rule("includes point down the layers", upward, files(*(f"{folder}/**/*.[ch]" for folder in BELOW)), {
    "lib/base/x.c": '#include "http/http.h"',
    "lib/http/x.c": '#include "soap/soap.h"',
    "lib/cloud/node/x.c": '#include <curl/curl.h>',
    "lib/vbox/x.h": '#include "disk/medium.h"',
    "lib/cloud/node/y.c": '#  include "vbox-api.h"',
    "tool/x.c": '#include "base/str.h"',
    "include/vboxcloud/x.h": '#include "util.h"',
    "python/ext/x.c": '#include "base/str.h"',
    "examples/x.c": '#include "missing.h"',
})
done()
