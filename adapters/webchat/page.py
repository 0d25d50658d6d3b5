"""The page, its files and the widget script, with the headers that keep strangers out."""

import html
import json
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from string import Template
from urllib.parse import quote

from aiohttp import web

from adapters.webchat.settings import WebChatSettings
from adapters.webchat.texts import PAGE, WIDGET, texts
from core.adapter import Channel
from core.texts import nearest

ASSETS = Path(__file__).parent / "assets"
# Named here, because a machine's own table may call a script plain text, which browsers refuse.
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = frozenset(p.name for p in ASSETS.iterdir() if p.suffix in TYPES) - {"widget.js"}
TAGS = {"zh_CN": "zh-CN", "en": "en"}
_HOST = re.compile(r"^[A-Za-z0-9.\-]+(:\d{1,5})?$")


def base(channel: Channel) -> str:
    """The path that everything of the channel lies under."""
    return f"/chat/{quote(channel.name, safe='')}"


def page(request: web.Request, channel: Channel, settings: WebChatSettings) -> web.Response:
    """The chat page in the visitor's language."""
    nonce = secrets.token_urlsafe(16)
    locale = wanted_locale(request, settings.default_locale)
    sentences = texts(channel, PAGE)
    config = {
        "channel": channel.name,
        "base": base(channel),
        "locale": locale,
        "tags": TAGS,
        "texts": sentences,
        "title": settings.title,
        "greeting": settings.greeting,
        "suggestions": settings.suggestions,
        "maxText": settings.max_text,
        "embedded": "embed" in request.query,
    }
    body = Template((ASSETS / "chat.html").read_text(encoding="utf-8")).substitute(
        lang=TAGS[locale],
        base=base(channel),
        title=html.escape(settings.title or sentences[locale]["title"]),
        noscript=html.escape(sentences[locale]["noscript"]),
        accent=settings.accent,
        on_accent=readable_on(settings.accent),
        nonce=nonce,
        config=script_json(config),
    )
    headers = page_headers(request, settings, nonce)
    return web.Response(text=body, content_type="text/html", headers=headers)


def page_headers(request: web.Request, settings: WebChatSettings, nonce: str) -> dict[str, str]:
    """Only own scripts run, and only the shop's own sites may put the page in a frame."""
    # Older Safari does not count a WebSocket as 'self'.
    sockets = f" ws://{request.host} wss://{request.host}" if _HOST.match(request.host) else ""
    frames = " ".join(("'self'", *settings.allowed_origins))
    policy = (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; img-src 'self' https: http:; "
        f"connect-src 'self'{sockets}; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {frames}"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


def asset(name: str) -> web.FileResponse:
    """A script or style sheet, revalidated on every use so that an update shows at once."""
    headers = {
        "Content-Type": f"{TYPES[Path(name).suffix]}; charset=utf-8",
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(ASSETS / name, headers=headers)


def widget(channel: Channel, settings: WebChatSettings) -> web.Response:
    """The script that a shop puts on its own pages; it must not be older than the settings."""
    config = {
        "accent": settings.accent,
        "onAccent": readable_on(settings.accent),
        "locale": settings.default_locale,
        "title": settings.title,
        "texts": texts(channel, WIDGET),
    }
    source = (ASSETS / "widget.js").read_text(encoding="utf-8")
    return web.Response(
        text=source.replace('"%CONFIG%"', script_json(config), 1),
        content_type="text/javascript",
        headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"},
    )


def wanted_locale(request: web.Request, default: str) -> str:
    """``?lang=``, else the first language of the browser that exists, else ``default``."""
    asked = [request.query.get("lang", "")]
    asked += [tag.split(";")[0] for tag in request.headers.get("Accept-Language", "").split(",")]
    found = (nearest(tag.strip(), "") for tag in asked)
    return next((locale for locale in found if locale), default)


def script_json(data: Mapping[str, object]) -> str:
    """JSON that may stand inside a script element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def readable_on(colour: str) -> str:
    """Black or white, whichever reads better on that ``#rrggbb`` (WCAG 2 relative luminance)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#1a1a1a"
