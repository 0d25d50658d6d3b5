"""``xiaoer webhooks``: how far each endpoint is, once more from some event on, and a trial."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import typer

from core.cli.office import Desk, office, run
from core.cli.problems import Refusal
from core.cli.show import Json, listing, tell
from core.cli.tongue import say
from core.store.models import JournalEntry
from plugins.webhooks.envelope import TEST, trial
from plugins.webhooks.models import WebhookMark, WebhookParked
from plugins.webhooks.office import PostOffice
from plugins.webhooks.post import REPLAYED
from plugins.webhooks.settings import Endpoint, WebhookSettings

app = typer.Typer(name="webhooks", help=say("webhooks.cli.help"), no_args_is_help=True)
FIELDS = ("name", "host", "kinds", "entry", "behind", "parked", "error", "sent_at")
COLUMNS = {name: f"webhooks.column.{name}" for name in FIELDS}
Name = Annotated[str, typer.Argument(help=say("webhooks.cli.name"))]
From = Annotated[int | None, typer.Option("--from", min=1, help=say("webhooks.cli.from"))]
Parked = Annotated[bool, typer.Option("--parked", help=say("webhooks.cli.parked"))]


@app.command("list", help=say("webhooks.cli.list"))
def list_(*, as_json: Json = False) -> None:
    """Every endpoint of the settings, and how far it is."""
    listing(run(_rows()), COLUMNS, as_json=as_json, empty="webhooks.cli.none")


@app.command("replay", help=say("webhooks.cli.replay"))
def replay(name: Name, first: From = None, *, parked: Parked = False) -> None:
    """Post once more what was posted before, in order, with the same ids."""
    if (first is None) != parked:
        raise Refusal("webhooks.cli.which")
    count = run(_replay(name, first))
    tell("webhooks.cli.replayed", name=name, count=count)


@app.command("test", help=say("webhooks.cli.test"))
def test(name: Name) -> None:
    """Post an event that only tries whether the endpoint hears us."""
    if error := run(_test(name)):
        raise Refusal("webhooks.cli.deaf", name=name, error=error)
    tell("webhooks.cli.heard", name=name)


async def standing(desk: Desk) -> list[dict[str, Any]]:
    """A row for each endpoint of the settings."""
    marks = {mark.name: mark for mark in await WebhookMark.all()}
    found: list[dict[str, Any]] = []
    for name, endpoint in desk.settings(WebhookSettings).endpoints.items():
        mark = marks.get(name)
        after = mark.entry if mark else 0
        kinds = await JournalEntry.filter(id__gt=after).values_list("kind", flat=True)
        found.append(
            {
                "name": name,
                "host": endpoint.url.host,
                "kinds": list(endpoint.kinds),
                "entry": after,
                "behind": sum(endpoint.wants(str(kind)) for kind in kinds) if mark else 0,
                "parked": await WebhookParked.filter(name=name).count(),
                "error": mark.error if mark else "",
                "sent_at": mark.sent_at if mark else None,
            }
        )
    return found


async def post_again(desk: Desk, name: str, first: int | None) -> int:
    """From the event ``first`` on, or what was put aside; how many events that is."""
    endpoint = _known(desk, name)
    if first is None:
        count = await WebhookParked.filter(name=name).count()
    elif await JournalEntry.filter(id__lte=first).exists():
        kinds = await JournalEntry.filter(id__gte=first).values_list("kind", flat=True)
        count = sum(endpoint.wants(str(kind)) for kind in kinds)
    else:
        raise Refusal("webhooks.cli.archived", entry=first)
    effects = desk.effects()
    effects.write(partial(_again, name, first))
    effects.emit(REPLAYED, endpoint=name)
    await desk.commit(effects)
    return count


async def try_out(desk: Desk, name: str) -> str:
    """What went wrong, in a word; empty when it was taken."""
    _known(desk, name)
    post = desk.service(PostOffice).find(name)
    return await post.send(trial(name, desk.clock.now()), TEST) if post is not None else ""


async def _rows() -> list[dict[str, Any]]:
    async with office() as desk:
        return await standing(desk)


async def _replay(name: str, first: int | None) -> int:
    async with office() as desk:
        return await post_again(desk, name, first)


async def _test(name: str) -> str:
    async with office() as desk:
        return await try_out(desk, name)


def _known(desk: Desk, name: str) -> Endpoint:
    known = desk.settings(WebhookSettings).endpoints
    if name not in known:
        raise Refusal("webhooks.cli.unknown", name=name, known=", ".join(sorted(known)))
    return known[name]


async def _again(name: str, first: int | None) -> None:
    if first is None:
        await WebhookParked.filter(name=name).update(again=True)
        return
    fresh = {"tries": 0, "failing_since": None, "not_before": None, "error": ""}
    await WebhookMark.filter(name=name).update(entry=first - 1, **fresh)
