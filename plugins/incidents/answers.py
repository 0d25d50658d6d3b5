"""What whoever asks about an open incident hears, and how they come into it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from core.contacts.person import together
from core.turn import Turn
from plugins.complaints.face import Reading, read, running
from plugins.handoff import face as handoff
from plugins.incidents.models import Affected, Incident, State
from plugins.incidents.settings import IncidentSettings

SAFETY = "safety"  # danger to people is never put on a pile


async def open_incident(number: str) -> Incident | None:
    """The incident of that number, if it is open now."""
    return await Incident.get_or_none(number=number, state=State.OPEN)


async def mine(contact: int) -> Incident | None:
    """The newest open incident that this person is part of."""
    open_ones = {row.id: row for row in await Incident.filter(state=State.OPEN)}
    if not open_ones:
        return None
    rows = Affected.filter(contact_id__in=await together(contact), incident_id__in=list(open_ones))
    row = await rows.order_by("-incident_id").first()
    return open_ones[row.incident_id] if row else None


async def answer(turn: Turn, incident: Incident, settings: IncidentSettings) -> None:
    """In a private chat: note the person and say how things stand; beside a person be silent."""
    now, reading = turn.clock.now(), read(turn.text)
    who = (await together(turn.contact.id))[0]
    row = await Affected.get_or_none(incident_id=incident.id, contact_id=who)
    bot = turn.conversation.owner == "bot"
    turn.write(partial(_note, incident.id, _voice(turn, who), now, answered=bot))
    turn.emit("incident.asked", number=incident.number, contact=turn.contact.id)
    turn.note(incident=incident.number)
    if not bot:
        return
    again = row is not None and _heard_lately(row, now, settings.repeat_minutes)
    if again:
        turn.reply("incidents.still", title=incident.title)
    elif incident.answer:
        turn.say(incident.answer)
    else:
        turn.reply("incidents.answer", title=incident.title)
    wants = handoff.PERSON in turn.understanding.intents
    if wants or reading.severity >= settings.hand_over_from:
        handoff.request(turn, "complaint")


async def answer_complaint(turn: Turn, settings: IncidentSettings) -> None:
    """A complaint of somebody who is part of an incident is no case of its own.

    Unless they have such a case already, or somebody may come to harm.
    """
    incident = await mine(turn.contact.id)
    if incident is None:
        turn.decline("no open incident of theirs")
        return
    if apart(read(turn.text)) or await running(turn.contact.id):
        turn.decline("a case of its own")
    await answer(turn, incident, settings)


def apart(reading: Reading) -> bool:
    """Whether a complaint must be a case of its own."""
    return reading.kind == SAFETY


async def answer_in_public(turn: Turn, incident: Incident, settings: IncidentSettings) -> None:
    """In a group or a live room: note the person; the answer is said once in a while."""
    now = turn.clock.now()
    who = (await together(turn.contact.id))[0]
    turn.write(partial(_note, incident.id, _voice(turn, who), now, answered=False))
    turn.note(incident=incident.number)
    said: dict[str, str] = turn.memory.setdefault("said", {})
    last = datetime.fromisoformat(said[incident.number]) if incident.number in said else None
    if _lately(last, now, settings.room_minutes):
        return
    turn.memory["said"] = {incident.number: now.isoformat()}
    if incident.answer:
        turn.say(incident.answer)
    else:
        turn.reply("incidents.answer", title=incident.title)


def _voice(turn: Turn, who: int) -> tuple[int, int, str]:
    return who, turn.conversation.id, turn.message.text


def _heard_lately(row: Affected, now: datetime, minutes: float) -> bool:
    """Whether they were answered here, or told by a notice of their own, a short while ago."""
    told = row.notified_at if row.route == "direct" else None
    return any(_lately(at, now, minutes) for at in (row.answered_at, told))


def _lately(at: datetime | None, now: datetime, minutes: float) -> bool:
    return at is not None and now - at < timedelta(minutes=minutes)


async def _note(
    incident: int, voice: tuple[int, int, str], now: datetime, *, answered: bool
) -> None:
    contact, where, said = voice
    facts = {"source": "asked", "heard_in": where, "said": said[:500], "noted_at": now}
    row, _ = await Affected.get_or_create(incident_id=incident, contact_id=contact, defaults=facts)
    if answered:
        await Affected.filter(id=row.id).update(answered_at=now)
