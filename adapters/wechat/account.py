"""What a shop does with its account beside talking: menu, QR codes, tags, facts of followers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from adapters._weixin.client import ApiClient
from adapters._weixin.errors import ApiError
from adapters.wechat.menu import NO_MENU, Item, body

MAX_SCENE = 64  # characters ("QR codes with parameters")
LONGEST = timedelta(days=30)  # for a code that dies; at most 100,000 may live for ever
_PICTURE = "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket="


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: where its picture is, what it says inside, and how long it lives (seconds)."""

    picture: str
    url: str
    lasts: int | None


class Account:
    """Calls that change nothing but the account. They raise what a call raises."""

    def __init__(self, client: ApiClient) -> None:
        """``client`` must be open."""
        self._client = client

    async def menu(self) -> list[dict[str, Any]]:
        """The platform's entries, none where there is no menu."""
        try:
            answer = await self._client.call("/cgi-bin/menu/get")
        except ApiError as no:
            if no.code == NO_MENU:
                return []
            raise
        return list(answer.get("menu", {}).get("button", ()))

    async def push_menu(self, items: Sequence[Item]) -> None:
        """Replace the menu; without entries, take it away. Clients see it within a day."""
        if items:
            await self._client.call("/cgi-bin/menu/create", body(items))
        else:
            await self._client.call("/cgi-bin/menu/delete")

    async def code(self, scene: str, lasts: timedelta | None) -> Code:
        """A code that brings ``scene`` back with everybody who scans it; ``None``: for ever."""
        wanted: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
        if lasts is None:
            wanted["action_name"] = "QR_LIMIT_STR_SCENE"
        else:
            seconds = int(min(lasts, LONGEST).total_seconds())
            wanted |= {"action_name": "QR_STR_SCENE", "expire_seconds": seconds}
        answer = await self._client.call("/cgi-bin/qrcode/create", wanted)
        picture = _PICTURE + quote(str(answer.get("ticket", "")), safe="")
        return Code(picture, str(answer.get("url", "")), answer.get("expire_seconds"))

    async def tags(self) -> list[dict[str, Any]]:
        """All tags: ``id``, ``name`` and ``count`` of followers."""
        return list((await self._client.call("/cgi-bin/tags/get")).get("tags", ()))

    async def tag(self, openid: str, name: str) -> None:
        """Give a follower a tag, made if there is none of that name."""
        number = await self._number(name)
        if number is None:
            made = await self._client.call("/cgi-bin/tags/create", {"tag": {"name": name}})
            number = int(made["tag"]["id"])
        await self._members("batchtagging", openid, number)

    async def untag(self, openid: str, name: str) -> bool:
        """Take a tag away; ``False`` if there is none of that name."""
        number = await self._number(name)
        if number is not None:
            await self._members("batchuntagging", openid, number)
        return number is not None

    async def facts(self, openid: str) -> Mapping[str, Any]:
        """What the platform still tells of a follower: no name and no picture since 2021."""
        told = await self._client.call(f"/cgi-bin/user/info?openid={quote(openid)}&lang=zh_CN")
        return {name: value for name, value in told.items() if value not in ("", [], None)}

    async def _number(self, name: str) -> int | None:
        return next((int(tag["id"]) for tag in await self.tags() if tag["name"] == name), None)

    async def _members(self, act: str, openid: str, number: int) -> None:
        body = {"openid_list": [openid], "tagid": number}
        await self._client.call(f"/cgi-bin/tags/members/{act}", body)
