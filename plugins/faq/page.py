"""The public help page, made of the knowledge itself: ``/help``, no script, nothing stored.

Everything a shop writes is escaped; pictures and links are ``http(s)`` only (see ``entry.py``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from html import escape
from importlib.resources import files

from aiohttp import web

from core.settings import ShopSettings
from core.texts import Texts, nearest
from plugins.faq.entry import Entry
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.settings import FaqSettings
from plugins.faq.wording import PERSONAL, fill, fitting

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src https: http:"
    "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "max-age=60",
}


class HelpPage:
    """Answers requests for the page, in the reader's language as far as there are answers in it."""

    def __init__(
        self, base: KnowledgeBase, settings: FaqSettings, shop: ShopSettings, texts: Texts
    ) -> None:
        """``settings.facts`` fill the names in braces; nobody's name and no product is known."""
        self._base, self._settings, self._shop, self._texts = base, settings, shop, texts
        self._style = files("plugins.faq").joinpath("help.css").read_text(encoding="utf-8")

    async def serve(self, request: web.Request) -> web.Response:
        """The whole page; 404 while the shop does not want one."""
        if not self._settings.help_page:
            raise web.HTTPNotFound
        tongue = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0]
        locale = nearest(tongue, self._texts.default)
        body = self.html(self._base.entries.values(), locale)
        return web.Response(text=body, content_type="text/html", headers=HEADERS)

    def html(self, entries: Iterable[Entry], locale: str) -> str:
        """The page for these entries."""
        groups: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            groups[entry.category].append(entry)
        other = self._texts.render("faq.page.other", locale)
        title = escape(self._texts.render("faq.page.title", locale, shop=self._shop.name))
        sections = "".join(
            f"<section><h2>{escape(name or other)}</h2>"
            f"{''.join(self._entry(entry, locale) for entry in found)}</section>"
            for name, found in groups.items()
        )
        empty = f"<p>{escape(self._texts.render('faq.page.empty', locale))}</p>"
        return (
            f'<!doctype html><html lang="{locale.replace("_", "-")}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title}</title><style>{self._style}</style></head>"
            f"<body><main><h1>{title}</h1>{sections or empty}</main></body></html>"
        )

    def _entry(self, entry: Entry, locale: str) -> str:
        facts = {**dict.fromkeys(PERSONAL, ""), **self._settings.facts}
        answer = fill(fitting(entry, {"page", locale, self._settings.tone}), facts)
        lines = "".join(f"<p>{escape(line)}</p>" for line in answer.splitlines() if line.strip())
        pictures = "".join(f'<img src="{escape(url)}" alt="">' for url in entry.pictures)
        cards = "".join(
            f'<p><a href="{escape(card.url)}" rel="noopener nofollow">{escape(card.title)}</a></p>'
            for card in entry.cards
        )
        return (
            f'<details id="{escape(entry.id)}"><summary>{escape(entry.question)}</summary>'
            f"{lines}{pictures}{cards}</details>"
        )
