# SPDX-License-Identifier: Apache-2.0
"""Do the links of a site lead somewhere, and does it need no other server?"""
from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote


class Reader(HTMLParser):
    """What a page refers to, and what in it can be referred to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []  # without being asked
        self.marks: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.marks.add(value)
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("href", "src", "srcset", "action", "data", "poster"):
                self.loads.append(value or "")


def check(site: Path) -> list[str]:
    """A sentence for each link that leads nowhere."""
    pages = {path: Reader(path.read_text()) for path in sorted(site.glob("*.html"))}
    wrong = []
    for path, page in pages.items():
        wrong += [f"{path.name} loads {load} from another server" for load in page.loads if "//" in load]
        for link in [*page.links, *page.loads]:
            name, _, mark = unquote(link).partition("#")
            target = path.parent / name if name else path
            if "//" in link:
                continue
            if not target.is_file():
                wrong.append(f"{path.name} links to {link}, which is not there")
            elif mark and target in pages and mark not in pages[target].marks:
                wrong.append(f"{path.name} links to {link}, where there is no such heading")
    return wrong
