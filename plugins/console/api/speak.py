"""What a person says: to the customer, to colleagues, and what is not said yet."""

from __future__ import annotations

from functools import partial

from pydantic import Field

from core.effects import Post
from core.message import ConversationKind
from core.parts import Text
from core.store.models import Conversation, Message
from core.store.sql import Work
from plugins.console import coach
from plugins.console.api.guests import joined, write_note
from plugins.console.api.lookup import conversation_of
from plugins.console.ask import Ask
from plugins.console.cards import names
from plugins.console.fold import agent_of
from plugins.console.messages import key_of, message_shape
from plugins.console.models import Guest, Note, Place
from plugins.console.problems import Problem
from plugins.console.quality.consent import tell
from plugins.console.roles import PEOPLE
from plugins.console.shapes import Notes, NoteShape, Sent
from plugins.console.table import Shape
from plugins.handoff.face import Taken, own

LONGEST = 10_000


class Reply(Shape):
    """A message to the customer. ``client`` is the page's own id: the same one is sent once."""

    client: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    text: str = Field(min_length=1, max_length=LONGEST)
    take: bool = False
    reply_to: int | None = None


class Seen(Shape):
    """Read up to there."""

    message: int = Field(ge=0, lt=2**63)


class Draft(Shape):
    """What stands in the composer."""

    text: str = Field(max_length=LONGEST)


class NewNote(Shape):
    """Words among colleagues."""

    text: str = Field(min_length=1, max_length=LONGEST)
    mention: list[str] = Field(default=[], max_length=20)


async def send_message(ask: Ask, body: Reply) -> Sent:
    """Queue a message; the core delivers it by the platform's rules."""
    conversation = await conversation_of(ask)
    key = key_of(ask.who.login, conversation.id, body.client)
    if not body.text.strip():
        raise Problem(400, "bad-request", fields={"text": "empty"})
    known = await _sent(conversation, key)
    if known is None:
        found = [f for f in coach.findings(body.text, ask.say) if f.level == "block"]
        if found:
            raise Problem(409, "banned-words", findings=[f.model_dump() for f in found])
        await _send(ask, conversation, body, key)
        known = await _sent(conversation, key)
    assert known is not None  # noqa: S101 - committed just now, or before
    return Sent(message=message_shape(known, await names()))


async def mark_seen(ask: Ask, body: Seen) -> None:
    """The person has read so far; it never goes back."""
    conversation = await conversation_of(ask)
    heard = Message.filter(conversation_id=conversation.id, direction="in")
    count = await heard.filter(id__lte=body.message).count()
    place = (conversation.id, ask.who.login, body.message, count)
    await ask.desk.writer.run(lambda: _see(place))
    await ask.desk.hub.refresh(conversation.id, only=ask.who.login)


async def keep_draft(ask: Ask, body: Draft) -> None:
    """Keep what stands in the composer; an empty text forgets it."""
    conversation = await conversation_of(ask)
    effects = ask.desk.effects()
    effects.write(partial(_draft, conversation.id, ask.who.login, body.text))
    await ask.desk.write(effects)


async def list_notes(ask: Ask) -> Notes:
    """What colleagues wrote here."""
    conversation = await conversation_of(ask)
    staff = await names()
    rows = await Note.filter(conversation_id=conversation.id).order_by("id")
    return Notes(items=[_note(row, staff) for row in rows])


async def add_note(ask: Ask, body: NewNote) -> NoteShape:
    """Write to colleagues; those mentioned are told."""
    conversation, staff = await conversation_of(ask), await names()
    unknown = [login for login in body.mention if login not in staff]
    if unknown:
        raise Problem(400, "bad-request", fields={"mention": ", ".join(unknown)})
    effects = ask.desk.effects()
    asked = Guest.filter(conversation_id=conversation.id, login=ask.who.login, part="consult")
    kind = "answer" if await asked.exists() else "note"
    to = [*body.mention, *([agent_of(conversation.owner)] if kind == "answer" else [])]
    told = list(dict.fromkeys(filter(None, to)))
    row = write_note(effects, conversation.id, ask.who.login, body.text, kind, *told)
    await ask.desk.write(effects, conversation.id)
    return _note(row, staff)


async def _send(ask: Ask, conversation: Conversation, body: Reply, key: str) -> None:
    effects = ask.desk.effects()
    if conversation.kind is ConversationKind.DIRECT and conversation.owner != ask.owner:
        free = conversation.owner in {"bot", "queue"}
        if body.take and free and ask.roles & PEOPLE:
            own(effects, conversation, ask.owner)
        elif free or not await joined(conversation.id, ask.who.login):
            raise Problem(409, "not-yours")
    await tell(effects, conversation, ask.desk.settings)
    effects.post(Post((Text(body.text),), to=conversation.id, key=key, author=ask.owner))
    place = Place.filter(conversation_id=conversation.id, login=ask.who.login)
    if await place.exclude(draft="").exists():
        effects.write(partial(_draft, conversation.id, ask.who.login, ""))
    effects.emit("handoff.replied", conversation=conversation.id, agent=ask.who.login)
    try:
        await ask.desk.write(effects, conversation.id)
    except Taken:
        raise Problem(409, "not-yours") from None


async def _sent(conversation: Conversation, key: str) -> Message | None:
    return await Message.get_or_none(
        conversation_id=conversation.id, channel=conversation.channel, direction="out", key=key
    )


def _see(place: tuple[int, str, int, int]) -> Work[None]:
    yield _SEEN, place


_SEEN = """INSERT INTO desk_place (conversation_id, login, message, inbound, draft)
VALUES (?, ?, ?, ?, '') ON CONFLICT (conversation_id, login) DO UPDATE
SET message = excluded.message, inbound = excluded.inbound
WHERE excluded.message > desk_place.message"""


async def _draft(number: int, login: str, text: str) -> None:
    changed = await Place.filter(conversation_id=number, login=login).update(draft=text)
    if not changed and text:
        await Place.create(conversation_id=number, login=login, draft=text)


def _note(row: Note, staff: dict[str, str]) -> NoteShape:
    return NoteShape(
        id=row.id,
        by=row.by,
        name=staff.get(row.by, row.by),
        text=row.text,
        mention=row.mention,
        at=row.at,
        kind=row.kind,  # type: ignore[arg-type] - checked by the shape
    )
