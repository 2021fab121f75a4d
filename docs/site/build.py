#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the documentation one tree of HTML: docs/, the manual pages, the headers' manual pages, and the
driver's docstrings, with a search over all of it. Nothing in it comes from another server.

docs/site/build.py BUILD SITE    BUILD is where the project is built, SITE is written anew
"""
from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import driver
import links

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FIRST = ("README.md", "docs/host.md", "docs/python.md", "docs/ansible.md", "docs/fleet.md", "docs/errors.md", "docs/limits.md",
         "docs/releases.md", "mist/README.md")
PROJECT = ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
REFERENCE = re.compile(r"<([bi])>([\w-]+)</\1>\(([13])\)")


@dataclass
class Page:
    group: str
    title: str
    place: str  # of the file, in the site
    body: str
    source: str = ""  # of the file in the tree that it was made from; "": several


def output(*command: str) -> str:
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def with_marks(body: str) -> str:
    """Headings that can be linked to, by the marks that they have where the sources are shown."""
    def marked(found: re.Match[str]) -> str:
        words = html.unescape(re.sub(r"<[^>]+>", "", found[2])).lower()
        mark = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        return f'<h{found[1]} id="{mark}">{found[2]}</h{found[1]}>'
    return re.sub(r"<h([1-6])>(.*?)</h\1>", marked, body)


def of_markdown(path: Path, group: str) -> Page:
    source = str(path.relative_to(ROOT))
    title = re.search(r"^# (.*)$", path.read_text(), re.MULTILINE)
    body = with_marks(output("cmark-gfm", "--unsafe", "--extension", "table", str(path)))
    place = "index.html" if source == "README.md" else source.removesuffix(".md").replace("/", "-") + ".html"
    return Page(group, title[1] if title else source, place, body, source)


def of_manual(path: Path, group: str) -> Page:
    """A page of section 1 or 3."""
    body = output("mandoc", "-T", "html", "-O", "fragment", str(path))
    name = f"{path.stem}({path.suffix[1:]})"
    return Page(group, name, f"{path.name}.html", f"<h1>{name}</h1>{body}")


def pages(build: Path) -> Iterator[Page]:
    named = [ROOT / name for name in FIRST if (ROOT / name).exists()]
    for path in named:
        yield of_markdown(path, "Guide")
    for path in sorted((build / "man").glob("*.1")):
        yield of_manual(path, "Command")
    yield Page("Python", "VirtualBoxNodeDriver", "driver.html", driver.body(ROOT / "python/libcloud_virtualbox"))
    for path in sorted((build / "man").glob("*.3"), key=lambda path: (not path.stem.startswith("vboxcloud"), path)):
        if not path.read_text().startswith(".so "):  # another name of a page
            yield of_manual(path, "C library")
    rest = [path for path in sorted((ROOT / "docs").glob("*.md")) if path not in named]
    for path in [*rest, *(ROOT / name for name in PROJECT), ROOT / "bench/README.md"]:
        yield of_markdown(path, "Project")


def also_called(build: Path, place: dict[str, str]) -> None:
    """The names that share a page of the manual with another."""
    for path in (build / "man").glob("*.3"):
        target = re.match(r"\.so (?:man3/)?(.*)", path.read_text())
        if target:
            place[path.name] = place[target[1]]


def linked(page: Page, place: dict[str, str], site: Path) -> str:
    """Its links lead to pages of the site; the files that it refers to are brought along."""
    def to_manual(found: re.Match[str]) -> str:
        there = place.get(f"{found[2]}.{found[3]}")
        return f'<a href="{there}">{found[0]}</a>' if there else found[0]

    def to_file(found: re.Match[str]) -> str:
        path, mark, rest = found[1].partition("#")
        if not path or "://" in path or path in place.values():
            return found[0]
        name = str((ROOT / page.source).parent.joinpath(path).resolve().relative_to(ROOT))
        if name not in place and (ROOT / name).is_file():
            place[name] = f"source/{name}.txt"
            (site / place[name]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, site / place[name])
        return f'<a href="{place[name]}{mark}{rest}"' if name in place else "<a"

    return re.sub(r'<a href="([^"]*)"', to_file, REFERENCE.sub(to_manual, page.body))


def menu(all_pages: list[Page], here: Page) -> str:
    groups: dict[str, list[Page]] = {}
    for page in all_pages:
        groups.setdefault(page.group, []).append(page)
    parts = []
    for group, members in groups.items():
        rows = "".join(f'<li><a href="{page.place}"{" aria-current=page" if page is here else ""}>'
                       f"{html.escape(page.title)}</a></li>" for page in members)
        parts.append(f"<details{' open' if group == here.group else ''}><summary>{group}</summary><ul>{rows}</ul></details>")
    return "".join(parts)


def plain(body: str) -> str:
    """What a search looks through."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def write(all_pages: list[Page], build: Path, site: Path) -> None:
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    place = {page.source: page.place for page in all_pages if page.source}
    place |= {page.place.removesuffix(".html"): page.place for page in all_pages if not page.source}
    also_called(build, place)
    frame = (HERE / "page.html").read_text()
    for page in all_pages:
        parts = {"TITLE": html.escape(page.title), "MENU": menu(all_pages, page), "BODY": linked(page, place, site)}
        text = re.sub(r"@(TITLE|MENU|BODY)@", lambda found, parts=parts: parts[found[1]], frame)
        (site / page.place).write_text(text)
    rows = [[page.title, page.place, plain(page.body)] for page in all_pages]
    # A page that is opened as a file may not fetch another one; a script it may have.
    (site / "index.js").write_text(f"const PAGES = {json.dumps(rows, ensure_ascii=False)};\n")
    for name in ("style.css", "search.js"):
        shutil.copyfile(HERE / name, site / name)


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    build, site = Path(sys.argv[1]), Path(sys.argv[2])
    if not (build / "man/vboxcloud.1").exists():
        sys.exit(f"docs/site/build.py: there are no manual pages in {build}/man: run make first")
    all_pages = list(pages(build))
    write(all_pages, build, site)
    wrong = links.check(site)
    for text in wrong:
        print(f"docs/site/build.py: {text}", file=sys.stderr)
    if wrong:
        sys.exit(1)
    print(f"{len(all_pages)} pages: {site}/index.html")


if __name__ == "__main__":
    main()
