"""The three ways in which a call of the platform's API goes wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

TOKEN_CODES = frozenset({40001, 40014, 41001, 42001})  # wrong, invalid, missing, expired
BUSY = -1


class ApiError(Exception):
    """The platform answered and said no. ``rid`` explains it for seven days in the console."""

    def __init__(self, code: int, words: str, answer: Mapping[str, Any] | None = None) -> None:
        """``words`` is the platform's ``errmsg``; it may name an address, so it is not logged.

        ``answer`` is all that it said: some refusals carry a fact.
        """
        found = re.search(r"rid:\s*([\w-]+)", words)
        self.code = code
        self.words = words
        self.answer: Mapping[str, Any] = answer or {}
        self.rid = found[1] if found else ""
        super().__init__(self.reason)

    @property
    def reason(self) -> str:
        """``errcode:rid``, for logs and receipts."""
        return f"{self.code}:{self.rid}" if self.rid else str(self.code)


class NotSentError(Exception):
    """The request never left: it may be repeated without harm."""


class UnsureError(Exception):
    """The request may have arrived: its answer never did."""


Trouble = ApiError | NotSentError | UnsureError
TROUBLE = (ApiError, NotSentError, UnsureError)


def code_of(answer: Mapping[str, Any]) -> int:
    """What the answer says in its ``errcode``: 0 for success, which is also none at all."""
    code = answer.get("errcode", 0)
    return code if isinstance(code, int) else BUSY


def raise_for(answer: Mapping[str, Any]) -> None:
    """Raise :class:`ApiError` unless the answer says success."""
    if code := code_of(answer):
        raise ApiError(code, str(answer.get("errmsg", "")), answer)
