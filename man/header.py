# SPDX-License-Identifier: Apache-2.0
"""Reads the public headers: what they declare, and the comments that describe it. The manual pages are
made of that (man3.py), and tests/lint/headers.py checks that nothing is missing in it.

A comment in the first column describes the declarations behind it, up to the next one or to an empty
line. Its sentences are told apart by how they begin: "*ret_...", "Errors", "Any thread", "Since"."""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

COMMENT = r"/\*.*?\*/"
FUNCTION = re.compile(r"^(?!typedef)([a-z][\w ]*?[ *]+)(vbc_\w+)\(([^;{}]*)\);", re.M)
TYPE = re.compile(r"^(struct|enum) (vbc_\w+)(?:;| \{.*?\};)", re.M | re.S)
MACRO = re.compile(r"^#define (VBC_\w+)(?: |\t)(?:.*\\\n)*.*", re.M)
SENTENCES = re.compile(r"(?<=\.)\s+(?=[A-Z*`\"])")
KINDS = (("ret", r"\*ret_"), ("errors", r"Errors?\b"), ("threads", r"Any thread|No other thread|Static text"),
         ("since", r"Since \d"))


ROWS = re.compile(r"^ \*   (\w+) {2,}(.*(?:\n \*    .*)*)\n", re.M)


@dataclass
class Function:
    name: str
    text: str  # its declaration
    parameters: list[tuple[str, str]]  # type, name


@dataclass
class Item:
    """A comment, and what it describes."""
    comment: str
    functions: list[Function] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)  # "struct vbc_node": its declaration
    macros: dict[str, str] = field(default_factory=dict)
    # The comment's sentences, by what they are about.
    about: dict[str, list[str]] = field(default_factory=dict)

    @property
    def purpose(self) -> str:
        """The beginning of its first sentence."""
        first = (self.about.get("description") or [""])[0]
        return beginning(re.sub(r" \([^)]*\)", "", first).replace("`", ""))

    @property
    def paragraphs(self) -> list[str]:
        return [text for text in self.about.get("description", []) if text]


@dataclass
class Header:
    name: str  # "node.h"
    about: list[str]  # paragraphs of its head
    items: list[Item]

    def functions(self) -> list[Function]:
        return [function for item in self.items for function in item.functions]

    def types(self) -> dict[str, str]:
        return {name: text for item in self.items for name, text in item.types.items()}


def beginning(text: str) -> str:
    """Of a paragraph, as far as it makes a title."""
    return re.split(r"[:;]\s|(?<!\.)\.(?:\s|$)| - ", text)[0]


def plain(comment: str) -> list[str]:
    """The paragraphs of a comment."""
    lines = [re.sub(r"^ \* ?", "", line) for line in ROWS.sub("", comment).strip()[2:-2].split("\n")]
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", "\n".join(lines)) if part.strip()]


def sorted_by_kind(comment: str) -> dict[str, list[str]]:
    """Descriptions keep their paragraphs; what follows the errors and begins with a code is one."""
    about: dict[str, list[str]] = {}
    for paragraph in plain(comment):
        told = []
        for sentence in SENTENCES.split(paragraph):
            kind = next((kind for kind, pattern in KINDS if re.match(pattern, sentence)), "description")
            if kind == "description":
                told.append(sentence)
            else:
                about.setdefault(kind, []).append(sentence)
        about.setdefault("description", []).append(" ".join(told))
    return about


def parameters(text: str) -> list[tuple[str, str]]:
    """Of a declaration: "const char *name" is ("const char *", "name"); callbacks as a whole."""
    found = []
    for each in re.split(r",(?![^(]*\))", " ".join(text.split())):
        callback = re.match(r".*?\(\*(\w+)\)\(.*\)$", each.strip())
        simple = re.match(r"(.*?)(\w+)((?:\[\w*\])?)$", each.strip())
        if callback:
            found.append((each.strip(), callback[1]))
        elif simple and each.strip() != "void":
            found.append((f"{simple[1]}{simple[3]}".strip(), simple[2]))
    return found


def item_of(comment: str, text: str) -> Item:
    item = Item(comment, about=sorted_by_kind(comment) if comment else {})
    item.types = {f"{match[1]} {match[2]}": match[0] for match in TYPE.finditer(text)}
    rest = TYPE.sub("", text)
    item.macros = {match[1]: match[0] for match in MACRO.finditer(rest)}
    item.functions = [Function(match[2], match[0], parameters(match[3]))
                      for match in FUNCTION.finditer(MACRO.sub("", rest))]
    return item


def parsed(name: str, text: str) -> Header:
    head = re.match(COMMENT, text, re.S)
    assert head, f"{name} has no comment at its head"
    items = []
    for paragraph in re.split(r"\n\s*\n", text[head.end():]):
        # A comment that ends where a declaration begins; those of members are indented.
        parts = re.split(rf"^({COMMENT})\n?", paragraph, flags=re.M | re.S)
        if parts[0].strip():
            items.append(item_of("", parts[0]))
        items += [item_of(comment, declared) for comment, declared in zip(parts[1::2], parts[2::2])]
    about = [part for part in plain(head[0]) if not part.startswith("SPDX-")]
    return Header(name, about, [item for item in items if item.functions or item.types or item.macros])


def read(path: Path) -> Header:
    return parsed(path.name, path.read_text())


def glossary(path: Path) -> dict[str, str]:
    """The arguments that vboxcloud.h describes for all functions."""
    return {name: " ".join(text.replace("\n *", " ").split()) for name, text in ROWS.findall(path.read_text())}
