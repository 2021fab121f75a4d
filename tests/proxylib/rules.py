# SPDX-License-Identifier: Apache-2.0
"""Rules: which calls do not simply pass, and what happens to them instead.

A rule is a JSON object: "do" names the action, "method" limits it to calls of that method, "nth"
(or "at", the same) says which of these calls, counted from 1 since the rules were set. "every"
extends it to all of these from there on, "onward" to all calls of whatever method. The other
members are the action's arguments. The first rule that catches a call decides.
"""

import copy
import inspect
import json
import re
import subprocess
import time
from http import HTTPStatus

from proxylib import envelope, soap
from proxylib.wire import Closed, Message

_NUMBER = re.compile(rb"(?<=<returnval>)-?\d+(?=</returnval>)")


def number(value) -> int:
    """JSON has no hexadecimal numbers, so "0x80bb0007" is one too."""
    return int(str(value), 0)


def pattern_of(text) -> re.Pattern:
    return re.compile(text.encode())


# An action gets the call, and `proceed`, which forwards the call and returns the reply. It returns
# the reply for the client, or raises Closed to hang up. Its arguments' annotations convert what
# the rule says, when the rule is set.


def fault(call, proceed, *, result: number = 0x80004005, text: str = "Injected by the test proxy",
          returnval: str = ""):
    return soap.runtime_fault(result, text, returnval)


def stale(call, proceed, *, ref: str = ""):
    return soap.invalid_object_fault(ref or soap.this_of(call.request))


def forget(call, proceed):
    """The host ends all web sessions that were begun through the proxy, before it sees the call."""
    for vbox in call.connection.proxy.take_sessions():
        ending = copy.copy(call)
        ending.request = call.request.with_body(
            envelope.request("IWebsessionManager_logoff", [("refIVirtualBox", vbox)]))
        proceed(ending)
    return proceed(call)


def close(call, proceed, *, ms: float = 0):
    time.sleep(ms / 1000)
    raise Closed


def cut(call, proceed):
    proceed(call)
    raise Closed


def meanwhile(call, proceed, *, command: list):
    """Another program runs to its end before the host sees the call."""
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=False)
    return proceed(call)


def half(call, proceed):
    reply = proceed(call)
    call.connection.send(reply.head + reply.body[:len(reply.body) // 2])
    raise Closed


def delay(call, proceed, *, ms: float):
    time.sleep(ms / 1000)
    return proceed(call)


def late(call, proceed, *, ms: float):
    passed = proceed(call)
    time.sleep(ms / 1000)
    return passed


def hang(call, proceed):
    call.connection.hold(call)


def hang_after(call, proceed):
    proceed(call)
    call.connection.hold(call)


def reply(call, proceed, *, status: HTTPStatus = HTTPStatus.OK, body: str = "",
          content_type: str = "text/xml; charset=utf-8"):
    return Message.reply(status, body.encode(), content_type)


def substitute(call, proceed, *, pattern: pattern_of, with_: str):
    passed = proceed(call)
    return passed.with_body(pattern.sub(with_.encode(), passed.body))


def add(call, proceed, *, by: int):
    passed = proceed(call)
    return passed.with_body(_NUMBER.sub(lambda found: b"%d" % (int(found[0]) + by), passed.body))


ACTIONS = {action.__name__.replace("_", "-"): action for action in
           (fault, stale, forget, close, cut, half, delay, late, hang, hang_after, meanwhile, reply,
            substitute, add)}


class Rule:
    def __init__(self, members: dict):
        rest = dict(members)
        self.name = rest.pop("do", None)
        self.method = rest.pop("method", None)
        self.nth = rest.pop("nth", rest.pop("at", 1))
        self.every = rest.pop("every", False)
        self.onward = rest.pop("onward", False)
        self.seen = self.fired = 0
        if self.name not in ACTIONS:
            raise ValueError(f'{members}: "do" is one of {", ".join(ACTIONS)}')
        if not isinstance(self.nth, int) or self.nth < 1:
            raise ValueError(f"{members}: calls are counted from 1")
        try:
            self.arguments = _convert(ACTIONS[self.name], rest)
        except (TypeError, ValueError, AttributeError, re.error) as error:
            raise ValueError(f"{members}: {error}") from error

    def catches(self, method: str) -> bool:
        """Counts a call; true if this rule is for it."""
        if self.onward and self.fired:
            return True
        if self.method not in (None, method):
            return False
        self.seen += 1
        return self.seen == self.nth or (self.every and self.seen > self.nth)


def _convert(action, arguments: dict) -> dict:
    signature = inspect.signature(action)
    named = {"with_" if name == "with" else name: value for name, value in arguments.items()}
    signature.bind(None, None, **named)
    return {name: signature.parameters[name].annotation(value) for name, value in named.items()}


def parse(text) -> list[Rule]:
    rules = json.loads(text)
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise ValueError("rules are a JSON list of objects")
    return [Rule(rule) for rule in rules]


def stage(call, proceed) -> Message:
    """The stage of the proxy's pipeline that carries the rules out."""
    if not call.rule:
        return proceed(call)
    return ACTIONS[call.rule.name](call, proceed, **call.rule.arguments)
