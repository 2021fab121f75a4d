# SPDX-License-Identifier: Apache-2.0
"""Speaks as a release that is not out yet: all that was there is, and more beside it.

Each reply, each struct and each list of an enum (but those that go with another list, member by
member) has something in it that nobody knows. Requests pass: gSOAP takes those that lack a new argument.
"""

from __future__ import annotations

import re

from proxylib import release
from proxylib.wire import Message

VERSION, API_VERSION = "8.0.0", "8_0"
_NEW = b"<addedIn80>42</addedIn80>"
_TEXTS = {"IVirtualBox_getVersion": VERSION, "IVirtualBox_getVersionNormalized": VERSION,
          "IVirtualBox_getAPIVersion": API_VERSION}
_, _NEWEST = release.load(release.NEWEST)


def stage(call, proceed) -> Message:
    reply = proceed(call)
    method = _NEWEST.method(call.method)
    if not method or reply.start[1] != "200":
        return reply
    body = reply.body
    if method.name in _TEXTS:
        body = re.sub(rb"(<returnval>)[^<]*", rb"\g<1>" + _TEXTS[method.name].encode(), body)
    for item in _NEWEST.of(method.outs):
        tag = item.name.encode()
        if item.type in _NEWEST.idl.structs:
            body = body.replace(b"<%s>" % tag, b"<%s>" % tag + _NEW)
        elif item.type in _NEWEST.idl.enums and [
                each for each in method.ins + method.outs if each.array] == [item]:
            body = _before_end(body, method.name, b"<%s>AddedIn80</%s>" % (tag, tag))
    return reply.with_body(_before_end(body, method.name, _NEW))


def _before_end(body: bytes, method: str, what: bytes) -> bytes:
    end = b"</vbox:%sResponse>" % method.encode()
    return body.replace(end, what + end)
