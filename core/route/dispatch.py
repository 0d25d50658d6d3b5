"""Dispatch: ask the candidates in their order until one answers.

What every candidate said of itself is kept, so that ``xiaoer explain`` and ``xiaoer trace`` can
print who bid, who won, and why the others did not.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from core.route.index import Entry, Index, Situation
from core.route.limits import Limits
from core.route.rules import Rank
from core.turn import Declined, Turn

LABELS = {rank: rank.name.lower() for rank in Rank}


class Bid(msgspec.Struct, frozen=True):
    """One candidate's part in a decision: ``won``, ``declined`` (and why) or ``not asked``."""

    handler: str
    rank: str
    ask: str
    outcome: str
    notes: dict[str, Any] = {}


class Decision(msgspec.Struct, frozen=True):
    """Who answered a message (``handler`` is empty when nobody did), and all bids."""

    handler: str
    bids: tuple[Bid, ...]

    @property
    def answered(self) -> bool:
        """Whether anybody took the message."""
        return bool(self.handler)


class FormDesk(Protocol):
    """The form engine as dispatch sees it."""

    def entry(self, turn: Turn, others: Sequence[tuple[Entry, str]]) -> tuple[Entry, str] | None:
        """The candidate of the open form, if one is open and this message may be an answer."""
        ...

    async def open(self, turn: Turn) -> None:
        """Go on with a form that the winning handler has just opened."""
        ...

    def resume(self, turn: Turn, *, answered: bool) -> bool:
        """After the others: ask the open question again; whether that answered the message."""
        ...


class Dispatcher:
    """Index, forms and handlers joined."""

    def __init__(self, index: Index, forms: FormDesk) -> None:
        """Take the compiled index and the form engine."""
        self.index = index
        self.forms = forms
        self._limits = Limits()

    async def dispatch(self, turn: Turn, where: Situation) -> Decision:
        """Let the first willing candidate handle the turn.

        Exceptions of handlers pass through (a slow one's is
        :class:`~core.route.limits.HandlerTimeout`): the worker decides whether to try again.
        """
        candidates = self.index.candidates(turn.understanding, where)
        if turn.conversation.form and (own := self.forms.entry(turn, candidates)):
            candidates = sorted((own, *candidates), key=lambda pair: pair[0].place)
        bids: list[Bid] = []
        winner = ""
        for entry, ask in candidates:
            if winner:
                bids.append(Bid(entry.name, LABELS[entry.rank], ask, "not asked"))
                continue
            outcome = await self._call(entry, turn)
            bids.append(Bid(entry.name, LABELS[entry.rank], ask, outcome, turn.notes))
            turn.notes = {}
            winner = entry.name if outcome == "won" else ""
            if winner and turn.opened:
                await self.forms.open(turn)
        if turn.conversation.form and self.forms.resume(turn, answered=bool(winner)) and not winner:
            winner = "core.form"
        return Decision(winner, tuple(bids))

    async def _call(self, entry: Entry, turn: Turn) -> str:
        turn.plugin = entry.plugin
        before = _Mark(turn)
        try:
            await self._limits.run(entry.call(turn), entry.seconds, entry.name)
        except Declined as declined:
            before.restore(turn)
            return f"declined: {declined.reason}" if declined.reason else "declined"
        return "won"


class _Mark:
    """Where the collected effects stood, to forget what a declining handler had said."""

    __slots__ = ("counts", "form", "memory", "opened", "owner")

    def __init__(self, turn: Turn) -> None:
        self.counts = (len(turn.posts), len(turn.alarms), len(turn.events), len(turn.writes))
        self.owner, self.form, self.opened = turn.owner, turn.form, turn.opened
        memory = turn.conversation.memory
        self.memory = copy.deepcopy(memory) if memory else {}

    def restore(self, turn: Turn) -> None:
        for kept, count in zip(
            (turn.posts, turn.alarms, turn.events, turn.writes), self.counts, strict=True
        ):
            del kept[count:]
        turn.owner, turn.form, turn.opened = self.owner, self.form, self.opened
        turn.conversation.memory = self.memory
