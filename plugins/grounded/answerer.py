"""Asks the model within its budget, believes no line that is not verified, and gives up early."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog

from core.adapter import Outcome
from core.delivery.breaker import Breaker
from plugins.grounded.brief import Brief
from plugins.grounded.budget import Budget, Reserved
from plugins.grounded.canon import without_assent
from plugins.grounded.endpoint import Endpoint, EndpointDown, Speech
from plugins.grounded.gauges import Gauges
from plugins.grounded.lines import NotAnAnswer, lines
from plugins.grounded.verify import Line, fault, used

log = structlog.get_logger(__name__)
Show = Callable[[str], Awaitable[None]]


class NotGrounded(Exception):  # noqa: N818 - reads as a fact
    """Nothing that may be said. ``reason``: a short word; ``line``: what was not believed."""

    def __init__(self, reason: str, line: str = "") -> None:
        """Nothing was said yet, and nothing will be."""
        super().__init__(reason)
        self.reason, self.line = reason, line


@dataclass(slots=True)
class Grounded:
    """A verified answer, its placeholders not yet filled."""

    lines: list[Line] = field(default_factory=list[Line])
    tokens: int = 0

    @property
    def text(self) -> str:
        """The words."""
        return "\n".join(line.say.strip() for line in self.lines)

    @property
    def cites(self) -> Sequence[str]:
        """What it rests on, each once."""
        return list(dict.fromkeys(cite for line in self.lines for cite in line.cites))


class Answerer:
    """One for each process. ``prompt``: the instructions; ``room``: tokens of an answer."""

    def __init__(
        self,
        endpoint: Endpoint,
        budget: Budget,
        breaker: Breaker,
        gauges: Gauges,
        *,
        prompt: str,
        room: int,
    ) -> None:
        """Ask nobody yet."""
        self._endpoint, self._budget, self._breaker = endpoint, budget, breaker
        self._gauges, self._prompt, self._room = gauges, prompt, room

    async def answer(self, message: int, contact: int, brief: Brief, show: Show) -> Grounded:
        """A verified answer; each line is handed to ``show`` as soon as it is verified.

        Raises :class:`NotGrounded`; then nothing that was shown may stay.
        """
        try:
            found = await self._answer(message, contact, brief, show)
        except NotGrounded as why:
            self._gauges.ended(why.reason)
            log.info("grounded.not_said", reason=why.reason)
            raise
        self._gauges.ended("answered")
        return found

    async def _answer(self, message: int, contact: int, brief: Brief, show: Show) -> Grounded:
        if self._breaker.open and self._breaker.rest() is not None:
            raise NotGrounded("resting")
        most = len(self._prompt) + brief.size + self._room
        reserved = await self._budget.reserve(contact, most)
        if reserved is None:
            raise NotGrounded("budget")
        grounded, began, outcome = Grounded(), time.monotonic(), Outcome.ACCEPTED
        try:
            async with self._endpoint.ask(self._prompt, brief.user) as speech:
                try:
                    await self._listen(speech, brief, grounded, show)
                finally:
                    grounded.tokens = _cost(speech, most - self._room, most)
        except EndpointDown as down:
            outcome = Outcome.RETRY
            raise NotGrounded(down.reason) from down
        except NotAnAnswer as odd:
            raise NotGrounded(odd.reason) from odd
        finally:
            self._breaker.heard(message, outcome)
            await self._settle(reserved, grounded.tokens, time.monotonic() - began)
        return grounded

    async def _listen(self, speech: Speech, brief: Brief, into: Grounded, show: Show) -> None:
        async with aclosing(speech.pieces()) as pieces, aclosing(lines(pieces)) as found:
            async for line in found:
                line = Line(without_assent(line.say), line.cites)  # noqa: PLW2901 - never said as it came
                if why := fault(line, brief.sources):
                    raise NotGrounded(why, line.say)
                into.lines.append(Line(line.say, used(line, brief.sources)))
                await show(brief.filled(into.text))

    async def _settle(self, reserved: Reserved, tokens: int, seconds: float) -> None:
        await self._budget.settle(reserved, tokens)
        self._gauges.called(seconds, tokens, resting=self._breaker.open)


def _cost(speech: Speech, asked: int, most: int) -> int:
    """What the server says a call cost, if it can be true; else what was asked and said."""
    told = speech.tokens
    return told if 0 < told <= 4 * most else asked + speech.said
