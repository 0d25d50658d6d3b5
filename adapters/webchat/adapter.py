"""The embedded shop chat: a page, a widget for the shop's own site, and a socket that resumes.

The ledger is the store. A message is handed over once it is in the ledger, because a page that is
away fetches what it missed; so a send never fails and may always be repeated.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp import web

from adapters.webchat import page
from adapters.webchat.hub import Hub
from adapters.webchat.identity import Identities
from adapters.webchat.limits import Meter
from adapters.webchat.settings import WebChatSettings
from adapters.webchat.visit import House, Visit
from adapters.webchat.wire import MAX_FRAME, Draft, from_outbound
from adapters.webchat.wire import Typing as TypingMark
from core.adapter import Adapter, Capabilities, Channel, Finding, Receipt, Refused
from core.message import Outbound, Sender

HEARTBEAT = 30.0  # seconds; proxies close lines that are silent for a minute


class WebChatAdapter(Adapter):
    """One chat page at ``/chat/<channel>``."""

    Settings = WebChatSettings
    capabilities = Capabilities(
        as_of="2026-11-21",
        parts=frozenset({"text", "menu", "link", "image", "card"}),
        max_text=8000,  # bytes; our own bound, so that one bubble stays readable
        caller_id=True,  # the page shows each ledger id once
        drafts=True,
    )
    settings: WebChatSettings

    def __init__(self, settings: WebChatSettings, channel: Channel) -> None:
        """Open nothing yet."""
        super().__init__(settings, channel)
        key = settings.customer_key
        self._house = House(
            channel,
            settings,
            Identities(
                channel.secret("webchat"),
                channel.clock,
                settings.visitor_days,
                key.get_secret_value() if key else None,
            ),
            Hub(settings.max_sockets, settings.max_visitors),
            Meter(channel.clock, settings.burst, settings.messages_per_minute),
        )

    async def stop(self) -> None:
        """Close all sockets; the pages come back by themselves."""
        await self._house.hub.close()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The page, its files, the widget and the socket."""
        if request.method not in {"GET", "HEAD"}:
            raise Refused("method", 405)
        rest = request.path.removeprefix(f"/chat/{self.channel.name}").strip("/")
        match rest:
            case "":
                return self._page(request)
            case "socket":
                return await self._socket(request)
            case "widget.js":
                return page.widget(self.channel, self.settings)
            case name if name in page.FILES:
                return page.asset(name)
            case _:
                raise Refused("no-page", 404)

    def _page(self, request: web.Request) -> web.Response:
        """The page; on its own (not in a frame) it carries the visitor in a cookie."""
        response = page.page(request, self.channel, self.settings)
        if "embed" in request.query:
            return response
        identities = self._house.identities
        visitor = identities.visitor(request.cookies.get(self._cookie, ""))
        response.set_cookie(
            self._cookie,
            identities.issue(visitor or ""),
            max_age=self.settings.visitor_days * 86400,
            path=page.base(self.channel),
            httponly=True,
            samesite="Lax",
            secure=request.secure,
        )
        return response

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        """One visit; a page of a foreign site is refused, its browser would lend it our cookie."""
        origin = request.headers.get("Origin", "")
        own = urlsplit(origin).netloc == request.host
        if not own and origin not in self.settings.allowed_origins:
            raise Refused("origin", 403)
        if self._house.hub.full:
            raise Refused("full", 503)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=MAX_FRAME)
        if not socket.can_prepare(request):
            raise Refused("no-websocket", 400)
        await socket.prepare(request)
        embedded = "embed" in request.query
        cookie = request.cookies.get(self._cookie, "") if own and not embedded else ""
        await Visit(self._house, socket, cookie).run()
        return socket

    @property
    def _cookie(self) -> str:
        safe = "".join(c if c.isalnum() and c.isascii() else "_" for c in self.channel.name)
        return f"xiaoer_{safe}"

    async def send(self, message: Outbound) -> Receipt:
        """Show the message in the open windows; the others fetch it when they come back."""
        item = from_outbound(message, self.channel.clock.now().isoformat())
        for line in self._house.hub.of(message.conversation):
            line.push(item)
        return Receipt.accepted()

    async def typing(self, conversation: str, recipient: Sender | None = None) -> None:
        """Show the typing mark in the open windows."""
        for line in self._house.hub.of(conversation):
            line.put(TypingMark())

    async def draft(self, conversation: str, text: str) -> None:
        """Show it in the open windows in place of the mark."""
        for line in self._house.hub.of(conversation):
            line.put(Draft(text))

    async def check(self) -> Sequence[Finding]:
        """Nothing can be wrong outside; say where the page is and who may embed it."""
        sites = ", ".join(self.settings.allowed_origins) or "-"
        values = {"path": page.base(self.channel), "sites": sites}
        return (Finding(ok=True, key="webchat.check", values=values),)
