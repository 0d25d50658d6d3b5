"""The sampling plan: every night what is too old is erased, and once a week a sample is drawn."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.contacts.person import among
from core.due import Due
from core.store.models import Conversation, Deadline, JournalEntry
from plugins.complaints.face import Complaint
from plugins.console.models import Rating
from plugins.console.pages import about
from plugins.console.quality.consent import objectors
from plugins.console.quality.draw import Closing, drawn
from plugins.console.quality.models import Draw, Review
from plugins.console.quality.notice import told
from plugins.console.settings import ConsoleSettings

ROUND, KEY = "console.quality_round", "quality"
NIGHT = time(3)  # shop time
BAD = 2  # a rating of so many stars at most
MISSED = ("sla.breached", "complaint.escalated")
LIKELIER = 3  # for each reason added to the weight of 1
BEFORE = timedelta(hours=1)  # what led to the handoff belongs to it
UNASKED = timedelta(days=1)  # where nobody asked for a person: what was said lately


@dataclass(frozen=True, slots=True)
class Episode:
    """What one agent did in one conversation, until it was closed."""

    closing: int
    conversation: int
    agent: str
    since: datetime
    until: datetime

    @classmethod
    def of(cls, entry: JournalEntry) -> Episode:
        """From the journal's ``desk.closed``."""
        asked = entry.data.get("asked_at")
        since = datetime.fromisoformat(str(asked)) if asked else entry.at - UNASKED
        agent = str(entry.data.get("agent", ""))
        return cls(entry.id, about(entry) or 0, agent, since - BEFORE, entry.at)

    def review(self, why: Sequence[str], now: datetime) -> Review:
        """To be looked at."""
        return Review(
            closing=self.closing,
            conversation_id=self.conversation,
            agent=self.agent,
            since=self.since,
            until=self.until,
            why=list(why),
            drawn_at=now,
        )


async def arm(now: datetime, zone: ZoneInfo) -> None:
    """See that there is a night to come."""
    moment = next_night(now, zone)
    row, new = await Deadline.get_or_create(
        name=ROUND, key=KEY, defaults={"due_at": moment, "run_at": moment, "data": {}}
    )
    if not new and row.state != "waiting":
        await Deadline.filter(id=row.id).update(state="waiting", run_at=moment, attempts=0)


async def round_off(due: Due, settings: ConsoleSettings) -> None:
    """One night: forget, draw if last week was not drawn yet, and set the next."""
    now, zone, terms = due.clock.now(), due.texts.zone, settings.quality
    limit = now - timedelta(days=terms.keep_days)
    due.write(Review.filter(drawn_at__lt=limit).delete)
    due.write(Draw.filter(at__lt=limit).delete)
    monday = last_monday(now, zone)
    if terms.per_agent and not await Draw.filter(week=monday.isoformat()).exists():
        await sample(due, monday, terms.per_agent)
    due.at(next_night(now, zone), ROUND, KEY)


async def sample(due: Due, monday: date, many: int) -> None:
    """Draw from the week that begins on that day, and say by which seed."""
    now, seed = due.clock.now(), secrets.token_hex(16)
    episodes = await candidates(*_week(monday, due.texts.zone))
    why = await reasons(episodes)
    pool = [
        Closing(one.closing, one.conversation, one.agent, 1 + LIKELIER * len(why[one.closing]))
        for one in episodes
    ]
    chosen = drawn(pool, many, seed)
    known = await Review.filter(closing__in=chosen).values_list("closing", flat=True)
    for one in episodes:
        if one.closing in set(chosen) - set(known):  # a lead may have been faster
            due.save(one.review(why[one.closing], now))
    week = monday.isoformat()
    kept = [list(each) for each in sorted(pool)]
    due.save(Draw(week=week, seed=seed, many=many, pool=kept, drawn=chosen, at=now))
    due.emit("quality.drawn", week=week, reviews=len(chosen), pool=len(pool))


async def candidates(begin: datetime, end: datetime) -> list[Episode]:
    """Closed by somebody who knows of reviews, with a customer who is there and does not object."""
    rows = JournalEntry.filter(kind="desk.closed", at__gte=begin, at__lt=end).order_by("id")
    knowing = await told()
    episodes = [one for one in map(Episode.of, await rows) if one.agent in knowing]
    objecting, there = await objectors(), dict[int, int | None]()
    for part in among("id", list({one.conversation for one in episodes})):
        for row in await Conversation.filter(part).prefetch_related("contact"):
            if row.contact is not None and row.contact.erased_at is None:
                there[row.id] = row.contact_id
    return [
        one
        for one in episodes
        if one.conversation in there
        and (there[one.conversation] not in objecting or await complained(one))
    ]


async def complained(one: Episode) -> bool:
    """Whether a complaint was opened in it."""
    mine = Complaint.filter(conversation_id=one.conversation, opened_at__gte=one.since)
    return await mine.filter(opened_at__lte=one.until).exists()


async def reasons(episodes: Iterable[Episode]) -> dict[int, list[str]]:
    """By closing what makes it likelier: a bad rating, a broken promise of time."""
    found: dict[int, list[str]] = {one.closing: [] for one in episodes}
    if not found:
        return found
    begin = min(one.since for one in episodes)
    poor = Rating.filter(asked_at__gte=begin, score__lte=BAD)
    rated = {(row.conversation_id, row.agent): row.asked_at for row in await poor}
    broken: dict[int, list[datetime]] = {}
    for entry in await JournalEntry.filter(kind__in=MISSED, at__gte=begin):
        broken.setdefault(about(entry) or 0, []).append(entry.at)
    for one in episodes:
        asked = rated.get((one.conversation, one.agent))
        if asked is not None and one.since <= asked <= one.until:
            found[one.closing].append("rating")
        if any(one.since <= at <= one.until for at in broken.get(one.conversation, ())):
            found[one.closing].append("breach")
    return found


def proved(row: Draw) -> bool:
    """Whether the sample is what its seed draws from its pool."""
    return drawn((Closing(*each) for each in row.pool), row.many, row.seed) == row.drawn


def last_monday(now: datetime, zone: ZoneInfo) -> date:
    """The beginning of the last week that is over."""
    today = now.astimezone(zone).date()
    return today - timedelta(days=today.weekday() + 7)


def next_night(now: datetime, zone: ZoneInfo) -> datetime:
    """When the next round is."""
    here = now.astimezone(zone)
    tonight = datetime.combine(here.date(), NIGHT, zone)
    if tonight > here:
        return tonight
    return datetime.combine(here.date() + timedelta(days=1), NIGHT, zone)


def _week(monday: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    begin, end = monday, monday + timedelta(days=7)
    return datetime.combine(begin, time(), zone), datetime.combine(end, time(), zone)
