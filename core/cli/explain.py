"""``xiaoer explain``: a rehearsal of one sentence, of which nothing remains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import msgspec
import typer

from core.app import App
from core.cli.decision import bids_table, show_understanding
from core.cli.office import Desk, office, run
from core.cli.problems import Refusal
from core.cli.show import Json, console, json_line, tell
from core.cli.tongue import say
from core.message import ConversationKind
from core.parts import Text, as_text, dump
from core.route.dispatch import Decision
from core.route.index import Index, Situation
from core.route.rules import Rule
from core.turn import Turn
from core.views import ContactView, ConversationView, MessageView
from core.worker import situation

NOBODY = 0  # the number of rows that are never written
OWNERS = frozenset({"bot", "queue", "agent"})


def command(
    text: Annotated[str, typer.Argument(help=say("cli.explain.text"))],
    channel: Annotated[str, typer.Option(help=say("cli.explain.channel"))] = "",
    kind: Annotated[ConversationKind, typer.Option(help=say("cli.explain.kind"))] = (
        ConversationKind.DIRECT
    ),
    owner: Annotated[str, typer.Option(help=say("cli.explain.owner"))] = "bot",
    *,
    as_json: Json = False,
) -> None:
    """Say who would answer ``text``, why, and what."""
    if owner.split(":", 1)[0] not in OWNERS:
        raise Refusal("cli.explain.no_owner", owner=owner)
    result = run(_rehearse(text, channel, kind, owner))
    if as_json:
        json_line(result)
    else:
        _show(result)


async def _rehearse(text: str, channel: str, kind: ConversationKind, owner: str) -> dict[str, Any]:
    async with office() as desk:
        names = [line.name for line in desk.app.lines]
        if channel and channel not in names:
            raise Refusal("cli.explain.no_channel", channel=channel, known=", ".join(names))
        turn = _turn(desk, text, channel or next(iter(names), "explain"), kind, owner)
        decision = await desk.app.worker.rehearse(turn)
        return _result(desk.app, turn, decision)


def _turn(desk: Desk, text: str, channel: str, kind: ConversationKind, owner: str) -> Turn:
    """A turn as the worker would have it, of a message that is never written."""
    sender: dict[str, Any] = {"id": "explain", "role": "customer", "proven": {}}
    message = MessageView(
        id=NOBODY,
        channel=channel,
        key="explain",
        text=text,
        parts=dump([Text(text)]),
        at=desk.clock.now(),
        context={"sender": sender},
    )
    thread = ConversationView(NOBODY, channel, "explain", kind, owner)
    return desk.app.worker.turn(message, thread, ContactView(NOBODY, say("cli.chat.you")))


def _result(app: App, turn: Turn, decision: Decision) -> dict[str, Any]:
    heard = turn.understanding
    return {
        "text": heard.raw,
        "plain": heard.plain,
        "language": heard.language,
        "entities": [[e.type, e.value] for e in heard.entities],
        "intents": heard.intents,
        "marks": heard.marks,
        "handler": decision.handler,
        "bids": [msgspec.structs.asdict(bid) for bid in decision.bids],
        "barred": _barred(app, turn, {bid.handler for bid in decision.bids}),
        "said": ["\n".join(filter(None, map(as_text, post.parts))) for post in turn.posts],
        "events": [kind for kind, _data in turn.events],
        "alarms": [alarm.name for alarm in turn.alarms],
    }


def _barred(app: App, turn: Turn, bidders: set[str]) -> list[dict[str, str]]:
    """Handlers whose words fit, but which may not answer in this kind, channel or hand."""
    everywhere = Index(
        [replace(entry, rule=replace(entry.rule, **_unlimited())) for entry in app.registry.entries]
    )
    where = situation(turn)
    rules = {entry.name: entry.rule for entry in app.registry.entries}
    return [
        {"handler": entry.name, "ask": ask, "why": _why_not(rules[entry.name], where)}
        for entry, ask in everywhere.candidates(turn.understanding, where)
        if entry.name not in bidders
    ]


def _unlimited() -> dict[str, frozenset[Any]]:
    none: frozenset[Any] = frozenset()
    return {"owners": OWNERS, "kinds": none, "channels": none, "roles": none}


def _why_not(rule: Rule, where: Situation) -> str:
    if where.owner.split(":", 1)[0] not in rule.owners:
        return f"owner {where.owner}"
    if rule.kinds and where.kind not in rule.kinds:
        return f"kind {where.kind}"
    if rule.channels and where.channel not in rule.channels:
        return f"channel {where.channel}"
    return f"role {where.role}"


def _show(result: Mapping[str, Any]) -> None:
    show_understanding(result)
    bids_table(result["bids"], result["barred"])
    winner = result["handler"]
    tell("cli.explain.winner" if winner else "cli.explain.nobody", handler=winner)
    for said in result["said"]:
        console().print(say("cli.explain.says"), style="bold")
        console().print(said, markup=False)
    for name in ("events", "alarms"):
        if result[name]:
            tell(f"cli.explain.{name}", names=", ".join(result[name]))
