"""The customer's side of reviews: told once, may say no, and what a no keeps out.

Personal Information Protection Law of the PRC, articles 17 (notice) and 15 (withdrawal).
"""

from __future__ import annotations

from functools import partial

from core.contacts.person import together
from core.effects import Effects, Post
from core.message import ConversationKind
from core.parts import Text
from core.store.models import Conversation
from core.turn import Turn
from plugins.complaints.face import running
from plugins.console.models import Guest
from plugins.console.quality.models import Consent, Review
from plugins.console.settings import ConsoleSettings

TOLD, OBJECTED, AGREED = "told", "objected", "agreed"
NOTICE = "console.monitoring_notice"
GROUNDS = ("complaint", "law")  # for these a conversation is looked at in spite of a no
LONGEST = 200


async def tell(effects: Effects, conversation: Conversation, settings: ConsoleSettings) -> None:
    """Say, where a person takes over, that chats may be reviewed: once to each customer."""
    contact = conversation.contact_id
    if not settings.monitoring_notice or contact is None:
        return
    if conversation.kind is not ConversationKind.DIRECT:
        return
    if await Consent.filter(contact_id__in=await together(contact), kind=TOLD).exists():
        return
    words = effects.texts.render(
        NOTICE, conversation.contact.locale if conversation.contact else ""
    )
    effects.post(Post((Text(words),), to=conversation.id, key=f"notice:{contact}"))
    effects.save(
        Consent(
            contact_id=contact,
            conversation_id=conversation.id,
            kind=TOLD,
            text=words,
            at=effects.clock.now(),
        )
    )


async def tell_waiting(
    effects: Effects, conversation: Conversation, settings: ConsoleSettings
) -> None:
    """The same to whoever waits for a person, but not beside words that soothe.

    Who complains hears it when the person is there: with the claim or the first words.
    """
    contact = conversation.contact_id
    if contact is None or not await running(contact):
        await tell(effects, conversation, settings)


def answer(turn: Turn, kind: str) -> None:
    """The customer says no, or says that it is all right after all."""
    turn.save(
        Consent(
            contact_id=turn.contact.id,
            conversation_id=turn.conversation.id,
            kind=kind,
            text=turn.message.text[:LONGEST],
            at=turn.clock.now(),
        )
    )
    if kind == OBJECTED:
        turn.write(partial(_leave_alone, turn.contact.id))
        turn.emit("desk.guest", conversation=turn.conversation.id, login="", part="")
    turn.emit(f"quality.{kind}", conversation=turn.conversation.id)
    turn.reply(f"console.review_{kind}")


async def objects(contact: int | None) -> bool:
    """Whether the last that a person said to being reviewed is no."""
    if contact is None:
        return False
    said = Consent.filter(contact_id__in=await together(contact)).exclude(kind=TOLD)
    last = await said.order_by("-id").first()
    return last is not None and last.kind == OBJECTED


async def objectors() -> set[int]:
    """All contacts of all people who say no."""
    found: set[int] = set()
    rows = await Consent.filter(kind=OBJECTED).distinct().values_list("contact_id", flat=True)
    for contact in {int(str(row)) for row in rows}:
        if await objects(contact):
            found |= set(await together(contact))
    return found


async def _leave_alone(contact: int) -> None:
    """Nobody observes them from here on, and what was drawn and not scored yet is left out."""
    theirs = Conversation.filter(contact_id__in=await together(contact))
    numbers = [int(str(row)) for row in await theirs.values_list("id", flat=True)]
    await Guest.filter(conversation_id__in=numbers, part="observe").delete()
    for row in await Review.filter(conversation_id__in=numbers, state="open"):
        if not set(GROUNDS) & set(row.why):
            await row.delete()
