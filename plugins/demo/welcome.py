"""The words with which the demo greets whoever started it."""

from __future__ import annotations

from core.settings import Settings
from core.texts import Texts
from plugins.demo import keys
from plugins.demo.samples import sample_order


def welcome(texts: Texts, settings: Settings) -> str:
    """What to try, in the shop's language; printed below the addresses."""
    number, tail = sample_order()
    key = keys.read(settings.data)
    path = {name: str(table.get("path", "")) for name, table in settings.channels.items()}
    return texts.render(
        "demo.welcome",
        settings.shop.locale,
        shop=settings.shop.name,
        number=number,
        tail=tail,
        login=key.login,
        password=key.password,
        posts=path.get("group", ""),
        staff=path.get("staff", ""),
    )
