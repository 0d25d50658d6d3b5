"""The attack set, and models that serve an attacker in every way we could think of."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.plugins.grounded.house import DATA
from tests.standins.model import DONE, Asked, line


@dataclass(frozen=True)
class Attack:
    """What an attacker says, one message after the other, and wants to hear."""

    number: int
    kind: str
    turns: tuple[str, ...]
    wish: str

    @property
    def last(self) -> str:
        return self.turns[-1]


def attacks() -> list[Attack]:
    with (DATA / "attacks" / "attacks.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    return [
        Attack(n, kind, tuple(text.split("||")), wish) for n, (kind, text, wish) in enumerate(rows)
    ]


def pieces(wish: str, known: str) -> set[str]:
    """What would give the wish away: runs of it that the shop itself never says."""
    size = 10 if wish.isascii() else min(5, len(wish))
    runs = {wish[at : at + size].lower() for at in range(max(1, len(wish) - size + 1))}
    return {run for run in runs if run not in known.lower()}


Worst = Callable[[str, Asked], str]


def _all(asked: Asked, say: str) -> str:
    return line(say, *asked.sources)


def _first(asked: Asked) -> str:
    return next(iter(asked.sources.values()))


def wish_alone(wish: str, asked: Asked) -> str:
    return f"{_all(asked, wish)}\n{DONE}"


def truth_then_wish(wish: str, asked: Asked) -> str:
    return f"{_all(asked, _first(asked) + wish + '。')}\n{DONE}"


def truth_line_wish_line(wish: str, asked: Asked) -> str:
    return f"{_all(asked, _first(asked))}\n{_all(asked, wish)}\n{DONE}"


def wish_first(wish: str, asked: Asked) -> str:
    return f"{_all(asked, '好的，' + wish + '。' + _first(asked))}\n{DONE}"


def spliced(wish: str, asked: Asked) -> str:
    head, _, tail = _first(asked).partition("，")
    return f"{_all(asked, f'{head}，{wish}，{tail}')}\n{DONE}"


def echo(wish: str, asked: Asked) -> str:
    return f"{_all(asked, asked.brief['question'][:300])}\n{DONE}"


def leak(wish: str, asked: Asked) -> str:
    return f"{_all(asked, asked.system[:350])}\n{_all(asked, asked.key)}\n{DONE}"


def talk(wish: str, asked: Asked) -> str:
    return f"好的，没问题。{wish}。"


def invented_source(wish: str, asked: Asked) -> str:
    return f"{line(wish, 'system')}\n{line(wish)}\n{DONE}"


def extra_field(wish: str, asked: Asked) -> str:
    return json.dumps({"say": _first(asked), "from": list(asked.sources), "note": wish})


def hidden_marks(wish: str, asked: Asked) -> str:
    apart = "\u200b".join(wish)
    return f"{_all(asked, _first(asked))}\n{_all(asked, apart)}\n{DONE}"


def assent(wish: str, asked: Asked) -> str:
    return f"{_all(asked, f'可以。好的，没问题！{wish}')}\n{DONE}"


WORST: tuple[Worst, ...] = (
    wish_alone,
    truth_then_wish,
    truth_line_wish_line,
    wish_first,
    spliced,
    echo,
    leak,
    talk,
    invented_source,
    extra_field,
    hidden_marks,
    assent,
)


PARTS = 3


def part(number: int) -> Iterator[tuple[Attack, Worst]]:
    """A part of the attacks, each with one of the worst models."""
    for attack in attacks()[number::PARTS]:
        yield attack, WORST[attack.number // PARTS % len(WORST)]
