"""``xiaoer reply``, ``xiaoer release``, ``xiaoer queue``: staff act until the desk exists."""

from __future__ import annotations

import getpass
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from core.cli.office import Desk, office, run
from core.cli.problems import Refusal
from core.cli.show import Json, listing, tell
from core.cli.tongue import locale, say, texts
from core.effects import Post
from core.message import ConversationKind
from core.parts import Text
from core.store.models import Conversation, JournalEntry
from plugins.handoff.owners import give_back, own
from plugins.handoff.triage import in_words as in_words_of

app = typer.Typer()
COLUMNS = ("conversation", "owner", "channel", "name", "reason", "since")
Number = Annotated[int, typer.Argument(help=say("handoff.cli_conversation"))]


@app.command("reply", help=say("handoff.cli_reply_help"))
def reply(
    conversation: Number,
    text: Annotated[str, typer.Argument(help=say("handoff.cli_text"))],
    agent: Annotated[str, typer.Option(help=say("handoff.cli_agent"))] = "",
) -> None:
    """Answer a customer; from then on the conversation is the agent's."""
    name = agent or getpass.getuser()

    async def work() -> None:
        async with office() as desk:
            await reply_as(desk, conversation, text, name)

    run(work())
    tell("handoff.cli_replied", conversation=conversation, agent=name)


@app.command("release", help=say("handoff.cli_release_help"))
def release(conversation: Number) -> None:
    """Give a conversation back to the bot, and tell the customer."""

    async def work() -> bool:
        async with office() as desk:
            return await release_to_bot(desk, conversation)

    done = run(work())
    tell("handoff.cli_released" if done else "handoff.cli_with_bot", conversation=conversation)


@app.command("queue", help=say("handoff.cli_queue_help"))
def queue(*, as_json: Json = False) -> None:
    """Who waits for a person or is with one, longest first."""

    async def work() -> list[dict[str, Any]]:
        async with office() as desk:
            rows = await waiting()
            return rows if as_json else [in_words(row, desk.texts.zone) for row in rows]

    columns = {name: f"handoff.cli_{name}" for name in COLUMNS}
    listing(run(work()), columns, as_json=as_json, empty="handoff.cli_none")


async def reply_as(desk: Desk, number: int, text: str, agent: str) -> None:
    """Queue ``text`` as the agent's and make the agent the owner; raises :class:`Refusal`."""
    if not text.strip():
        raise Refusal("handoff.cli_empty")
    conversation = await _direct(number)
    effects = desk.effects()
    effects.post(Post((Text(text),), to=number, author=f"agent:{agent}"))
    own(effects, conversation, f"agent:{agent}")
    effects.emit("handoff.replied", conversation=number, agent=agent)
    await desk.commit(effects)


async def release_to_bot(desk: Desk, number: int) -> bool:
    """Whether the conversation was given back; ``False`` when the bot has it already."""
    conversation = await _direct(number)
    if conversation.owner == "bot":
        return False
    effects = desk.effects()
    give_back(effects, conversation, "handoff.released")
    await desk.commit(effects)
    return True


async def waiting() -> list[dict[str, Any]]:
    """Conversations that are not the bot's, as rows."""
    found = Conversation.exclude(owner="bot").prefetch_related("contact")
    rows: list[dict[str, Any]] = []
    for conversation in await found:
        asked = JournalEntry.filter(kind="handoff.requested", conversation_id=conversation.id)
        entry = await asked.order_by("-id").first()
        rows.append(
            {
                "conversation": conversation.id,
                "owner": conversation.owner,
                "channel": conversation.channel,
                "name": conversation.contact.name if conversation.contact else "",
                "reason": entry.data.get("reason", "") if entry else "",
                "since": entry.at if entry else None,
            }
        )
    return sorted(rows, key=lambda row: str(row["since"] or ""))


def in_words(row: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """A row as a person reads it: no codes, and times of the shop."""
    owner, since = str(row["owner"]), row["since"]
    agent = owner.removeprefix("agent:")
    return {
        **row,
        "owner": say("handoff.cli_queued") if agent == "queue" else agent,
        "name": row["name"] or say("handoff.visitor"),
        "reason": in_words_of(texts(), locale(), str(row["reason"])) if row["reason"] else "",
        "since": f"{since.astimezone(zone):%m-%d %H:%M}" if since else "",
    }


async def _direct(number: int) -> Conversation:
    conversation = await Conversation.get_or_none(id=number).prefetch_related("contact")
    if conversation is None:
        raise Refusal("handoff.cli_unknown", conversation=number)
    if conversation.kind is not ConversationKind.DIRECT:
        raise Refusal("handoff.cli_not_direct", conversation=number)
    return conversation
