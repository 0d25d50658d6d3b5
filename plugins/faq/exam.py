"""Knowledge has tests: what a change would do to the answers, before anybody hears them (S-024).

Every entry's test questions are asked twice, of the matcher as it is and as the change would leave
it. A test that goes worse is a regression, and the entry that answers instead is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from plugins.faq.bands import Bands
from plugins.faq.entry import Entry
from plugins.faq.ladder import Ladder
from plugins.faq.mind import Rehearsal
from plugins.faq.segment import LINKED
from plugins.faq.terms import flatten

MANY = 500  # changed entries above which only their tests are asked, not each standard question


class Grade(IntEnum):
    """What became of a test question; the more, the better."""

    WRONG = 0  # another entry answered
    MISSED = 1
    OFFERED = 2  # among the candidates
    ANSWERED = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a change does, or something about the knowledge as it is.

    ``kind``: ``lost`` (a test goes worse), ``failed`` (a changed entry does not pass its own test),
    ``conflict`` (a wording that two entries claim) and ``fact`` (a name in braces that nobody
    fills in) are grave; ``changed`` (another answer, no worse) and ``near`` (two entries so alike
    that they steal from each other) are only told. ``other`` is the entry that answers instead.
    """

    kind: str
    entry: str
    question: str
    before: str = ""
    after: str = ""
    other: str = ""

    @property
    def grave(self) -> bool:
        """Whether publishing needs a say-so."""
        return self.kind in {"lost", "failed", "conflict", "fact"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a test went, and which entry came first."""

    grade: Grade
    first: str


def ask(ladder: Ladder, bands: Bands, question: str, wanted: str) -> Outcome:
    """Ask one test question."""
    decided = bands.decide(ladder.judge(question, bands.candidates))
    ids = [match.entry_id for match in decided.offered]
    first = ids[0] if ids else ""
    if wanted in ids:
        return Outcome(Grade.ANSWERED if decided.band == "answer" else Grade.OFFERED, first)
    return Outcome(Grade.WRONG if decided.band == "answer" else Grade.MISSED, first)


def compare(
    rehearsal: Rehearsal,
    bands: Bands,
    known: Mapping[str, Entry],
    changed: Mapping[str, Entry],
) -> Iterator[Finding]:
    """What becoming ``changed`` would do to the tests of all entries."""
    merged = {**known, **changed}
    for entry in merged.values():
        if not entry.enabled:
            continue
        earlier = {*known[entry.id].tests} if entry.id in known else set[str]()
        for question in entry.tests:
            now = ask(rehearsal.after, bands, question, entry.id)
            was = None
            if question in earlier:
                was = ask(rehearsal.before, bands, question, entry.id)
            yield from _judged(entry.id, question, was, now, own=entry.id in changed)


def _judged(
    entry_id: str, question: str, was: Outcome | None, now: Outcome, *, own: bool
) -> Iterator[Finding]:
    other = now.first if now.first != entry_id else ""
    before, after = was.grade.name.lower() if was else "", now.grade.name.lower()
    if was and now.grade < was.grade:
        yield Finding("lost", entry_id, question, before, after, other)
    elif own and now.grade < Grade.OFFERED:
        yield Finding("failed", entry_id, question, before, after, other)
    elif was and was != now:
        yield Finding("changed", entry_id, question, before, after, other)


def conflicts(entries: Mapping[str, Entry], of: Iterable[str]) -> Iterator[Finding]:
    """Wordings of the entries ``of`` that another entry claims, too."""
    claims: dict[str, list[str]] = defaultdict(list)
    for entry in entries.values():
        if entry.enabled:
            for flat in {flatten(text) for text in entry.wordings}:
                claims[flat].append(entry.id)
    for entry_id in of:
        entry = entries[entry_id]
        for text in entry.wordings if entry.enabled else ():
            others = [
                one
                for one in claims[flatten(text)]
                if one != entry_id and not _apart(entry, entries[one])
            ]
            if others:
                yield Finding("conflict", entry_id, text, other=others[0])


def _apart(one: Entry, other: Entry) -> bool:
    """Whether they are on different products, and may be asked about in the same words."""
    return bool(one.products and other.products) and not {*one.products} & {*other.products}


def neighbours(ladder: Ladder, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Entries whose standard questions are so alike that they are about the same subject."""
    unsure, told = ladder.unsure(), set[frozenset[str]]()
    for entry in entries:
        rival = _rival(unsure, entry) if entry.enabled else ""
        pair = frozenset((entry.id, rival))
        if rival and pair not in told:
            told.add(pair)
            yield Finding("near", entry.id, entry.question, other=rival)


def _rival(ladder: Ladder, entry: Entry) -> str:
    """The entry that is asked about in nearly the same words."""
    verdict = ladder.judge(entry.question, 3)
    space = "meaning" if verdict.dense else "terms"
    alike = LINKED[verdict.dense]
    others = [match for match in verdict.matches if match.entry_id != entry.id]
    return next((m.entry_id for m in others if float(m.why[f"{space}.question"]) >= alike), "")


def examine(
    rehearsal: Rehearsal,
    bands: Bands,
    known: Mapping[str, Entry],
    changed: Mapping[str, Entry],
) -> list[Finding]:
    """Everything worth telling of a change, the grave first."""
    merged = {**known, **changed}
    found = [*conflicts(merged, changed), *compare(rehearsal, bands, known, changed)]
    if len(changed) <= MANY or changed == known:
        found += neighbours(rehearsal.after, list(changed.values()))
    return sorted(found, key=lambda finding: not finding.grave)
