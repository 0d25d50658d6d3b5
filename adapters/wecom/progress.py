"""How a mass post goes: asked for, reminded of and called off by events that go out (page 93338).

``task.look``, ``task.remind`` and ``task.cancel`` carry what the ``task`` event of the post said:
its ``task``, ``message`` and ``row``. ``look`` and ``cancel`` are answered by a ``task`` event:
``open``, ``partly`` or ``done``, after a cancellation ``cancelled``.
"""

from __future__ import annotations

from typing import Any

from adapters._weixin.client import ApiClient
from adapters._weixin.loose import mappings
from adapters.wecom.mass import API, told
from core.adapter import Channel, Outcome, Receipt
from core.message import Outbound
from core.parts import Event

_SENT = 2  # of a member's task
_FAILED = frozenset({2, 3})  # of a group: no contact any more, quota used by another post
_PAGE = 1000


class Progress:
    """Answers questions about tasks."""

    def __init__(self, client: ApiClient, channel: Channel) -> None:
        """Of one app."""
        self._client, self._channel = client, channel

    async def answer(self, message: Outbound, ask: Event) -> Receipt:
        """Do what is asked; raises what a call raises."""
        task = str(ask.data.get("task", ""))
        match ask.name:
            case "task.look":
                await self._tell(message, ask, await self._standing(task))
            case "task.remind":
                await self._client.call(f"{API}remind_groupmsg_send", {"msgid": task})
            case "task.cancel":
                standing = await self._standing(task)
                await self._client.call(f"{API}cancel_groupmsg_send", {"msgid": task})
                await self._tell(message, ask, standing, "cancelled")
            case _:
                return Receipt(Outcome.FINAL, reason="unknown-event")
        return Receipt.accepted()

    async def _tell(
        self, message: Outbound, ask: Event, standing: dict[str, Any], state: str = ""
    ) -> None:
        confirmed, waiting = standing["confirmed"], standing["waiting"]
        state = state or ("done" if not waiting else "partly" if confirmed else "open")
        data = {name: ask.data.get(name) for name in ("task", "message", "row")} | standing
        event = Event("task", state, data)
        await self._channel.accept([told(message, f"answer:{message.key}", event, self._channel)])
        if state in {"done", "cancelled"} and isinstance(row := data["row"], int):
            arrived = ("delivered", "") if confirmed else ("failed", "not-confirmed")
            await self._channel.mark(row, *arrived)

    async def _standing(self, task: str) -> dict[str, Any]:
        """Who has confirmed, who has not, and how many groups it did not reach all the same."""
        asked = await self._all("get_groupmsg_task", "task_list", {"msgid": task})
        confirmed = [str(one.get("userid")) for one in asked if one.get("status") == _SENT]
        waiting = [str(one.get("userid")) for one in asked if one.get("status") != _SENT]
        failed = 0
        for member in confirmed:
            of = {"msgid": task, "userid": member}
            results = await self._all("get_groupmsg_send_result", "send_list", of)
            failed += sum(1 for result in results if result.get("status") in _FAILED)
        return {"confirmed": confirmed, "waiting": waiting, "failed": failed}

    async def _all(self, name: str, listed: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Every page of a list."""
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = {**body, "limit": _PAGE, "cursor": cursor}
            answer = await self._client.call(API + name, page)
            found += mappings(answer.get(listed))
            cursor = str(answer["next_cursor"]) if answer.get("next_cursor") else None
        return found
