"""A post to a customer group: a task that the group's owner confirms (page 92135).

The platform sends nothing by itself: it shows the task to the member, who sends it or does not. How
that goes comes back as ``task`` events; :mod:`adapters.wecom.progress` asks for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from adapters._weixin.client import ApiClient
from adapters._weixin.loose import mapping, mappings
from adapters.wecom import place
from adapters.wecom.attachments import attached
from adapters.wecom.customers import Customers
from core.adapter import Channel, Outcome, Receipt
from core.message import ConversationKind, Inbound, Outbound, Sender
from core.parts import Event

_BACK = 24 * 3600  # seconds: how far back a task of ours is looked for
_PAGE = 100
_LOOKS = 2  # attempts that only look for it: the platform's list may lag behind a little
_LOOK_AGAIN = 30.0  # seconds
API = "/cgi-bin/externalcontact/"


class Mass:
    """Makes tasks, each once."""

    def __init__(self, client: ApiClient, channel: Channel, customers: Customers) -> None:
        """Of one app."""
        self._client, self._channel, self._customers = client, channel, customers

    async def send(self, message: Outbound) -> Receipt:
        """Make the task; raises what a call raises.

        The API takes no id of ours. So where an earlier attempt may have made it, it is looked for
        among the tasks of the last day: same words, same member, and no other message's.
        """
        chat_id = message.conversation.removeprefix(place.GROUP)
        owner = await self._customers.owner(chat_id)
        content = attached(message.parts)
        if not owner or not content:
            return Receipt(Outcome.FINAL, reason="no-owner" if content else "nothing-to-show")
        task = await self._made(message, owner, content) if message.attempt > 1 else ""
        if not task and 1 < message.attempt <= _LOOKS:
            return Receipt(Outcome.UNKNOWN, reason="task-not-listed", retry_after=_LOOK_AGAIN)
        if not task:
            chosen = {"chat_type": "group", "chat_id_list": [chat_id], "sender": owner}
            answer = await self._client.call(f"{API}add_msg_template", {**chosen, **content})
            task = str(answer.get("msgid", ""))
        await self._channel.remember(_note(task), message.key)
        await self._channel.accept([_created(message, task, owner, self._channel)])
        return Receipt.accepted(task)

    async def _made(self, message: Outbound, owner: str, content: Mapping[str, Any]) -> str:
        """The task that an earlier attempt made, or an empty string."""
        words = content.get("text", {}).get("content", "")
        found = ""
        async for listed in self._listed():
            if mapping(listed.get("text")).get("content", "") != words:
                continue
            task = str(listed.get("msgid", ""))
            whose = await self._channel.recall(_note(task))
            if whose == message.key:
                return task
            if not whose and not found and await self._asks(task, owner):
                found = task
        return found

    async def _listed(self) -> AsyncIterator[dict[str, Any]]:
        """Tasks of the last day."""
        now = int(self._channel.clock.now().timestamp())
        span = {"start_time": now - _BACK, "end_time": now + 60}
        cursor: str | None = ""
        while cursor is not None:
            body = {"chat_type": "group", **span, "limit": _PAGE, "cursor": cursor}
            answer = await self._client.call(f"{API}get_groupmsg_list_v2", body)
            for listed in mappings(answer.get("group_msg_list")):
                yield listed
            cursor = str(answer["next_cursor"]) if answer.get("next_cursor") else None

    async def _asks(self, task: str, owner: str) -> bool:
        body = {"msgid": task, "limit": 1000}
        answer = await self._client.call(f"{API}get_groupmsg_task", body)
        return any(entry.get("userid") == owner for entry in mappings(answer.get("task_list")))


def told(message: Outbound, key: str, event: Event, channel: Channel) -> Inbound:
    """A word of the platform's about a task, in the group's conversation."""
    return Inbound(
        key=key,
        conversation=message.conversation,
        sender=Sender(id=place.SYSTEM, role="system"),
        parts=(event,),
        sent_at=channel.clock.now(),
        kind=ConversationKind.GROUP,
        trigger="",
    )


def _created(message: Outbound, task: str, owner: str, channel: Channel) -> Inbound:
    data = {"message": message.key, "row": message.id, "task": task}
    event = Event("task", "created", {**data, "confirmed": [], "waiting": [owner]})
    return told(message, f"task:{task}:created"[:190], event, channel)


def _note(task: str) -> str:
    return f"task:{task}"[:100]
