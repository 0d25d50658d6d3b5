"""Whether what a model said may be said to a customer. The model is not trusted with anything.

A line passes when

1. it cites sources that it was given, and nothing else;
2. every clause of it is, in canonical words (``canon.py``), a clause of a cited source, in runs
   that begin where a sentence of the source begins; only clauses without a limit may be left off
   at the end of a sentence;
3. the exceptions that a used source states are said too, in the same line;
4. the second net (``claims.py``) finds no figure, address, placeholder or dear word that the cited
   sources do not hold.

So a line that passes is made of sentences of the shop. Each line stands for itself: that is what
lets it be shown before the next one has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from plugins.grounded.canon import EXCEPT, LIMIT, OPEN, Clause, Sentence, says, sentences
from plugins.grounded.claims import broken

LONGEST = 400  # characters of a line
SHORTEST = 4  # words of what may stand alone


@dataclass(frozen=True)
class Source:
    """What a model may draw on: an entry of the knowledge, or a fact that was looked up."""

    id: str
    text: str
    title: str = ""

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences that state something; questions and scraps vouch for nothing."""
        return [s for s in sentences(self.text) if s[-1][-1] != "?" and _words(s) >= SHORTEST]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer, and the ids of what it rests on."""

    say: str
    cites: tuple[str, ...]


def fault(line: Line, sources: Mapping[str, Source]) -> str:
    """Why a line may not be said: a short word for logs and metrics; empty if it may."""
    if not line.say.strip() or len(line.say) > LONGEST:
        return "length"
    if not line.cites or any(cite not in sources for cite in line.cites):
        return "citation"
    cited = [sources[cite] for cite in dict.fromkeys(line.cites)]
    if why := broken(line.say, [source.text for source in cited]):
        return why
    runs = _drawn(line, cited)
    if runs is None:
        return "unsupported"
    if not runs:
        return "empty"
    return "exception" if any(_unsaid(source, runs) for source in cited) else ""


def used(line: Line, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """Of the sources that a believed line cites, those that it draws on."""
    cited = [sources[cite] for cite in dict.fromkeys(line.cites)]
    runs = _drawn(line, cited) or []
    return tuple(s.id for s in cited if any(sentence in runs for sentence in s.sentences))


def _drawn(line: Line, cited: Sequence[Source]) -> list[Sentence] | None:
    """The sentences that a line says; ``None`` where it says something else too."""
    said = [clause for sentence in sentences(line.say) for clause in sentence]
    return _runs(said, [s for source in cited for s in source.sentences])


def _runs(said: Sequence[Clause], known: Sequence[Sentence]) -> list[Sentence] | None:
    """The clauses as beginnings of known sentences, one after the other; ``None`` if they are not.

    The longest beginning counts, so a sentence is not taken for cut off that is whole. Found from
    the end, each place once: a model may repeat what it was given as often as it likes.
    """
    distinct = dict.fromkeys(known)
    from_: dict[int, list[Sentence]] = {len(said): []}  # by where the rest begins
    for at in reversed(range(len(said))):
        starts = [s for s in _starts(said[at:], distinct) if at + s[1] in from_]
        if starts:
            sentence, many = max(starts, key=lambda start: start[1])
            from_[at] = [sentence, *from_[at + many]]
    return from_.get(0)


def _starts(said: Sequence[Clause], known: Iterable[Sentence]) -> Iterator[tuple[Sentence, int]]:
    """Known sentences that the clauses begin with, and how many clauses of each."""
    for sentence in known:
        many = 0
        while many < min(len(said), len(sentence)) and said[many] == sentence[many]:
            many += 1
        while many and not _may_end(sentence, many):
            many -= 1
        if many:
            yield sentence, many


def _may_end(sentence: Sentence, at: int) -> bool:
    """Whether the clauses from ``at`` on may be left off."""
    tail = sentence[at:]
    if not tail:
        return True
    if _words(sentence[:at]) < SHORTEST or says(sentence[at - 1], OPEN):
        return False
    return not any(_limits(clause) for clause in tail)


def _words(clauses: Sequence[Clause]) -> int:
    return sum(map(len, clauses))


def _limits(clause: Clause) -> bool:
    return says(clause, LIMIT) or any(character.isdigit() for word in clause for character in word)


def _unsaid(source: Source, runs: Sequence[Sentence]) -> bool:
    """Whether a source is drawn on, and an exception that it states is not said."""
    if not any(sentence in runs for sentence in source.sentences):
        return False
    exceptions = (s for s in source.sentences if any(says(clause, EXCEPT) for clause in s))
    return any(sentence not in runs for sentence in exceptions)
