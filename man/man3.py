#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the manual pages of section 3 from the public headers: one of each function, and an overview of
each header.

man3.py VERSION FOLDER HEADER...: writes FOLDER/vbc_….3 and FOLDER/vboxcloud-….3. Functions that one
comment describes share a page; the others are links to it."""
from __future__ import annotations

import datetime
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))

from header import Function, Header, Item, beginning, glossary, read

RETURNS = "Returns 0, or a negative code of enum vbc_code with the reason in `err`; see vboxcloud-error(3)."


def date() -> str:
    """The build's; scdoc takes the same for section 1."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc) if seconds else \
        datetime.datetime.now(datetime.timezone.utc)
    return now.strftime("%Y-%m-%d")


def escaped(text: str) -> str:
    """For roff; a line must not begin with a control character."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def marked(text: str) -> str:
    """A paragraph: functions and codes are bold, `arguments` and *ret_x italic."""
    text = escaped(text)
    text = re.sub(r"`([^`]+)`", r"\\fI\1\\fP", text)
    text = re.sub(r"(\*?\bret_\w+)", r"\\fI\1\\fP", text)
    text = re.sub(r"\b(vbc_\w+)\(\)", r"\\fB\1\\fP(3)", text)
    text = re.sub(r"\b(vboxcloud\\-\w+)\((3)\)", r"\\fB\1\\fP(\2)", text)
    return re.sub(r"(?<!\\f[BI])\b(VBC_\w+)", r"\\fB\1\\fP", text)


def verbatim(text: str) -> Iterator[str]:
    """A declaration, indented by four."""
    yield ".nf"
    yield from escaped(re.sub(r"^ {8}", "    ", text.expandtabs(8), flags=re.M)).split("\n")
    yield ".fi"


def without_name(sentence: str) -> str:
    """What follows "Errors", which the section is called."""
    text = re.sub(r"^Errors?:? ", "", sentence)
    return text[:1].upper() + text[1:]


def page_of(header: str) -> str:
    """The name of its overview."""
    stem = header.removesuffix(".h")
    return "vboxcloud" if stem == "vboxcloud" else f"vboxcloud-{stem}"


class Manual:
    def __init__(self, version: str, headers: list[Header], words: dict[str, str]):
        self.version, self.headers, self.words = version, headers, words
        self.home = {name: header for header in headers for name in header.types()}

    def head(self, title: str, names: list[str], purpose: str) -> Iterator[str]:
        yield f'.TH {escaped(title)} 3 {date()} "libvboxcloud {self.version}" "Library Functions Manual"'
        yield ".nh"
        yield ".ad l"
        yield ".SH NAME"
        yield f"{', '.join(escaped(name) for name in names)} \\- {escaped(purpose)}"

    def synopsis(self, header: Header, functions: list[Function]) -> Iterator[str]:
        yield ".SH SYNOPSIS"
        yield ".nf"
        yield f".B #include <vboxcloud/{escaped(header.name)}>"
        yield ".PP"
        for function in functions:
            yield from (f"\\fB{line}\\fP" for line in escaped(function.text.expandtabs(8)).split("\n"))
        yield ".fi"

    def meaning(self, item: Item, name: str) -> str:
        """Of an argument: what the function itself says, else the headers' words for all functions."""
        if name.startswith("ret_"):
            return "see RETURN VALUE"
        if f"`{name}`" in item.comment or name not in self.words:
            return "see DESCRIPTION"
        return self.words[name]

    def arguments(self, header: Header, item: Item, function: Function) -> Iterator[str]:
        if not function.parameters:
            return
        yield ".SH ARGUMENTS"
        for kind, name in function.parameters:
            shown = kind if "(*" in kind else f"{kind} {name}".replace("* ", "*")
            struct = re.search(r"(?:struct|enum) vbc_\w+", kind)
            there = self.home.get(struct[0]) if struct else None
            where = f"; its type is in {page_of(there.name)}(3)" if there and there is not header else ""
            yield ".TP"
            yield f"\\fI{escaped(shown)}\\fP"
            yield marked(self.meaning(item, name) + where)

    def own_types(self, header: Header, function: Function) -> Iterator[str]:
        """The structs and enums of the same header that the declaration names."""
        named = list(dict.fromkeys(re.findall(r"(?:struct|enum) vbc_\w+", function.text)))
        shown = [header.types()[name] for name in named if "{" in header.types().get(name, "")]
        for number, text in enumerate(shown):
            yield ".PP" if number else ".SH TYPES"
            yield from verbatim(text)

    def see_also(self, header: Header, item: Item, functions: list[Function]) -> Iterator[str]:
        own = {function.name for function in functions}
        others = sorted(set(re.findall(r"\b(vbc_\w+)\(\)", item.comment)) - own)
        yield ".SH SEE ALSO"
        yield ", ".join(f"\\fB{escaped(name)}\\fP(3)" for name in [page_of(header.name), *others, "vboxcloud"])

    def functions(self, header: Header, item: Item) -> str:
        first, about = item.functions[0], item.about
        purpose = item.purpose[:1].lower() + item.purpose[1:]
        lines = [*self.head(first.name, [each.name for each in item.functions], purpose),
                 *self.synopsis(header, item.functions), *self.arguments(header, item, first), ".SH DESCRIPTION"]
        for number, text in enumerate(item.paragraphs):
            lines += [".PP"] * bool(number) + [marked(text)]
        returned = [RETURNS] * first.text.startswith("int ") + about.get("ret", [])
        if returned:
            lines += [".SH RETURN VALUE", marked(" ".join(returned))]
        for title, key in (("ERRORS", "errors"), ("THREADS", "threads"), ("HISTORY", "since")):
            if key in about:
                lines += [f".SH {title}", marked(without_name(" ".join(about[key])))]
        lines += [*self.own_types(header, first), *self.see_also(header, item, item.functions)]
        return "\n".join(lines) + "\n"

    def overview(self, header: Header) -> str:
        name, title = page_of(header.name), re.sub(r"\. .*|\.$", "", header.about[0])
        lines = [*self.head(name, [name], title if len(title) < 90 else beginning(title)), ".SH SYNOPSIS",
                 f".B #include <vboxcloud/{escaped(header.name)}>", ".SH DESCRIPTION"]
        for number, text in enumerate(header.about):
            lines += [".PP"] * bool(number) + [marked(text)]
        if name == "vboxcloud":
            lines += [line for word, text in self.words.items()
                      for line in (".TP", f"\\fI{word}\\fP", marked(text))]
        for item in header.items:
            if not item.functions:
                lines += self.declarations(item)
        return "\n".join([*lines, *self.contents(header)]) + "\n"

    def declarations(self, item: Item) -> Iterator[str]:
        told = [text for part in ("description", "since") for text in item.about.get(part, []) if text]
        yield ".PP"
        if told:
            yield marked(" ".join(told))
        for number, text in enumerate([*item.types.values(), *item.macros.values()]):
            if told or number:
                yield ".PP"
            yield from verbatim(text)

    def contents(self, header: Header) -> Iterator[str]:
        described = [item for item in header.items if item.functions]
        if described:
            yield ".SH FUNCTIONS"
        for item in described:
            yield ".TP"
            yield ", ".join(f"\\fB{function.name}\\fP(3)" for function in item.functions)
            yield marked(item.purpose)
        others = [page_of(other.name) for other in self.headers if other is not header]
        yield ".SH SEE ALSO"
        yield ", ".join(f"\\fB{escaped(name)}\\fP(3)" for name in others)


def pages(manual: Manual) -> Iterator[tuple[str, str]]:
    for header in manual.headers:
        yield page_of(header.name), manual.overview(header)
        for item in header.items:
            for number, function in enumerate(item.functions):
                first = item.functions[0].name
                yield function.name, f".so man3/{first}.3\n" if number else manual.functions(header, item)


def main() -> None:
    version, folder, *paths = sys.argv[1:]
    words = next(glossary(Path(path)) for path in paths if Path(path).name == "vboxcloud.h")
    for name, text in pages(Manual(version, [read(Path(path)) for path in paths], words)):
        Path(folder, f"{name}.3").write_text(text)


if __name__ == "__main__":
    main()
