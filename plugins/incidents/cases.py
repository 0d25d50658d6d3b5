"""Drafting, opening, planning, resolving and dismissing: each only adds effects.

Each step is taken from the state that was seen; the commit raises :class:`Moved` if somebody was
faster, so nothing is said twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from core.effects import Effects
from plugins.compensation.face import condition
from plugins.complaints.face import ComplaintSettings, Rung
from plugins.groups.face import check
from plugins.incidents import clocks
from plugins.incidents.models import Incident, Kind, State

NOTIFY, RESOLVE = "incidents.notify", "incidents.close"


class Moved(Exception):  # noqa: N818 - a fact, not a fault
    """The incident is not in that state any more."""


class Unlawful(Exception):  # noqa: N818 - a decision of the rules, not a fault
    """The words may not be said to customers: ``phrase``."""

    def __init__(self, phrase: str) -> None:
        """Keep the words."""
        super().__init__(phrase)
        self.phrase = phrase


@dataclass(frozen=True, slots=True)
class Opening:
    """What is said of an incident when it is opened: see :class:`Incident`."""

    kind: Kind
    title: str
    words: Sequence[str] = ()
    answer: str = ""


def draft(effects: Effects, kind: Kind, topic: str, title: str, words: Sequence[str]) -> Incident:
    """A surge was noticed: a person shall look."""
    incident = _new(effects, kind, title, words)
    incident.topic = topic
    effects.write(partial(incident.save, force_create=True))
    effects.emit("incident.drafted", **summary(incident))
    return incident


def open_new(effects: Effects, opening: Opening, by: str, settings: ComplaintSettings) -> Incident:
    """Opened by hand: the three clocks run. Raises :class:`Unlawful`."""
    lawful(opening.answer)
    incident = _new(effects, opening.kind, opening.title, opening.words)
    incident.answer = opening.answer.strip()
    _open(effects, incident, by, settings)
    effects.write(partial(incident.save, force_create=True))
    return incident


def open_draft(
    effects: Effects, incident: Incident, opening: Opening, by: str, settings: ComplaintSettings
) -> None:
    """A person says that the draft is one. Raises :class:`Unlawful`."""
    lawful(opening.answer)
    incident.kind, incident.answer = opening.kind, opening.answer.strip()
    incident.title, incident.words = opening.title[:200], list(opening.words)
    _open(effects, incident, by, settings)
    clocked = ("state", "opened_at", *(f"{rung}_due" for rung in Rung), "notes")
    step(effects, incident, State.DRAFT, ("kind", "answer", "title", "words", *clocked))


def dismiss(effects: Effects, incident: Incident, by: str) -> None:
    """The draft is none."""
    incident.state, incident.ended_at = State.DISMISSED, effects.clock.now()
    note(effects, incident, by, "dismissed")
    step(effects, incident, State.DRAFT, ("state", "ended_at", "notes"))
    effects.emit("incident.dismissed", **summary(incident), by=by)


def plan(effects: Effects, incident: Incident, text: str, by: str) -> None:
    """Customers shall hear ``text`` from now on; the second clock stops (S-189)."""
    lawful(text)
    incident.answer = text.strip()
    clocks.stop(effects, incident, Rung.PLAN)
    note(effects, incident, by, text)
    step(effects, incident, State.OPEN, ("answer", "soothed_at", "plan_at", "notes"))
    effects.emit("incident.changed", **summary(incident), by=by)


def change(effects: Effects, incident: Incident, by: str, **changes: Any) -> None:  # noqa: ANN401
    """Title, words, or the engineers' ticket and its state (S-200)."""
    for name, value in changes.items():
        setattr(incident, name, value)
    note(effects, incident, by, ", ".join(f"{name}: {value}" for name, value in changes.items()))
    step(effects, incident, incident.state, (*changes, "notes"))
    effects.emit("incident.changed", **summary(incident), by=by)


def notify(
    effects: Effects,
    incident: Incident,
    text: str,
    rooms: Sequence[int],
    by: str,
    *,
    spared: Sequence[int] | None = None,
) -> None:
    """Tell everybody who has not heard of it: the pages follow as deadlines (``notices.py``).

    ``rooms`` hear of it beside those where it was spoken of; ``spared`` do not, ``None``: as was
    said before.
    """
    lawful(text)
    if text.strip():
        incident.answer = text.strip()
    incident.rooms = list(dict.fromkeys([*incident.rooms, *rooms]))
    incident.spared = incident.spared if spared is None else [*spared]
    clocks.stop(effects, incident, Rung.SOOTHE)
    note(effects, incident, by, "notify")
    step(effects, incident, State.OPEN, ("answer", "rooms", "spared", "soothed_at", "notes"))
    effects.emit("incident.changed", **summary(incident), by=by)
    effects.at(timedelta(0), NOTIFY, incident.number, first=True)


def resolve(effects: Effects, incident: Incident, text: str, by: str) -> None:
    """It is over: everybody who was touched by it hears so, once; all clocks stop."""
    lawful(text)
    incident.state, incident.resolution = State.RESOLVED, text.strip()
    clocks.stop(effects, incident, Rung.CLOSE)
    note(effects, incident, by, text)
    stamps = ("soothed_at", "plan_at", "ended_at")
    step(effects, incident, State.OPEN, ("state", "resolution", *stamps, "notes"))
    effects.emit("incident.resolved", **summary(incident), by=by)
    effects.cancel(NOTIFY, incident.number)
    effects.at(timedelta(0), RESOLVE, incident.number, first=True)


def lawful(text: str) -> None:
    """Raise :class:`Unlawful` for words that no customer may be told, or that buy a review."""
    if words := condition(text):
        raise Unlawful(words)
    if found := check(text):
        raise Unlawful(found[0].phrase)


def note(effects: Effects, incident: Incident, by: str, text: str) -> None:
    """One more line of the incident's history."""
    line = {"at": effects.clock.now().isoformat(), "by": by, "text": text}
    incident.notes = [*incident.notes, line]


def summary(incident: Incident) -> dict[str, Any]:
    """What the journal says of an incident."""
    return {
        "number": incident.number,
        "kind": str(incident.kind),
        "state": str(incident.state),
        "title": incident.title,
    }


def step(effects: Effects, incident: Incident, seen: State, names: Sequence[str]) -> None:
    """Write these columns, if the incident is still in the state that was seen."""
    effects.write(partial(_step, incident.number, seen, {n: getattr(incident, n) for n in names}))


async def _step(number: str, seen: State, columns: dict[str, Any]) -> None:
    if not await Incident.filter(number=number, state=seen).update(**columns):
        raise Moved(number)


def _new(effects: Effects, kind: Kind, title: str, words: Sequence[str]) -> Incident:
    now: datetime = effects.clock.now()
    day = now.astimezone(effects.texts.zone)
    return Incident(
        number=f"I{day:%y%m%d}-{secrets.token_hex(2)}",
        kind=kind,
        title=title[:200],
        words=list(words),
        noticed_at=now,
    )


def _open(effects: Effects, incident: Incident, by: str, settings: ComplaintSettings) -> None:
    incident.state = State.OPEN
    clocks.start(effects, incident, settings)
    note(effects, incident, by, "open")
    effects.emit("incident.opened", **summary(incident), by=by)
