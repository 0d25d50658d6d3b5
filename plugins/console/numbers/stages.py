"""Where the time of an enquiry goes, stage by stage, and what made late answers late (S-478)."""

from __future__ import annotations

from plugins.console.figures import Goal, Sum, Value
from plugins.console.numbers.outcomes import STAGES
from plugins.console.numbers.source import Days, Source, gathered
from plugins.console.table import Shape

SECONDS = Goal("seconds", "less")


class Stage(Shape):
    """How long enquiries stood at one stage; ``begins``: the medians of those before, added."""

    name: str
    text: str
    begins: float
    value: Value


class Stages(Shape):
    """``late``: first answers after five minutes, by what took the longer of the two waits."""

    bounds: list[int]
    stages: list[Stage]
    late: dict[str, int]


async def stages(source: Source, days: Days, bounds: list[int]) -> Stages:
    """The waterfall over some days."""
    rows = gathered(await source.outcomes("metric", days, ("stage.", "late.")))
    found = {name: sums[name] for name, sums in rows.items()}
    shown: list[Stage] = []
    begins = 0.0
    for name in STAGES:
        value = found.get(f"stage.{name}", Sum()).value(SECONDS)
        text = source.say(f"console.stage.{name}")
        shown.append(Stage(name=name, text=text, begins=begins, value=value))
        begins += value.p50 or 0.0
    late = {name: found.get(f"late.{name}", Sum()).count for name in ("queue", "reply")}
    return Stages(bounds=bounds, stages=shown, late=late)
