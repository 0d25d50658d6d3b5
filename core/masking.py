"""Keeps personal data and secrets out of logs (S-485: customers' data are not to leak).

Masked are mobile and other long numbers (orders, waybills, identity and bank cards), landlines,
e-mail addresses, WeChat openids, street addresses (best effort) and credentials.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, time, timedelta
from importlib.resources import files
from typing import cast

import msgspec
from structlog.typing import EventDict, WrappedLogger

from core.understand.numerals import DIGIT
from core.understand.words import either

HIDDEN = "***"
_SECRET_WORDS = frozenset(
    {"token", "secret", "key", "password", "passwd", "authorization", "cookie"}
)
# Names whose values tell one event from another and are not about people.
_KEPT = frozenset(
    {"channel", "message_id", "timestamp", "level", "logger", "exc_info", "stack_info"}
)
_DEEPEST, _MOST_ITEMS, _LONGEST = 6, 200, 10_000


class _Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    streets: list[str]
    houses: list[str]
    regions: str


def _load() -> _Address:
    text = files("core").joinpath("masking.toml").read_text(encoding="utf-8")
    return msgspec.convert(cast("object", tomllib.loads(text)), _Address)


_PLACE = _load()
_D = rf"[\d{DIGIT}]"
_GAP = r"[\s\-_·()*\u2010-\u2015\u200b-\u200f\u2060\ufeff]{0,2}"
_LONG = re.compile(rf"{_D}{{9,}}[xX]?")
_SPACED_PHONE = re.compile(
    rf"[1\uff11]{_GAP}[3-9\uff13-\uff19](?:{_GAP}\d){{9}}|1[3-9]\d\.\d{{4}}\.\d{{4}}"
)
_NOT_DIGIT = re.compile(r"\D")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}[- ]?)\d{3,4}(\d{4})(?!\d)")
_EMAIL = re.compile(r"[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,4})")
_OPENID = re.compile(r"(?<![\w-])o[\w-]{23}([\w-]{4})(?![\w-])", re.ASCII)
_CREDENTIAL = re.compile(
    r"(?i)((?:token|secret|password|passwd|authorization|cookie|(?<![a-z])key|api_?key)"
    r"[\"']?\s?[:=]\s?)(?:\"[^\"]*\"|'[^']*'|(?:bearer |basic )?[^\s&\"',;}]+)"
)
_NO_REGION = f"(?:(?![{_PLACE.regions}])[\u4e00-\u9fff])"
_STREET = re.compile(
    rf"{_NO_REGION}{{0,10}}?{either(_PLACE.streets)}{_NO_REGION}{{0,8}}?"
    rf"[\dA-Za-z*-]{{1,8}}{either(_PLACE.houses)}"
    rf"(?:[\dA-Za-z*-]{{1,6}}{either(_PLACE.houses)})*\d{{0,5}}"
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def mask(text: str) -> str:
    """``text`` without what identifies a person or opens a door; the last digits stay readable.

    No eleven digits in a row ever come out, whatever they stand in.
    """
    text = _CREDENTIAL.sub(rf"\1{HIDDEN}", text)
    if "@" in text:
        text = _EMAIL.sub(rf"{HIDDEN}@\1", text)
    text = _OPENID.sub(rf"o{HIDDEN}\1", text)
    text = _LONG.sub(_long, text)
    text = _SPACED_PHONE.sub(_spaced, text)
    text = _LANDLINE.sub(r"\1****\2", text)
    return text if text.isascii() else _STREET.sub(HIDDEN, text)


def _long(found: re.Match[str]) -> str:
    """A long number: of eleven digits the first three and last four, else the last four."""
    number = found[0]
    return number[:3] + "****" + number[-4:] if len(number) == 11 else "****" + number[-4:]


def _spaced(found: re.Match[str]) -> str:
    """A mobile number typed with gaps."""
    digits = _NOT_DIGIT.sub("", found[0])
    return digits[:3] + "****" + digits[-4:]


def masking_processor(logger: WrappedLogger, method_name: str, event: EventDict) -> EventDict:
    """A structlog processor: masks every value of the event, however deep; it never raises.

    Put it after the formatting of exceptions and before the renderer. When masking itself fails,
    only the event's name and the kind of the failure are logged.
    """
    try:
        return {
            key: value if _is_own(key) else _of_key(key, value, 0) for key, value in event.items()
        }
    except Exception as error:  # noqa: BLE001 - a log line must not stop the shop; it says so itself
        return {"event": "log entry dropped by masking", "error": type(error).__name__}


def _is_own(key: str) -> bool:
    """Whether the logging itself wrote what is under ``key`` of an event."""
    return key.startswith("_") or key in _KEPT


def _of_key(key: object, value: object, depth: int) -> object:
    """The value under ``key``, hidden or masked."""
    if any(word.lower() in _SECRET_WORDS for word in _WORD.findall(str(key))):
        return HIDDEN
    return _value(value, depth)


def _value(value: object, depth: int) -> object:
    """A masked copy of ``value``; what is too deep, too many or too long is cut."""
    if isinstance(value, str):
        return mask(value[:_LONGEST])
    if isinstance(value, bool | float | date | time | timedelta) or value is None:
        return value
    if isinstance(value, int):
        return mask(str(value)) if 13_000_000_000 <= value <= 19_999_999_999 else value
    if isinstance(value, bytes | bytearray):
        return f"<{len(value)} bytes>"
    if depth >= _DEEPEST:
        return "..."
    if isinstance(value, Mapping):
        pairs = list(cast("Mapping[object, object]", value).items())[:_MOST_ITEMS]
        return {mask(str(k)): _of_key(k, v, depth + 1) for k, v in pairs}
    if isinstance(value, list | tuple | set | frozenset):
        items = list(cast("list[object]", value))[:_MOST_ITEMS]
        return [_value(item, depth + 1) for item in items]
    return mask(repr(value)[:_LONGEST])
