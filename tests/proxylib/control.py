# SPDX-License-Identifier: Apache-2.0
"""The requests a test makes of the proxy itself, under /__proxy/ on the proxy's own port."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from proxylib.wire import Message

_PREFIX = "/__proxy/"
_WAIT_S = "60"


def is_for_us(request: Message) -> bool:
    return request.start[1].startswith(_PREFIX)


def answer(proxy, request: Message) -> Message:
    try:
        status, body = _carry_out(proxy, request)
    except ValueError as error:
        status, body = 400, {"error": str(error)}
    return Message.reply(status, json.dumps(body).encode() + b"\n", "application/json")


def _carry_out(proxy, request: Message) -> tuple[int, dict]:
    url = urlsplit(request.start[1])
    wanted = request.start[0] + " " + url.path[len(_PREFIX):]
    if wanted == "GET calls":
        return 200, proxy.calls()
    if wanted == "GET waiting":
        return _wait_for_held(proxy, float(parse_qs(url.query).get("timeout", [_WAIT_S])[0]))
    if wanted == "POST rules":
        proxy.set_rules(request.body)
    elif wanted == "POST reset":
        proxy.reset()
    else:
        raise ValueError("expected GET calls, GET waiting, POST rules or POST reset")
    return 200, {}


def _wait_for_held(proxy, timeout_s: float) -> tuple[int, dict]:
    with proxy.changed:
        if not proxy.changed.wait_for(lambda: proxy.held, timeout_s):
            return 504, {"error": f"no call was held within {timeout_s:g} s"}
        call = proxy.held[0]
        return 200, {"call": call.number, "method": call.method, "do": call.rule.name}
