# SPDX-License-Identifier: Apache-2.0
"""Reads vbox.idl, whose head describes the language. Any mistake ends the program with
`file:line: error: ...`."""

import re
import sys
from dataclasses import dataclass, field

SCALARS = ("str", "uuid", "bytes", "bool", "i16", "u16", "i32", "u32", "i64")
NAME = re.compile(r"[A-Za-z]\w*$")
RELEASE = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?$")
METHOD = re.compile(r"(\w+)\((.*?)\)\s*(?:->\s*(\(.*?\)|\S+))?((?:\s+[@!]\S+)*)$")

Ranges = tuple  # of (since, until) as numbers, until 0 for open; () for all releases


class IdlError(Exception):
    def __init__(self, line: int, message: str):
        super().__init__(message)
        self.line = line


@dataclass
class Item:
    """An enum's member, a struct's field, a method's argument or output."""
    name: str
    ranges: Ranges
    line: int
    type: str = ""
    array: bool = False
    optional: bool = False  # the null reference, or no UUID, may stand there


@dataclass
class Method:
    name: str  # IMachine_getName
    ins: list
    outs: list
    ranges: Ranges
    read: bool
    line: int


@dataclass
class Group:
    """An enum or a struct."""
    name: str
    items: list
    ranges: Ranges
    line: int


@dataclass
class Idl:
    enums: dict = field(default_factory=dict)
    structs: dict = field(default_factory=dict)
    interfaces: dict = field(default_factory=dict)  # name -> Ranges of its section
    methods: dict = field(default_factory=dict)


def release(text: str, last: bool, line: int) -> int:
    """7.1 -> 70100; as the last of a range 70199, since later micro releases belong to it."""
    m = RELEASE.match(text)
    if not m:
        raise IdlError(line, f"'{text}' is no release")
    micro = m[3] if m[3] is not None else ("99" if last else "0")
    return int(m[1]) * 10000 + int(m[2]) * 100 + int(micro)


def parse_ranges(text: str, line: int) -> Ranges:
    """@5.2.32..5.2,6.0.10"""
    ranges = []
    for part in text[1:].split(","):
        since, dots, until = part.partition("..")
        low = release(since, False, line) if since else 0
        high = release(until, True, line) if until else 0
        if (dots and not until) or not part or (high and high < low):
            raise IdlError(line, f"'{part}' is no range of releases")
        if ranges and not ranges[-1][1] < low or (ranges and ranges[-1][1] == 0):
            raise IdlError(line, f"'{text}': ranges must follow one another")
        ranges.append((low, high))
    return tuple(ranges)


def in_ranges(ranges: Ranges, version: int) -> bool:
    return not ranges or any(a <= version and (not b or version <= b) for a, b in ranges)


def parse_name(text: str, line: int) -> str:
    if not NAME.match(text):
        raise IdlError(line, f"'{text}' is no name")
    return text


def parse_typed(text: str, line: int, name: str) -> Item:
    """str[]@7.0, IMedium?"""
    base, at, rest = text.partition("@")
    array, optional = base.endswith("[]"), base.endswith("?")
    kind = parse_name(base[:-2] if array else base[:-1] if optional else base, line)
    return Item(name, parse_ranges(at + rest, line) if at else (), line, kind, array, optional)


def parse_list(text: str, line: int) -> list:
    """name: type, name: type@7.0"""
    items = []
    for part in re.split(r",\s+", text) if text else []:
        name, colon, kind = part.partition(":")
        if not colon:
            raise IdlError(line, f"expected 'name: type', not '{part}'")
        items.append(parse_typed(kind.strip(), line, parse_name(name, line)))
    return items


def parse_method(text: str, line: int, interface: str, default: Ranges) -> Method:
    m = METHOD.match(text)
    if not m:
        raise IdlError(line, f"cannot read '{text}'")
    name, ins, result, marks = m[1], parse_list(m[2], line), m[3], m[4].split()
    outs = []
    if result and result.startswith("("):
        outs = parse_list(result[1:-1], line)
    elif result:
        outs = [parse_typed(result, line, "returnval")]
    ranges, read = default, name.startswith(("get", "find"))
    for mark in marks:
        if mark.startswith("@"):
            ranges = parse_ranges(mark, line)
        elif mark in ("!read", "!write"):
            read = mark == "!read"
        else:
            raise IdlError(line, f"unknown mark '{mark}'")
    return Method(f"{interface}_{name}", ins, outs, ranges, read, line)


