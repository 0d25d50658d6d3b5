"""Complaints: noticed, soothed, opened as a case, kept on the clock (S-029, S-188..190, S-196)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from core.due import Due
from core.message import ConversationKind
from core.plugin import Plugin
from core.route import Rank
from core.turn import Turn
from core.understand import Recogniser, Understanding
from plugins.complaints import cases
from plugins.complaints import follow_up as follow_ups
from plugins.complaints.keeps import HOLDINGS, still_open
from plugins.complaints.ladder import Rung, done_at, level_above
from plugins.complaints.models import Complaint, ComplaintLead
from plugins.complaints.patience import grievance, nudges
from plugins.complaints.settings import ComplaintSettings
from plugins.complaints.severity import Reading, Severity, read
from plugins.handoff import face as handoff

MARK = "severity"
NUDGE = "nudge"  # asks whether anybody is there, or where things stand, or grumbles
EVERYBODY = ("bot", "queue", "agent")
INSULT = 1.0  # emotion of a message that is nothing but abuse: no public answer

plugin = Plugin(
    "complaints",
    settings=ComplaintSettings,
    requires=("handoff",),
    uses=("orders",),
    models="plugins.complaints.models",
    cli="plugins.complaints.commands:app",
    package=__package__ or "",
    live=(
        "soothe_minutes",
        "plan_minutes",
        "close_minutes",
        "warn_share",
        "hand_over_from",
        "lead_minutes",
        "nudges",
        "nudge_minutes",
        "promise_minutes",
        "follow_up_days",
        "follow_up_at",
    ),
)
plugin.holds(*HOLDINGS)
plugin.hinders(still_open)


@plugin.started
async def warm() -> None:
    """Load the words when the shop opens, not with the first customer."""
    read("")


@plugin.recogniser
def anger() -> Recogniser:
    """Marks ``severity`` (0.34 mild, 0.67 clear, 1 severe), ``urgent``, ``emotion``, ``nudge``."""

    def recognise(heard: Understanding) -> None:
        reading = read(heard.plain)
        marks = {
            MARK: reading.severity.score,
            "urgent": float(reading.urgent),
            "emotion": reading.emotion,
            NUDGE: float(reading.severity == Severity.MILD or nudges(heard.plain)),
        }
        heard.marks.update({name: score for name, score in marks.items() if score})

    return recognise


@plugin.on(
    mark=MARK,
    at_least=0.6,
    kinds=ConversationKind.DIRECT,
    owners=EVERYBODY,
    rank=Rank.URGENT,
)
async def complain(turn: Turn, settings: ComplaintSettings) -> None:
    """A private complaint: soothe, open or join the case, and fetch a person.

    Beside a person the bot only keeps the case; the words are the person's.
    """
    await _take(turn, read(turn.text), settings)


@plugin.on(mark=NUDGE, kinds=ConversationKind.DIRECT, owners=EVERYBODY, rank=Rank.URGENT)
async def lose_patience(turn: Turn, settings: ComplaintSettings) -> None:
    """A customer who asks or grumbles again and again is let down, whatever the words (S-029)."""
    if await cases.running(turn.contact.id):
        turn.decline("known")
    reason = await grievance(turn, settings)
    if not reason:
        turn.decline("patient")
    said = read(turn.text)
    kind = said.kind if said.severity else "attitude"
    await _take(turn, Reading(Severity.CLEAR, said.urgent, 0.5, kind, (reason,)), settings)


async def _take(turn: Turn, reading: Reading, settings: ComplaintSettings) -> None:
    """Open or join the customer's case; soothe and fetch a person unless one is there."""
    complaint = await cases.running(turn.contact.id)
    if complaint:
        cases.join_case(turn, complaint, reading)
    else:
        cases.open_case(turn, reading, settings)
    turn.note(kind=reading.kind, phrases=list(reading.phrases))
    if turn.conversation.owner != "bot":
        handoff.upset(turn)
        return
    turn.reply("complaints.soothe_again" if complaint else f"complaints.soothe_{reading.kind}")
    asked = handoff.PERSON in turn.understanding.intents
    if asked or reading.severity >= settings.hand_over_from:
        handoff.request(turn, "complaint", topic=reading.kind, level=int(reading.severity))


