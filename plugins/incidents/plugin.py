"""Incidents: one thing that happened to many customers at once (S-187, S-191, S-199..S-201)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from core.clock import Clock
from core.due import Due
from core.message import ConversationKind
from core.plugin import Plugin
from core.route import Rank
from core.store.models import JournalEntry
from core.turn import Turn
from core.understand import Recogniser, Understanding
from plugins.complaints.face import ComplaintSettings
from plugins.incidents import answers, clocks, look, notices
from plugins.incidents.keeps import HOLDINGS
from plugins.incidents.models import Incident, State
from plugins.incidents.settings import IncidentSettings
from plugins.incidents.topics import Topics
from plugins.incidents.watch import Watch

MARK = "incident"  # the text speaks of one that is open
GOING_ON = "incident_open"  # one is open, whatever the text says
ANGRY = 0.6  # severity of a clear complaint
DIRECT = ConversationKind.DIRECT
EVERYBODY = ("bot", "queue", "agent")

plugin = Plugin(
    "incidents",
    settings=IncidentSettings,
    requires=("handoff", "compensation", "complaints", "orders", "groups"),
    models="plugins.incidents.models",
    cli="plugins.incidents.commands:app",
    package=__package__ or "",
)
plugin.holds(*HOLDINGS)


@plugin.provides
async def topics(settings: IncidentSettings) -> AsyncIterator[Topics]:
    """What a surge may be about."""
    yield Topics(settings.topics)


@plugin.provides
async def watch() -> AsyncIterator[Watch]:
    """What is open, by its words."""
    watching = Watch()
    await watching.load()
    yield watching


@plugin.started
async def look_out(clock: Clock) -> None:
    """The first round of looking for a surge."""
    await look.arm(clock.now())


@plugin.follows("incident.opened")
@plugin.follows("incident.changed")
@plugin.follows("incident.resolved")
async def reload(entry: JournalEntry, watching: Watch) -> None:
    """Know what is open now."""
    await watching.load()


@plugin.recogniser
def about(watching: Watch) -> Recogniser:
    """Marks ``incident_open`` while one is, and ``incident`` where the text speaks of it."""

    def recognise(heard: Understanding) -> None:
        if watching.going_on:
            heard.marks[GOING_ON] = 1.0
            if watching.find(heard.plain):
                heard.marks[MARK] = 1.0

    return recognise


@plugin.on(mark=MARK, kinds=DIRECT, owners=EVERYBODY, rank=Rank.URGENT)
async def ask(turn: Turn, watching: Watch, settings: IncidentSettings) -> None:
    """A customer asks about it: they hear how things stand."""
    incident = await answers.open_incident(watching.find(turn.text))
    if incident is None:
        turn.decline("over by now")
        return
    await answers.answer(turn, incident, settings)


@plugin.on(mark=MARK, kinds=(ConversationKind.GROUP, ConversationKind.LIVE), rank=Rank.URGENT)
async def ask_in_public(turn: Turn, watching: Watch, settings: IncidentSettings) -> None:
    """The same where everybody reads along."""
    incident = await answers.open_incident(watching.find(turn.text))
    if incident is None:
        turn.decline("over by now")
        return
    await answers.answer_in_public(turn, incident, settings)


@plugin.on(mark=GOING_ON, kinds=DIRECT, owners=EVERYBODY, rank=Rank.URGENT)
async def complain(turn: Turn, settings: IncidentSettings) -> None:
    """An affected customer is angry or asks where things stand: part of it, no case of its own."""
    marks = turn.understanding.marks
    if marks.get("severity", 0.0) < ANGRY and not marks.get("nudge"):
        turn.decline("no complaint")
    await answers.answer_complaint(turn, settings)


@plugin.due()
async def look_round(
    due: Due, topics: Topics, settings: IncidentSettings, complaints: ComplaintSettings
) -> None:
    """Read on, and draft an incident where many speak of one thing."""
    new = await look.listen(due, topics, settings)
    await look.draft_surges(due, topics, new, settings, complaints)


@plugin.due()
async def notify(due: Due, complaints: ComplaintSettings) -> None:
    """The next page of people hears of it."""
    incident = await Incident.get_or_none(number=due.key, state=State.OPEN)
    if incident is not None:
        await notices.notify(due, incident, complaints)


@plugin.due()
async def close(due: Due, complaints: ComplaintSettings) -> None:
    """The next page of people hears that it is over."""
    incident = await Incident.get_or_none(number=due.key, state=State.RESOLVED)
    if incident is not None:
        await notices.close(due, incident, complaints)


@plugin.due()
async def remind(due: Due, complaints: ComplaintSettings) -> None:
    """A clock is nearly over: the people in charge hear it."""
    if found := await clocks.running(due.key):
        incident, rung = found
        step = due.texts.render(f"complaints.rung_{rung}", due.texts.default)
        due.emit("incident.reminded", number=incident.number, rung=str(rung))
        once = f"remind:{rung}"
        clocks.tell(due, incident, complaints, "incidents.staff_reminder", once, step=step)


@plugin.due()
async def escalate(due: Due, complaints: ComplaintSettings) -> None:
    """A clock is over and its step not done: the next level takes charge."""
    if found := await clocks.running(due.key):
        incident, rung = found
        clocks.escalate(due, incident, rung, complaints)
