"""What the page needs before anybody is signed in."""

from __future__ import annotations

from typing import Literal

from aiohttp import web
from pydantic import Field

from core.texts import nearest
from plugins.console.ask import Ask
from plugins.console.openapi import Document
from plugins.console.table import Shape

KIND = "complaints.kind_"  # of a card, which everybody gets as the same code
DOCUMENT = web.AppKey("document", Document)


class Locale(Shape):
    """The language, where not the browser's own."""

    locale: str = Field("", max_length=16)


class Texts(Shape):
    """Every sentence of the page."""

    locale: Literal["zh_CN", "en"]
    texts: dict[str, str]


async def get_texts(ask: Ask, query: Locale) -> Texts:
    """The page's sentences."""
    locale = nearest(query.locale, ask.locale) if query.locale else nearest(ask.locale)
    kinds = ask.desk.texts.domain("complaints", locale)
    cases = {
        f"console.page.case.kind.{key.removeprefix(KIND)}": words
        for key, words in kinds.items()
        if key.startswith(KIND)
    }
    texts = {**ask.desk.texts.domain("console", locale), **cases}
    return Texts(locale=locale, texts=texts)  # type: ignore[arg-type] - one of two


async def get_document(ask: Ask) -> Document:
    """This API as OpenAPI."""
    return ask.request.config_dict[DOCUMENT]
