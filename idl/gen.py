#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes C from vbox.idl: vbox-api.h (types, typed calls), vbox-tables.c (what lib/soap
interprets) and vbox-calls.c (the bodies of the typed calls, each one line into vbc_call()).
The same input gives the same output, byte for byte.

Why not a SOAP toolkit: those compile one WSDL into one client. VirtualBox has a WSDL for each release, all
with the same namespace, and one client must speak to all releases, so here a method has the releases that
know it beside it, down to single arguments. The rows serve more than the client: the command's `api`, and
the proxy of the tests, which makes a host speak as an older release. And the WSDLs are not ours to
distribute; check_wsdl.py compares the rows with them where they are."""

import argparse
import sys
from pathlib import Path

from idl import Group, Idl, IdlError, Item, Method, load

OUT_MAX = 16  # VBC_OUT_MAX of wire.h
C_TYPES = {"str": "const char *", "uuid": "const char *", "bytes": "struct vbc_bytes ",
           "bool": "bool ", "i16": "int16_t ", "u16": "uint16_t ", "i32": "int32_t ",
           "u32": "uint32_t ", "i64": "int64_t "}
ARRAYS = {"str": "strs", "uuid": "strs", "bool": "bools", "i32": "i32s", "u32": "u32s",
          "i64": "i64s"}
RESERVED = set("""auto break case char const continue default do double else enum extern float for
    goto if inline int long register restrict return short signed sizeof static struct switch
    typedef union unsigned void volatile while op self in out ret""".split())
HEAD = ("/* SPDX-License-Identifier: Apache-2.0\n"
        " * Made by gen.py from vbox.idl: change that, not this. */\n")


def c_name(name: str) -> str:
    return name + "_" if name in RESERVED else name


class Maker:
    def __init__(self, idl: Idl):
        self.idl = idl
        self.methods = sorted(idl.methods.values(), key=lambda m: m.name)
        self.enum_place = {name: i for i, name in enumerate(idl.enums)}
        self.struct_place = {name: i for i, name in enumerate(idl.structs)}
        self.pool: dict = {}  # ranges -> C name

    # C types

    def c_type(self, item: Item) -> str:
        """With what separates it from a name: 'bool ' or 'const char *'."""
        kind = item.type
        if item.array:
            return f"struct vbc_{self.array_name(item)} "
        if kind in self.idl.enums:
            return f"enum vbc_{kind} "
        if kind in self.idl.structs:
            return f"struct vbc_{kind} "
        return C_TYPES.get(kind, "vbc_ref ")

    def array_name(self, item: Item) -> str:
        if item.type in self.idl.enums:
            return "enums"
        if item.type in self.idl.interfaces:
            return "refs"
        if item.type in self.idl.structs:
            return f"{item.type}_array"
        if item.type not in ARRAYS:
            raise IdlError(item.line, f"no arrays of {item.type} yet: add them to wire.h")
        return ARRAYS[item.type]

    def prototype(self, m: Method) -> str:
        args = ["struct vbc_op *op"]
        if not self.no_self(m):
            args.append("vbc_ref self")
        args += [f"{self.c_type(i)}{c_name(i.name)}" for i in m.ins]
        args += [f"{self.c_type(o)}*{self.out_name(o)}" for o in m.outs]
        return f"int vbc_{m.name}({', '.join(args)})"

    @staticmethod
    def no_self(m: Method) -> bool:
        return m.name.startswith("IWebsessionManager_")

    @staticmethod
    def out_name(o: Item) -> str:
        return "ret" if o.name == "returnval" else f"ret_{o.name}"

    # vbox-api.h

    def header(self) -> str:
        parts = [HEAD, "#ifndef VBC_VBOX_API_H\n#define VBC_VBOX_API_H\n\n"
                 "#include \"soap/wire.h\"\n\n"
                 "#pragma GCC visibility push(hidden)\n\n"]
        parts += [self.enum_type(e) for e in self.idl.enums.values()]
        places = "".join(f"\tVBC_ENUM_{name},\n" for name in self.idl.enums)
        parts.append(f"enum vbc_enum_id {{ /* for vbc_enum_name() */\n{places}}};\n\n")
        parts += [self.struct_type(s) for s in self.idl.structs.values()]
        ids = "".join(f"\tVBC_M_{m.name},\n" for m in self.methods)
        parts.append(f"enum vbc_method_id {{\n{ids}\tVBC_M_COUNT\n}};\n\n")
        parts.append("struct vbc_op;\n\n/* The engine under all calls below. An output whose "
                     "pointer is NULL is not wanted. */\n"
                     "int vbc_call(struct vbc_op *op, enum vbc_method_id id, vbc_ref self, "
                     "const union vbc_in *in,\n\t     void *const *out);\n\n")
        parts += [self.prototype(m) + ";\n" for m in self.methods]
        parts.append("\n#pragma GCC visibility pop\n\n#endif\n")
        return "".join(parts)

    @staticmethod
    def enum_type(e: Group) -> str:
        """The member for names we do not know is Unknown, unless VirtualBox has one itself."""
        names = [m.name for m in e.items]
        unknown = "Unrecognized" if "Unknown" in names else "Unknown"
        lines = [f"\tVBC_{e.name}_{unknown} = -1,\n"]
        lines += [f"\tVBC_{e.name}_{name} = {i},\n" for i, name in enumerate(names)]
        return f"enum vbc_{e.name} {{\n{''.join(lines)}}};\n\n"

    def struct_type(self, s: Group) -> str:
        fields = "".join(f"\t{self.c_type(f)}{c_name(f.name)};\n" for f in s.items)
        return (f"struct vbc_{s.name} {{\n{fields}}};\nstruct vbc_{s.name}_array {{\n"
                f"\tsize_t n;\n\tconst struct vbc_{s.name} *v;\n}};\n\n")

    # vbox-tables.c

    def ranges(self, ranges: tuple) -> str:
        if not ranges:
            return "{NULL, 0}"
        name = self.pool.setdefault(ranges, f"ranges_{len(self.pool)}")
        return f"{{{name}, {len(ranges)}}}"

    def param(self, p: Item, offset: str) -> str:
        kind, sub = p.type.upper(), 0
        if p.type in self.idl.enums:
            kind, sub = "ENUM", self.enum_place[p.type]
        elif p.type in self.idl.structs:
            kind, sub = "STRUCT", self.struct_place[p.type]
        elif p.type in self.idl.interfaces:
            kind = "REF"
        array, optional = ("true" if is_so else "false" for is_so in (p.array, p.optional))
        return (f"\t{{\"{p.name}\", {self.ranges(p.ranges)}, VBC_T_{kind}, {array}, {sub}, "
                f"{offset}, {optional}}},\n")

    def params(self, name: str, items: list, owner: str = "") -> str:
        if not items:
            return ""
        rows = "".join(self.param(i, f"offsetof(struct vbc_{owner}, {c_name(i.name)})"
                                  if owner else "0") for i in items)
        return f"static const struct vbc_param {name}[] = {{\n{rows}}};\n"

    def enum_table(self, e: Group) -> str:
        rows = "".join(f"\t{{\"{m.name}\", {self.ranges(m.ranges)}}},\n" for m in e.items)
        return f"static const struct vbc_member members_{e.name}[] = {{\n{rows}}};\n"

    def method_row(self, m: Method) -> str:
        flags = "VBC_METHOD_READ" if m.read else "0"
        if self.no_self(m):
            flags += " | VBC_METHOD_NO_SELF"
        if any(o.array or o.type == "bytes" for o in m.outs):
            flags += " | VBC_METHOD_LARGE"
        ins = f"in_{m.name}" if m.ins else "NULL"
        outs = f"out_{m.name}" if m.outs else "NULL"
        return (f"\t{{\"{m.name}\", {ins}, {outs}, {len(m.ins)}, {len(m.outs)}, "
                f"{self.ranges(m.ranges)}, {flags}}},\n")

    def tables(self) -> str:
        parts = [self.enum_table(e) for e in self.idl.enums.values()]
        parts += [self.params(f"fields_{s.name}", s.items, s.name)
                  for s in self.idl.structs.values()]
        for m in self.methods:
            parts += [self.params(f"in_{m.name}", m.ins), self.params(f"out_{m.name}", m.outs)]
        parts.append("\nconst struct vbc_enum_info vbc_enums_info[] = {\n")
        parts += [f"\t{{\"{e.name}\", members_{e.name}, {len(e.items)}}},\n"
                  for e in self.idl.enums.values()]
        parts.append("\t{0},\n};\n\nconst struct vbc_struct_info vbc_structs_info[] = {\n")
        parts += [f"\t{{\"{s.name}\", fields_{s.name}, {len(s.items)}, "
                  f"sizeof(struct vbc_{s.name})}},\n" for s in self.idl.structs.values()]
        parts.append("\t{0},\n};\n\nconst struct vbc_method vbc_methods[] = {\n")
        parts += [self.method_row(m) for m in self.methods]
        parts.append("\t{0},\n};\n\nconst size_t vbc_methods_n = VBC_M_COUNT;\n")
        pool = "".join(
            f"static const struct vbc_range {name}[] = {{"
            + ", ".join(f"{{{a}, {b}}}" for a, b in ranges) + "};\n"
            for ranges, name in self.pool.items())
        return f"{HEAD}#include \"vbox-api.h\"\n\n{pool}\n{''.join(parts)}"

    # vbox-calls.c

    def value(self, i: Item) -> str:
        name = c_name(i.name)
        if i.array:
            return f"{{.array = {{{name}.n, {name}.v}}}}"
        if i.type in self.idl.interfaces:
            return f"{{.s = {name}.s}}"
        member = {"str": "s", "uuid": "s", "bytes": "bytes", "bool": "b"}.get(i.type, "i")
        return f"{{.{member} = {name}}}"

    def body(self, m: Method) -> str:
        lines, ins, outs = [], "NULL", "NULL"
        if m.ins:
            ins = "in"
            lines.append(f"\tconst union vbc_in in[] = {{{', '.join(map(self.value, m.ins))}}};\n")
        if m.outs:
            outs = "out"
            lines.append(f"\tvoid *const out[] = {{{', '.join(map(self.out_name, m.outs))}}};\n")
        if lines:
            lines.append("\n")
        self_ = "(vbc_ref){NULL}" if self.no_self(m) else "self"
        return (f"{self.prototype(m)}\n{{\n{''.join(lines)}"
                f"\treturn vbc_call(op, VBC_M_{m.name}, {self_}, {ins}, {outs});\n}}\n")

    def calls(self) -> str:
        return f"{HEAD}#include \"vbox-api.h\"\n\n" + "\n".join(map(self.body, self.methods))


def make(path: str) -> Maker:
    idl = load(path)
    for m in idl.methods.values():
        if len(m.outs) > OUT_MAX:
            sys.exit(f"{path}:{m.line}: error: {m.name} has more than {OUT_MAX} outputs")
    return Maker(idl)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("idl", "header", "tables", "calls"):
        parser.add_argument(f"--{option}", required=True)
    args = parser.parse_args()
    maker = make(args.idl)
    try:
        texts = {args.header: maker.header(), args.tables: maker.tables(),
                 args.calls: maker.calls()}
    except IdlError as e:
        sys.exit(f"{args.idl}:{e.line}: error: {e}")
    for path, text in texts.items():
        Path(path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
