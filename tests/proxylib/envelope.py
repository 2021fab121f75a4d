# SPDX-License-Identifier: Apache-2.0
"""SOAP envelopes, read into elements and written from them."""

from __future__ import annotations

import html
import xml.etree.ElementTree as ET
from typing import Tuple

from proxylib import soap
from proxylib.release import Refused

Value = Tuple[str, str]  # an element's name and text
_BODY = "{http://schemas.xmlsoap.org/soap/envelope/}Body"
_NAMESPACE = "{http://www.virtualbox.org/}"


def _content(body: bytes) -> ET.Element:
    try:
        found = ET.fromstring(body).find(_BODY)
    except ET.ParseError as error:
        raise Refused(f"XML: {error}") from error
    if found is None or not len(found):
        raise Refused("a SOAP envelope without a call")
    return found[0]


def parse_request(body: bytes) -> tuple[str, list[Value]]:
    """The called method, and its arguments in order."""
    call = _content(body)
    if not call.tag.startswith(_NAMESPACE):
        raise Refused(f"Method '{call.tag}' not implemented: method name or namespace not "
                      "recognized")
    return call.tag[len(_NAMESPACE):], [(child.tag, child.text or "") for child in call]


def parse_reply(body: bytes) -> list[ET.Element]:
    """The outputs."""
    return list(_content(body))


def escape(text: str) -> str:
    return html.escape(text, quote=False).replace("\r", "&#13;")


def element(name: str, inside: str) -> str:
    return f"<{name}>{inside}</{name}>"


def request(method: str, values: list[Value]) -> bytes:
    inside = "".join(element(name, escape(text)) for name, text in values)
    return soap.envelope(f"<vbox:{method}>{inside}</vbox:{method}>")


def reply(method: str, inside: str) -> bytes:
    return soap.envelope(f"<vbox:{method}Response>{inside}</vbox:{method}Response>")
