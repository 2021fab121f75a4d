# SPDX-License-Identifier: Apache-2.0
"""Speaks as an older release of VirtualBox, in front of a host with the newest.

Of a request exactly that passes which the older release would take. It is translated to calls of
the newest, and their answer back. What cannot be translated is answered by a fault that says so.
"""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Callable

from proxylib import envelope, moves, release, soap
from proxylib.envelope import Value
from proxylib.wire import Message

_E_NOTIMPL = 0x80004001
_RC_UNTIL = 70006  # the word in faults that is "apirc" since


class Untranslatable(Exception):
    """The newest release has nothing like it."""


class Answered(Exception):
    """The host refused a call that leads to the one the client wants."""

    def __init__(self, reply: Message):
        super().__init__()
        self.reply = reply


class Older:
    """The stage of the proxy's pipeline that translates."""

    def __init__(self, name: str):
        self.old, self.new = release.load(name)
        number = self.old.name.split(".")
        self.texts = {
            "IVirtualBox_getVersion": self.old.name,
            "IVirtualBox_getVersionNormalized": self.old.name,
            "IVirtualBox_getAPIVersion": "_".join(number[:2]),
            "IVirtualBox_getAPIRevision": str(
                sum(int(n) << shift for n, shift in zip(number, (56, 48, 40)))),
        }

    def stage(self, call, proceed) -> Message:
        if call.request.start[0] != "POST":
            return proceed(call)
        try:
            method, values = envelope.parse_request(call.request.body)
            self.old.check(method, values)
            if self.old.number <= moves.NOT_IMPLEMENTED.get(method, 0):
                return soap.runtime_fault(_E_NOTIMPL, "", "")
            return self._reword(self._translated(method, values, call, proceed))
        except release.Refused as refused:
            return soap.sender_fault(str(refused))
        except Untranslatable as what:
            return soap.sender_fault(f"tests/proxy --as {self.old.name}: VirtualBox "
                                     f"{self.new.name} cannot stand in: {what}")
        except Answered as answer:
            return self._reword(answer.reply)

    def _translated(self, method: str, values: list[Value], call, proceed) -> Message:
        move = self._move(method)

        def ask(name: str, arguments: list[Value]) -> Message:
            passed = copy.copy(call)
            passed.request = call.request.with_body(envelope.request(name, arguments))
            return proceed(passed)

        if move.method == method and self._same_arguments(method):
            reply = proceed(call)
        else:
            for step in move.path:
                values = [("_this", self._ref(ask(step, values[:1]))), *values[1:]]
            reply = ask(move.method, self._arguments(method, move.method, values))
        self._age(method, reply, ask)
        if reply.start[1] != "200" or (move.method == method and self._same_outputs(method)):
            return reply
        return Message.reply(200, self._answer(method, move.method, reply.body), soap.XML)

    def _age(self, method: str, made: Message, ask: Callable[..., Message]) -> None:
        """Takes from what was made what the older release would not have given it."""
        until, path, taking, value = moves.NEWER_DEFAULTS.get(method, (0, (), "", ()))
        if self.old.number > until or made.start[1] != "200":
            return
        ref = self._ref(made)
        for step in path:
            ref = self._ref(ask(step, [("_this", ref)]))
        ask(taking, [("_this", ref), value])

    def _move(self, method: str) -> moves.Move:
        """The call of the newest release that does the same."""
        old = self.old.idl.methods[method]
        same = self.new.has(old) and [i.name for i in self.old.of(old.outs)] == [
            i.name for i in self.new.of(old.outs)]
        move = moves.Move(method) if same else moves.of(method)
        if not move or not self.new.method(move.method):
            raise Untranslatable(method)
        return move

    def _ref(self, reply: Message) -> str:
        if reply.start[1] != "200":
            raise Answered(reply)
        return envelope.parse_reply(reply.body)[0].text or ""

    @functools.cache
    def _same_arguments(self, method: str) -> bool:
        ins = self.old.idl.methods[method].ins
        return self.old.of(ins) == self.new.of(ins) and not any(
            i.type in self.old.idl.enums for i in ins)

    @functools.cache
    def _same_outputs(self, method: str) -> bool:
        outs, idl = self.old.idl.methods[method].outs, self.old.idl
        return (self.old.of(outs) == self.new.of(outs) and method not in self.texts
                and method != "IManagedObjectRef_getInterfaceName"
                and not any(i.type in idl.enums or i.type in idl.structs for i in outs))

    def _arguments(self, old: str, new: str, values: list[Value]) -> list[Value]:
        """The arguments of the newest release's call, in its order."""
        kinds = {item.name: item.type for item in self.old.idl.methods[old].ins}
        given: dict[str, list[str]] = {}
        for name, text in values:
            text = self._taken(kinds.get(name, "str"), text)
            texts = [line for line in text.split("\n") if line] if name == "environment" else [text]
            given.setdefault(moves.ARGUMENTS.get(name, name), []).extend(texts)
        this = [("_this", text) for text in given.get("_this", [])]
        return this + [(item.name, text) for item in self.new.of(self.new.idl.methods[new].ins)
                       for text in given.get(item.name, [] if item.array else
                                             [moves.DEFAULTS.get(item.name, "")])]

    def _taken(self, kind: str, text: str) -> str:
        if kind not in self.new.idl.enums:
            return text
        text = moves.TAKEN.get((kind, text), text)
        if text not in self.new.members(kind) and self.new.has(self.new.idl.enums[kind]):
            raise Untranslatable(f"{kind} '{text}'")
        return text

    def _answer(self, old: str, new: str, body: bytes) -> bytes:
        """The older release's reply, made of the newest one's."""
        there = {item.name: item for item in self.new.idl.methods[new].outs}
        texts, elements = [], envelope.parse_reply(body)
        for item in self.old.of(self.old.idl.methods[old].outs):
            found = [element for element in elements if element.tag == item.name]
            if item.name not in there:
                raise Untranslatable(f"'{item.name}' in the reply to {old}")
            shown = [self._shown(old, item, element) for element in found]
            if None in shown and not item.array:
                raise Untranslatable(f"the answer '{found[0].text}' to {old}")
            texts += [text for text in shown if text is not None]
        return envelope.reply(old, "".join(texts))

    def _shown(self, method: str, item, element) -> str | None:
        """An element as the older release has it; None if it has no such thing."""
        text = element.text or ""
        if item.type in self.old.idl.structs:
            inside = [self._field(field, element) for field in self.old.fields(item.type)]
            return None if None in inside else envelope.element(item.name, "".join(inside))
        if item.type in self.old.idl.enums:
            members = self.old.members(item.type)
            if text not in members:
                text = moves.SHOWN.get((item.type, text), "")
            return envelope.element(item.name, text) if text in members else None
        if method == "IManagedObjectRef_getInterfaceName" and self.old.number < 70100:
            text = "IBIOSSettings" if text == "IFirmwareSettings" else text
        return envelope.element(item.name, envelope.escape(self.texts.get(method, text)))

    def _field(self, item, struct) -> str | None:
        """A field that the newest release has no more is false, as all such are."""
        found = struct.find(item.name)
        return self._shown("", item, found) if found is not None else envelope.element(
            item.name, "false")

    def _reword(self, reply: Message) -> Message:
        if reply.start[1] == "200" or self.old.number > _RC_UNTIL:
            return reply
        return reply.with_body(re.sub(rb"\bapirc=", b"rc=", reply.body))
