#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The commands of mist/README.md that ask mist's API, as they are there, against mist's web application."""
from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.simple_server import WSGIRequestHandler, make_server

from webapp import MistTest, live

PASSWORD = "a password of mist's"


class Quiet(WSGIRequestHandler):
    """Of each request nothing is printed."""

    def log_message(self, *_: object) -> None:
        pass


class Readme(MistTest):
    """Followed word by word."""

    @contextmanager
    def served(self) -> Iterator[str]:
        """mist at an address."""
        with make_server("127.0.0.1", 0, self.web.app.app, handler_class=Quiet) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()

    def test_commands(self) -> None:
        """From a token to a machine that is destroyed again."""
        parts = live.urlsplit(live.HOST)
        self.web.user.set_password(PASSWORD)
        commands = re.findall(r"^```sh\n(.*?)^```", (live.ROOT / "mist/README.md").read_text(), re.M | re.S)
        self.assertGreater(len(commands), 5)
        with self.served() as address:
            known = {"MIST": address, "MIST_EMAIL": self.web.user.email, "MIST_PASSWORD": PASSWORD,
                     "VBOX_HOST": parts.hostname, "VBOX_PORT": str(parts.port),
                     "VBOX_USER": live.USER, "VBOX_PASSWORD": live.password()}
            done = subprocess.run(["bash", "-euxo", "pipefail", "-c", "\n".join(commands)], text=True,
                                  env={**os.environ, **known}, check=False, capture_output=True)
        print("\n".join(f"#   {line}" for line in done.stdout.splitlines()), flush=True)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertIn("web1", done.stdout)
        self.assertIn("suspended", done.stdout)
        self.assertNotIn("web1", [each.name for each in self.driver.list_nodes()])


if __name__ == "__main__":
    live.main()