def parse_attributes(kind: str, text: str, line: int, interface: str, default: Ranges) -> list:
    body, at, rest = text.partition(" @")
    ranges = parse_ranges("@" + rest, line) if at else default
    methods = []
    for a in parse_list(body, line):
        stem = f"{a.name[0].upper()}{a.name[1:]}"
        result = Item("returnval", a.ranges, line, a.type, a.array, a.optional)
        methods.append(Method(f"{interface}_get{stem}", [], [result], ranges, True, line))
        if kind == "attr":
            methods.append(Method(f"{interface}_set{stem}", [a], [], ranges, False, line))
    return methods


class Parser:
    def __init__(self):
        self.idl = Idl()
        self.group = None
        self.interface = None

    def section(self, text: str, line: int):
        kind, *words = text.split()
        if kind not in ("enum", "struct", "interface") or not words:
            raise IdlError(line, f"expected enum, struct or interface, not '{text}'")
        name = parse_name(words[0], line)
        ranges = ()
        if words[1:] and words[1].startswith("@"):
            ranges = parse_ranges(words.pop(1), line)
        if any(name in d for d in (self.idl.enums, self.idl.structs, self.idl.interfaces)):
            raise IdlError(line, f"{name} is there already")
        self.group, self.interface = None, None
        if kind == "interface":
            self.interface = name
            self.idl.interfaces[name] = ranges
        else:
            self.group = Group(name, [], ranges, line)
            (self.idl.enums if kind == "enum" else self.idl.structs)[name] = self.group
        if words[1:]:
            self.body(" ".join(words[1:]), line)

    def body(self, text: str, line: int):
        if self.group and self.group.name in self.idl.enums:
            self.members(text, line)
        elif self.group:
            self.add(self.group.items, parse_list(text, line))
        elif self.interface:
            self.add_methods(text, line)
        else:
            raise IdlError(line, "expected enum, struct or interface")

    def members(self, text: str, line: int):
        for word in text.split():
            name, at, rest = word.partition("@")
            ranges = parse_ranges(at + rest, line) if at else ()
            self.add(self.group.items, [Item(parse_name(name, line), ranges, line)])

    def add(self, items: list, more: list):
        for item in more:
            if any(item.name == old.name for old in items):
                raise IdlError(item.line, f"{self.group.name} has {item.name} already")
            items.append(item)

    def add_methods(self, text: str, line: int):
        default = self.idl.interfaces[self.interface]
        kind, _, rest = text.partition(" ")
        if kind in ("get", "attr"):
            methods = parse_attributes(kind, rest.strip(), line, self.interface, default)
        else:
            methods = [parse_method(text, line, self.interface, default)]
        for m in methods:
            if m.name in self.idl.methods:
                raise IdlError(line, f"{m.name} is there already")
            self.idl.methods[m.name] = m


def logical_lines(text: str):
    """(number, indented, text) of each line with those that continue it."""
    pending = None
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.split("#")[0].rstrip()
        if not line:
            continue
        indent = len(line) - len(line.lstrip(" "))
        if indent > 2 and pending:
            pending[2] += " " + line.strip()
            continue
        if indent not in (0, 2):
            raise IdlError(number, "indent sections by nothing, their lines by two spaces")
        if pending:
            yield pending
        pending = [number, indent > 0, line.strip()]
    if pending:
        yield pending


def check_types(idl: Idl):
    def known(item: Item, structs: bool):
        if item.type in idl.structs and not structs:
            raise IdlError(item.line, f"{item.name}: a struct cannot stand here")
        if not (item.type in SCALARS or item.type in idl.enums or item.type in idl.structs
                or item.type in idl.interfaces):
            raise IdlError(item.line, f"{item.name}: unknown type '{item.type}'")

    def answered(item: Item, structs: bool):
        known(item, structs)
        if item.optional and item.type != "uuid":
            raise IdlError(item.line, f"{item.name}: '?' is for arguments and UUIDs")

    for m in idl.methods.values():
        for item in m.ins:
            known(item, False)
            if item.optional and item.type not in idl.interfaces:
                raise IdlError(item.line, f"{item.name}: '?' is for references")
        for item in m.outs:
            answered(item, True)
    for s in idl.structs.values():
        for item in s.items:
            answered(item, False)
    for e in idl.enums.values():
        if not e.items:
            raise IdlError(e.line, f"{e.name} has no members")


def parse(text: str) -> Idl:
    parser = Parser()
    for number, indented, line in logical_lines(text):
        if indented:
            parser.body(line, number)
        else:
            parser.section(line, number)
    check_types(parser.idl)
    return parser.idl


def load(path: str) -> Idl:
    try:
        with open(path, encoding="utf-8") as f:
            return parse(f.read())
    except IdlError as e:
        sys.exit(f"{path}:{e.line}: error: {e}")
