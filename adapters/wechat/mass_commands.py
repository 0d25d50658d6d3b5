"""``xiaoer wechat mass``: look at a mass message, send it, and see what became of it.

Nothing leaves without a person's yes: a mass message cannot be taken back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.wechat.counter import account_of, in_words, known, with_secret
from adapters.wechat.mass import ALL, MAX_TEXT
from adapters.wechat.mass_plan import plan_of, queue, rows
from core.app import App
from core.cli.office import office, run
from core.cli.problems import Refusal
from core.cli.show import Json, listing, tell
from core.cli.tongue import say
from core.parts import AnyPart, Card, Image, Text
from core.settings import load

app = typer.Typer(name="mass", help=say("wechat.cli_mass"), no_args_is_help=True)
COLUMNS = ("when", "audience", "state", "reached", "missed", "text")
Words = Annotated[str, typer.Argument(help=say("wechat.cli_text"))]
Article = Annotated[str, typer.Option(help=say("wechat.cli_mass_article"))]
Picture = Annotated[str, typer.Option(help=say("wechat.cli_mass_image"))]
Channel = Annotated[str, typer.Option(help=say("wechat.cli_channel"))]


@app.command("preview", help=say("wechat.cli_mass_preview"))
def preview(
    to: Annotated[str, typer.Argument(help=say("wechat.cli_mass_to"))],
    text: Words = "",
    *,
    article: Article = "",
    image: Picture = "",
    channel: Channel = "",
) -> None:
    """Show it on one person's phone; nobody else gets it."""
    parts = parts_of(text, article, image)

    async def work() -> None:
        async with office() as desk:
            adapter = with_secret(account_of(desk.app, channel))
            person = (await known(int(to))).external_id if to.isdecimal() else to
            with in_words(adapter):
                async with adapter.client.opened():
                    dressed, _ = await adapter.wardrobe.dress(parts)
                    by_name = not to.isdecimal()
                    if not await adapter.mass.preview(person, dressed, by_name=by_name):
                        raise Refusal("wechat.cli_mass_unfit")

    run(work())
    tell("wechat.cli_mass_previewed", to=to)


@app.command("send", help=say("wechat.cli_mass_send"))
def send(
    text: Words = "",
    *,
    tag: Annotated[str, typer.Option(help=say("wechat.cli_mass_tag"))] = "",
    source: Annotated[str, typer.Option(help=say("wechat.cli_mass_source"))] = "",
    openids: Annotated[Path | None, typer.Option(help=say("wechat.cli_mass_openids"))] = None,
    article: Article = "",
    image: Picture = "",
    channel: Channel = "",
    everybody: Annotated[bool, typer.Option("--all", help=say("wechat.cli_mass_all"))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=say("wechat.cli_mass_yes"))] = False,
) -> None:
    """Send it after a person's yes; the same one twice a day is refused."""
    parts = parts_of(text, article, image)
    if sum(map(bool, (everybody, tag, source, openids))) != 1:
        raise Refusal("wechat.cli_mass_whom")
    lines = openids.read_text(encoding="utf-8").split() if openids else ()
    plan = run(plan_of(channel, ALL if everybody else "", tag, source, tuple(lines)))
    to = say("wechat.cli_mass_everybody") if plan.people is None else plan.people
    tell("wechat.cli_mass_plan", to=to, text=text or article or image)
    tell("wechat.cli_mass_quota", used=plan.used, most=plan.most)
    if not yes and not typer.confirm(say("wechat.cli_mass_sure")):
        raise Refusal("wechat.cli_mass_not_sent")
    run(queue(plan, parts))
    tell("wechat.cli_mass_queued")


@app.command("drafts", help=say("wechat.cli_mass_drafts"))
def drafts(channel: Channel = "", *, as_json: Json = False) -> None:
    """Articles of the draft box, for ``--article``."""

    async def work() -> list[dict[str, str]]:
        adapter = with_secret(account_of(App(load()), channel))
        with in_words(adapter):
            async with adapter.client.opened():
                return await adapter.mass.drafts()

    columns = {"title": "wechat.cli_mass_title", "media_id": "wechat.cli_mass_media_id"}
    listing(run(work()), columns, as_json=as_json, empty="wechat.cli_mass_no_drafts")


@app.command("status", help=say("wechat.cli_mass_status"))
def status(channel: Channel = "", *, as_json: Json = False) -> None:
    """The latest mass messages, and how many followers they reached."""
    columns = {name: f"wechat.cli_mass_{name}" for name in COLUMNS}
    listing(run(rows(channel)), columns, as_json=as_json, empty="wechat.cli_mass_none")


def parts_of(text: str, article: str, image: str) -> tuple[AnyPart, ...]:
    """What is to be sent: exactly one of the three; raises :class:`Refusal`."""
    if sum(map(bool, (text.strip(), article, image))) != 1:
        raise Refusal("wechat.cli_mass_what")
    if len(text.encode()) > MAX_TEXT:
        raise Refusal("wechat.cli_mass_long", most=MAX_TEXT)
    if article:
        return (Card("article", data={"media_id": article}),)
    return (Image(url=image) if image else Text(text),)
