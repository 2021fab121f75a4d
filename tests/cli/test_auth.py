#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Logging on to a host that asks for a password, over TLS if it has that."""
from __future__ import annotations

from cli import HOME, done, fails, host_env, is_fine, ok, run, skip_all

LIST = ("node", "list")
given = host_env()

if not all(name in given for name in ("VBOXCLOUD_HOST", "VBOXCLOUD_USER", "VBOXCLOUD_PASSWORD_FILE")):
    skip_all("VBOXCLOUD_HOST names no host that asks for a password")


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in given.items() if name not in names}


wrong = HOME / "wrong"
wrong.write_text("geheim\n")
wrong.chmod(0o600)

is_fine(run(*LIST, env=given), "the right password")
result = run(*LIST, "--verbose", env=given | {"VBOXCLOUD_PASSWORD_FILE": str(wrong)})
ok(result.status == 4 and result.out == "" and "geheim" not in result.err and
   "VBC_E_AUTH" in result.err, "the wrong password is refused and not shown", result)
fails(run(*LIST, env=given | {"VBOXCLOUD_PASSWORD_FILE": str(wrong)}), 4, "user|password|log",
      "with one sentence")
fails(run(*LIST, env=given | {"VBOXCLOUD_USER": "nobody-at-all"}), 4, "user|password|log",
      "so is a user who does not exist")
fails(run(*LIST, env=without("VBOXCLOUD_USER", "VBOXCLOUD_PASSWORD_FILE")), 4, "user|password|log",
      "and no user at all")
result = run("host", "check", "--output", "json", env=given | {"VBOXCLOUD_PASSWORD_FILE": str(wrong)})
ok(result.status == 4 and '"number": 2' in result.out, "host check tells", result)

if given["VBOXCLOUD_HOST"].startswith("https:"):
    fails(run(*LIST, env=without("VBOXCLOUD_CA_FILE")), 4, "certificate", "an unknown certificate")
    plain = given["VBOXCLOUD_HOST"].replace("https:", "http:")
    fails(run(*LIST, env=given | {"VBOXCLOUD_HOST": plain}), 4, "", "plain HTTP to a TLS host")
done()
