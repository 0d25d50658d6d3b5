"""Mass messages on the platform's side: taken once for each clientmsgid, and counted."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

Says = Callable[..., web.Response]
REMEMBERS = timedelta(hours=24)
CALLS_A_DAY = 100
TYPES = {"text": "content", "images": "media_ids", "image": "media_id", "mpnews": "media_id"}


@dataclass
class Post:
    """A mass message that was taken."""

    msg_id: int
    at: datetime
    payload: dict[str, Any]
    status: str = "SENDING"

    @property
    def text(self) -> str:
        return str(self.payload.get("text", {}).get("content", ""))


@dataclass
class MassDesk:
    """``tags`` are the account's; ``left`` is what the platform still takes."""

    now: Callable[[], datetime]
    says: Says
    tags: dict[int, str]
    left: int = CALLS_A_DAY
    posts: list[Post] = field(default_factory=list[Post])
    drafts: dict[str, str] = field(default_factory=dict[str, str])  # media_id: title
    previews: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1_000_001))

    def routes(self) -> list[tuple[str, str, str, Any]]:
        """Method, path, name for the calls, handler."""
        base = "/cgi-bin/message/mass"
        return [
            ("POST", f"{base}/sendall", "mass", self._send),
            ("POST", f"{base}/send", "mass", self._send),
            ("POST", f"{base}/preview", "mass_preview", self._preview),
            ("POST", f"{base}/get", "mass_get", self._get),
            ("POST", "/cgi-bin/draft/batchget", "drafts", self._drafts),
        ]

    async def _send(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        same = next((p for p in self.posts if self._is_same(p, body)), None)
        if same is not None:
            return self.says(45065, msg_id=same.msg_id)
        code = self._audience_error(request.path, body) or _content_error(body)
        if not code and self.left <= 0:
            code = 45028
        if code:
            return self.says(code)
        self.left -= 1
        self.posts.append(Post(next(self._numbers), self.now(), body))
        return self.says(0, msg_id=self.posts[-1].msg_id)

    def _is_same(self, post: Post, body: dict[str, Any]) -> bool:
        fresh = self.now() - post.at < REMEMBERS
        return fresh and post.payload.get("clientmsgid") == body.get("clientmsgid")

    def _audience_error(self, path: str, body: dict[str, Any]) -> int:
        if len(str(body.get("clientmsgid", "")).encode()) > 64:
            return 45067
        if path.endswith("/send"):
            return 0 if 2 <= len(body.get("touser", ())) <= 10_000 else 40130
        chosen = body.get("filter", {})
        return 0 if chosen.get("is_to_all") or chosen.get("tag_id") in self.tags else 45159

    async def _preview(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        code = 0 if body.get("touser") or body.get("towxname") else 40003
        code = code or _content_error(body)
        if not code:
            self.previews.append(body)
        return self.says(code)

    async def _drafts(self, request: web.Request) -> web.Response:
        assert (await request.json())["count"] <= 20
        items = [
            {"media_id": media, "content": {"news_item": [{"title": title}]}, "update_time": 1}
            for media, title in self.drafts.items()
        ]
        return web.json_response({"total_count": len(items), "item": items})

    async def _get(self, request: web.Request) -> web.Response:
        number = str((await request.json()).get("msg_id"))
        found = next((p for p in self.posts if str(p.msg_id) == number), None)
        if found is None:
            return self.says(40059)
        return web.json_response({"msg_id": found.msg_id, "msg_status": found.status})


def _content_error(body: dict[str, Any]) -> int:
    kind = str(body.get("msgtype"))
    if kind not in {"text", "image", "mpnews"}:
        return 40008
    given: dict[str, Any] = body.get("images" if "images" in body else kind) or {}
    return 0 if any(given.get(name) for name in TYPES.values()) else 44004
