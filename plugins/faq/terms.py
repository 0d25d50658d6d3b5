"""From a text to weighted terms: characters, pairs of characters and ideas of the lexicon.

Pairs of characters beat segmented words on short Chinese questions (and need no dictionary), so the
ranking works on them; single characters help a little; an idea (see ``synonyms.toml``) joins the
words that share no character.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import pairwise
from sys import intern

import ahocorasick
from opencc import OpenCC

from core.words import words

SINGLE, PAIR, IDEA = 0.35, 1.0, 1.6
IDEA_MARK = "#"  # never a letter, so ideas and characters cannot be confused
LONGEST = 200  # characters of a message that are looked at
HAN = range(0x4E00, 0xA000)  # CJK Unified Ideographs
Terms = dict[str, float]


@cache
def simplified() -> dict[int, str]:
    """Traditional characters to simplified ones, for :meth:`str.translate`."""
    every = [chr(code) for code in HAN]
    folded = OpenCC("t2s").convert("\n".join(every)).split("\n")
    return {ord(a): b for a, b in zip(every, folded, strict=True) if a != b}


@lru_cache(1024)  # one question is read by several
def plain(text: str) -> str:
    """Lower-case, full-width made narrow, traditional made simplified, of bearable length."""
    return unicodedata.normalize("NFKC", text[:LONGEST]).lower().translate(simplified())


def flatten(text: str) -> str:
    """Plain, and nothing but letters and digits."""
    return "".join(c for c in plain(text) if c.isalnum())


class Lexicon:
    """Finds the ideas in a text; longer words win over words inside them."""

    def __init__(self, ideas: Mapping[str, tuple[str, ...]]) -> None:
        """Take ``{"refund": ("...", ...)}``; a word may stand for several ideas."""
        self._words: ahocorasick.Automaton = ahocorasick.Automaton()
        by_word: dict[str, list[str]] = {}
        for idea, variants in ideas.items():
            for variant in variants:
                by_word.setdefault(flatten(variant), []).append(idea)
        for word, meant in by_word.items():
            self._words.add_word(word, tuple(meant))
        self._words.make_automaton()
        self.words = tuple(by_word)

    def ideas(self, flat: str) -> set[str]:
        """The ideas in a flattened text."""
        found: tuple[tuple[int, tuple[str, ...]], ...] = tuple(self._words.iter_long(flat))
        return {idea for _, meant in found for idea in meant}


@cache
def shop_lexicon() -> Lexicon:
    """The lexicon that ships."""
    return Lexicon(words("plugins.faq", "synonyms.toml"))


@lru_cache(16_384)
def terms(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The terms of a text, each once: characters, pairs, ideas."""
    flat = flatten(text)
    ideas = (f"{IDEA_MARK}{idea}" for idea in sorted(lexicon.ideas(flat)))
    found = dict.fromkeys((*flat, *map("".join, pairwise(flat)), *ideas))
    return tuple(map(intern, found))


def kind_of(term: str) -> float:
    """What its kind makes a term count."""
    if term[0] == IDEA_MARK:
        return IDEA
    return PAIR if len(term) > 1 else SINGLE
