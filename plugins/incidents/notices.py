"""Notices on three routes: each person in their own chat, each group and each live room, once.

People are taken in pages, a transaction each: the words in the outbox and the stamps on the rows
together. A crash between two pages leaves the deadline, which goes on with who has no stamp; the
outbox knows the key of everybody's words, so a page that runs again says nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from core.due import Due
from core.effects import Post
from core.parts import Notice, Text
from core.store.models import Conversation
from plugins.complaints.face import ComplaintSettings
from plugins.incidents import affected, clocks
from plugins.incidents.affected import Standing
from plugins.incidents.cases import NOTIFY, RESOLVE
from plugins.incidents.models import Affected, Incident
from plugins.incidents.rooms import NEWS, OVER, hearing, room_key
from plugins.threads import threads_of

PAGE = 100
NOWHERE = "none"


async def notify(due: Due, incident: Incident, complaints: ComplaintSettings) -> None:
    """The next page of people who have not heard of it."""
    rooms = await hearing(incident)
    if due.data.get("first"):
        for room in rooms.values():
            _post_to_room(due, incident, room, NEWS, words(due, incident))
    waiting = Affected.filter(incident_id=incident.id, notified_at=None, answered_at=None)
    page = await waiting.filter(closed_at=None).order_by("id").limit(PAGE)
    if not page:
        await _told(due, incident, complaints)
        return
    threads = await threads_of([row.contact_id for row in page])
    routes: dict[str, list[int]] = {}
    for row in page:
        thread = threads.get(row.contact_id)
        if thread is not None:
            _post_to_person(due, incident, thread, NEWS, words(due, incident))
        room = rooms.get(row.heard_in)
        route = "direct" if thread else str(room.kind) if room else NOWHERE
        routes.setdefault(route, []).append(row.id)
    for route, numbers in routes.items():
        due.write(partial(_stamp, numbers, {"notified_at": due.clock.now(), "route": route}))
    due.at(timedelta(0), NOTIFY, incident.number)


async def close(due: Due, incident: Incident, complaints: ComplaintSettings) -> None:
    """The next page of people who have not heard that it is over."""
    text = incident.resolution or due.texts.render(
        "incidents.resolved", due.texts.default, title=incident.title
    )
    if due.data.get("first"):
        for room in (await hearing(incident)).values():
            _post_to_room(due, incident, room, OVER, text)
    waiting = Affected.filter(incident_id=incident.id, closed_at=None)
    page = await waiting.order_by("id").limit(PAGE)
    if not page:
        standings = await affected.counts(incident)
        due.emit("incident.closed", number=incident.number, people=sum(standings.values()))
        people = sum(standings.values())
        clocks.tell(due, incident, complaints, "incidents.staff_closed", OVER, people=people)
        return
    threads = await threads_of([row.contact_id for row in page])
    for thread in threads.values():
        _post_to_person(due, incident, thread, OVER, text)
    due.write(partial(_stamp, [row.id for row in page], {"closed_at": due.clock.now()}))
    due.at(timedelta(0), RESOLVE, incident.number)


def words(due: Due, incident: Incident) -> str:
    """What customers hear of it: the staff's own words, or a sentence that promises nothing."""
    if incident.answer:
        return incident.answer
    return due.texts.render("incidents.answer", due.texts.default, title=incident.title)


def key_of(number: str, what: str, contact: int) -> str:
    """The outbox key of the words to one person: ``what`` is :data:`NEWS` or :data:`OVER`."""
    return f"incident:{number}:{what}:{contact}"


async def _told(due: Due, incident: Incident, complaints: ComplaintSettings) -> None:
    standings = await affected.counts(incident)
    due.emit("incident.notified", number=incident.number, standings=standings)
    clocks.tell(
        due,
        incident,
        complaints,
        "incidents.staff_notified",
        f"notified:{due.due_at.timestamp():.0f}",
        people=sum(standings.values()),
        unreachable=standings[Standing.UNREACHABLE],
    )


def _post_to_person(
    due: Due, incident: Incident, thread: Conversation, what: str, text: str
) -> None:
    key = key_of(incident.number, what, thread.contact_id or 0)
    notice = Notice(f"incident.{what}", text, {"title": incident.title, "text": text})
    due.post(Post((notice,), to=thread.id, key=key))


def _post_to_room(due: Due, incident: Incident, room: Conversation, what: str, text: str) -> None:
    due.post(Post((Text(text),), to=room.id, key=room_key(incident.number, what, room.id)))


async def _stamp(numbers: Sequence[int], columns: dict[str, datetime | Any]) -> None:
    await Affected.filter(id__in=list(numbers)).update(**columns)
