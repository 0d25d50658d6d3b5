"""From untrusted bytes to plain text fields: everything odd is refused before it is looked at."""

from __future__ import annotations

from typing import TypeAlias, cast
from xml.parsers import expat

import xmltodict

from core.adapter import Refused

MAX_BODY = 1 << 20  # bytes
MAX_DEPTH = 12  # the platform nests five deep (SendPicsInfo/PicList/item/PicMd5Sum)
MAX_ELEMENTS = 5000

Field: TypeAlias = "str | list[Field] | dict[str, Field]"
Fields: TypeAlias = dict[str, Field]


def decode(body: bytes) -> str:
    """The body as text, without its byte order mark."""
    if len(body) > MAX_BODY:
        raise Refused("too-large", 413)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("not-utf8", 400) from None


def parse(document: str) -> Fields:
    """The children of ``<xml>``; raise :class:`~core.adapter.Refused` for anything else."""
    try:
        _inspect(document)
        tree = xmltodict.parse(document, encoding="utf-8", xml_attribs=False)
    except (ValueError, expat.ExpatError):
        # ValueError: entities, or text that UTF-8 cannot carry.
        raise Refused("malformed-xml", 400) from None
    root = _plain(cast("object", tree.get("xml")))
    if not isinstance(root, dict):
        raise Refused("not-wechat-xml", 400)
    return root


def text(fields: Fields, name: str) -> str:
    """A field's text, empty when absent; raise for repeated or nested elements."""
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise Refused("not-text", 400)
    return value


def _inspect(document: str) -> None:
    """Refuse a DTD, deep nesting and floods of elements, by the parser and not by searching.

    A customer may type ``<!DOCTYPE`` inside a text, where it is harmless.
    """
    parser = expat.ParserCreate("utf-8")
    depth = elements = 0

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
            raise Refused("too-complex", 400)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise Refused("dtd-forbidden", 400)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(document.encode(), True)  # noqa: FBT003 - the last piece


def _plain(value: object) -> Field:
    """The tree of xmltodict with empty elements as empty text."""
    if isinstance(value, dict):
        return {name: _plain(child) for name, child in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_plain(child) for child in cast("list[object]", value)]
    return value if isinstance(value, str) else ""
