"""The worker: takes one accepted message through understanding, dispatch and the commit."""

from __future__ import annotations

import copy
from dataclasses import asdict
from typing import Any

import structlog
from tortoise.expressions import F

from core.clock import Clock
from core.delivery.passive import PassiveDesk
from core.forms.engine import FormEngine
from core.message import ConversationKind
from core.metrics import Metrics
from core.route.dispatch import Decision, Dispatcher
from core.route.index import Situation
from core.store.commit import Cause, Commit, Superseded
from core.store.models import Conversation, Message
from core.store.states import Inbox
from core.texts import Texts, nearest
from core.turn import Turn
from core.understand.reader import Reader

log = structlog.get_logger(__name__)
RETRY_AFTER = (0.5, 2.0, 5.0)
ERROR_LENGTH = 500


class Worker:
    """Handles messages one at a time for their conversation; the lanes see to that."""

    def __init__(
        self,
        *,
        commit: Commit,
        dispatcher: Dispatcher,
        reader: Reader,
        texts: Texts,
        clock: Clock,
        metrics: Metrics,
        passive: PassiveDesk,
        attempts: int,
    ) -> None:
        """``attempts``: how often a failing message is tried before it is parked."""
        self.dispatcher, self.reader = dispatcher, reader
        self._commit, self._texts, self._clock = commit, texts, clock
        self._metrics, self._passive, self._attempts = metrics, passive, attempts
        self.resting: set[int] = set()  # conversations that wait for their next attempt
        self.left_over = 0  # the newest row that a former life had accepted and not handled

    async def handle(self, message_id: int) -> None:
        """Handle one accepted row to its end: handled, or failed (parked) after all attempts."""
        structlog.contextvars.bind_contextvars(message_id=message_id)
        if message_id <= self.left_over:  # the house counts the lives that this message has cost
            left = Message.filter(id=message_id, state=Inbox.ACCEPTED)
            await left.update(attempts=F("attempts") + 1)
        while True:
            row = await Message.get(id=message_id).prefetch_related("conversation", "contact")
            if row.state != Inbox.ACCEPTED:
                return
            try:
                await self._try(row)
            except Superseded:
                return
            except Exception as error:  # noqa: BLE001 - a handler may raise anything; it is parked with it
                if await self._failed(row, error):
                    return
            else:
                return

    async def rehearse(self, row: Message) -> tuple[Turn, Decision]:
        """Dispatch without committing anything: for ``xiaoer explain``."""
        turn = self.turn(row)
        return turn, await self.dispatcher.dispatch(turn, situation(turn))

    def turn(self, row: Message) -> Turn:
        """The turn of a row whose conversation and contact are loaded."""
        sender: dict[str, Any] = row.context.get("sender", {})
        conversation = row.conversation
        assert isinstance(conversation, Conversation)  # noqa: S101 - prefetched by the caller
        if conversation.form and FormEngine.expired(conversation.form, self._clock.now()):
            conversation.form = None
        contact = row.contact
        assert contact is not None  # noqa: S101 - inbound rows always have one
        return Turn(
            self._clock,
            self._texts,
            nearest(contact.locale, self._texts.default),
            message=row,
            conversation=conversation,
            contact=contact,
            understanding=self.reader.read(row.text),
            proven=sender.get("proven", {}),
            role=sender.get("role", "customer"),
            form=conversation.form,
        )

    async def _try(self, row: Message) -> None:
        turn = self.turn(row)
        memory, form = copy.deepcopy(turn.conversation.memory), turn.conversation.form
        decision = await self.dispatcher.dispatch(turn, situation(turn))
        if turn.owner is not None and turn.form is form:
            turn.form = None  # a person takes over: the bot's half-asked question is moot
        await self._write(turn, decision, memory, form)

    async def _write(
        self, turn: Turn, decision: Decision, memory: dict[str, Any], form: dict[str, Any] | None
    ) -> None:
        row, now = turn.message, self._clock.now()
        changes = _changes(turn, memory, form)

        async def claim() -> None:
            open_row = Message.filter(id=row.id, state=Inbox.ACCEPTED)
            done = await open_row.update(
                state=Inbox.HANDLED,
                done_at=now,
                attempts=row.attempts + 1,
                decision=describe(decision, turn),
            )
            if not done:
                raise Superseded
            if changes:
                await Conversation.filter(id=row.conversation_id).update(**changes)

        cause = Cause(f"m{row.id}", claim, row.conversation_id, row.id, row.channel)
        await self._commit.write(turn, cause, self._passive.slot(row.channel, row.key))
        self._metrics.finished(row.channel, Inbox.HANDLED)
        self._metrics.turn_seconds.observe(max(0.0, (self._clock.now() - row.at).total_seconds()))
        log.info("message.handled", handler=decision.handler or None, replies=len(turn.posts))

    async def _failed(self, row: Message, error: Exception) -> bool:
        """Count the failure; wait and say ``False`` to try again, or park it and say ``True``."""
        row.attempts += 1
        reason = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
        log.warning("message.attempt_failed", attempt=row.attempts, exc_info=error)
        await Message.filter(id=row.id, state=Inbox.ACCEPTED).update(
            attempts=row.attempts, error=reason
        )
        if row.attempts < self._attempts:
            self.resting.add(row.conversation_id)
            try:
                await self._clock.sleep(RETRY_AFTER[min(row.attempts, len(RETRY_AFTER)) - 1])
            finally:
                self.resting.discard(row.conversation_id)
            return False
        await self._park(row, reason)
        return True

    async def _park(self, row: Message, reason: str) -> None:
        turn = self.turn(row)
        turn.emit("message.parked", error=reason)
        if turn.conversation.kind == ConversationKind.DIRECT and turn.conversation.owner == "bot":
            turn.reply("core.sorry")

        async def claim() -> None:
            open_row = Message.filter(id=row.id, state=Inbox.ACCEPTED)
            if not await open_row.update(
                state=Inbox.FAILED, done_at=self._clock.now(), error=reason
            ):
                raise Superseded

        cause = Cause(
            f"m{row.id}:parked:{row.attempts}", claim, row.conversation_id, row.id, row.channel
        )
        await self._commit.write(turn, cause, self._passive.slot(row.channel, row.key))
        self._metrics.finished(row.channel, Inbox.FAILED)
        log.error("message.parked", error=reason)


def situation(turn: Turn) -> Situation:
    """Where the message was said, for the rules' limits."""
    event = turn.event
    return Situation(
        kind=turn.conversation.kind,
        channel=turn.conversation.channel,
        owner=turn.conversation.owner,
        role=turn.role,
        event=event.name if event else "",
        event_key=event.key if event else "",
    )


def describe(decision: Decision, turn: Turn) -> dict[str, Any]:
    """The decision as plain JSON for the ledger, with what was understood."""
    heard = turn.understanding
    return {
        "handler": decision.handler,
        "bids": [asdict(bid) for bid in decision.bids],
        "entities": [[e.type, e.value] for e in heard.entities],
        "intents": heard.intents,
        "marks": heard.marks,
    }


def _changes(turn: Turn, memory: dict[str, Any], form: dict[str, Any] | None) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    kept = {name: notes for name, notes in turn.conversation.memory.items() if notes}
    if kept != memory:
        changes["memory"] = kept
    if turn.form != form:
        changes["form"] = turn.form
    if turn.owner is not None:
        changes["owner"] = turn.owner
    return changes
