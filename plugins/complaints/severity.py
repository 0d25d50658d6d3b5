"""How serious is it? Pure reading of one text by the graded lexicon and a small learned scale.

The lexicon (``lexicon.toml``) speaks first: it knows the words of law, press, danger and insult,
and what takes them back. The scale (``scales.py``) adds the words that no list has. Neither needs a
network. A review-sentiment model is the wrong tool here: it calls most ordinary messages negative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from plugins.complaints.lexicon import Grade, Lexicon, lexicon
from plugins.complaints.scales import Weights, weigh


class Severity(IntEnum):
    """The four grades of a message."""

    NONE = 0
    MILD = 1
    CLEAR = 2
    SEVERE = 3

    @property
    def score(self) -> float:
        """The grade as the mark ``severity``: 0, 0.34, 0.67, 1."""
        return (0.0, 0.34, 0.67, 1.0)[self]


OTHER = "other"
# Log-odds, found by grading each voice of the training by a scale that had not heard it:
SAID = 1.0  # what a word of the lexicon is worth
PRESSED = 1.5  # and one that presses
BACK = 1.0  # what takes a word back
WANTED = (0.2, 0.4, -0.4, 0.3)  # from which severity 1, 2, 3 and urgency hold
EMOTION = (0.0, 0.3, 0.6, 0.8)  # of a grade that no word of the lexicon explains
FEW = 4  # characters from which the scale may speak where the lexicon is silent
ENOUGH = 8  # and from which it needs no more than that
SHY = 0.4  # log-odds more for each character below
URGENT_KIND = "safety"  # danger to people cannot wait, whatever the words


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says. ``kind``: delivery, quality, refund, attitude, wrong_item, safety, other.

    ``phrases`` are the expressions that counted, for ``explain`` and the complaint's notes.
    """

    severity: Severity = Severity.NONE
    urgent: bool = False
    emotion: float = 0.0
    kind: str = OTHER
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    grade: Grade
    severity: int
    phrase: str


_CLAUSES = re.compile(
    r"[,\uff0c.\u3002;\uff1b:\uff1a\n~\uff5e]+|(?<=[!?\uff01\uff1f])(?![!?\uff01\uff1f])"
)
_INNER_SPACE = re.compile(r"(?<=[^\x00-\x7f])[^\S\n]+(?=[^\x00-\x7f])")
_FULL_MARKS = str.maketrans({0xFF01: "!", 0xFF1F: "?"})


def read(text: str) -> Reading:
    """Grade a normalised text (lower case, half width)."""
    lex = lexicon()
    plain = _INNER_SPACE.sub("", text.lower().translate(_FULL_MARKS))
    masked = lex.harmless.sub(lambda found: " " * len(found[0]), plain)
    clauses = list(_clauses(plain, masked))
    hits = [hit for clause in clauses for hit in _hits(lex, *clause)]
    back = not hits and (masked != plain or any(_is_about_others(lex, *c) for c in clauses))
    odds = weigh(plain)
    # marks alone call, and of two or three characters the scale knows nothing
    signs = sum(map(str.isalnum, plain))
    shy = 0.0 if hits else BACK * back + SHY * max(0, ENOUGH - signs)
    spoken = signs >= (1 if hits else FEW)
    severity = _severity(_lexical(lex, hits, plain), odds, shy) if spoken else Severity.NONE
    kind = _kind(lex, hits, plain, severity) if severity else OTHER
    said = bool(lex.urgent.search(lex.calm.sub("", masked)))
    calm = BACK * bool(lex.calm.search(plain))
    urgent = odds[-1] + (PRESSED if said else 0.0) - calm >= WANTED[-1]
    return Reading(
        severity,
        urgent or (severity == Severity.SEVERE and kind == URGENT_KIND),
        max((hit.grade.emotion for hit in hits), default=EMOTION[severity]),
        kind,
        tuple(dict.fromkeys(hit.phrase for hit in hits)),
    )


def _lexical(lex: Lexicon, hits: list[_Hit], plain: str) -> int:
    """The grade that the lexicon alone gives."""
    severity = max((hit.severity for hit in hits), default=0)
    if severity == Severity.MILD and not _all_soft(lex, plain) and lex.raised.search(plain):
        return Severity.CLEAR
    return severity


def _severity(lexical: int, odds: Weights, shy: float) -> Severity:
    """Both opinions joined: a word of the lexicon lifts the odds of its grade and those below.

    ``shy`` is what a text without such a word must show beyond :data:`WANTED`.
    """
    for grade in (Severity.SEVERE, Severity.CLEAR, Severity.MILD):
        lift = SAID if lexical >= grade else 0.0
        if odds[grade - 1] + lift - shy >= WANTED[grade - 1]:
            return grade
    return Severity.NONE


def _clauses(plain: str, masked: str) -> Iterator[tuple[str, str]]:
    """The clauses, each as it stands and without its harmless words."""
    start = 0
    for gap in _CLAUSES.finditer(plain):
        yield plain[start : gap.start()], masked[start : gap.start()]
        start = gap.end()
    yield plain[start:], masked[start:]


def _is_about_others(lex: Lexicon, clause: str, _masked: str) -> bool:
    """Whether a clause tells of somebody else, asks or jokes."""
    return bool(lex.elsewhere.search(clause) or lex.hypothetical.search(clause))


def _hits(lex: Lexicon, clause: str, masked: str) -> Iterator[_Hit]:
    """Expressions of one clause that nothing takes back."""
    if not clause or lex.elsewhere.search(clause):
        return
    imagined = lex.hypothetical.search(clause.rstrip("!?")) is not None
    asked = lex.asked.search(clause) is not None
    for grade in lex.grades:
        if imagined and not grade.firm:
            continue
        for match in grade.found.finditer(masked):
            before = masked[max(0, match.start() - 10) : match.start()]
            if lex.negation.search(before) or lex.retraction.search(masked[match.end() :]):
                continue
            softly = (asked and not grade.firm) or lex.softened.search(before)
            soft = softly and grade.severity < Severity.SEVERE
            yield _Hit(grade, Severity.MILD if soft else grade.severity, match.group())


def _all_soft(lex: Lexicon, plain: str) -> bool:
    return any(
        lex.softened.search(plain[: m.start()]) for g in lex.grades for m in g.found.finditer(plain)
    )


def _kind(lex: Lexicon, hits: list[_Hit], plain: str, severity: Severity) -> str:
    """The kind of the most serious expression that tells one, else the topic that is named."""
    worst = sorted(hits, key=lambda hit: -hit.severity)
    explained = bool(worst) and worst[0].severity == severity
    if explained and worst[0].grade.kind:
        return worst[0].grade.kind
    if severity is Severity.SEVERE and not explained and any(w in plain for w in lex.danger):
        return URGENT_KIND
    told = (hit.grade.kind for hit in worst if hit.grade.kind)
    named = (kind for kind, words in lex.topics.items() if any(word in plain for word in words))
    return next(told, next(named, OTHER))
