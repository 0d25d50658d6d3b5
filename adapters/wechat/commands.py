"""``xiaoer wechat``: menu, QR codes, tags, and what came through them; notices, mass messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from adapters.wechat import once
from adapters.wechat.account import LONGEST, MAX_SCENE, Account
from adapters.wechat.adapter import WeChatAdapter
from adapters.wechat.counter import account_of, in_words, known, with_secret
from adapters.wechat.mass_commands import app as mass
from adapters.wechat.menu import difference, outline
from core.adapter import NoMedia
from core.app import App
from core.cli.addresses import base
from core.cli.office import office, run
from core.cli.problems import Refusal
from core.cli.show import Json, console, json_line, listing, tell
from core.cli.tongue import say
from core.effects import Post
from core.parts import Image, Notice, Video, Voice, load
from core.settings import load as load_settings
from core.store.models import ContactIdentity, Message

T = TypeVar("T")
app = typer.Typer(name="wechat", help=say("wechat.cli_help"), no_args_is_help=True)
menu = typer.Typer(name="menu", help=say("wechat.cli_menu"), no_args_is_help=True)
app.add_typer(menu)
app.add_typer(mass)
Channel = Annotated[str, typer.Option(help=say("wechat.cli_channel"))]
Thread = Annotated[int, typer.Argument(help=say("wechat.cli_conversation"))]


@menu.command("show", help=say("wechat.cli_menu_show"))
def show_menu(channel: Channel = "") -> None:
    """What customers see now."""
    lines = list(outline(_asked(channel, lambda account, _: account.menu())))
    _print(lines, "wechat.cli_no_menu")


@menu.command("diff", help=say("wechat.cli_menu_diff"))
def diff_menu(channel: Channel = "") -> None:
    """What a push would change; exit code 1 if anything."""
    lines = _difference(channel)
    _print(lines, "wechat.cli_menu_same")
    if lines:
        raise typer.Exit(1)


@menu.command("push", help=say("wechat.cli_menu_push"))
def push_menu(channel: Channel = "") -> None:
    """Make the menu what the settings say; nothing is sent where it is so already."""
    lines = _difference(channel)
    _print(lines, "wechat.cli_menu_same")
    if lines:
        _asked(channel, lambda account, adapter: account.push_menu(adapter.settings.menu))
        tell("wechat.cli_menu_pushed")


@app.command("qr", help=say("wechat.cli_qr"))
def qr(
    scene: Annotated[str, typer.Argument(help=say("wechat.cli_scene"))],
    days: Annotated[
        int, typer.Option(min=1, max=LONGEST.days, help=say("wechat.cli_days"))
    ] = LONGEST.days,
    channel: Channel = "",
    *,
    forever: Annotated[bool, typer.Option("--forever", help=say("wechat.cli_forever"))] = False,
) -> None:
    """Make a code; whoever scans it is remembered as having come by it."""
    if not 1 <= len(scene) <= MAX_SCENE:
        raise Refusal("wechat.cli_bad_scene", most=MAX_SCENE)
    lasts = None if forever else timedelta(days=days)
    code = _asked(channel, lambda account, _: account.code(scene, lasts))
    tell("wechat.cli_code", scene=scene, picture=code.picture, url=code.url)


@app.command("sources", help=say("wechat.cli_sources"))
def sources(channel: Channel = "", *, as_json: Json = False) -> None:
    """How many followers came by which code."""
    rows = run(_sources(channel))
    columns = {name: f"wechat.cli_{name}" for name in ("source", "contacts")}
    listing(rows, columns, as_json=as_json, empty="wechat.cli_no_sources")


@app.command("tags", help=say("wechat.cli_tags"))
def tags(channel: Channel = "", *, as_json: Json = False) -> None:
    """The account's tags."""
    rows = _asked(channel, lambda account, _: account.tags())
    columns = {"name": "wechat.cli_tag", "count": "wechat.cli_contacts"}
    listing(rows, columns, as_json=as_json, empty="wechat.cli_no_tags")


@app.command("tag", help=say("wechat.cli_tag_help"))
def tag(
    conversation: Thread,
    name: Annotated[str, typer.Argument(help=say("wechat.cli_tag"))],
    *,
    remove: Annotated[bool, typer.Option("--remove", help=say("wechat.cli_remove"))] = False,
) -> None:
    """Give a follower a tag, or take it away."""
    channel, openid = run(_place(conversation))
    if not remove:
        _asked(channel, lambda account, _: account.tag(openid, name))
    elif not _asked(channel, lambda account, _: account.untag(openid, name)):
        raise Refusal("wechat.cli_no_such_tag", tag=name)
    tell("wechat.cli_done")


