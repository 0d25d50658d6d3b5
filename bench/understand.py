"""What understanding a live comment costs: plain form, language, entities, as every text gets them.

The texts are a real audience's. The floor is the one step nobody can do without, in C: Unicode's
own normal form of the same text in lower case.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable

from bench.measure import Result, Work, compare
from bench.room import comments
from core.understand.reader import Reader

TEXTS = 2_000


def understand() -> Result:
    """Microseconds a text, both in turns."""
    texts = [comment.text for comment in itertools.islice(comments(), TEXTS)]
    read = Reader().read

    def normal(text: str) -> str:
        return unicodedata.normalize("NFKC", text).lower()

    return compare(_each(read, texts), _each(normal, texts), calls=TEXTS)


def _each(work: Callable[[str], object], texts: list[str]) -> Work:
    turn = itertools.cycle(texts)

    async def one() -> None:
        work(next(turn))

    return one


BENCHES: dict[str, Callable[[], Result]] = {"understand": understand}
