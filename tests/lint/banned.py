#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What has a safer or plainer form is not used, and nothing is left for later."""
from __future__ import annotations

import re

from lint import Complaints, code_only, done, files, matches, rule, strings

UNSAFE = r"\b(sprintf|vsprintf|strcpy|strcat|strncpy|strncat|atoi|atol|strtok|gets|tmpnam|alloca)\s*\("
# A library leaves these to its program.
NOT_OURS = r"\b(printf|fprintf|vprintf|puts|putchar|perror|exit|_exit|abort|system|popen|signal|setlocale)\s*\("
COMPARED = r"\bstrcmp\([^;]*?\)\s*==\s*0|!strcmp\("
STRUCT_TYPE = r"^\s*typedef\s+struct\s+\w+"
# What VirtualBox has of a medium's file is valid after it has been made to look only.
FACTS = r"\b(vbc|VBC_M)_IMedium_(getLogicalSize|getSize|getVariant)\b"
# Words of the command's, which other programs that use the library do not have.
# Two options are qemu-img's.
COMMANDS = r"vboxcloud|(?<!-)--(?!object\b|image-opts\b)[a-z]|\b(next|this|our|of a|the) command\b"
# In two parts, so that they are not found here.
LATER = r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b"
# What names the machine or the person that something was written on.
SOMEONES = r"(?<![\w.*])/(home|Users|root|work|tmp/[a-z]+)/[a-z]"


def unsafe(path: str, text: str) -> Complaints:
    for line, match in matches(UNSAFE, code_only(text)):
        yield line, match[0] + ")"


def not_ours(path: str, text: str) -> Complaints:
    for line, match in matches(NOT_OURS, code_only(text)):
        yield line, match[0] + ")"


def compared(path: str, text: str) -> Complaints:
    if "bool streq(" in text:
        return
    for line, match in matches(COMPARED, code_only(text)):
        yield line, f"{match[0]}: streq() says it"


def struct_type(path: str, text: str) -> Complaints:
    for line, _ in matches(STRUCT_TYPE, code_only(text)):
        yield line, "a second name for a struct"


def unread(path: str, text: str) -> Complaints:
    for line, match in matches(FACTS, code_only(text)):
        yield line, f"{match[0]}: medium-facts.h has what is valid, or unknown"


def commands(path: str, text: str) -> Complaints:
    for line, literal in strings(text):
        for match in re.findall(f"({COMMANDS})", literal):
            yield line, f"{match[0]}: a hint says it, in each front end's words (vbc_error_hint())"


def later(path: str, text: str) -> Complaints:
    for line, match in matches(LATER, text):
        yield line, match[0]


def someones(path: str, text: str) -> Complaints:
    for line, match in matches(SOMEONES, text):
        yield line, f"a path of someone's machine: {match[0]}"


library, tool = files("lib/**/*.[ch]", "python/ext/*.[ch]"), files("tool/*.[ch]")
everything = files("*", ".ci/*", "*/**/*")
text_files = [path for path in everything if not re.search(r"\.corpus/", path)]
rule("no unsafe function", unsafe, library + tool + files("examples/*.c"), {
    "lib/x.c": "sprintf(a, b);", "tool/x.c": "x = atoi (s);"})
rule("the library does not print, exit or touch the program", not_ours, library, {
    "lib/x.c": 'if (x)\n\tprintf("x");', "lib/y.c": "exit(1);"})
rule("texts are compared by streq()", compared, library + tool, {
    "lib/x.c": "if (strcmp(a, f(b)) == 0)", "tool/x.c": "return !strcmp(a, b);"})
rule("structs have no other names", struct_type, files("**/*.[ch]"), {
    "lib/x.h": "typedef struct x x;"})
rule("sizes of media are asked for in one place", unread,
     [path for path in files("lib/cloud/**/*.[ch]") if not path.endswith("/medium-facts.c")], {
         "lib/cloud/x.c": "code = vbc_IMedium_getLogicalSize(op, disk, &size);",
         "lib/cloud/y.c": "ask(a, VBC_M_IMedium_getVariant, m, 0, &v);"})
rule("the library knows no command and no option", commands, files("lib/**/*.[ch]"), {
    "lib/x.c": 'fail("there is none; \'vbox"\n     "cloud node list\' shows all nodes");',
    "lib/y.c": '"give another --name"', "lib/z.c": '"the next command does it"'})
rule("nothing is left for later", later, text_files, {"x.c": "/* TO" "DO: more */"})
rule("no path of someone's machine", someones, text_files, {
    "x.sh": "cd /ho" "me/me", "x.md": "in /wo" "rk/main"})
done()
