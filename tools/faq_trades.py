"""What shops of other trades are asked: entries on no usual subject, much like each other.

The subjects are those of a shop of goods. A wallet, an operator or a clinic has entries beside
them, and what the fusion makes of such entries is learned from ``tests/data/faq/trades``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from plugins.faq.matcher import Topic

Question = tuple[str, int | None]  # and the number of its entry; ``None``: no entry answers it


@dataclass(frozen=True, slots=True)
class Trade:
    """A knowledge of another trade, and what it is asked."""

    topics: list[Topic]
    questions: list[Question]


def trades(folder: Path) -> Iterator[Trade]:
    """Every file of the folder twice: young, and grown.

    A young knowledge has standard questions only; a grown one the wordings near to them, too, which
    it is not asked.
    """
    for path in sorted(folder.glob("*.yaml")):
        table = cast("dict[str, Any]", yaml.safe_load(path.read_text("utf-8")))
        entries = cast("list[dict[str, Any]]", table["entries"])
        outside: list[Question] = [(text, None) for text in (*table["near"], *table["far"])]
        for known, asked in (((), ("free", "close")), (("close",), ("free",))):
            topics = [_topic(entry, known) for entry in entries]
            inside = [(t, at) for at, e in enumerate(entries) for name in asked for t in e[name]]
            yield Trade(topics, [*inside, *outside])


def _topic(entry: dict[str, Any], known: tuple[str, ...]) -> Topic:
    similar = (text for name in known for text in cast("list[str]", entry[name]))
    return Topic(entry["id"], (entry["question"], *similar))
