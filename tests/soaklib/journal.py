# SPDX-License-Identifier: Apache-2.0
"""What is noted of a soak: each command and each trouble, the counts, and what was unexpected."""
from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOLD_MOST = 40  # of what is unexpected; all is in the log


@dataclass
class Trouble:
    """What was done to the host, and for how long."""
    kind: str
    what: str
    began: float
    ended: float = float("inf")


class Journal:
    """Written by all threads; times are seconds since the soak began."""
    GRACE_S = 1.0  # after a trouble has ended commands may still fail of it

    def __init__(self, folder: Path):
        self.began = time.monotonic()
        self.lock = threading.Lock()
        self.file = open(folder / "log.jsonl", "w", encoding="utf-8")
        self.troubles: list[Trouble] = []
        self.counts: Counter[str] = Counter()
        self.longest: dict[str, tuple[float, str]] = {}
        self.unexpected: Counter[str] = Counter()

    def now(self) -> float:
        """Seconds since the soak began."""
        return time.monotonic() - self.began

    def note(self, **record: Any) -> None:
        """A line of the log."""
        with self.lock:
            self.file.write(json.dumps({"at": round(self.now(), 2)} | record, ensure_ascii=False,
                                       default=str) + "\n")
            self.file.flush()

    def count(self, *what: str) -> None:
        """One more of each."""
        with self.lock:
            self.counts.update(what)

    def say(self, text: str) -> None:
        """To whoever watches."""
        print(f"{int(self.now()) // 60:3}:{int(self.now()) % 60:02} {text}", flush=True)

    def complain(self, kind: str, text: str, *details: object) -> None:
        """Something that must not be."""
        self.note(unexpected=kind, text=text, details=[str(each) for each in details])
        with self.lock:
            self.unexpected[kind] += 1
            if sum(self.unexpected.values()) > TOLD_MOST:
                return
        self.say(f"UNEXPECTED, {kind}: {text}")
        for each in details:
            print(f"       {each}"[:1500], flush=True)

    # -- troubles ---------------------------------------------------------------------------------

    def begins(self, kind: str, what: str) -> Trouble:
        """A trouble begins."""
        trouble = Trouble(kind, what, self.now())
        with self.lock:
            self.troubles.append(trouble)
        self.note(trouble=kind, what=what)
        self.count(f"trouble: {what}")
        return trouble

    def ends(self, trouble: Trouble) -> None:
        """It is over."""
        trouble.ended = self.now()
        self.note(trouble=trouble.kind, what=trouble.what, over=True)

    def troubled(self, began: float, ended: float) -> set[str]:
        """The kinds of trouble that there were in that time."""
        with self.lock:
            return {trouble.kind for trouble in self.troubles
                    if trouble.began <= ended and began <= trouble.ended + self.GRACE_S}

    # -- waits ------------------------------------------------------------------------------------

    def took(self, what: str, seconds: float, words: str) -> None:
        """Keeps the longest of each kind."""
        with self.lock:
            if seconds > self.longest.get(what, (0.0, ""))[0]:
                self.longest[what] = (seconds, words)
