"""Looking out for a surge: what was said lately in chats, groups and live rooms (S-199).

The ledger is read, never the messages' own handling: nobody's answer waits for this. What is about
a topic becomes a row once, so a round that a crash repeats counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from core.due import Due
from core.store.models import Deadline, Message
from plugins.complaints.face import Complaint, ComplaintLead, ComplaintSettings
from plugins.incidents import affected, clocks
from plugins.incidents.cases import draft
from plugins.incidents.models import ACTIVE, Affected, Hit, Incident, Kind, State
from plugins.incidents.settings import IncidentSettings
from plugins.incidents.surge import Heard, persons, surges
from plugins.incidents.topics import COMPLAINT, Topics

LOOK, KEY = "incidents.look_round", "look"
PAGE = 2000
BEHIND = 200  # on PostgreSQL a smaller number may be committed after a larger one
SHOWN = 3  # of what was said, for staff


async def arm(now: datetime) -> None:
    """See that there is a round to come."""
    row, new = await Deadline.get_or_create(
        name=LOOK, key=KEY, defaults={"due_at": now, "run_at": now, "data": {}}
    )
    if not new and row.state != "waiting":
        await Deadline.filter(id=row.id).update(state="waiting", run_at=now, attempts=0)


async def listen(due: Due, topics: Topics, settings: IncidentSettings) -> list[Hit]:
    """Read on where the last round ended, and set the next one; returns what was new."""
    now = due.clock.now()
    newest = await Message.all().order_by("-id").first()
    last = newest.id if newest else 0
    since = int(due.data.get("since", last))
    rows = await _said(since - BEHIND, now - timedelta(minutes=settings.window_minutes))
    hits = [
        Hit(topic=topic, message_id=number, contact_id=who, conversation_id=where, text=text, at=at)
        for number, who, where, text, at in rows
        for topic in topics.find(text)
    ]
    if hits := await _fresh(hits):
        due.write(partial(_keep, hits))
    more = len(rows) == PAGE
    reached = rows[-1][0] if more else last
    wait = timedelta(seconds=0 if more else settings.look_seconds)
    due.at(wait, LOOK, KEY, since=reached)
    return hits


async def draft_surges(
    due: Due,
    topics: Topics,
    new: Sequence[Hit],
    settings: IncidentSettings,
    complaints: ComplaintSettings,
) -> None:
    """A draft for each topic that moves many; who speaks of one that is known joins it."""
    since = due.clock.now() - timedelta(minutes=settings.window_minutes)
    known = {row.topic: row for row in await Incident.filter(state__in=ACTIVE) if row.topic}
    voices = [*map(_voice, new), *await _heard(since)]
    for topic, incident in known.items():
        if theirs := [voice for voice in voices if voice.topic == topic]:
            await _join(due, incident, theirs)
    quiet = await _quiet(due.clock.now() - timedelta(minutes=settings.again_minutes))
    served = await _touched()
    fresh = [
        voice
        for voice in voices
        if voice.topic not in known and voice.topic not in quiet and voice.contact not in served
    ]
    for loud in surges(fresh, settings.count, settings.people)[:1]:  # the next after it is known
        _draft(due, topics, loud, complaints)


def _draft(
    due: Due, topics: Topics, voices: Sequence[Heard], complaints: ComplaintSettings
) -> None:
    name, first = voices[0].topic, persons(voices)
    topic = topics.by_name.get(name)
    title = name
    if name.startswith(COMPLAINT):
        key = f"complaints.kind_{name.removeprefix(COMPLAINT)}"
        title = due.texts.render(key, due.texts.default)
    kind = topic.kind if topic else Kind.OPINION
    incident = draft(due, kind, name, title, topic.words if topic else ())
    affected.add(due, incident.number, first.values(), "surge")
    said = "\n".join(f"· {voice.text[:60]}" for voice in [*first.values()][:SHOWN])
    facts = {"people": len(first), "messages": len(voices), "said": said}
    clocks.tell(due, incident, complaints, "incidents.staff_draft", "draft", **facts)


async def _join(due: Due, incident: Incident, voices: Iterable[Heard]) -> None:
    first = persons(voices)
    rows = await Affected.filter(incident_id=incident.id, contact_id__in=list(first))
    there = {row.contact_id for row in rows}
    if fresh := [voice for contact, voice in first.items() if contact not in there]:
        affected.add(due, incident.number, fresh, "surge")


async def _said(after: int, since: datetime) -> list[tuple[int, int, int, str, datetime]]:
    rows = Message.filter(direction="in", id__gt=after, at__gt=since, contact_id__not_isnull=True)
    found = rows.order_by("id").limit(PAGE)
    return [
        (row.id, row.contact_id or 0, row.conversation_id, row.text, row.at)
        for row in await found.only("id", "contact_id", "conversation_id", "text", "at")
        if row.text
    ]


async def _fresh(hits: Sequence[Hit]) -> list[Hit]:
    """Without what is kept already, and what staff and hosts say."""
    numbers = {hit.message_id for hit in hits}
    kept = {(row.topic, row.message_id) for row in await Hit.filter(message_id__in=numbers)}
    hits = [hit for hit in hits if (hit.topic, hit.message_id) not in kept]
    rows = Message.filter(id__in={hit.message_id for hit in hits}).only("id", "context")
    staff = {
        row.id
        for row in await rows
        if row.context.get("sender", {}).get("role", "customer") != "customer"
    }
    return [hit for hit in hits if hit.message_id not in staff]


def _voice(hit: Hit) -> Heard:
    return Heard(hit.topic, hit.contact_id, hit.conversation_id, hit.text, hit.at)


async def _heard(since: datetime) -> list[Heard]:
    """What was heard of topics, and each complaint as a voice about its kind."""
    voices = [_voice(hit) for hit in await Hit.filter(at__gt=since)]
    for case in await Complaint.filter(opened_at__gt=since).exclude(kind="other"):
        said = str(case.notes[0]["text"]) if case.notes else ""
        where = case.conversation_id
        voices.append(Heard(COMPLAINT + case.kind, case.contact_id, where, said, case.opened_at))
    for lead in await ComplaintLead.filter(at__gt=since).exclude(kind="other"):
        topic, where = COMPLAINT + lead.kind, lead.conversation_id
        voices.append(Heard(topic, lead.contact_id, where, lead.text, lead.at))
    return voices


async def _quiet(since: datetime) -> set[str]:
    """Topics that a person has dismissed or settled lately."""
    over = (State.DISMISSED, State.RESOLVED)
    return {row.topic for row in await Incident.filter(state__in=over, ended_at__gt=since)}


async def _touched() -> set[int]:
    """Everybody of an incident that is not over."""
    numbers = [row.id for row in await Incident.filter(state__in=ACTIVE)]
    return {row.contact_id for row in await Affected.filter(incident_id__in=numbers)}


async def _keep(hits: Sequence[Hit]) -> None:
    await Hit.filter(at__lt=min(hit.at for hit in hits) - timedelta(hours=1)).delete()
    await Hit.bulk_create(hits, batch_size=PAGE, ignore_conflicts=True)
