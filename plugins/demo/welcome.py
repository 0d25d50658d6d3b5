"""The words with which the demo greets whoever started it."""

from __future__ import annotations

from core.settings import Settings
from core.texts import Texts
from plugins.demo import keys
from plugins.demo.samples import sample_order


def welcome(texts: Texts, settings: Settings) -> str:
    """What to try, in the shop's language; printed below the addresses."""
    number, tail = sample_order()
    locale, key = settings.shop.locale, keys.read(settings.data)
    door = texts.render("demo.desk", locale, **key._asdict()) if key else ""
    path = {name: str(table.get("path", "")) for name, table in settings.channels.items()}
    return texts.render(
        "demo.welcome",
        locale,
        shop=settings.shop.name,
        number=number,
        tail=tail,
        desk=door,
        posts=path.get("group", ""),
        staff=path.get("staff", ""),
    )
