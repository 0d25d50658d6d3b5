"""Runs of digits as people type them: cut into groups by blanks and dashes, maybe with letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.understand.words import WORDS, shapes

_SEPARATOR = r"(?: ?[-._\u2010-\u2015\u2212] ?|[ *x])"
_RUN = re.compile(
    rf"(?:(?<![a-z0-9])(?P<prefix>[a-z]{{1,5}})(?P<gap>[ :-]?))?"
    rf"(?<![0-9])[0-9]+(?:{_SEPARATOR}[0-9]+)*(?P<suffix> ?[a-z]{{2}}(?![a-z0-9]))?"
)
_POSTAL = re.compile(r"[a-z]{2}[0-9]{9}[a-z]{2}")  # the only shape with letters at its end
_ANY_DASH = re.compile(r"[-_\u2010-\u2015\u2212]")
_ANY_GAP = re.compile(r"[ .:*]|(?<=[0-9])x(?=[0-9])")
_GROUP = re.compile(r"[0-9]+")
_DATE = re.compile(r"(?:19|20)\d\d\D{1,3}\d{1,2}\D{1,3}\d{1,2}(?!\d)", re.ASCII)
_SELF_SUFFICIENT = re.compile(r"(?:86)?1[3-9][0-9]{9}|[0-9]{12,}")
_WHOLE = re.compile(
    r"(?:(?:00)?86)?1[3-9][0-9]{9}|4200[0-9]{24}|[0-9]{6}-[0-9]{15}|[0-9]{3}-[0-9]{7}-[0-9]{7}"
    r"|2[0-9](?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])[0-9]{15}"
)
_WHOLE_SIZES = (11, 13, 15, 17, 21, 28)
_MOST_GROUPS = 60  # nobody types a number in more pieces
_KNOWN = shapes([*WORDS.identifiers.tracking, *WORDS.identifiers.order])


@dataclass(frozen=True, slots=True)
class Run:
    """One number: its letters, its digits, all of it with its dashes, and its place."""

    prefix: str
    digits: str
    dashed: str
    suffix: str
    start: int
    end: int

    @property
    def compact(self) -> str:
        """Letters and digits without anything between."""
        return self.prefix + self.digits + self.suffix


def runs(text: str, shortest: int = 5) -> Iterator[Run]:
    """All numbers of at least ``shortest`` digits, first to last.

    Groups belong together when together they have a shape that cannot be chance, or when none of
    them is a number in its own right; dates are none.
    """
    for found in _RUN.finditer(text):
        if found.end() - found.start() < shortest:
            continue
        groups = list(_GROUP.finditer(text, found.start(), found.end()))
        if len(groups) > _MOST_GROUPS or _DATE.match(text, groups[0].start()):
            continue
        one = _is_one(found["prefix"] or "", groups)
        for first, last in [(0, len(groups) - 1)] if one else _together(text, groups):
            run = _run(text, found, groups[first : last + 1])
            if len(run.digits) >= shortest:
                yield run


def _run(text: str, found: re.Match[str], groups: list[re.Match[str]]) -> Run:
    """The number made of these groups; letters belong to the outer ones."""
    start, end = groups[0].start(), groups[-1].end()
    digits = "".join(g[0] for g in groups)
    prefix, suffix = found["prefix"] or "", ""
    if prefix and _GROUP.search(text, found.start(), start):
        prefix = ""
    if prefix and found["suffix"] and end == found.start("suffix"):
        suffix = found["suffix"].strip()
        suffix = suffix if _POSTAL.fullmatch(prefix + digits + suffix) else ""
    if prefix and found["gap"] in {" ", ":"} and not _KNOWN.fullmatch(prefix + digits + suffix):
        prefix = ""  # a word of its own
    start = found.start() if prefix else start
    end = found.end() if suffix else end
    return Run(prefix, digits, _dashed(text, start, end), suffix, start, end)


def _dashed(text: str, start: int, end: int) -> str:
    """The text with one plain dash wherever any dash stood and nothing for blanks."""
    piece = text[start:end]
    if piece.isdigit():
        return piece
    return _ANY_DASH.sub("-", _ANY_GAP.sub("", piece))


def _is_one(prefix: str, groups: list[re.Match[str]]) -> bool:
    """Whether all groups are one number: a courier's, or one told in pieces of the same length."""
    if len(groups) == 1:
        return True
    sizes = [len(g[0]) for g in groups]
    if prefix and _KNOWN.fullmatch(prefix + "".join(g[0] for g in groups)):
        return True
    return len(set(sizes[:-1])) == 1 and sizes[-1] <= sizes[0] <= 5 and 12 <= sum(sizes) <= 19


def _together(text: str, groups: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """First and last index of the groups that make one number."""
    wholes = _wholes(text, groups)
    start, last = 0, len(groups) - 1
    while start <= last:
        stop = wholes.get(start, start)
        if stop == start and not _SELF_SUFFICIENT.fullmatch(groups[start][0]):
            while stop < last and not _begins_new(groups, wholes, stop + 1):
                stop += 1
            if not _even(groups[start : stop + 1]):
                stop = start
        yield start, stop
        start = stop + 1


def _begins_new(groups: list[re.Match[str]], wholes: dict[int, int], index: int) -> bool:
    """Whether a number of its own begins at that group."""
    return index in wholes or bool(_SELF_SUFFICIENT.fullmatch(groups[index][0]))


def _wholes(text: str, groups: list[re.Match[str]]) -> dict[int, int]:
    """For each first group the last one with which it has a shape that cannot be chance."""
    found: dict[int, int] = {}
    for start in range(len(groups) - 1):
        size = len(groups[start][0])
        for stop in range(start + 1, len(groups)):
            size += len(groups[stop][0])
            if size > _WHOLE_SIZES[-1]:
                break
            if size in _WHOLE_SIZES and _is_whole(text, groups[start : stop + 1]):
                found[start] = stop
    return found


def _is_whole(text: str, groups: list[re.Match[str]]) -> bool:
    """Whether the groups together have a shape that cannot be chance."""
    joined = "".join(g[0] for g in groups)
    dashed = _dashed(text, groups[0].start(), groups[-1].end())
    return _even(groups) and bool(_WHOLE.fullmatch(joined) or _WHOLE.fullmatch(dashed))


def _even(groups: list[re.Match[str]]) -> bool:
    """Whether the groups look like one number told in pieces: none tiny, or all alike."""
    first, *others = (len(g[0]) for g in groups)
    return not others or min(others) >= 3 <= first + 1 or len({first, *others[:-1]}) == 1
