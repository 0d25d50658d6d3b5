"""``xiaoer wecom``: what the settings need to know of the corp."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from adapters._weixin.errors import TROUBLE, ApiError
from adapters.wecom.adapter import WeComAdapter
from adapters.wecom.chats import chats
from core.app import App
from core.cli.office import run
from core.cli.problems import Refusal
from core.cli.show import Json, listing
from core.cli.tongue import say
from core.settings import load

app = typer.Typer(name="wecom", help=say("wecom.cli_help"), no_args_is_help=True)
COLUMNS = ("name", "conversation", "owner", "people")


@app.callback()
def _group() -> None:  # pyright: ignore[reportUnusedFunction] - makes a group of one command
    """What the app may see of the corp."""


@app.command("groups", help=say("wecom.cli_groups"))
def groups(
    channel: Annotated[str, typer.Option(help=say("wecom.cli_channel"))] = "",
    *,
    as_json: Json = False,
) -> None:
    """Customer groups, with the conversation to write into the settings."""
    columns = {name: f"wecom.cli_{name}" for name in COLUMNS}
    listing(run(_rows(channel)), columns, as_json=as_json, empty="wecom.cli_no_groups")


async def _rows(channel: str) -> list[dict[str, Any]]:
    adapter = _adapter(App(load()), channel)
    try:
        async with adapter.client.opened():
            return [
                {name: getattr(chat, name) for name in COLUMNS}
                async for chat in chats(adapter.client)
            ]
    except ApiError as no:
        raise Refusal("wecom.api_error", code=no.code) from None
    except TROUBLE as trouble:
        host = adapter.settings.api_base.host or ""
        raise Refusal("wecom.unreachable", host=host, reason=trouble) from None


def _adapter(house: App, channel: str) -> WeComAdapter:
    """The app that is meant: the named one, or the only one."""
    all_ = {line.name: line.adapter for line in house.lines}
    mine = {name: one for name, one in all_.items() if isinstance(one, WeComAdapter)}
    if channel not in mine and (channel or len(mine) != 1):
        raise Refusal("wecom.cli_which", names=", ".join(mine))
    return mine[channel] if channel else next(iter(mine.values()))
