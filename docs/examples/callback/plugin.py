"""Callback: a customer leaves a phone number, a colleague calls."""

from __future__ import annotations

from datetime import timedelta

from core.due import Due
from core.forms.form import Form, ask
from core.message import ConversationKind
from core.plugin import Plugin
from core.turn import Turn
from core.words import words
from plugins.handoff.face import tell_staff

from .models import Callback
from .settings import CallbackSettings

HERE = __package__ or ""
WORDS = words(HERE)
REMIND = "callback.remind"  # "<plugin>.<function>"

plugin = Plugin(
    "callback",
    settings=CallbackSettings,
    requires=("handoff",),  # its face is imported above
    models=f"{HERE}.models",
    cli=f"{HERE}.commands:app",
    package=HERE,  # locales/ lies there
)


class Wish(Form):
    """What a customer must say before anybody can call."""

    phone: str = ask("callback.ask_phone", again="callback.again_phone", entity="phone")


@plugin.on(keywords=WORDS["request"], kinds=ConversationKind.DIRECT)
async def wanted(turn: Turn) -> None:
    """Ask for the number, unless the message names it."""
    turn.ask(Wish)


@plugin.form(Wish)
async def noted(turn: Turn, wish: Wish, settings: CallbackSettings) -> None:
    """Keep it, tell staff, set the clock, and say so. All of it is one transaction."""
    row = Callback(
        cause=turn.message.id,
        phone=wish.phone,
        name=turn.contact.name,
        asked_at=turn.clock.now(),
    )
    turn.save(row)
    tell_staff(turn, settings.staff, "callback.staff", name=row.name, phone=row.phone)
    turn.at(timedelta(minutes=settings.within), REMIND, key=str(row.cause))
    turn.emit("callback.asked", cause=row.cause)
    turn.reply("callback.noted", phone=row.phone, minutes=f"{settings.within:g}")


@plugin.due()
async def remind(due: Due, settings: CallbackSettings) -> None:
    """The time is up: if nobody has called, say it to staff again."""
    row = await Callback.get_or_none(cause=int(due.key), called_at=None)
    if row is not None:
        tell_staff(due, settings.staff, "callback.late", name=row.name, phone=row.phone)
