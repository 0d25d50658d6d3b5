"""Quality inspection: the notice, the plan, reviews with their appeals, averages."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta

from aiohttp import web

from core.store.models import Deadline
from plugins.console import audit
from plugins.console.api.numbers import LONGEST, safe
from plugins.console.ask import Ask
from plugins.console.cards import names
from plugins.console.models import Staff
from plugins.console.problems import Problem, not_found
from plugins.console.quality import averages, notice, plan, reviews
from plugins.console.quality.form import Given, filled, text_of
from plugins.console.quality.models import Draw, Review
from plugins.console.quality.shapes import (
    Appeal,
    AverageRow,
    Averages,
    Chosen,
    Criterion,
    Days,
    Decision,
    DrawShape,
    GivenMark,
    Notice,
    Plan,
    Read,
    Reviews,
    ReviewWhole,
    Scored,
    Untold,
    Which,
)
from plugins.console.quality.show import form_of, listed, opened
from plugins.console.roles import FLOOR, LEADS, StaffRole

FIRST = date(2000, 1, 1)
MONTH, YEAR = 29, timedelta(days=LONGEST)  # days
DRAWS = 8  # of the last weeks
STATES = {"todo": ("open", "appealed"), "done": ("scored", "settled")}


async def get_notice(ask: Ask) -> Notice:
    """How the work of staff is looked at."""
    settings, texts = ask.desk.settings, ask.desk.texts
    version = notice.version(texts, settings)
    return Notice(
        version=version,
        text=notice.words(texts, ask.locale, settings),
        wanted=await notice.wanted(ask.who, version),
    )


async def read_notice(ask: Ask, body: Read) -> Notice:
    """The person has read it; raises ``changed`` where the words are others by now."""
    now = await get_notice(ask)
    if body.version != now.version:
        raise Problem(409, "changed")
    effects = ask.desk.effects()
    await notice.acknowledge(effects, ask.who.login, now.version, now.text)
    await ask.desk.write(effects)
    return await get_notice(ask)


async def get_plan(ask: Ask) -> Plan:
    """How many are drawn, when, and what was drawn lately."""
    terms = ask.desk.settings.quality
    following = await Deadline.get_or_none(name=plan.ROUND, key=plan.KEY, state="waiting")
    told = await notice.told()
    staff = [row for row in await Staff.filter(active=True).order_by("login") if _talks(row)]
    return Plan(
        per_agent=terms.per_agent,
        keep_days=terms.keep_days,
        next_at=following.due_at if following else None,
        criteria=[Criterion(name=one, text=text_of(one, ask.say)) for one in terms.criteria],
        untold=[Untold(login=row.login, name=row.name) for row in staff if row.login not in told],
        draws=[_draw(row) for row in await Draw.all().order_by("-week").limit(DRAWS)],
    )


async def list_reviews(ask: Ask, query: Which) -> Reviews:
    """A page of reviews, newest first: of everybody for those who lead, else one's own results."""
    rows = Review.all()
    if not ask.roles & LEADS:
        rows = rows.filter(agent=ask.who.login).exclude(state="open")
    if query.state in STATES:
        rows = rows.filter(state__in=STATES[query.state])
    if query.agent:
        rows = rows.filter(agent=query.agent)
    if query.before is not None:
        rows = rows.filter(id__lt=query.before)
    found = await rows.order_by("-id").limit(query.limit + 1)
    staff = await names()
    items = [listed(ask, row, staff) for row in found[: query.limit]]
    return Reviews(items=items, more=len(found) > query.limit)


async def choose_review(ask: Ask, body: Chosen) -> ReviewWhole:
    """Look at a closed conversation that was not drawn."""
    effects = ask.desk.effects()
    closing = await reviews.choose(effects, body.conversation, body.ground, ask.who.login)
    await ask.desk.write(effects)
    return await opened(ask, await Review.get(closing=closing))


async def get_review(ask: Ask) -> ReviewWhole:
    """A review with what was said; whoever opens it is written down."""
    row = await _review(ask)
    effects = ask.desk.effects()
    facts = {"conversation": row.conversation_id, "agent": row.agent}
    audit.record(effects, ask.who.login, "review-opened", row.id, **facts)
    await ask.desk.write(effects)
    return await opened(ask, row)


