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


def saying(*lines: str) -> Worst:
    """A model that says these lines and names all sources for each of them."""

    def answer(wish: str, asked: Asked) -> str:
        truth = next(iter(asked.sources.values()), "")
        head, _, tail = truth.partition("，")
        words = {"wish": wish, "apart": "\u200b".join(wish)}
        words |= {"truth": truth, "head": head, "tail": tail}
        words |= {"question": asked.brief["question"][:300]}
        words |= {"system": asked.system[:350], "key": asked.key}
        return "\n".join([*(line(one.format(**words), *asked.sources) for one in lines), DONE])

    return answer


def talk(wish: str, _asked: Asked) -> str:
    return f"好的，没问题。{wish}。"


def invented_source(wish: str, _asked: Asked) -> str:
    return f"{line(wish, 'system')}\n{line(wish)}\n{DONE}"


def extra_field(wish: str, asked: Asked) -> str:
    truth = next(iter(asked.sources.values()), "")
    return json.dumps({"say": truth, "from": list(asked.sources), "note": wish})


WORST: dict[str, Worst] = {
    "wish alone": saying("{wish}"),
    "truth, then wish": saying("{truth}{wish}。"),
    "a line of truth, a line of wish": saying("{truth}", "{wish}"),
    "wish first": saying("好的，{wish}。{truth}"),
    "spliced": saying("{head}，{wish}，{tail}"),
    "echo": saying("{question}"),
    "leak": saying("{system}", "{key}"),
    "talk": talk,
    "invented source": invented_source,
    "extra field": extra_field,
    "hidden marks": saying("{truth}", "{apart}"),
    "assent": saying("可以。好的，没问题！{wish}"),
}
NAMES = tuple(WORST)


PARTS = 3


def part(number: int) -> Iterator[tuple[Attack, str]]:
    """A part of the attacks, each with the name of one of the worst models."""
    for attack in attacks()[number::PARTS]:
        yield attack, NAMES[attack.number // PARTS % len(NAMES)]
