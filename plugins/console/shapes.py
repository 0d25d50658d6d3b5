"""What the API gives about conversations: the shapes of ``docs/desk.md``."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from plugins.console.table import Shape

Presence = Literal["online", "busy", "away", "offline"]
By = Literal["customer", "bot", "agent"]


class Owner(Shape):
    """Whose a conversation is, seen by one person."""

    kind: Literal["bot", "queue", "me", "colleague"]
    login: str = ""
    name: str = ""


class Clock(Shape):
    """One promise of time."""

    what: Literal["first", "next", "resolution", "soothe", "plan", "close"]
    due_at: datetime
    warn_at: datetime
    met_at: datetime | None
    state: Literal["running", "warned", "breached", "met", "paused"]


class Why(Shape):
    """One reason of a place in the queue."""

    code: Literal["complaint", "emotion", "value", "waiting", "asked"]
    text: str
    points: int


class Person(Shape):
    """The customer of a direct conversation."""

    id: int
    name: str
    tier: int


class Quota(Shape):
    """What the platform still takes."""

    allowed: int | None
    left: int | None
    until: datetime | None


class GuestOnCard(Shape):
    """Somebody in a colleague's conversation."""

    login: str
    part: Literal["consult", "observe", "join"]


class Card(Shape):
    """A conversation in a list."""

    id: int
    channel: str
    adapter: str
    kind: Literal["direct", "group", "live"]
    scene: str
    contact: Person | None
    title: str
    owner: Owner
    preview: str
    preview_by: By
    last_at: datetime
    last_message: int
    waiting_since: datetime | None
    unread: int
    emotion: int
    complaint: str | None
    complaint_kind: str | None
    clock: Clock | None
    rank: int
    why: list[Why]
    quota: Quota | None
    reason: str
    closed_at: datetime | None
    draft: bool
    high: bool
    skill: str
    snoozed_until: datetime | None
    guests: list[GuestOnCard]


class Counts(Shape):
    """How many conversations each view has."""

    mine: int
    snoozed: int
    helping: int
    queue: int
    bot: int
    colleagues: int
    all: int


class Cards(Shape):
    """A page of the list."""

    items: list[Card]
    next: str | None
    counts: Counts


class MessageShape(Shape):
    """One message."""

    id: int
    conversation: int
    direction: Literal["in", "out"]
    client: str | None
    by: By
    author: str
    text: str
    parts: list[dict[str, Any]]
    at: datetime
    state: str
    error: str
    reply_to: int | None
    emotion: int


class Messages(Shape):
    """A page of messages, oldest first."""

    items: list[MessageShape]
    more: bool


class Sent(Shape):
    """The message that was queued."""

    message: MessageShape


class Viewer(Shape):
    """Somebody who looks at the same conversation."""

    login: str
    name: str
    typing: bool


class QueueReason(Shape):
    """What brings somebody forward, in minutes."""

    text: str
    points: int


class PastCase(Shape):
    """An earlier complaint, in a line."""

    number: str
    kind_text: str
    state: str
    opened_at: datetime


class Brief(Shape):
    """What happened before a person was wanted (S-032)."""

    said: list[str]
    answered: int
    orders: list[str]
    complaints: list[PastCase]


class Handoff(Shape):
    """Why a person is wanted, and what whoever takes over must know."""

    reason: str
    text: str
    at: datetime | None
    position: int | None
    minutes: int | None
    skill: str
    why: list[QueueReason]
    brief: Brief


class Limits(Shape):
    """What the channel carries; ``max_text`` in bytes of UTF-8."""

    max_text: int | None
    parts: list[str]
    push: bool


class May(Shape):
    """What this person may do here now."""

    reply: bool
    claim: bool
    force: bool
    transfer: bool
    snooze: bool
    consult: bool
    watch: bool


class CaseNote(Shape):
    """A line of a complaint's history."""

    at: datetime
    by: str
    text: str


class Named(Shape):
    """A contact by name."""

    id: int
    name: str


class ComplaintShape(Shape):
    """A complaint with its three clocks."""

    number: str
    conversation: int
    contact: Named
    kind: str
    kind_text: str
    severity: int
    state: Literal["open", "soothed", "planned", "closed"]
    level: int
    level_name: str
    opened_at: datetime
    clocks: list[Clock]
    next: Literal["soothe", "plan", "close"] | None
    owner: Owner
    cause: str
    blame: str
    solution: str
    follow_up_on: str | None
    notes: list[CaseNote]


class GuestShape(GuestOnCard):
    """The same with names."""

    name: str
    by: str
    at: datetime


class ConversationShape(Shape):
    """A conversation opened."""

    card: Card
    verified: bool
    handoff: Handoff | None
    complaint: ComplaintShape | None
    clocks: list[Clock]
    draft: str
    seen: int
    viewers: list[Viewer]
    guests: list[GuestShape]
    objected: bool
    limits: Limits
    may: May


class NoteShape(Shape):
    """A note of staff."""

    id: int
    by: str
    name: str
    text: str
    mention: list[str]
    at: datetime
    kind: Literal["note", "consult", "answer", "whisper"]


class Notes(Shape):
    """All notes of a conversation, oldest first."""

    items: list[NoteShape]


class Strip(Shape):
    """The counts at the top of the page."""

    waiting: int
    queue: int
    load: int
    capacity: int
    due_soon: int
    overdue: int
    incidents: int
    unpaid: int | None
