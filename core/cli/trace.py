"""``xiaoer trace``: where a message came from, what it was taken for, and what followed from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, cast

import typer
from tortoise.expressions import Q

from core.cli.decision import bids_table, show_understanding
from core.cli.ledger import row_of
from core.cli.office import office, run
from core.cli.problems import Refusal
from core.cli.reasons import in_words
from core.cli.show import Json, cell, console, headings, json_line, listing, tell
from core.cli.tongue import say
from core.store.models import Deadline, JournalEntry, Message

SENT = headings(
    "id", "channel", "conversation", "text", "state", "at", "sent_at", "attempts", "error"
)
EVENTS = headings("id", "kind", "at", "data")
NEAR = 2_000  # outbound rows after a message, among which those with a key of their own are sought
CLOCKS = headings("name", "key", "due_at", "state", "done_at")


def command(
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help=say("cli.trace.message"))],
    *,
    as_json: Json = False,
) -> None:
    """Follow a message by its id or its key; an answer leads to what it answers."""
    for story in run(_stories(message)):
        if as_json:
            json_line(story)
        else:
            _show(story)


async def _stories(wanted: str) -> list[dict[str, Any]]:
    async with office():
        by_number = Q(id=int(wanted)) if wanted.isdecimal() else Q(key=wanted)
        found = await Message.filter(by_number).order_by("id")
        found = found or await Message.filter(key=wanted).order_by("id")
        if not found:
            raise Refusal("cli.trace.unknown", message=wanted)
        return [await _story(row) for row in found]


async def _story(asked: Message) -> dict[str, Any]:
    """All that is known of a message; of an outbound one, the story of what it answers."""
    root = asked
    if asked.direction == "out":
        root = await Message.get_or_none(id=_cause_of(asked)) or asked
    await root.fetch_related("conversation")
    sent = await _effects(root)
    numbers = [root.id, *(row.id for row in sent)]
    entries = await JournalEntry.filter(message_id__in=numbers).order_by("id")
    later = Deadline.filter(conversation_id=root.conversation_id, due_at__gte=root.at)
    clocks = await later.order_by("due_at", "name", "key")
    return {
        "asked": asked.id,
        "message": {**row_of(root), **_times(root)},
        "decision": root.decision,
        "sent": [{**row_of(row), **_times(row), "asked": row.id == asked.id} for row in sent],
        "journal": [
            {"id": e.id, "kind": e.kind, "at": e.at, "message": e.message_id, "data": e.data}
            for e in entries
        ],
        "deadlines": [
            {**{name: getattr(clock, name) for name in CLOCKS}, "error": clock.error}
            for clock in clocks
        ],
    }


def _cause_of(sent: Message) -> int:
    """The inbound row it answers; one that went elsewhere names it in its key (``m12:0``).

    One with a key of its own keeps it beside.
    """
    head = sent.key.partition(":")[0]
    named = int(head[1:]) if head[:1] == "m" and head[1:].isdecimal() else 0
    return cast("int | None", sent.reply_to) or int(sent.context.get("cause", 0)) or named


async def _effects(root: Message) -> list[Message]:
    if root.direction == "out":
        return [root]
    near = Message.filter(direction="out", id__gt=root.id).order_by("id").limit(NEAR)
    facts = cast("list[tuple[int, dict[str, Any]]]", await near.values_list("id", "context"))
    beside = [number for number, context in facts if context.get("cause") == root.id]
    caused = Q(reply_to=root.id) | Q(key__startswith=f"m{root.id}:", direction="out")
    if beside:
        caused |= Q(id__in=beside)
    return await Message.filter(caused).order_by("id").prefetch_related("conversation")


def _times(row: Message) -> dict[str, Any]:
    return {
        "sent_at": row.sent_at,
        "done_at": row.done_at,
        "attempts": row.attempts,
        "platform_id": row.platform_id,
        "not_before": row.not_before,
    }


def _show(story: dict[str, Any]) -> None:
    message = story["message"]
    _head("cli.trace.came" if message["direction"] == "in" else "cli.trace.made", message)
    if story["decision"]:
        show_understanding(story["decision"])
        bids_table(story["decision"]["bids"])
    if message["direction"] == "in":
        done = {**message, "done_at": cell(message["done_at"])}
        tell(f"cli.trace.is_{message['state']}", **done)
    sent = [{**row, "error": in_words(row["error"])} for row in story["sent"]]
    _section("cli.trace.sent", sent, SENT, "cli.trace.no_sent")
    _section("cli.trace.journal", story["journal"], EVENTS, "cli.trace.no_journal")
    _section("cli.trace.deadlines", story["deadlines"], CLOCKS, "cli.trace.no_deadlines")


def _head(key: str, message: dict[str, Any]) -> None:
    shown = {**message, "at": cell(message["at"]), "sent_at": cell(message["sent_at"])}
    console().print(say(key, **shown), style="bold", markup=False)
    console().print("  " + (message["text"] or f"({message['kind']})"), markup=False)


def _section(
    title: str, rows: Sequence[dict[str, Any]], columns: dict[str, str], empty: str
) -> None:
    console().print(say(title), style="bold")
    listing(rows, columns, as_json=False, empty=empty)