@plugin.on(
    mark=MARK,
    at_least=0.3,
    kinds=(ConversationKind.LIVE, ConversationKind.GROUP),
    rank=Rank.URGENT,
)
async def complain_in_public(turn: Turn, settings: ComplaintSettings) -> None:
    """A complaint in a room: no details in public; staff get a lead, one a viewer in a while.

    Live comments are short, so a mild one counts there; among people in a group it is just talk.
    """
    reading = read(turn.text)
    if turn.conversation.kind is ConversationKind.GROUP and reading.severity < Severity.CLEAR:
        turn.decline("mild")
    now, where = (
        turn.clock.now(),
        {"conversation_id": turn.conversation.id, "contact_id": turn.contact.id},
    )
    since = now - timedelta(minutes=settings.lead_minutes)
    if await ComplaintLead.filter(**where, at__gt=since).exists():
        turn.note(told_already=True)
        return
    lead = ComplaintLead(
        **where, severity=int(reading.severity), kind=reading.kind, text=turn.message.text, at=now
    )
    turn.write(partial(lead.save, force_create=True))
    turn.emit("complaint.lead", kind=reading.kind, severity=lead.severity, viewer=turn.contact.id)
    room = settings.levels[0] if settings.levels else None
    handoff.tell_staff(
        turn,
        room,
        "complaints.staff_lead",
        name=turn.contact.name,
        channel=turn.conversation.channel,
        said=turn.message.text[:80],
    )
    if reading.emotion < INSULT:
        turn.reply("complaints.in_private")


@plugin.due()
async def remind(due: Due, settings: ComplaintSettings) -> None:
    """A clock is nearly over: remind the people in charge."""
    rung = Rung(due.data["rung"])
    complaint = await Complaint.get_or_none(number=due.data["number"])
    if complaint is None or done_at(complaint, rung):
        return
    due.emit("complaint.reminded", **cases.summary(complaint), rung=str(rung))
    step = due.texts.render(f"complaints.rung_{rung}", due.texts.default)
    cases.tell(due, complaint, settings, "complaints.staff_reminder", f"remind:{rung}", step=step)


@plugin.due()
async def escalate(due: Due, settings: ComplaintSettings) -> None:
    """A clock is over and its step not done: the next level's people take charge."""
    rung = Rung(due.data["rung"])
    complaint = await Complaint.get_or_none(number=due.data["number"])
    if complaint is None or done_at(complaint, rung):
        return
    complaint.level = level_above(complaint.level, len(settings.levels))
    due.write(partial(_raise, complaint.id, complaint.level))
    due.emit("complaint.escalated", **cases.summary(complaint), rung=str(rung))
    step = due.texts.render(f"complaints.rung_{rung}", due.texts.default)
    cases.tell(
        due, complaint, settings, "complaints.staff_escalated", f"escalate:{rung}", step=step
    )


@plugin.due()
async def follow_up(due: Due, settings: ComplaintSettings) -> None:
    """The day has come to ask the customer whether all is well now (S-178, S-196)."""
    await follow_ups.remind(due, settings)


@plugin.due()
async def unsatisfied(due: Due, settings: ComplaintSettings) -> None:
    """Asked again, the customer is still not satisfied: the people in charge hear it."""
    complaint = await Complaint.get_or_none(number=due.key)
    if complaint is not None:
        said = str(due.data.get("said", ""))
        cases.tell(
            due, complaint, settings, "complaints.staff_unsatisfied", "unsatisfied", said=said
        )


async def _raise(complaint_id: int, level: int) -> None:
    await Complaint.filter(id=complaint_id).update(level=level)
