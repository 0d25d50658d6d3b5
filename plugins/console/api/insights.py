"""What the numbers say: the weakest link, where the time goes, what is asked more and more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from aiohttp import web
from pydantic import Field
from tortoise.expressions import Q

from core.store.models import Contact
from plugins.console.api.numbers import Dates, days_of, sheet
from plugins.console.ask import Ask
from plugins.console.figures import BOUNDS
from plugins.console.numbers import chain as chains
from plugins.console.numbers import rising as risings
from plugins.console.numbers.chain import LOST, Chain, Step
from plugins.console.numbers.models import Enquiry
from plugins.console.numbers.source import Source
from plugins.console.numbers.stages import Stages, stages
from plugins.console.numbers.topics import Topics
from plugins.console.table import Shape
from plugins.faq.face import LifeQuestion, candidates, gather


class LostQuery(Dates):
    """Which link; ``after``: the last id of the page before."""

    step: Step
    after: int = Field(0, ge=0)
    limit: int = Field(20, ge=1, le=100)


class LostShape(Shape):
    """An enquiry that was lost at a link, with the conversation behind it."""

    id: int
    conversation: int
    name: str
    channel: str
    began_at: datetime
    topic: str
    agent: str
    result: Literal["", "solved", "unsolved", "no-answer"]
    score: int | None


class LostList(Shape):
    """The newest first."""

    items: list[LostShape]
    more: bool


class RiseList(Shape):
    """What is asked in vain more and more, by what the customers wrote."""

    items: list[risings.Rise]


async def get_chain(ask: Ask, query: Dates) -> Chain:
    """The way of enquiries as a chain, and its weakest link."""
    await ask.desk.tail.catch_up()
    return await chains.chain(Source.of(ask), days_of(ask, query))


async def get_chain_csv(ask: Ask, query: Dates) -> web.Response:
    """The same as a table for a spreadsheet."""
    found = await get_chain(ask, query)
    heads = ("link", "came", "through", "lost", "share", "goal")
    lines = [
        [one.text, one.whole, one.part, one.lost, one.share, one.target] for one in found.links
    ]
    return _sheet(ask, "chain", query, heads, lines)


async def list_lost(ask: Ask, query: LostQuery) -> LostList:
    """The enquiries that a link lost, to be looked at."""
    begin, after = days_of(ask, query).moments(ask.desk.texts.zone)
    await ask.desk.tail.catch_up()
    rows = Enquiry.filter(LOST[query.step], began_at__gte=begin, began_at__lt=after)
    rows = rows.filter(Q(id__lt=query.after)) if query.after else rows
    found = await rows.order_by("-id").limit(query.limit + 1)
    names = await Topics.of(Source.of(ask), (row.topic for row in found))
    people = {row.contact_id for row in found if row.contact_id is not None}
    called = dict(await Contact.filter(id__in=people).values_list("id", "name"))
    items = [
        LostShape(
            id=row.id,
            conversation=row.conversation_id,
            name=str(called.get(row.contact_id, "")),
            channel=row.channel,
            began_at=row.began_at,
            topic=names.text(row.topic),
            agent=row.agent,
            result=row.result,  # type: ignore[arg-type] - one of those
            score=row.score,
        )
        for row in found[: query.limit]
    ]
    return LostList(items=items, more=len(found) > query.limit)


async def get_stages(ask: Ask, query: Dates) -> Stages:
    """Where the time of enquiries goes, stage by stage."""
    await ask.desk.tail.catch_up()
    return await stages(Source.of(ask), days_of(ask, query), list(BOUNDS))


async def get_stages_csv(ask: Ask, query: Dates) -> web.Response:
    """The same as a table for a spreadsheet, in seconds."""
    found = await get_stages(ask, query)
    lines = [[o.text, o.value.count, o.value.p50, o.value.p90] for o in found.stages]
    return _sheet(ask, "stages", query, ("stage", "count", "median", "p90"), lines)


async def get_rising(ask: Ask, query: Dates) -> risings.Rising:
    """What is asked more than in the weeks before the seven days that end with ``to``."""
    await ask.desk.tail.catch_up()
    return await risings.rising(Source.of(ask), days_of(ask, query).end)


async def get_rising_csv(ask: Ask, query: Dates) -> web.Response:
    """The same as a table for a spreadsheet."""
    found = await get_rising(ask, query)
    lines = [
        [ask.say(f"console.page.numbers.kind.{o.kind}"), o.text, o.count, o.before, o.ratio]
        for o in found.items
    ]
    return _sheet(ask, "rising", query, ("kind", "topic", "this_week", "before", "ratio"), lines)


async def gather_missed(ask: Ask) -> RiseList:
    """What is asked in vain more and more: groups of open questions that ask the same."""
    knowledge, effects = ask.desk.knowledge, ask.desk.effects()
    if knowledge is None:
        return RiseList(items=[])
    await gather(effects, ask.desk.clock.now() - (risings.BEFORE + 1) * risings.WEEK)
    if effects.writes:
        await ask.desk.write(effects)
    groups = await candidates(knowledge.base, risings.LEAST)
    wanted = [row for group in groups for row in group.rows]
    moments = dict(await LifeQuestion.filter(id__in=wanted).values_list("id", "at"))
    words = [(str(g.id), g.question, [moments[n] for n in g.rows if n in moments]) for g in groups]
    return RiseList(items=risings.missed(words, ask.desk.clock.now()))


def _sheet(
    ask: Ask, name: str, query: Dates, heads: Iterable[str], lines: Iterable[Iterable[object]]
) -> web.Response:
    begin, end = days_of(ask, query)
    texts = [ask.say(f"console.page.numbers.{head}") if head != "p90" else "P90" for head in heads]
    return sheet(f"{name}-{begin}-{end}", [texts, *lines])
