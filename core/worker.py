"""The worker: takes one accepted message through understanding, dispatch and the commit."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from typing import Any

import msgspec
import structlog

from core.clock import Clock
from core.delivery.passive import PassiveDesk
from core.forms.engine import FormEngine
from core.message import ConversationKind
from core.metrics import Metrics
from core.route.dispatch import Decision, Dispatcher
from core.route.index import Situation
from core.store import inbox
from core.store.away import LedgerAwayError
from core.store.commit import Cause, Commit, Superseded
from core.store.sql import Work, json_text
from core.store.states import Inbox
from core.store.writer import Writer
from core.telemetry import Facts
from core.texts import Texts, nearest
from core.turn import Turn
from core.understand.reader import Reader
from core.views import ContactView, ConversationView, MessageView

log = structlog.get_logger(__name__)
RETRY_AFTER = (0.5, 2.0, 5.0)
ERROR_LENGTH = 500
LEDGER_AGAIN = 0.5  # real seconds


class Worker:
    """Handles messages one at a time for their conversation; the lanes see to that."""

    def __init__(
        self,
        *,
        writer: Writer,
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
        self._writer, self._commit, self._texts, self._clock = writer, commit, texts, clock
        self._metrics, self._passive, self._attempts = metrics, passive, attempts
        self.resting: set[int] = set()  # conversations that wait for their next attempt
        self.left_over = 0  # the newest row that a former life had accepted and not handled

    async def handle(self, message_id: int) -> None:
        """Handle one accepted row to its end: handled, or failed (parked) after all attempts."""
        structlog.contextvars.bind_contextvars(message_id=message_id)
        with self._metrics.traces.handling(message_id) as facts:
            while True:
                try:
                    return await self._to_its_end(message_id, facts)
                except LedgerAwayError as error:  # no fault of the message: it costs no attempt
                    log.warning("message.waits_for_the_ledger", reason=str(error))
                    await asyncio.sleep(LEDGER_AGAIN)

    async def _to_its_end(self, message_id: int, facts: Facts) -> None:
        if message_id <= self.left_over:  # the house counts the lives that this message has cost
            await self._writer.run(lambda: inbox.count_life(message_id))
        while True:
            heard = await self._writer.look(lambda: inbox.load(message_id))
            if heard is None or heard[0].state != Inbox.ACCEPTED:
                return
            try:
                await self._try(self.turn(*heard), facts)
            except Superseded:
                return
            except LedgerAwayError:
                raise
            except Exception as error:  # noqa: BLE001 - a handler may raise anything; it is parked
                if not await self._open(message_id):
                    return  # a commit that came through although its line was cut, and then again
                if await self._failed(self.turn(*heard), error):
                    return
            else:
                return

    async def _open(self, message_id: int) -> bool:
        heard = await self._writer.look(lambda: inbox.load(message_id))
        return heard is not None and heard[0].state == Inbox.ACCEPTED

    async def give_up(self, message_id: int) -> None:
        """Park a message unread: it was taken up so often that it probably kills who reads it."""
        now = self._clock.now()
        if channel := await self._writer.run(lambda: inbox.poison(message_id, now)):
            self._metrics.finished(channel, Inbox.FAILED)
            log.error("message.poison", message_id=message_id)

    async def rehearse(self, turn: Turn) -> Decision:
        """Dispatch without committing anything: for ``xiaoer explain``."""
        return await self.dispatcher.dispatch(turn, situation(turn))

    def turn(
        self, message: MessageView, conversation: ConversationView, contact: ContactView
    ) -> Turn:
        """The turn of a message."""
        sender: dict[str, Any] = message.context.get("sender", {})
        if conversation.form and FormEngine.expired(conversation.form, self._clock.now()):
            conversation.form = None
        return Turn(
            self._clock,
            self._texts,
            nearest(contact.locale, self._texts.default),
            message=message,
            conversation=conversation,
            contact=contact,
            understanding=self.reader.read(message.text),
            proven=sender.get("proven", {}),
            role=sender.get("role", "customer"),
            form=conversation.form,
        )

    async def _try(self, turn: Turn, facts: Facts) -> None:
        began = self._clock.now()
        if not turn.message.attempts:
            self._metrics.stage("queue", (began - turn.message.at).total_seconds())
        memory, form = copy.deepcopy(turn.conversation.memory), turn.conversation.form
        _heed(turn)
        decision = await self.dispatcher.dispatch(turn, situation(turn))
        if turn.owner is not None and turn.form is form:
            turn.form = None  # a person takes over: the bot's half-asked question is moot
        changes = _changes(turn, memory, form)
        message, now = turn.message, self._clock.now()
        done = {"attempts": message.attempts + 1, "decision": json_text(describe(decision, turn))}

        def claim() -> Work[None]:
            if not (yield from inbox.finish(message.id, Inbox.HANDLED, now, **done)):
                raise Superseded
            if changes:
                yield from inbox.change_conversation(turn.conversation.id, changes)

        await self._commit_turn(turn, f"m{message.id}", claim)
        self._metrics.finished(message.channel, Inbox.HANDLED)
        self._metrics.stage("handle", (self._clock.now() - began).total_seconds())
        facts |= {"xiaoer.channel": message.channel, "xiaoer.handler": decision.handler}
        log.debug("message.handled", handler=decision.handler or None, replies=len(turn.posts))

    async def _commit_turn(self, turn: Turn, key: str, claim: Callable[[], Work[None]]) -> None:
        message = turn.message
        live = turn.conversation.kind is ConversationKind.LIVE
        cause = Cause(key, claim, turn.conversation.id, message.id, message.channel, patient=live)
        slot = self._passive.slot(message.channel, message.key)
        if slot is not None:
            slot.owner = turn.owner or turn.conversation.owner
        await self._commit.write(turn, cause, slot)

    async def _failed(self, turn: Turn, error: Exception) -> bool:
        """Count the failure; wait and say ``False`` to try again, or park it and say ``True``."""
        message, attempts = turn.message, turn.message.attempts + 1
        reason = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
        log.warning("message.attempt_failed", attempt=attempts, exc_info=error)
        await self._writer.run(lambda: inbox.note_failure(message.id, attempts, reason))
        if attempts < self._attempts:
            self.resting.add(turn.conversation.id)
            try:
                await self._clock.sleep(RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1])
            finally:
                self.resting.discard(turn.conversation.id)
            return False
        await self._park(turn, attempts, reason)
        return True

    async def _park(self, turn: Turn, attempts: int, reason: str) -> None:
        message, now = turn.message, self._clock.now()
        turn.emit("message.parked", error=reason)
        if turn.conversation.kind is ConversationKind.DIRECT and turn.conversation.owner == "bot":
            turn.reply("core.sorry")

        def claim() -> Work[None]:
            if not (yield from inbox.finish(message.id, Inbox.FAILED, now, error=reason)):
                raise Superseded

        try:
            await self._commit_turn(turn, f"m{message.id}:parked:{attempts}", claim)
        except Superseded:
            return
        self._metrics.finished(message.channel, Inbox.FAILED)
        log.error("message.parked", error=reason)


def _heed(turn: Turn) -> None:
    """The platform has said whose the conversation is from this message on."""
    told, before = turn.message.context.get("owner", ""), turn.conversation.owner
    if told and told != before:
        turn.emit("conversation.owner", owner=told, before=before, by="platform")
        turn.owner = turn.conversation.owner = told


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
        "bids": [msgspec.structs.asdict(bid) for bid in decision.bids],
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
