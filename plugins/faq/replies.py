"""What the FAQ says: an answer, candidates, an honest "I don't know", thanks for a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.message import ConversationKind
from core.parts import AnyPart, Text
from core.turn import Turn
from plugins.faq.entry import Entry
from plugins.faq.menus import (
    NONE,
    PERSON,
    USEFUL,
    USELESS,
    Choice,
    labelled,
    offer,
    picks,
)
from plugins.faq.models import Feedback
from plugins.faq.settings import FaqSettings
from plugins.faq.wording import shown, worded
from plugins.handoff.face import SEVERITY, Triage, request

DISPLEASED = 0.3  # severity of a grumble: words of regret, not of a question that nobody knows
SERIES = timedelta(minutes=1)  # pictures come in series


def answer(turn: Turn, entry: Entry, settings: FaqSettings, asked: int, score: float) -> None:
    """Give an entry's answer; in a direct chat ask whether it helped. Forgets earlier misses."""
    turn.memory.pop("misses", None)
    turn.emit("faq.answered", entry=entry.id, score=score, question=asked)
    text, extras = worded(turn, entry, settings), shown(turn, entry)
    if turn.conversation.kind is not ConversationKind.DIRECT:
        turn.say(text, *extras)
        return
    choices = labelled(turn, Choice(USEFUL, entry.id, asked), Choice(USELESS, entry.id, asked))
    turn.say(text, *extras, offer(turn, "faq.helpful", choices))


def answer_all(turn: Turn, entries: Sequence[Entry], settings: FaqSettings, asked: int) -> None:
    """Answer each question of a message that had several, or the one among much else."""
    if len(entries) == 1:
        answer(turn, entries[0], settings, asked, 1.0)
        return
    turn.memory.pop("misses", None)
    turn.note(entries=[entry.id for entry in entries])
    parts: list[AnyPart] = []
    for entry in entries:
        turn.emit("faq.answered", entry=entry.id, score=1.0, question=asked)
        parts += [Text(worded(turn, entry, settings)), *shown(turn, entry)]
    turn.say("", *parts)


def suggest(turn: Turn, entries: Sequence[Entry]) -> None:
    """Offer the likely questions to choose from."""
    turn.emit("faq.suggested", entries=[entry.id for entry in entries])
    choices = [*picks(entries, turn.message.id), *labelled(turn, Choice(NONE, "", turn.message.id))]
    turn.say("", offer(turn, "faq.suggest", choices))


async def miss(turn: Turn, triage: Triage, asked: int) -> None:
    """Admit that we do not know and offer a person; a trigger of the handoff brings one (S-028).

    ``asked``: the message that asked, for the loop to learn from (``loop/harvest.py``).
    """
    count = int(turn.memory.get("misses", 0)) + 1
    turn.note(misses=count)
    turn.emit("faq.missed", count=count, question=asked)
    trigger = await triage.fired(turn, misses=count)
    if trigger is not None:
        turn.memory.pop("misses", None)
        request(turn, trigger.reason, level=trigger.level)
        return
    turn.memory["misses"] = count
    key = "faq.unknown" if count == 1 else "faq.unknown_again"
    if turn.understanding.marks.get(SEVERITY, 0.0) >= DISPLEASED:
        key = "faq.unknown_upset"
    turn.reply(key, offer(turn, "", labelled(turn, Choice(PERSON))))


def wordless(turn: Turn) -> None:
    """A picture or a voice note is not met with silence; several in a row get one answer."""
    now, last = turn.clock.now(), turn.memory.get("wordless")
    if last is None or now - datetime.fromisoformat(str(last)) > SERIES:
        turn.reply("faq.wordless")
    turn.memory["wordless"] = now.isoformat()


def verdict(turn: Turn, choice: Choice, *, useful: bool) -> None:
    """Keep what the customer thought of an answer, and thank for it."""
    turn.emit("faq.feedback", entry=choice.entry_id, useful=useful, question=choice.asked)
    conversation, at = turn.conversation.id, turn.clock.now()

    async def keep() -> None:
        await Feedback.update_or_create(
            message_id=choice.asked,
            entry_id=choice.entry_id,
            defaults={"conversation_id": conversation, "useful": useful, "at": at},
        )

    turn.write(keep)
    if useful:
        turn.reply("faq.thanks")
    else:
        turn.reply("faq.sorry", offer(turn, "", labelled(turn, Choice(PERSON))))
