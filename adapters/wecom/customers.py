"""Who the customers and groups of members are, as far as a rule needs it (pages 92114, 92122)."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from cachetools import TTLCache
from msgspec.structs import replace

from adapters._weixin.client import ApiClient
from adapters._weixin.errors import TROUBLE
from adapters._weixin.loose import mapping, mappings
from adapters.wecom import place
from core.message import Inbound

_log = structlog.stdlib.get_logger(__name__)
_PATIENCE = 2.0  # seconds: the platform waits five for our answer, a welcome code lives twenty
_OWNERS, _FRESH = 10_000, 3600.0  # groups, seconds: owners change rarely


class Customers:
    """Reads contacts, with their tags, and the owners of groups."""

    def __init__(self, client: ApiClient) -> None:
        """Know nobody yet."""
        self._client = client
        self._owners = TTLCache[str, str, float](_OWNERS, _FRESH)

    async def named(self, message: Inbound) -> Inbound:
        """The message with the customer's name, union id and tags; as it is without an answer."""
        if not message.conversation.startswith(place.CONTACT):
            return message
        path = f"/cgi-bin/externalcontact/get?external_userid={message.sender.id}"
        try:
            async with asyncio.timeout(_PATIENCE):
                answer = await self._client.call(path)
        except (*TROUBLE, TimeoutError) as trouble:
            _log.info("wecom.no_contact", reason=str(trouble))
            return message
        facts = mapping(answer.get("external_contact"))
        name, union = (str(facts.get(key) or "")[:200] for key in ("name", "unionid"))
        context = {"tags": _tags(answer, _member(message)), "remark": _remark(answer, message)}
        sender = replace(message.sender, name=name, union_id=union)
        return replace(message, sender=sender, context=context)

    async def owner(self, chat_id: str) -> str:
        """The member whose group it is; raises what a call raises."""
        known = self._owners.get(chat_id)
        if known is None:
            body = {"chat_id": chat_id, "need_name": 0}
            answer = await self._client.call("/cgi-bin/externalcontact/groupchat/get", body)
            known = self._owners[chat_id] = str(mapping(answer.get("group_chat")).get("owner", ""))
        return known

    def forget(self, chat_id: str) -> None:
        """The group has changed."""
        self._owners.pop(chat_id, None)


def _member(message: Inbound) -> str:
    return str(message.event.data.get("member", "")) if message.event else ""


def _follow(answer: dict[str, Any], member: str) -> dict[str, Any]:
    """What that member has written down about the customer."""
    users = mappings(answer.get("follow_user"))
    return next((user for user in users if user.get("userid") == member), mapping(None))


def _tags(answer: dict[str, Any], member: str) -> list[str]:
    tags = mappings(_follow(answer, member).get("tags"))
    return [str(tag.get("tag_name", ""))[:64] for tag in tags]


def _remark(answer: dict[str, Any], message: Inbound) -> str:
    return str(_follow(answer, _member(message)).get("remark") or "")[:200]
