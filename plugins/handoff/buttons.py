"""Notices to staff with buttons: take the conversation, open it at the desk, be done with it.

A button says what a person could type (``take 12``), so the same works where a channel shows the
buttons as a numbered list. Who presses is known by the platform (role ``staff``) and is mapped to
somebody of the desk; nobody else acts.
"""

from __future__ import annotations

import re

from core.effects import Post
from core.message import ConversationKind
from core.parts import Menu, Option, Text
from core.store.models import Conversation
from core.texts import Texts
from core.turn import Turn
from plugins.handoff.models import Agent
from plugins.handoff.owners import give_back, own
from plugins.handoff.settings import HandoffSettings, StaffRoom

TAKE, DONE = "staff.take", "staff.done"
STAFF = "staff"  # the role that a platform gives to people of the house


def menu(texts: Texts, room: StaffRoom, words: str, conversation: int) -> Menu:
    """The notice with its buttons."""

    def label(act: str) -> str:
        return texts.render(f"handoff.button_{act}", texts.default, conversation=conversation)

    chosen = [Option(f"{TAKE}:{conversation}", label("take"))]
    if room.desk:
        chosen.append(Option(f"{room.desk.rstrip('/')}/inbox/{conversation}", label("open")))
    return Menu(words, (*chosen, Option(f"{DONE}:{conversation}", label("done"))))


def pressed(turn: Turn) -> tuple[str, int] | None:
    """Which button, for which conversation; ``None`` for a choice that is not ours."""
    key = turn.event.key if turn.event else ""
    act, _, number = key.rpartition(":")
    known = act in {TAKE, DONE} and number.isascii() and number.isdigit() and len(number) < 19
    return (act, int(number)) if known else None


def typed(turn: Turn) -> int:
    """The number in ``take 12``; 0 where there is none."""
    found = re.search(r"[0-9]{1,18}", turn.text, re.ASCII)
    return int(found[0]) if found else 0


async def act(turn: Turn, settings: HandoffSettings, what: str, number: int) -> None:
    """Do it for whoever pressed, and say what became of it.

    Two who press at once: the second finds, in the next attempt, that the first has it.
    """
    who = str(turn.message.context.get("sender", {}).get("id", ""))
    login = settings.members.get(who, who)
    agent = await Agent.get_or_none(login=login)
    if agent is None and who not in settings.members:
        turn.reply("handoff.staff_unknown", member=who)
        return
    asked = Conversation.get_or_none(id=number, kind=ConversationKind.DIRECT)
    conversation = await asked.prefetch_related("contact")
    if conversation is None:
        turn.reply("handoff.cli_unknown", conversation=number)
    elif conversation.owner.startswith("agent:") and conversation.owner != f"agent:{login}":
        other = conversation.owner.removeprefix("agent:")
        turn.reply("handoff.staff_with", conversation=number, name=other)
    elif what == TAKE:
        _take(turn, conversation, login, agent.name if agent else "", settings)
    elif conversation.owner == "bot":
        turn.reply("handoff.staff_with_bot", conversation=number)
    else:
        give_back(turn, conversation, "handoff.released")
        turn.reply("handoff.staff_done", conversation=number)


def _take(
    turn: Turn, conversation: Conversation, login: str, name: str, settings: HandoffSettings
) -> None:
    mine = f"agent:{login}"
    if conversation.owner != mine:
        own(turn, conversation, mine, policy="claimed")
        locale = conversation.contact.locale if conversation.contact else ""
        words = turn.texts.render("handoff.taken", locale, name=name or login)
        turn.post(Post((Text(words),), to=conversation.id))
    words = turn.texts.render("handoff.staff_yours", turn.locale, conversation=conversation.id)
    room = settings.staff
    if room is None or not room.buttons:
        turn.say(words)
        return
    all_ = menu(turn.texts, room, words, conversation.id)
    turn.say("", Menu(all_.head, all_.options[1:]))  # it is taken: to be opened, or done
