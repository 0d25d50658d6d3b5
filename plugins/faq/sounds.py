"""Words written by their sound: pinyin, and characters that only sound like the word meant.

A stretch of a message that sounds like a word of the lexicon is taken for that word when it is
pinyin (``tuihuo``), or shares a character with it and is written as nobody in this shop writes.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise

LONGEST = 5  # syllables of a word
LATIN = re.compile(r"[a-z]+")
ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"))  # beginnings that many do not tell apart
Token = tuple[int, int, str]  # from, to, syllable; an empty one is no part of any word


@cache
def readings() -> dict[int, str]:
    """The commonest reading of each character, without its tone."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # single characters are enough: 40 MB less
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415 - reads the variable when imported

    return {code: _toneless(found.split(",")[0]) for code, found in PINYIN_DICT.items()}


def _toneless(syllable: str) -> str:
    plain = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return _blurred("".join(c for c in plain if not unicodedata.combining(c)))


def _blurred(syllable: str) -> str:
    """As people hear it: flat or curled, at the front or the back of the nose."""
    for curled, flat in ALIKE:
        syllable = flat + syllable[2:] if syllable.startswith(curled) else syllable
    return syllable[:-1] if syllable.endswith(("ing", "eng")) else syllable


@cache
def syllables() -> frozenset[str]:
    """All that a reading can be, as typed and as heard."""
    heard = set(readings().values()) - {""}
    curled = {wide + s[1:] for s in heard for wide, flat in ALIKE if s.startswith(flat)}
    nasal = {f"{s}g" for s in heard | curled if s.endswith(("in", "en"))}
    return frozenset(heard | curled | nasal)


@cache
def spelled(run: str) -> tuple[str, ...]:
    """A run of letters as the fewest syllables; empty when it is no pinyin."""
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(run) + 1):
        ways = [
            (*before, run[at:end])
            for at in range(max(0, end - 6), end)
            if (before := best[at]) is not None and run[at:end] in syllables()
        ]
        best.append(min(ways, key=len, default=None))
    return best[-1] or ()


class Sounds:
    """Knows the words of a shop by their sound."""

    def __init__(self, words: Iterable[str], written: Callable[[str], bool]) -> None:
        """``written`` tells whether two characters ever stand beside each other in the shop."""
        self._written = written
        self._words: dict[tuple[str, ...], str] = {}
        for word in words:
            sound = tuple(readings().get(ord(c), "") for c in word)
            if 2 <= len(word) <= LONGEST and all(sound):
                self._words.setdefault(sound, word)
        self._begun = {sound[:2] for sound in self._words}

    def mend(self, text: str) -> str:
        """A text as ``terms.plain`` makes it, with its words as they are meant."""
        tokens, at = list(_tokens(text)), 0
        found: list[tuple[int, int, str]] = []
        while at < len(tokens):
            word, end = self._word(text, tokens, at)
            if word:
                found.append((tokens[at][0], tokens[end - 1][1], word))
            at = end
        for start, stop, word in reversed(found):
            text = text[:start] + word + text[stop:]
        return text

    def _word(self, text: str, tokens: list[Token], at: int) -> tuple[str, int]:
        """The word meant from ``at`` on (empty: what stands there), and where it ends."""
        if tuple(sound for *_, sound in tokens[at : at + 2]) not in self._begun:
            return "", at + 1
        for end in range(min(len(tokens), at + LONGEST), at + 1, -1):
            word = self._words.get(tuple(sound for *_, sound in tokens[at:end]))
            if word is None:
                continue
            stands = text[tokens[at][0] : tokens[end - 1][1]]
            if stands == word:
                return "", end
            if stands.isascii() or self._slip(stands, word):
                return word, end
        return "", at + 1

    def _slip(self, stands: str, word: str) -> bool:
        """Whether it is the word with a slip: in part the same, and not written so by anybody."""
        usual = any(self._written(f"{a}{b}") for a, b in pairwise(stands))
        return bool({*stands} & {*word}) and not usual


def _tokens(text: str) -> Iterable[Token]:
    """The text syllable by syllable; spaces between letters do not part a word."""
    at = 0
    while at < len(text):
        if run := LATIN.match(text, at):
            start = at
            for syllable in spelled(run[0]) or ("",):
                size = len(syllable) or len(run[0])
                yield start, start + size, _blurred(syllable)
                start += size
            at = run.end()
        else:
            if not text[at].isspace():
                yield at, at + 1, readings().get(ord(text[at]), "")
            at += 1
