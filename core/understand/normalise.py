"""One spelling for what people type in many: the text that all understanding works on.

Gold: shops' chats and live comments mix full-width letters, stray blanks between characters,
zero-width marks, and "!!!!!!". Here they become one form, so no recogniser needs to care.
"""

from __future__ import annotations

import re
import unicodedata

from core.understand.numerals import DIGIT

# Longer texts are cut before they are understood; the raw text stays whole in the ledger.
LIMIT = 8000

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Controls (but not white space), soft hyphen, joiners, direction marks, variation selectors,
# the keycap frame, byte order mark, tags: nothing a person sees.
_JUNK = re.compile(
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e0fff\ue000-\uf8ff\ud800-\udfff]+"
)
_BLANKS = re.compile(r"\s{2,}|[^\S \n]")
_AROUND_LINE_BREAK = re.compile(r" ?\n ?")
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
# Digits belong to numbers, x and * to masked numbers and to sizes (XXXXL).
_REPEATED = re.compile(rf"([^\d{DIGIT}x*\s])\1{{3,}}")
_EMOTE = re.compile(r"\[[^\[\]\d]{1,8}\]")
_NOT_WORD = re.compile(r"[\W_]+")
_LOOSE = re.compile(f" (?=[{_HAN}])|(?<=[{_HAN}]) ")


def normalise(raw: str) -> str:
    """The plain form of ``raw``: NFKC, lower case, nothing invisible, single blanks, bounded.

    Blanks between Chinese characters vanish (typing habit of live rooms), line breaks stay single,
    and the same character more than three times running is three. Applying it twice changes
    nothing. At most :data:`LIMIT` characters come out.
    """
    text = raw[:LIMIT]
    if not text.isascii() or not text.isprintable():
        text = _canonical(text)
    text = _REPEATED.sub(r"\1\1\1", _fold(text.lower()))
    return text if len(text) <= LIMIT else text[:LIMIT].rstrip()


def bare(plain: str) -> str:
    """``plain`` without punctuation, emoji and bracketed emotes, for exact comparison.

    Blanks survive only between words of Latin letters or digits.
    """
    text = _EMOTE.sub(" ", plain) if "[" in plain else plain
    text = _NOT_WORD.sub(" ", text).strip()
    return _LOOSE.sub("", text) if " " in text else text


def _canonical(text: str) -> str:
    """NFKC of the lower-cased text without junk, repeated where one step opens another."""
    for _ in range(4):
        before = text
        text = _JUNK.sub("", text)
        if not unicodedata.is_normalized("NFKC", text):
            text = unicodedata.normalize("NFKC", text)
        text = text.lower()
        if text == before:
            break
    return text


def _fold(text: str) -> str:
    """White space to single blanks and line breaks, none between Chinese characters."""
    text = text.strip()
    if not text.isprintable() or "  " in text:  # line breaks and tabs do not print
        text = _BLANKS.sub(lambda m: "\n" if "\n" in m[0] or "\r" in m[0] else " ", text)
        text = _AROUND_LINE_BREAK.sub("\n", text)
    return _BETWEEN_HAN.sub("", text) if " " in text else text