async def score_review(ask: Ask, body: Scored) -> ReviewWhole:
    """Fill the form; the agent hears of it at once."""
    row, effects = await _review(ask), ask.desk.effects()
    marks = filled(form_of(ask, row), _given(body.marks))
    reviews.score(effects, row, marks, body.comment, ask.who.login)
    await ask.desk.write(effects)
    return await opened(ask, await _review(ask))


async def appeal_review(ask: Ask, body: Appeal) -> ReviewWhole:
    """The agent sees it otherwise: once, in words."""
    row, effects = await _review(ask), ask.desk.effects()
    reviews.appeal(effects, row, body.text, ask.who.login)
    await ask.desk.write(effects)
    return await opened(ask, await _review(ask))


async def decide_review(ask: Ask, body: Decision) -> ReviewWhole:
    """Answer an appeal, with other scores or the same."""
    row, effects = await _review(ask), ask.desk.effects()
    form = form_of(ask, row)
    marks = filled(form, _given(body.marks)) if body.marks else form
    reviews.decide(effects, row, marks, body.text, ask.who.login)
    await ask.desk.write(effects)
    return await opened(ask, await _review(ask))


async def get_averages(ask: Ask, query: Days) -> Averages:
    """Averages by agent and criterion."""
    begin, end = _days(ask, query)
    zone = ask.desk.texts.zone
    since = datetime.combine(begin, time(), zone)
    until = datetime.combine(end + timedelta(days=1), time(), zone)
    rows = Review.filter(state__in=averages.SCORED, at__gte=since, at__lt=until)
    found, staff = await rows.order_by("id"), await names()
    texts = averages.criteria(found, ask.desk.settings.quality.criteria)
    by_agent = sorted(averages.added_up(found).items())
    return Averages(
        from_=begin,
        to=end,
        criteria=[Criterion(name=name, text=text) for name, text in texts.items()],
        rows=[_row(agent, staff.get(agent, agent), sums) for agent, sums in by_agent],
        total=_row("", "", averages.whole(found)),
    )


async def get_averages_csv(ask: Ask, query: Days) -> web.Response:
    """The same as a table for a spreadsheet."""
    report = await get_averages(ask, query)
    heads = [ask.say(f"console.page.quality.{name}") for name in ("agent", "reviews", "mean")]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*heads, *(safe(one.text) for one in report.criteria)])
    for row in report.rows:
        cells = [row.means.get(one.name, "") for one in report.criteria]
        writer.writerow([safe(row.name), row.reviews, row.mean, *cells])
    name = f"quality-{report.from_}-{report.to}.csv"
    return web.Response(
        body=("\ufeff" + text.getvalue()).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


async def _review(ask: Ask) -> Review:
    """The review of the path; an agent sees the own ones, once they are scored."""
    row = await Review.get_or_none(id=ask.number())
    own = row is not None and row.agent == ask.who.login and row.state != "open"
    if row is None or not (own or ask.roles & LEADS):
        raise not_found()
    return row


def _given(marks: list[GivenMark]) -> Given:
    if len({mark.name for mark in marks}) != len(marks):
        raise Problem(400, "bad-request", fields={"marks": "twice"})
    return {mark.name: (mark.score, mark.comment.strip()) for mark in marks}


def _draw(row: Draw) -> DrawShape:
    return DrawShape(
        week=date.fromisoformat(row.week),
        at=row.at,
        seed=row.seed,
        many=row.many,
        pool=len(row.pool),
        drawn=len(row.drawn),
        proved=plan.proved(row),
    )


def _row(agent: str, name: str, sums: averages.Sums) -> AverageRow:
    return AverageRow(
        agent=agent,
        name=name,
        reviews=sums.reviews,
        appeals=sums.appeals,
        mean=sums.mean,
        means=sums.means,
    )


def _days(ask: Ask, query: Days) -> tuple[date, date]:
    today = ask.desk.clock.now().astimezone(ask.desk.texts.zone).date()
    end = query.to or today
    begin = query.from_ or date.fromordinal(max(FIRST.toordinal(), end.toordinal() - MONTH))
    if not FIRST <= begin <= end <= today + timedelta(days=LONGEST) or end - begin > YEAR:
        raise Problem(400, "bad-request", fields={"from": "1..366"})
    return begin, end


def _talks(row: Staff) -> bool:
    return bool({StaffRole(role) for role in row.roles} & FLOOR)
