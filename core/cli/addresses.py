"""What is printed when the shop is open: where it is reached, and what to try."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

from core.adapter import Adapter
from core.app import App
from core.channels import Line
from core.cli.show import console, tell
from core.cli.tongue import say

DEMO = "demo"  # the source that core.settings names when there is no file


def welcome(app: App, source: str) -> None:
    """Print the addresses; for the demo shop also its own words."""
    tell("cli.run.open", shop=app.settings.shop.name, url=app.server.url, source=source)
    width = max((len(line.name) for line in app.lines), default=0)
    for line in app.lines:
        console().print(f"  {line.name:<{width}}  {place(app, line)}", markup=False)
    if source == DEMO:
        for entry in entry_points(group="xiaoer.demo"):
            words = import_module(f"{entry.value}.welcome").welcome(app.texts, app.settings)
            console().print(f"\n{words}\n", markup=False)
    tell("cli.run.how_to_stop")


def place(app: App, line: Line) -> str:
    """Where a channel is met: its page, its hook, or nothing of ours."""
    base = app.settings.server.public_url.rstrip("/") or app.server.url
    kind = type(line.adapter)
    if kind.serve is not Adapter.serve:
        return say("cli.run.page", url=f"{base}/chat/{line.name}")
    if kind.receive is not Adapter.receive:
        return say("cli.run.hook", url=f"{base}/hooks/{line.name}")
    return say("cli.run.line", adapter=line.kind)
