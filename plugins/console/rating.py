"""The rating card after closing, and the answer to it (S-291, S-293)."""

from __future__ import annotations

from datetime import timedelta

from core.effects import Post
from core.parts import Menu, Option
from core.texts import Texts
from core.turn import Turn
from plugins.console.models import Rating

RATE = "desk.rate"
SCORES = (5, 4, 3, 2, 1)
OPEN_FOR = timedelta(days=3)
TYPED_FOR = timedelta(minutes=30)  # a bare digit is an answer only right after the card


def card(texts: Texts, locale: str, conversation: int) -> Post:
    """The card; each option's id says what it means however late it is pressed."""
    options = tuple(
        Option(f"{RATE}:{conversation}:{score}", texts.render(f"console.rate_{score}", locale))
        for score in SCORES
    )
    return Post((Menu(texts.render("console.rate_head", locale), options),), to=conversation)


async def rate(turn: Turn) -> None:
    """Keep the newest open card's score; declines what is no answer to one."""
    score = _score(turn)
    if not score:
        turn.decline("no rating")
        return
    now = turn.clock.now()
    rows = Rating.filter(conversation_id=turn.conversation.id, score=None)
    row = await rows.filter(asked_at__gt=now - OPEN_FOR).order_by("-id").first()
    if row is None or (turn.event is None and now - row.asked_at > TYPED_FOR):
        turn.decline("no card")
        return
    row.score, row.at = score, now
    turn.save(row)
    turn.emit("desk.rated", conversation=row.conversation_id, agent=row.agent, score=score)
    turn.reply("console.rate_thanks" if score > 3 else "console.rate_sorry")


def _score(turn: Turn) -> int:
    if turn.event is None:
        text = turn.text.strip()
        return int(text) if text in {"1", "2", "3", "4", "5"} else 0
    act, _, score = turn.event.key.rpartition(":")
    mine = turn.event.name == "choice" and act == f"{RATE}:{turn.conversation.id}"
    return int(score) if mine and score in {"1", "2", "3", "4", "5"} else 0
