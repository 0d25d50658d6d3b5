"""What the words around a number say it is."""

from __future__ import annotations

import re
from enum import StrEnum

from core.understand.words import WORDS, either


class Cue(StrEnum):
    """Kinds of words; those ending in ``_NUMBER`` announce a number of their kind."""

    ORDER_NUMBER = "order_number"
    ORDER = "order"
    TRACKING_NUMBER = "tracking_number"
    TRACKING = "tracking"
    PHONE = "phone"
    OTHER = "other"


_KIND = {word: Cue(kind) for kind, words in WORDS.cues.items() for word in words}
_CUE = re.compile(either(_KIND))
_STOP = re.compile(f"[{re.escape(WORDS.identifiers.stops)}]")
_GLUE = WORDS.identifiers.glue
_NEAR = 12  # characters a word reaches


class Surroundings:
    """The text before and after a number, up to its neighbours."""

    def __init__(self, before: str, after: str, *, last: bool) -> None:
        """``last``: no other number follows, so that all of ``after`` is about this one."""
        self._before, self._after, self._last = before, after, last

    @property
    def label(self) -> Cue | None:
        """The kind of the word directly before the number."""
        cues = list(_CUE.finditer(self._before))
        if not cues or self._before[cues[-1].end() :].strip(_GLUE):
            return None
        return _KIND[cues[-1][0]]

    @property
    def follows(self) -> Cue | None:
        """The kind of the first word after it in the same clause."""
        reach = self._after[: 2 * _NEAR]
        if not self._last and not _STOP.search(reach):
            return None  # the word may as well announce the next number
        found = _CUE.search(_STOP.split(reach, maxsplit=1)[0])
        return _KIND[found[0]] if found else None

    @property
    def around(self) -> Cue | None:
        """The kind of the nearest word before it, else of any after it."""
        kinds = [_KIND[m[0]] for m in _CUE.finditer(self._before[-3 * _NEAR :])]
        if kinds:
            return kinds[-1]
        found = _CUE.search(self._after) if self._last else None
        return _KIND[found[0]] if found else None
