#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The generator: exact output for small.idl, the right line for each mistake in bad-*.idl. The
checker: silence where IDL and WSDL agree, an error for each way in which they can differ.
`test-gen.py --update` writes the expected output anew: read the difference before you commit."""

import lzma
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
IDL = HERE.parent.parent / "idl"
OUTPUTS = {"--header": "small-api.h", "--tables": "small-tables.c", "--calls": "small-calls.c"}
count = failed = 0


def ok(good: bool, what: str, *details: str):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {what}")
    for line in "\n".join(details).splitlines() if not good else []:
        print(f"# {line}")


def run(script: str, *args) -> subprocess.CompletedProcess:
    command = [sys.executable, "-B", IDL / script, *args]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def generate(idl: Path, folder: Path) -> subprocess.CompletedProcess:
    args = [word for option, name in OUTPUTS.items() for word in (option, folder / name)]
    return run("gen.py", "--idl", idl, *args)


def test_output(folder: Path):
    result = generate(HERE / "small.idl", folder)
    ok(result.returncode == 0, "small.idl is accepted", result.stderr)
    for name in OUTPUTS.values():
        got, want = (folder / name).read_text(), (HERE / name).read_text()
        ok(got == want, f"{name} is as expected", got)


def test_mistakes(folder: Path):
    for idl in sorted(HERE.glob("bad-*.idl")):
        line, message = re.search(r"# expect (\d+): (.*)", idl.read_text()).groups()
        result = generate(idl, folder)
        want = f"{idl}:{line}: error: {message}\n"
        ok(result.returncode == 1 and result.stderr == want, idl.name, want, result.stderr)


WSDL = """<?xml version="1.0"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
 xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:vbox="http://www.virtualbox.org/">
<wsdl:types><xsd:schema>
<xsd:simpleType name="Color"><xsd:restriction base="xsd:string">
<xsd:enumeration value="Red"/><xsd:enumeration value="Green"/>
</xsd:restriction></xsd:simpleType>
<xsd:complexType name="Point"><xsd:sequence>
<xsd:element name="x" type="xsd:int"/><xsd:element name="color" type="vbox:Color"/>
</xsd:sequence></xsd:complexType>
<xsd:element name="IThing_move"><xsd:complexType><xsd:sequence>
<xsd:element name="_this" type="xsd:string"/><xsd:element name="to" type="xsd:string"/>
<xsd:element name="names" minOccurs="0" maxOccurs="unbounded" type="xsd:string"/>
</xsd:sequence></xsd:complexType></xsd:element>
<xsd:element name="IThing_moveResponse"><xsd:complexType><xsd:sequence>
<xsd:element name="returnval" type="vbox:Point"/></xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema></wsdl:types>
<wsdl:message name="ignored"/></wsdl:definitions>
"""
SAME = """enum Color  Red Green Blue@..6.1
struct Point
  x: i32, color: Color
interface IThing
  move(to: IThing, names: str[], by: str@..6.1) -> Point
  stop() @..6.1
"""
# what to change in SAME, to what, and the error's line and text
CHANGES = [
    ("Green", "Green Grey", 1, "7.1.4: Color Grey: here, not there"),
    ("Red Green", "Red", 1, "7.1.4: Color Green: there, not here"),
    ("Blue@..6.1", "Blue", 1, "7.1.4: Color Blue: here, not there"),
    ("enum Color ", "enum Color @..7.0", 1, "7.1.4: enum Color: there, not here"),
    ("x: i32", "x: u32", 2, "7.1.4: struct Point: here (x: xsd:unsignedInt, color: vbox:Color), "
     "there (x: xsd:int, color: vbox:Color)"),
    ("x: i32, color: Color", "color: Color, x: i32", 2, None),
    ("to: IThing, names: str[]", "names: str[], to: IThing", 5, None),
    ("names: str[]", "names: str", 5, None),
    ("to: IThing", "into: IThing", 5, None),
    ("to: IThing", "to: Color", 5, None),
    ("@..6.1) -> Point", ") -> Point", 5, None),
    ("-> Point", "-> IThing", 5, None),
    ("stop() @..6.1", "stop()", 6, "7.1.4: IThing_stop: here, not there"),
    ("-> Point", "-> Point @..7.0", 5, "7.1.4: IThing_move: there, not here"),
]


def test_checker(folder: Path):
    idl = folder / "x.idl"
    idl.write_text(SAME)
    result = run("check_wsdl.py", idl, folder)
    ok(result.returncode == 77 and result.stdout.count("\n") == 1, "no descriptions: 77")
    (folder / "vboxweb-7.1.4.wsdl.xz").write_bytes(lzma.compress(WSDL.encode()))
    result = run("check_wsdl.py", idl, folder)
    ok(result.returncode == 0, "agreement", result.stderr)
    for old, new, line, message in CHANGES:
        assert old in SAME
        idl.write_text(SAME.replace(old, new, 1))
        result = run("check_wsdl.py", idl, folder)
        start = f"{idl}:{line}: error: {message or ''}"
        ok(result.returncode == 1 and result.stderr.startswith(start) and
           (not message or result.stderr == start + "\n"), f"'{old}' to '{new}'", result.stderr)


def main() -> int:
    if "--update" in sys.argv:
        return generate(HERE / "small.idl", HERE).returncode
    for test in (test_output, test_mistakes, test_checker):
        with tempfile.TemporaryDirectory() as folder:
            test(Path(folder))
    print(f"1..{count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
