"""Asking the knowledge: an agent looks for words to send, a trainer tries a question."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.message import ConversationKind
from plugins.console.api.knowledge import editor
from plugins.console.ask import Ask
from plugins.console.table import Shape


class Sought(Shape):
    """What an agent looks for; ``name`` is the customer's, for answers that call them by it."""

    q: str = Field(min_length=1, max_length=200)
    name: str = Field("", max_length=80)
    channel: str = Field("", max_length=80)


class Found(Shape):
    """An entry with its answer, ready to be sent."""

    id: str
    question: str
    answer: str
    score: float


class FoundList(Shape):
    """The likeliest first."""

    items: list[Found]


class Question(Shape):
    """A question as a customer would ask it, and where."""

    text: str = Field(min_length=1, max_length=500)
    kind: ConversationKind = ConversationKind.DIRECT


class Outcome(Shape):
    """What would be heard. ``band``: ``answer``, ``clarify`` (a menu) or ``unknown``."""

    band: Literal["answer", "clarify", "unknown"]
    answer: str
    offered: list[str]
    ranked: list[Found]
    status: str


async def find_answers(ask: Ask, query: Sought) -> FoundList:
    """Answers for a customer's question."""
    knowledge = editor(ask)
    matches = await knowledge.base.find(query.q, 6)
    found = [(e, m.score) for m in matches if (e := knowledge.base.get(m.entry_id))]
    listener = {"direct", query.channel, ask.desk.texts.default}
    return FoundList(
        items=[
            Found(
                id=entry.id,
                question=entry.question,
                answer=knowledge.worded(entry, listener, query.name),
                score=score,
            )
            for entry, score in found
        ]
    )


async def try_question(ask: Ask, body: Question) -> Outcome:
    """What a customer would hear now, and which entries come nearest."""
    knowledge = editor(ask)
    listener = {str(body.kind), ask.desk.texts.default}
    trial = await knowledge.trial(body.text, listener)
    offered = [match.entry_id for match in trial.decision.offered]
    return Outcome(
        band=trial.decision.band,
        answer=trial.answer,
        offered=offered,
        ranked=[
            Found(id=e.id, question=e.question, answer=knowledge.worded(e, listener), score=score)
            for e, score in trial.ranked
        ],
        status=knowledge.base.status,
    )
