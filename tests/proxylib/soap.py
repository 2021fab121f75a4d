# SPDX-License-Identifier: Apache-2.0
"""What the proxy knows of SOAP: the name of the called method, and vboxwebsrv's two faults."""

from __future__ import annotations

import html
import re

from proxylib.wire import Message

_METHOD = re.compile(rb"<(?:[\w.-]+:)?Body\b[^>]*>\s*<(?:[\w.-]+:)?([\w.-]+)")
_HEAD_BYTES = 8192

_ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"\
 xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/"\
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\
 xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:vbox="http://www.virtualbox.org/">\
<SOAP-ENV:Body>{content}</SOAP-ENV:Body></SOAP-ENV:Envelope>\r
"""
XML = "text/xml; charset=utf-8"


def method_of(request: Message) -> str:
    """`IMachine_getName`, or how the request begins if it is no SOAP call."""
    if request.start[0] != "POST":
        return " ".join(request.start[:2])
    found = _METHOD.search(request.body, 0, _HEAD_BYTES)
    return found.group(1).decode() if found else "?"


def this_of(request: Message) -> str:
    found = re.search(rb"<_this[^>]*>([^<]*)<", request.body)
    return html.unescape(found.group(1).decode()) if found else ""


def values_of(reply: Message) -> list[str]:
    return [html.unescape(value.decode())
            for value in re.findall(rb"<returnval[^>]*>([^<]*)</returnval>", reply.body)]


def envelope(content: str) -> bytes:
    return _ENVELOPE.format(content=content).encode()


def runtime_fault(result: int, text: str, returnval: str) -> Message:
    """VirtualBox said no: `result` is its result code, `returnval` the IVirtualBoxErrorInfo."""
    code = f"0x{result & 0xffffffff:08x}"
    signed = (result + 0x80000000 & 0xffffffff) - 0x80000000
    words = f"{text} ({code})" if text else ""
    return _fault(f"VirtualBox error: apirc={code} {words}".rstrip(),
                  f"<vbox:RuntimeFault><resultCode>{signed}</resultCode>"
                  f"<returnval>{_escape(returnval)}</returnval></vbox:RuntimeFault>")


def invalid_object_fault(ref: str) -> Message:
    """The reference is unknown: released, or of a web session that ended."""
    return _fault(f'VirtualBox error: Invalid managed object reference "{ref}"',
                  "<vbox:InvalidObjectFault><badObjectID>"
                  f"{_escape(ref)}</badObjectID></vbox:InvalidObjectFault>")


def sender_fault(text: str) -> Message:
    """gSOAP itself said no, before VirtualBox saw the call."""
    return _fault(text, "")


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def _fault(text: str, detail: str) -> Message:
    detail = detail and f"<detail>{detail}</detail>"
    return Message.reply(500, envelope("<SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode>"
                                       f"<faultstring>{_escape(text)}</faultstring>{detail}"
                                       "</SOAP-ENV:Fault>"), XML)
