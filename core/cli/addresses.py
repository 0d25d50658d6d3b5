"""What is printed when the shop is open: where it is reached, and what to try."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

from core.adapter import Adapter
from core.app import App
from core.channels import Line
from core.cli.show import console, tell
from core.cli.tongue import say
from core.roles import Role

DEMO = "demo"  # the source that core.settings names when there is no file


def welcome(app: App, source: str) -> None:
    """Print the addresses; for the demo shop also its own words."""
    tell("cli.run.open", shop=app.settings.shop.name, url=app.server.url, source=source)
    places = {line.name: place(app, line) for line in app.lines}
    if Role.CONSOLE in app.roles:
        for prefix, _site in app.registry.sites:
            places[prefix.strip("/")] = say("cli.run.site", url=f"{base(app)}{prefix}")
    width = max(map(len, places), default=0)
    for name, where in places.items():
        console().print(f"  {name:<{width}}  {where}", markup=False)
    if source == DEMO:
        for entry in entry_points(group="xiaoer.demo"):
            words = import_module(f"{entry.value}.welcome").welcome(app.texts, app.settings)
            console().print(f"\n{words}\n", markup=False)
    tell("cli.run.how_to_stop")


def place(app: App, line: Line) -> str:
    """Where a channel is met: its page, its hook, or nothing of ours."""
    kind = type(line.adapter)
    if kind.receive is not Adapter.receive:
        return say("cli.run.hook", url=f"{base(app)}/hooks/{line.name}")
    if kind.serve is not Adapter.serve:
        return say("cli.run.page", url=f"{base(app)}/chat/{line.name}")
    return say("cli.run.line", adapter=line.kind)


def base(app: App) -> str:
    """Where the house is reached from outside."""
    return app.settings.server.public_url.rstrip("/") or app.server.url