@app.command("user", help=say("wechat.cli_user"))
def user(conversation: Thread) -> None:
    """What WeChat tells of a follower, as JSON."""
    channel, openid = run(_place(conversation))
    json_line(_asked(channel, lambda account, _: account.facts(openid)))


@app.command("media", help=say("wechat.cli_media"))
def media(
    message: Annotated[int, typer.Argument(help=say("wechat.cli_message"))],
    file: Annotated[Path, typer.Argument(help=say("wechat.cli_file"))],
) -> None:
    """Save the picture, voice or video of a message; WeChat keeps it for three days."""
    data = run(_file(message))
    file.write_bytes(data)
    tell("wechat.cli_saved", file=file, size=len(data))


@app.command("notice", help=say("wechat.cli_notice"))
def notice(
    conversation: Thread,
    purpose: Annotated[str, typer.Argument(help=say("wechat.cli_purpose"))],
    text: Annotated[str, typer.Argument(help=say("wechat.cli_text"))],
    values: Annotated[list[str] | None, typer.Argument(help=say("wechat.cli_values"))] = None,
) -> None:
    """Send news: as a text inside the reply window, by the configured template outside of it."""
    pairs = [value.partition("=") for value in values or ()]
    part = Notice(purpose, text, {name: value for name, _, value in pairs})

    async def work() -> None:
        async with office() as desk:
            await known(conversation)
            effects = desk.effects()
            effects.post(Post((part,), to=conversation))
            await desk.commit(effects)

    run(work())
    tell("wechat.cli_queued")


@app.command("subscribe", help=say("wechat.cli_subscribe"))
def subscribe(
    purpose: Annotated[str, typer.Argument(help=say("wechat.cli_purpose"))], channel: Channel = ""
) -> None:
    """The link by which a customer agrees to one notice."""
    house = App(load_settings())
    adapter = account_of(house, channel)
    form = adapter.settings.notices.get(purpose)
    if form is None or form.kind != "once":
        raise Refusal("wechat.cli_not_once", purpose=purpose)
    if not house.settings.server.public_url.startswith("https://"):
        raise Refusal("wechat.cli_no_public_url")
    back = f"{base(house)}/chat/{adapter.channel.name}/{once.BACK}"
    secret = adapter.channel.secret("once")
    console().print(once.link(form, adapter.settings.app_id, back, secret), markup=False)
    tell("wechat.cli_subscribe_how")


def _difference(channel: str) -> list[str]:
    async def work(account: Account, adapter: WeChatAdapter) -> list[str]:
        return difference(await account.menu(), adapter.settings.menu)

    return _asked(channel, work)


def _asked(channel: str, work: Callable[[Account, WeChatAdapter], Awaitable[T]]) -> T:
    """Ask the platform about one account; its refusals in words."""

    async def ask() -> T:
        adapter = with_secret(account_of(App(load_settings()), channel))
        with in_words(adapter):
            async with adapter.client.opened():
                return await work(Account(adapter.client), adapter)

    return run(ask())


def _print(lines: list[str], otherwise: str) -> None:
    for line in lines:
        console().print(line, markup=False)
    if not lines:
        tell(otherwise)


async def _sources(channel: str) -> list[dict[str, Any]]:
    async with office() as desk:
        mine = {line.name for line in desk.app.lines if isinstance(line.adapter, WeChatAdapter)}
        wanted = ContactIdentity.filter(channel__in=list(mine & {channel} if channel else mine))
        found = Counter(one.proven.get("source", "") for one in await wanted)
        return [
            {"source": source, "contacts": count} for source, count in found.most_common() if source
        ]


async def _place(conversation: int) -> tuple[str, str]:
    async with office():
        thread = await known(conversation)
        return thread.channel, thread.external_id


async def _file(number: int) -> bytes:
    async with office() as desk:
        message = await Message.get_or_none(id=number)
        if message is None:
            raise Refusal("wechat.cli_no_file", message=number)
        adapter = account_of(desk.app, message.channel)
        kinds = Image | Voice | Video
        part = next((p for p in load(message.parts) if isinstance(p, kinds)), None)
        if part is None:
            raise Refusal("wechat.cli_no_file", message=number)
        try:
            async with adapter.client.opened(), adapter.media(part) as found:
                return b"".join([piece async for piece in found.chunks])
        except NoMedia as why:
            raise Refusal("wechat.cli_no_media", reason=why.reason) from None
