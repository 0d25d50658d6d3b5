"""The form engine: takes answers, asks for what is missing, lets customers digress."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from core.forms.form import Form
from core.route.index import Entry
from core.route.rules import Rank, Rule
from core.turn import Turn
from core.understand.normalise import bare
from core.words import words

WORDS = words(__package__ or "core.forms")
TRIES = 3
LASTS = timedelta(minutes=30)
COURTESY = 4  # characters: so little after "never mind" is a thank-you, no new question
_PAUSE = re.compile(r"[\s,\uff0c\u3002.!\uff01~\uff5e\u3001;\uff1b]+")
_RULE = Rule(always=True, rank=Rank.FORM)

Complete = Callable[[Turn, Form], Any]


@dataclass(frozen=True, slots=True)
class FormHandler:
    """A form, its plugin and the function that gets it filled."""

    form: type[Form]
    plugin: str
    complete: Complete
    seconds: float


class FormEngine:
    """All forms of the house, by name. Sentences of its own: ``core.form.*``."""

    def __init__(self, handlers: Mapping[str, FormHandler]) -> None:
        """Know the registered forms."""
        self._handlers = handlers

    def entry(self, turn: Turn, others: Sequence[tuple[Entry, str]]) -> tuple[Entry, str] | None:
        """The open form as a candidate, when this message may be an answer to its question.

        A value that can be recognised (an order number) goes to the form unless the message is
        urgent; a free answer ("Li Lei") only when nobody else knows the words.
        """
        state = turn.conversation.form or {}
        handler = self._handlers.get(str(state.get("name")))
        if handler is None or (turn.event is not None and not turn.text):
            return None
        if (rest := _after_cancel(turn.text)) is not None:
            if len(bare(rest)) <= COURTESY:
                return self._candidate(handler, "called off", self._cancel)
            turn.form, turn.conversation = None, replace(turn.conversation, form=None)
            return None  # "never mind, who pays the postage?" is for the others
        asked = handler.form.missing(state["values"])
        if asked is None:
            return None
        strongest = min((e.rank for e, _ in others), default=Rank.FALLBACK)
        question = handler.form.questions[asked]
        free = not question.recognised and strongest < Rank.SCORE
        if strongest in {Rank.COMMAND, Rank.URGENT} or free:
            return None
        values = self._take(handler.form, state["values"], turn)
        if values == state["values"]:
            return None

        async def fill(turn: Turn) -> None:
            await self._go_on(handler, values, turn)

        return self._candidate(handler, f"form {asked}", fill)

    async def open(self, turn: Turn) -> None:
        """Go on with a form just opened: take what is known, ask for the rest."""
        state = turn.form or {}
        handler = self._handlers[str(state["name"])]
        values = self._take(handler.form, dict(state["values"]), turn, only_recognised=True)
        await self._go_on(handler, values, turn)

    def resume(self, turn: Turn, *, answered: bool) -> bool:
        """Ask the open question again: after a digression, or since nobody answered."""
        state = turn.conversation.form
        still_open = state is not None and turn.form is state and turn.owner is None
        handler = self._handlers.get(str((state or {}).get("name")))
        if (
            state is None
            or not still_open
            or handler is None
            or (turn.event is not None and not turn.text)
        ):
            return False
        asked = handler.form.missing(state["values"])
        if asked is None:
            return False
        question = handler.form.questions[asked]
        if answered:
            turn.reply(question.prompt)
            return True
        tries = int(state["tries"]) + 1
        if tries >= TRIES:
            turn.form = None
            turn.reply("core.form.given_up")
        else:
            turn.form = {**state, "tries": tries}
            turn.reply(question.again or question.prompt)
        return True

    @staticmethod
    def expired(state: Mapping[str, Any], now: datetime) -> bool:
        """Whether nobody has answered for so long that the form is better forgotten."""
        at = state.get("at")
        return bool(at) and now - datetime.fromisoformat(str(at)) > LASTS

    async def _go_on(self, handler: FormHandler, values: dict[str, Any], turn: Turn) -> None:
        asked = handler.form.missing(values)
        turn.plugin = handler.plugin
        if asked is None:
            turn.form = None
            await handler.complete(turn, handler.form(**values))
        else:
            turn.form = {
                "name": handler.form.form_name(),
                "values": values,
                "tries": 0,
                "at": turn.clock.now().isoformat(),
            }
            turn.reply(handler.form.questions[asked].prompt)

    @staticmethod
    def _take(
        form: type[Form], known: Mapping[str, Any], turn: Turn, *, only_recognised: bool = False
    ) -> dict[str, Any]:
        """The values with what this message adds: the asked field and others it names."""
        values = dict(known)
        asked = form.missing(values)
        for name, question in form.questions.items():
            wanted = name == asked and not only_recognised
            if name in values or not (wanted or question.entity):
                continue
            value = question.find(turn.understanding, asked=wanted)
            if value is not None and form.fits(name, value):
                values[name] = value
        return values

    @staticmethod
    async def _cancel(turn: Turn) -> None:
        turn.form = None
        turn.reply("core.form.cancelled")

    @staticmethod
    def _candidate(
        handler: FormHandler, ask: str, call: Callable[[Turn], Any]
    ) -> tuple[Entry, str]:
        name = f"{handler.plugin}.{handler.form.__name__}"
        return Entry(name, handler.plugin, _RULE, Rank.FORM, -1, call, handler.seconds), ask


def _after_cancel(text: str) -> str | None:
    """What follows the words that call a form off; ``None`` for a text that does not begin so."""
    if bare(text) in WORDS["cancel"]:
        return ""
    head, _, rest = _PAUSE.sub("\n", text.strip(), count=1).partition("\n")
    return rest if bare(head) in WORDS["cancel"] else None
