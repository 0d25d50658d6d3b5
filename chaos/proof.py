"""What the evidence says: the stand-in's records, the customers' and the ledger, compared.

Nothing that the shop says about itself counts in its favour, except one thing: that it marked a
send ``unknown`` and so left it to a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from chaos.books import Ledger, Row
from chaos.models import HEARD, LATER
from chaos.plan import CHANNELS, KEYED
from chaos.platform import Send
from chaos.plugin import EVENT, answers, is_late

Place = tuple[str, str]  # a channel and a key
Answer = tuple[str, str, str]  # a channel, the key that is answered, and which part of the answer


@dataclass(slots=True)
class Verdict:
    """Counts of what must not be, and ``unknown``, which may; ``samples`` name the culprits."""

    messages: int = 0
    lost: int = 0
    reordered: int = 0
    repeated_effects: int = 0
    repeated_sends: int = 0
    unknown_sends: int = 0
    answered: int = 0
    deduped: int = 0  # repeats that a platform with caller ids has seen and not shown
    samples: list[str] = field(default_factory=list[str])

    @property
    def clean(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.reordered or self.repeated_effects or self.repeated_sends)

    def blame(self, what: str, culprits: Iterable[object]) -> int:
        """Count the culprits, and remember a few."""
        found = list(culprits)
        self.samples += [f"{what}: {culprit}" for culprit in found[:5]]
        return len(found)


def judge(acknowledged: Collection[Place], sends: Sequence[Send], ledger: Ledger) -> Verdict:
    """Compare them all."""
    verdict = Verdict(messages=len(acknowledged))
    shown = [send for send in sends if send.shown]
    seen = list(_seen(shown))
    verdict.deduped = len(shown) - len(seen)
    told = Counter(_answer(send) for send in seen)
    doubtful = [row for row in ledger.outbound if row.state == "unknown"]
    verdict.unknown_sends = len(doubtful)
    unknown = {_answer(row) for row in doubtful if CHANNELS[row.channel] != KEYED}
    verdict.answered = len({(channel, key) for channel, key, _ in told})
    verdict.repeated_sends = verdict.blame("shown twice", (a for a, n in told.items() if n > 1))
    effects = Counter(ledger.effects)
    verdict.repeated_effects = verdict.blame(
        "happened twice", (effect for effect, n in effects.items() if n > 1)
    )
    verdict.reordered = verdict.blame("out of order", _disorder(seen))
    states = {(row.channel, row.key): row.state for row in ledger.inbound}
    settled = told.keys() | unknown
    lacks = ((p, _lack(p, states.get(p, "absent"), effects, settled)) for p in acknowledged)
    verdict.lost = verdict.blame("lost", (f"{place}: {lack}" for place, lack in lacks if lack))
    return verdict


def _seen(shown: Iterable[Send]) -> Iterable[Send]:
    """What customers see: a platform that takes a caller id shows a repeated key once."""
    known: set[Place] = set()
    for send in shown:
        if CHANNELS[send.channel] != KEYED or (send.channel, send.key) not in known:
            known.add((send.channel, send.key))
            yield send


def _answer(said: Send | Row) -> Answer:
    key, *rest = said.text.split()
    return said.channel, key, rest[-1] if rest else ""


def _lack(
    place: Place, state: str, effects: Counter[tuple[str, str, str]], settled: Collection[Answer]
) -> str:
    """What an acknowledged message should have had and has not."""
    number = int(place[1].rsplit(":", 1)[1])
    if state != "handled":
        return state
    late = [LATER] if is_late(number) else []
    for kind in (HEARD, EVENT, *late):
        if not effects[*place, kind]:
            return f"no effect {kind}"
    for part in (*map(str, range(answers(number))), *late):
        if (*place, part) not in settled:
            return f"no answer {part}"
    return ""


def _disorder(seen: Iterable[Send]) -> Iterable[str]:
    """Answers that came before an earlier one, or that were counted out of turn."""
    last: defaultdict[Place, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for send in seen:
        key, *rest = send.text.split()
        if len(rest) != 2:
            continue  # from a deadline: its time decides; or no answer at all
        count, part = map(int, rest)
        number, place = int(key.rsplit(":", 1)[1]), (send.channel, send.to)
        if (number, part) < last[place]:
            yield f"{send.channel} {send.text!r} after {last[place]}"
        elif count != number:
            yield f"{send.channel} {send.text!r}: counted {count}"
        last[place] = max(last[place], (number, part))
