# SPDX-License-Identifier: Apache-2.0
"""A client that lives as long as the soak and keeps one handle of the host, as drivers and services
do: its lists have to be right however often the services end meanwhile.

Run as a program (BUILD URL) it reads the names of lists, a line each, and answers with a line of JSON.
"""
from __future__ import annotations

import json
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

STATUS = {"VBC_E_ARG": 2, "VBC_E_NOTFOUND": 3, "VBC_E_CONNECT": 4, "VBC_E_TLS": 4, "VBC_E_AUTH": 4,
          "VBC_E_PROTOCOL": 4, "VBC_E_TIMEOUT": 5, "VBC_E_CANCELLED": 5, "VBC_E_EXISTS": 6,
          "VBC_E_BUSY": 6, "VBC_E_STATE": 6}


def serve(build: str, url: str) -> None:
    """The program."""
    sys.path.insert(0, f"{build}/python")
    import _vboxcloud  # pylint: disable=import-error,import-outside-toplevel
    host = _vboxcloud.Host(url)
    for line in sys.stdin:
        try:
            shown = getattr(host, line.strip())()
            answer: dict[str, Any] = {"status": 0, "out": json.dumps(
                [{key: each[key] for key in ("id", "name") if key in each} for each in shown])}
        except _vboxcloud.VboxcloudError as error:
            answer = {"status": STATUS.get(error.code, 1), "err": f"vboxcloud: {error}\n"}
        print(json.dumps(answer), flush=True)


def start(build: Path, url: str) -> subprocess.Popen[str]:
    """The program runs; it ends with its standard input."""
    return subprocess.Popen([sys.executable, __file__, str(build), url], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True)


def ask(process: subprocess.Popen[str], words: list[str], seconds: float) -> dict[str, Any] | None:
    """What it answers to the words of a list; nothing when it takes longer."""
    assert process.stdin and process.stdout
    print("_".join(words), file=process.stdin, flush=True)
    if not select.select([process.stdout], [], [], seconds)[0]:
        return None
    line = process.stdout.readline()
    return json.loads(line) if line else {"status": process.wait(), "err": "it has ended\n"}


if __name__ == "__main__":
    serve(*sys.argv[1:])
