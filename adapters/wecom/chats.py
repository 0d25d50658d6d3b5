"""Customer groups as the settings name them: whose they are, and what they are called (92120)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from adapters._weixin.client import ApiClient
from adapters._weixin.loose import listing, mapping, mappings
from adapters.wecom import place

_API = "/cgi-bin/externalcontact/"
_OWNERS, _PAGE = 100, 1000  # of one call


@dataclass(frozen=True, slots=True)
class Chat:
    """A customer group; ``conversation`` is what to write into the settings."""

    conversation: str
    name: str
    owner: str
    people: int


async def chats(client: ApiClient) -> AsyncIterator[Chat]:
    """Every group of the members who have customers; raises what a call raises."""
    told = (await client.call(f"{_API}get_follow_user_list")).get("follow_user")
    members = [str(member) for member in listing(told)]
    for start in range(0, len(members), _OWNERS):  # without owners, a large corp is refused
        owners = {"userid_list": members[start : start + _OWNERS]}
        cursor: str | None = ""
        while cursor is not None:
            body = {"status_filter": 0, "owner_filter": owners, "cursor": cursor, "limit": _PAGE}
            page = await client.call(f"{_API}groupchat/list", body)
            for one in mappings(page.get("group_chat_list")):
                yield await _chat(client, str(one.get("chat_id", "")))
            cursor = str(page["next_cursor"]) if page.get("next_cursor") else None


async def _chat(client: ApiClient, chat_id: str) -> Chat:
    answer = await client.call(f"{_API}groupchat/get", {"chat_id": chat_id, "need_name": 0})
    facts = mapping(answer.get("group_chat"))
    people = len(listing(facts.get("member_list")))
    name, owner = (str(facts.get(key) or "") for key in ("name", "owner"))
    return Chat(place.group(chat_id), name, owner, people)
