"""The order that the demo invites people to ask after."""

from __future__ import annotations

from importlib.resources import files

from plugins.orders.face import parse


def sample_order() -> tuple[str, str]:
    """Its number and the tail of its phone."""
    text = files("plugins.demo").joinpath("orders.json").read_text(encoding="utf-8")
    first = parse(text, ".json", "orders.json")[0]
    return first.number, first.phone[-4:]
