#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares each row of vbox.idl with the service's own descriptions, in a directory of files
vboxweb-RELEASE.wsdl or vboxweb-RELEASE.wsdl.xz. A method, argument, type, order, enum member or
struct field that either side has alone is an error. What VirtualBox has and the IDL does not
name at all is none. Exit 77 when the directory holds no descriptions."""

import lzma
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from idl import Idl, Method, in_ranges, load, release

XSD = "{http://www.w3.org/2001/XMLSchema}"
TYPES = {"str": "xsd:string", "bytes": "xsd:string", "bool": "xsd:boolean", "i16": "xsd:short",
         "u16": "xsd:unsignedShort", "i32": "xsd:int", "u32": "xsd:unsignedInt", "i64": "xsd:long"}
FILE = re.compile(r"vboxweb-(\d+\.\d+\.\d+)\.wsdl(\.xz)?$")


class Wsdl:
    """The schema of one release: name -> [(name, type)], an array's type ending in []."""

    def __init__(self, path: Path):
        data = lzma.open(path).read() if path.suffix == ".xz" else path.read_bytes()
        head = data[:data.index(b"</wsdl:types>")]
        schema = ET.fromstring(head + b"</wsdl:types></wsdl:definitions>").find(f".//{XSD}schema")
        self.elements = {e.get("name"): self.fields(e) for e in schema.iter(f"{XSD}element")
                         if e.get("type") is None}
        self.structs = {c.get("name"): self.fields(c) for c in schema.findall(f"{XSD}complexType")}
        self.enums = {t.get("name"): [m.get("value") for m in t.iter(f"{XSD}enumeration")]
                      for t in schema.findall(f"{XSD}simpleType")}

    @staticmethod
    def fields(element: ET.Element) -> list:
        return [(e.get("name"), e.get("type") + ("[]" if e.get("maxOccurs") else ""))
                for e in element.iter(f"{XSD}element") if e is not element]


class Checker:
    def __init__(self, idl: Idl, path: str):
        self.idl, self.path, self.errors = idl, path, 0

    def error(self, line: int, message: str):
        print(f"{self.path}:{line}: error: {message}", file=sys.stderr)
        self.errors += 1

    def fields(self, items: list, version: int) -> list:
        """How the WSDL of that release must show these."""
        found = []
        for i in items:
            named = i.type in self.idl.enums or i.type in self.idl.structs
            kind = f"vbox:{i.type}" if named else TYPES.get(i.type, "xsd:string")
            if in_ranges(i.ranges, version):
                found.append((i.name, kind + ("[]" if i.array else "")))
        return found

    def compare(self, line: int, what: str, ours: list, theirs: list):
        if ours != theirs:
            show = [", ".join(f"{n}: {t}" for n, t in side) or "nothing" for side in (ours, theirs)]
            self.error(line, f"{what}: here ({show[0]}), there ({show[1]})")

    def exists(self, line: int, what: str, ours: bool, theirs: bool) -> bool:
        if ours != theirs:
            self.error(line, f"{what}: {'here, not there' if ours else 'there, not here'}")
        return ours and theirs

    def method(self, m: Method, wsdl: Wsdl, version: int, text: str):
        what = f"{text}: {m.name}"
        if not self.exists(m.line, what, in_ranges(m.ranges, version), m.name in wsdl.elements):
            return
        this = [] if m.name.startswith("IWebsessionManager_") else [("_this", "xsd:string")]
        self.compare(m.line, f"{what} arguments", this + self.fields(m.ins, version),
                     wsdl.elements[m.name])
        self.compare(m.line, f"{what} outputs", self.fields(m.outs, version),
                     wsdl.elements[f"{m.name}Response"])

    def release(self, wsdl: Wsdl, text: str):
        version = release(text, False, 0)
        for m in self.idl.methods.values():
            self.method(m, wsdl, version, text)
        for s in self.idl.structs.values():
            here = in_ranges(s.ranges, version)
            if self.exists(s.line, f"{text}: struct {s.name}", here, s.name in wsdl.structs):
                self.compare(s.line, f"{text}: struct {s.name}", self.fields(s.items, version),
                             wsdl.structs[s.name])
        for e in self.idl.enums.values():
            here = in_ranges(e.ranges, version)
            if not self.exists(e.line, f"{text}: enum {e.name}", here, e.name in wsdl.enums):
                continue
            ours = {m.name for m in e.items if in_ranges(m.ranges, version)}
            for name in sorted(ours ^ set(wsdl.enums[e.name])):
                line = next((m.line for m in e.items if m.name == name), e.line)
                self.exists(line, f"{text}: {e.name} {name}", name in ours, name not in ours)


def main() -> int:
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} vbox.idl DIRECTORY")
    path, folder = sys.argv[1:]
    files = sorted(p for p in Path(folder).glob("vboxweb-*") if FILE.match(p.name))
    if not files:
        print(f"{folder}: no WSDL files, nothing compared")
        return 77
    checker = Checker(load(path), path)
    for file in files:
        checker.release(Wsdl(file), FILE.match(file.name)[1])
    if checker.errors:
        return 1
    print(f"{len(checker.idl.methods)} methods, {len(checker.idl.enums)} enums, "
          f"{len(checker.idl.structs)} structs agree with {len(files)} releases")
    return 0


if __name__ == "__main__":
    sys.exit(main())
