"""The way of an enquiry as a chain, and its weakest link (S-473), each with what to do (S-474).

A link is a share: of those who came to it, who got through. The weakest is the one that falls
shortest of its target, among those that enough enquiries came to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from tortoise.expressions import Q

from plugins.console.numbers.outcomes import SATISFIED
from plugins.console.numbers.source import Days, Found, Source
from plugins.console.numbers.topics import Topics
from plugins.console.table import Shape

LEAST = 10  # enquiries that came to a link, or nothing can be said of it
Step = Literal["helped", "taken", "prompt", "solved", "well", "lasting"]


class Link(NamedTuple):
    """``part`` of ``whole``, two metrics of the outcomes. ``lost``: which enquiries it lost."""

    name: Step
    part: str
    whole: str
    target: float
    lost: Q


HANDED = Q(asked_at__isnull=False)
LINKS = (
    Link(
        "helped",
        "case.helped",
        "enquiries",
        0.7,  # S-008
        Q(bot_at=None) | Q(missed=True) | Q(HANDED, topic=""),
    ),
    Link("taken", "case.taken", "case.asked", 0.95, Q(HANDED, taken_at=None)),  # S-396
    Link(
        "prompt",
        "case.prompt",
        "case.taken",
        0.9,  # S-413
        Q(HANDED, Q(replied_at=None) | Q(late=True), taken_at__isnull=False),
    ),
    Link("solved", "case.solved", "case.settled", 0.9, Q(result__in=("unsolved", "no-answer"))),
    Link("well", "case.well", "rated", 0.85, Q(score__lt=SATISFIED)),  # S-408
)
LOST: Mapping[Step, Q] = {
    **{link.name: link.lost for link in LINKS},
    "lasting": Q(Q(returned=True) | Q(reopened__gt=0), result="solved"),  # S-407: solved, and back
}
OF_HOURS = {"taken", "prompt"}  # lost for want of people, others for want of words


class Insight(Shape):
    """What to do: a sentence, and the screen of the desk where it is done."""

    text: str
    to: Literal["learning", "numbers", "complaints"]
    query: dict[str, str]


class LinkShape(Shape):
    """A link. ``share``: null where nobody came to it. ``worst``: where most were lost."""

    name: Step
    text: str
    whole: int
    part: int
    lost: int
    share: float | None
    target: float
    hour: int | None
    topic: str | None
    insight: Insight | None


class Chain(Shape):
    """All links in order; ``weakest``: null where every one holds what it ought to."""

    links: list[LinkShape]
    weakest: Step | None


async def chain(source: Source, days: Days) -> Chain:
    """The chain over some days."""
    metrics = {name for link in LINKS for name in (link.part, link.whole)}
    hours = await source.outcomes("hour", days, metrics)
    topics = await source.outcomes("topic", days, metrics)
    names = await Topics.of(source, (str(row.key) for row in topics))
    classed = [row._replace(key=names.class_of(str(row.key))) for row in topics]
    links = [_shape(source, link, hours, classed, names) for link in LINKS]
    short = [one for one in links if one.whole >= LEAST and _short(one) > 0]
    weakest = max(short, key=_short, default=None)
    return Chain(links=links, weakest=weakest.name if weakest else None)


def _shape(
    source: Source, link: Link, hours: list[Found], topics: list[Found], names: Topics
) -> LinkShape:
    part, whole = (sum(int(r.times) for r in hours if r.metric == m) for m in link[1:3])
    part = min(part, whole)
    hour, topic = _worst(link, hours), _worst(link, topics)
    text = names.text(str(topic[0])) if topic else ""
    return LinkShape(
        name=link.name,
        text=source.say(f"console.link.{link.name}"),
        whole=whole,
        part=part,
        lost=whole - part,
        share=round(part / whole, 4) if whole else None,
        target=link.target,
        hour=int(str(hour[0])) if hour else None,
        topic=str(topic[0]) if topic else None,
        insight=_insight(source, link, hour if link.name in OF_HOURS else topic, text),
    )


def _worst(link: Link, rows: Iterable[Found]) -> tuple[object, int] | None:
    """Where most were lost, and how many."""
    lost: Counter[object] = Counter()
    for row in rows:
        lost[row.key] += int(row.times) * ((row.metric == link.whole) - (row.metric == link.part))
    key, count = max(lost.items(), key=lambda pair: (pair[1], str(pair[0])), default=(None, 0))
    return (key, count) if count > 0 else None


def _insight(
    source: Source, link: Link, worst: tuple[object, int] | None, text: str
) -> Insight | None:
    if worst is None:
        return None
    key, count = str(worst[0]), worst[1]
    if link.name in OF_HOURS:
        said = source.say(f"console.insight.{link.name}", hour=key, next=int(key) + 1, count=count)
        return Insight(text=said, to="numbers", query={"by": "hour"})
    if link.name == "helped" and not key:  # no topic: a person was asked for at once
        said = source.say("console.insight.round", count=count)
        return Insight(text=said, to="numbers", query={"by": "hour"})
    said = source.say(f"console.insight.{link.name}", topic=text, count=count)
    if link.name == "helped" and source.knows:
        return Insight(text=said, to="learning", query={})
    if key.startswith("complaint:"):
        return Insight(text=said, to="complaints", query={})
    return Insight(text=said, to="numbers", query={"by": "topic"})


def _short(link: LinkShape) -> float:
    return link.target - (link.share if link.share is not None else link.target)
