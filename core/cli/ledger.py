"""``xiaoer ledger``: what came in and went out, how much of it, and once more for what failed."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import typer
from tortoise.functions import Count

from core.cli.office import Desk, office, run
from core.cli.problems import Refusal
from core.cli.show import Json, headings, listing, tell
from core.cli.tongue import say
from core.parts import load
from core.store import listing as listing_of
from core.store.models import Message
from core.store.states import Inbox, Outbox
from core.upkeep import REPLAYED

app = typer.Typer(no_args_is_help=True)
COLUMNS = headings("id", "direction", "channel", "conversation", "kind", "text", "state", "at")
PAGE = 1000
COUNTED = headings("direction", "state", "count")


@app.command("list", help=say("cli.ledger.list.help"))
def list_(
    channel: Annotated[str, typer.Option(help=say("cli.option.channel"))] = "",
    state: Annotated[str, typer.Option(help=say("cli.ledger.state"))] = "",
    limit: Annotated[int, typer.Option(min=0, help=say("cli.ledger.limit"))] = 0,
    *,
    as_json: Json = False,
) -> None:
    """The ledger, oldest first; without a limit, JSON gives everything and a table the last 50."""
    rows = run(_rows(_state(state), channel, limit or (0 if as_json else 50)))
    listing(rows, COLUMNS, as_json=as_json, empty="cli.ledger.empty")


@app.command("counts", help=say("cli.ledger.counts.help"))
def counts(*, as_json: Json = False) -> None:
    """Rows by direction and state, and whether the books balance."""
    rows = run(_counts())
    listing(rows, COUNTED, as_json=as_json, empty="cli.ledger.empty")
    if not as_json and rows:
        inbound = {str(r["state"]): int(r["count"]) for r in rows if r["direction"] == "in"}
        tell(
            "cli.ledger.balance",
            accepted=sum(inbound.values()),
            handled=inbound.get(Inbox.HANDLED, 0),
            failed=inbound.get(Inbox.FAILED, 0),
            waiting=inbound.get(Inbox.ACCEPTED, 0),
        )


@app.command("replay", help=say("cli.ledger.replay.help"))
def replay(
    number: Annotated[int | None, typer.Argument(metavar="ID", help=say("cli.ledger.id"))] = None,
    *,
    all_failed: Annotated[
        bool, typer.Option("--all-failed", help=say("cli.ledger.all_failed"))
    ] = False,
) -> None:
    """Give what failed another chance."""
    if (number is None) != all_failed:
        raise Refusal("cli.ledger.which")
    done = run(_replay(number))
    tell("cli.ledger.replayed" if done else "cli.ledger.nothing_failed", count=done)


def _state(word: str) -> Inbox | Outbox | None:
    states: dict[str, Inbox | Outbox] = {**Inbox.__members__, **Outbox.__members__}
    if word and word.upper() not in states:
        raise Refusal("cli.ledger.no_state", state=word, states=", ".join(states).lower())
    return states.get(word.upper())


async def _rows(state: Inbox | Outbox | None, channel: str, limit: int) -> list[dict[str, Any]]:
    async with office() as desk:
        if state is not None:
            rows = await _in_state(desk, state, channel, limit)
        else:
            wanted = Message.filter(channel=channel) if channel else Message.all()
            newest = wanted.order_by("-id").prefetch_related("conversation")
            rows = list(reversed(await (newest.limit(limit) if limit else newest)))
        return [row_of(message) for message in rows]


async def _in_state(
    desk: Desk, state: Inbox | Outbox, channel: str = "", limit: int = 0
) -> list[Message]:
    """The newest rows in a state, oldest first."""
    found = await desk.app.writer.look(partial(listing_of.newest, state, channel, limit))
    rows: list[Message] = []
    for at in range(0, len(found), PAGE):  # an engine takes only so many values
        page = Message.filter(id__in=found[at : at + PAGE]).order_by("-id")
        rows += await page.prefetch_related("conversation")
    return rows[::-1]


def row_of(message: Message) -> dict[str, Any]:
    """A ledger row as it is listed; its conversation must be loaded."""
    parts = load(message.parts)
    return {
        "id": message.id,
        "direction": message.direction,
        "key": message.key,
        "kind": str(parts[0].__struct_config__.tag) if parts else "",
        "text": message.text,
        "state": message.state,
        "conversation": message.conversation.external_id,
        "channel": message.channel,
        "author": message.author,
        "at": message.at,
        "error": message.error,
    }


async def _counts() -> list[dict[str, Any]]:
    async with office():
        grouped = Message.annotate(count=Count("id")).group_by("direction", "state")
        rows = await grouped.values("direction", "state", "count")
        return sorted(rows, key=lambda row: (row["direction"], row["state"]))


async def _replay(number: int | None) -> int:
    async with office() as desk:
        if number is None:
            rows = await _in_state(desk, Inbox.FAILED)
        else:
            rows = await Message.filter(id=number)
            _refuse_unfit(rows, number)
        await _again(desk, rows)
        return len(rows)


def _refuse_unfit(rows: list[Message], number: int) -> None:
    if not rows:
        raise Refusal("cli.trace.unknown", message=number)
    if rows[0].state not in {Inbox.FAILED, Outbox.UNKNOWN}:
        raise Refusal("cli.ledger.not_failed", id=number, state=rows[0].state)


async def _again(desk: Desk, rows: list[Message]) -> None:
    """Put rows back to their first state; a person asked, so an old expiry does not count."""
    inbound = [row.id for row in rows if row.direction == "in"]
    outbound = [row.id for row in rows if row.direction == "out"]
    fresh: dict[str, Any] = {"attempts": 0, "error": "", "done_at": None}

    async def work() -> None:
        parked = Message.filter(id__in=inbound, state=Inbox.FAILED)
        await parked.update(state=Inbox.ACCEPTED, **fresh)
        unsent = Message.filter(id__in=outbound, state__in=[Outbox.FAILED, Outbox.UNKNOWN])
        await unsent.update(
            state=Outbox.QUEUED, not_before=None, lease_until=None, expires_at=None, **fresh
        )

    effects = desk.effects()
    effects.write(work)
    effects.emit(REPLAYED, inbound=inbound, outbound=outbound)
    await desk.commit(effects)
