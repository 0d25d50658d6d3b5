"""Small harms done to bytes, at random and repeatable by their seed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

TOKENS = (
    *(b"<", b">", b"]]>", b"<![CDATA[", b"<!DOCTYPE x>", b"<!ENTITY a 'b'>", b"&a;", b"&#0;"),
    *(b"</xml>", b"<xml>", b"<MsgType>event</MsgType>", b"<Event>SCAN</Event>", b"<List>"),
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", "😀".encode(), b"\r\n", b"9" * 400),
    *(b"{", b"}", b"[", b"null", b"true", b"-1", b"1e999", b'"\\ud800"', b'{"errcode": 40001}'),
    *(b"qrscene_", b"subscribe", b"templatesendjobfinish", b"kf_create_session", b"NaN", b"=" * 7),
)
WORDS = (
    *(b"", b" ", b"event", b"text", b"voice", b"location", b"shortvideo", b"hologram", b"0", b"-1"),
    *(b"SCAN", b"subscribe", b"LOCATION", b"MASSSENDJOBFINISH", b"kf_switch_session", b"CLICK"),
    *(b"qrscene_qrscene_", b"1e999", b"nan", b"9" * 400, b"x" * 3000, b"<b>1</b>", b"&lt;a&gt;"),
    *("字‍😀".encode(), b"<List><TemplateId>t</TemplateId></List>", b"]]&gt;"),
    *(b"success", b"failed:user block", b"<ScanType>barcode</ScanType>", b"kf_msg_or_event"),
)
NAMES = (
    *(b"MsgType", b"Event", b"EventKey", b"MsgId", b"MsgID", b"Content", b"CreateTime", b"Status"),
    *(b"FromUserName", b"ToUserName", b"Location_X", b"Latitude", b"bizmsgmenuid", b"KfAccount"),
    *(b"ScanCodeInfo", b"SubscribeMsgPopupEvent", b"TotalCount", b"UnionId", b"Encrypt", b"List"),
)
Harm = Callable[[bytes, Random], bytes]
_ELEMENT = re.compile(rb"<(\w+)>([^<]*|<!\[CDATA\[.*?\]\]>)</\1>", re.DOTALL)


def disguise(document: bytes, chance: Random) -> bytes:
    """A document that is still well-formed, most times, with elements changed, lost or doubled."""
    for _ in range(chance.randint(1, 4)):
        found = list(_ELEMENT.finditer(document))
        if not found:
            return document
        one = chance.choice(found)
        name, words = one[1], one[2]
        if chance.random() < 0.6:
            words = chance.choice(WORDS)
        elif chance.random() < 0.6:
            name = chance.choice(NAMES)
        new = b"<%b>%b</%b>" % (name, words, name)
        new *= chance.choice((0, 1, 1, 1, 1, 2))
        document = document[: one.start()] + new + document[one.end() :]
    return document


def mutate(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """The bytes after one to four harms; ``others`` lend their pieces."""
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(HARMS)(data, chance) if chance.random() < 0.85 else data
        if chance.random() < 0.15:
            data = _splice(data, chance.choice(others), chance)
    return data


def _flip(data: bytes, chance: Random) -> bytes:
    at = _place(data, chance)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def _insert(data: bytes, chance: Random) -> bytes:
    at = _place(data, chance)
    return data[:at] + chance.choice(TOKENS) + data[at:]


def _cut(data: bytes, chance: Random) -> bytes:
    start, end = _span(data, chance)
    return data[:start] + data[end:]


def _again(data: bytes, chance: Random) -> bytes:
    start, end = _span(data, chance)
    return data[:end] + data[start:end] * chance.choice((1, 1, 2, 50)) + data[end:]


def _end(data: bytes, chance: Random) -> bytes:
    return data[: _place(data, chance)]


def _digits(data: bytes, chance: Random) -> bytes:
    number = str(chance.choice((0, -1, 2**31, 2**63, 10**30, chance.random()))).encode()
    at = next((i for i in range(_place(data, chance), len(data)) if data[i : i + 1].isdigit()), 0)
    return data[:at] + number + data[at + 1 :]


HARMS: tuple[Harm, ...] = (_flip, _insert, _insert, _cut, _again, _end, _digits)


def _splice(data: bytes, other: bytes, chance: Random) -> bytes:
    start, end = _span(other, chance)
    at = _place(data, chance)
    return data[:at] + other[start:end] + data[at:]


def _place(data: bytes, chance: Random) -> int:
    return chance.randrange(len(data) + 1)


def _span(data: bytes, chance: Random) -> tuple[int, int]:
    start = _place(data, chance)
    return start, min(len(data), start + chance.choice((1, 3, 17, 80, 400)))
