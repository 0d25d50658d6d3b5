"""WeCom as a self-built app meets it: members, their customers and groups, and mass posts."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from tests.standins.wecom_corp import Answer, Corp, Route
from tests.standins.wecom_mass import MassDesk, Task
from tests.standins.wecom_rules import Codes
from tests.standins.wecom_trouble import says

PER_MINUTE = 30  # to one member; what is over is dropped and nobody is told


@dataclass(frozen=True)
class Shown:
    """What a member sees of the app."""

    at: datetime
    member: str
    body: dict[str, Any]

    @property
    def text(self) -> str:
        kind = self.body["msgtype"]
        words: str = self.body[kind].get("content", "") if kind in {"text", "markdown"} else ""
        return words.encode()[:2048].decode(errors="ignore")


@dataclass
class WeComApp(Corp):
    """The platform. ``groups``: chat_id -> owner; ``customers``: external_userid -> name."""

    agent_id: int = 1000002
    members: list[str] = field(default_factory=lambda: ["zhangsan", "lisi"])
    groups: dict[str, str] = field(default_factory=dict[str, str])
    customers: dict[str, str] = field(default_factory=dict[str, str])
    may_contact: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self.mass = MassDesk()
        self.codes = Codes(self._now)
        self.shown: list[Shown] = []
        self.welcomed: list[tuple[str, dict[str, Any]]] = []
        self.cards: dict[str, dict[str, Any]] = {}  # task_id -> what was sent
        self.put_away: list[tuple[str, str]] = []  # task_id, what the buttons say now
        self.media: dict[str, bytes] = {}
        self._responses: dict[str, str] = {}  # response code -> task_id
        self._minute: Counter[tuple[str, int]] = Counter()

    def settings(self, **more: object) -> dict[str, object]:
        """What a shop would write into its settings to use this app."""
        return super().settings(agent_id=self.agent_id) | more

    def guarded(self) -> list[Route]:
        """The endpoints that want a token."""
        mass: list[Route] = [
            ("POST", "externalcontact/add_msg_template", self._make),
            ("POST", "externalcontact/get_groupmsg_list_v2", self._list),
            ("POST", "externalcontact/get_groupmsg_task", self._tasks),
            ("POST", "externalcontact/get_groupmsg_send_result", self._results),
            ("POST", "externalcontact/remind_groupmsg_send", self._remind),
            ("POST", "externalcontact/cancel_groupmsg_send", self._cancel),
        ]
        return [
            *super().guarded(),
            *mass,
            ("POST", "message/send", self._send),
            ("POST", "message/update_template_card", self._update),
            ("GET", "agent/get", self._agent),
            ("GET", "media/get", self._media),
            ("GET", "externalcontact/get", self._contact),
            ("GET", "externalcontact/get_follow_user_list", self._followers),
            ("POST", "externalcontact/groupchat/get", self._group),
            ("POST", "externalcontact/groupchat/list", self._groups),
            ("POST", "externalcontact/send_welcome_msg", self._welcome),
        ]

    # What people do on their phones -------------------------------------------------------------

    async def writes(self, member: str, words: str, **elements: str) -> Answer:
        """A member writes to the app; ``elements`` replaces or adds."""
        said = {"MsgType": "text", "Content": words, "MsgId": f"{next(self._ids)}", "AgentID": "1"}
        return await self.pushes(**({"FromUserName": member} | said | elements))

    async def presses(self, member: str, card: str, key: str) -> Answer:
        """A member presses a button of a card."""
        buttons = self.cards[card]["button_list"]
        assert any(b.get("key") == key and b["type"] == 0 for b in buttons), "no such button"
        code = secrets.token_hex(8)
        self._responses[code] = card
        pressed = {"Event": "template_card_event", "EventKey": key, "TaskId": card}
        pressed |= {"CardType": "button_interaction", "ResponseCode": code, "AgentID": "1"}
        return await self.pushes(FromUserName=member, MsgType="event", **pressed)

    async def adds(self, customer: str, member: str, state: str = "", *, code: bool = True) -> str:
        """A customer adds a member; the welcome code that the event brought."""
        self.customers.setdefault(customer, f"name of {customer}")
        welcome = self.codes.give(customer, "text", 20) if code else ""
        await self.contact(
            "add_external_contact", customer, member, State=state, WelcomeCode=welcome
        )
        return welcome

    async def contact(self, change: str, customer: str, member: str, **more: str) -> Answer:
        """Something happens between a member and a customer."""
        who = {"UserID": member, "ExternalUserID": customer}
        about = {"Event": "change_external_contact", "ChangeType": change, **who}
        told = {key: value for key, value in more.items() if value}
        return await self.pushes(FromUserName="sys", MsgType="event", **about, **told)

    async def group_changes(self, chat: str, change: str, **more: str) -> Answer:
        """Something happens to a customer group."""
        about = {"Event": "change_external_chat", "ChatId": chat, "ChangeType": change}
        return await self.pushes(FromUserName="sys", MsgType="event", **about, **more)

    async def joins(self, chat: str, *people: str, scene: str = "3") -> Answer:
        """People join a customer group."""
        items = "".join(f"<Item>{person}</Item>" for person in people)
        change = {"UpdateDetail": "add_member", "JoinScene": scene}
        counted = {"MemChangeCnt": str(len(people)), "MemChangeList": items}
        return await self.group_changes(chat, "update", **change, **counted)

    def confirms(self, member: str) -> None:
        """A member sends everything that waits for them."""
        for task in self.mass.tasks:
            if task.member == member and task.sent is None and not task.cancelled:
                self.mass.confirm(task, self._now())

    # What the app asks for ----------------------------------------------------------------------

    async def _send(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        kind = body.get("msgtype")
        if body.get("agentid") != self.agent_id:
            return says(301002)
        if not isinstance(body.get(str(kind)), dict) or not (wanted := self._wanted(body)):
            return says(40058)
        reached = [member for member in wanted if member in self.members]
        if not reached:
            return says(81013)
        if kind == "template_card":
            task = body["template_card"]["task_id"]
            if task in self.cards or not 1 <= len(body["template_card"]["button_list"]) <= 6:
                return says(40058)
            self.cards[task] = body["template_card"]
        minute = int(self._now().timestamp()) // 60
        for member in reached:
            self._minute[member, minute] += 1
            if self._minute[member, minute] <= PER_MINUTE:
                self.shown.append(Shown(self._now(), member, body))
        lost = "|".join(member for member in wanted if member not in self.members)
        return says(0, msgid=f"msg{next(self._ids)}", **({"invaliduser": lost} if lost else {}))

    def _wanted(self, body: dict[str, Any]) -> list[str]:
        if body.get("touser") == "@all" or body.get("toparty") or body.get("totag"):
            return self.members
        return [member for member in str(body.get("touser", "")).split("|") if member]

    async def _update(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        card = self._responses.pop(body.get("response_code", ""), "")
        if not card:
            return says(42014)
        self.put_away.append((card, body["button"]["replace_name"]))
        return says(0)

    async def _agent(self, request: web.Request) -> web.Response:
        mine = request.query.get("agentid") == str(self.agent_id)
        return says(0, agentid=self.agent_id, name="Xiaoer") if mine else says(301002)

    async def _media(self, request: web.Request) -> web.Response:
        found = self.media.get(request.query.get("media_id", ""))
        return web.Response(body=found, content_type="image/jpeg") if found else says(40007)

    async def _contact(self, request: web.Request) -> web.Response:
        name = request.query["external_userid"]
        if name not in self.customers:
            return says(84061)
        contact = {"external_userid": name, "name": self.customers[name], "unionid": f"u-{name}"}
        tags = [{"group_name": "level", "tag_name": "vip", "type": 1}]
        follow = [
            {"userid": member, "remark": "from the fair", "tags": tags} for member in self.members
        ]
        return says(0, external_contact=contact, follow_user=follow)

    async def _followers(self, request: web.Request) -> web.Response:
        return says(0, follow_user=self.members) if self.may_contact else says(48002)

    async def _group(self, request: web.Request) -> web.Response:
        chat = (await request.json())["chat_id"]
        if chat not in self.groups:
            return says(90501)
        about = {"chat_id": chat, "owner": self.groups[chat], "name": f"name of {chat}"}
        return says(0, group_chat={**about, "member_list": [{"userid": self.groups[chat]}] * 3})

    async def _groups(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        owners = body["owner_filter"]["userid_list"]
        found = [chat for chat, owner in self.groups.items() if owner in owners]
        start = int(body["cursor"] or 0)  # a page of one, so that there are several
        more = {"next_cursor": str(start + 1)} if start + 1 < len(found) else {}
        rows = [{"chat_id": chat, "status": 0} for chat in found[start : start + 1]]
        return says(0, group_chat_list=rows, **more)

    async def _welcome(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        customer = self.codes.use(body.get("welcome_code", ""), "text")
        if not customer:
            return says(84071)
        self.welcomed.append((customer, body))
        return says(0)

    # Mass posts ---------------------------------------------------------------------------------

    async def _make(self, request: web.Request) -> web.Response:
        code, msgid = self.mass.make(await request.json(), self.groups, self._now())
        return says(code, fail_list=[], msgid=msgid)

    async def _list(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        if body["end_time"] - body["start_time"] > 31 * timedelta(days=1).total_seconds():
            return says(40058)
        found = self.mass.listed(body["start_time"], body["end_time"])
        start = int(body.get("cursor") or 0)
        page = [_summary(task) for task in found[start : start + body["limit"]]]
        more = start + body["limit"] < len(found)
        return says(0, group_msg_list=page, next_cursor=str(start + body["limit"]) if more else "")

    async def _task(self, request: web.Request) -> Task | None:
        return self.mass.get((await request.json()).get("msgid", ""))

    async def _tasks(self, request: web.Request) -> web.Response:
        if (task := await self._task(request)) is None:
            return says(40058)
        one = {"userid": task.member, "status": 2 if task.sent else 0}
        return says(0, task_list=[one], next_cursor="")

    async def _results(self, request: web.Request) -> web.Response:
        if (task := await self._task(request)) is None:
            return says(40058)
        listed = [
            {"chat_id": chat, "userid": task.member, "status": status}
            for chat, status in task.results.items()
        ]
        return says(0, send_list=listed, next_cursor="")

    async def _remind(self, request: web.Request) -> web.Response:
        task = await self._task(request)
        return says(self.mass.remind(task, self._now()) if task else 40058)

    async def _cancel(self, request: web.Request) -> web.Response:
        if (task := await self._task(request)) is None:
            return says(40058)
        task.cancelled = True
        return says(0)


def _summary(task: Task) -> dict[str, Any]:
    made = int(task.made.timestamp())
    return {
        "msgid": task.msgid,
        "create_time": made,
        "create_type": 0,
        "text": {"content": task.words},
    }
