"""A small shop on a busy Friday afternoon, for whoever looks at the desk: tests and pictures.

People speak and act through the shop's own doors, by the screenplay in ``today.txt``. The days
before it are in ``before.py``.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zlib import crc32
from zoneinfo import ZoneInfo

from core.message import ConversationKind, Sender
from core.testing import Customer, Shop
from tests.plugins.console.desk import Office, Person, open_desk

ZONE: Final = ZoneInfo("Asia/Shanghai")
TODAY: Final = datetime(2026, 11, 27, 13, tzinfo=ZONE)  # a Friday
NOW: Final = TODAY.replace(hour=15, minute=7)
SCREENPLAY: Final = Path(__file__).with_name("today.txt")
ACT: Final = re.compile(r"(\d\d):(\d\d) ([a-z]+) ([a-z]+) ([^:]+)(?:: (.*))?")
WORD: Final = re.compile(r"(\d\d):(\d\d) ([^@ ]+)@([a-z]+): (.*)")
PLUGINS: Final = (
    *("handoff", "compensation", "incidents", "complaints"),
    *("orders", "faq", "groups", "console", "demo"),
)
PEOPLE: Final = {
    "li": ("小李", "agent"),
    "zhou": ("小周", "agent"),
    "ting": ("婷婷", "agent"),
    "tao": ("小陶", "trainer"),
    "wang": ("王姐", "supervisor"),
    "tang": ("糖糖", "admin"),
}
THERE: Final = {"li": "online", "zhou": "online", "ting": "busy", "wang": "online"}
MOCK: Final = {"adapter": "core.testing.mock:MockAdapter"}
CHANNELS: Final = {
    **dict.fromkeys(("wechat", "kf", "web", "fans", "room", "staff"), MOCK),
    "webchat": {"adapter": "webchat", "title": "棉花糖女装"},
}
KINDS: Final = {"fans": ConversationKind.GROUP, "room": ConversationKind.LIVE}
ROOMS: Final = {"fans": "老客福利群", "room": "冬装直播间"}
LEVELS: Final = [
    {"name": name, "channel": "staff", "conversation": name}
    for name in ("客服组", "客服主管", "店长")
]
SETTINGS: Final[Mapping[str, Any]] = {
    "shop": {"name": "棉花糖女装", "timezone": "Asia/Shanghai"},
    "plugins": {
        "faq": {"encoder": "none"},
        "handoff": {"policy": "manual"},
        "complaints": {"levels": LEVELS},
        "console": {"session_hours": 999, "sla": {"first_minutes": 5, "resolution_minutes": 180}},
        "incidents": {"look_seconds": 36000},
        "groups": {"groups": {"fans": {"channel": "fans", "conversation": ROOMS["fans"]}}},
    },
}


@dataclass
class Play:
    """The office, who works there, and who came in."""

    office: Office
    staff: dict[str, Person] = field(default_factory=dict[str, Person])
    customers: dict[str, Customer] = field(default_factory=dict[str, Customer])
    incidents: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def shop(self) -> Shop:
        """Where it plays."""
        return self.office.shop

    async def says(self, name: str, channel: str, words: str) -> None:
        """A customer speaks: in a chat, the group or the live room."""
        if name not in self.customers:
            kind = KINDS.get(channel, ConversationKind.DIRECT)
            sender = Sender(id=f"o{crc32(name.encode()):08x}", name=name)
            where = {"channel": channel, "conversation": ROOMS.get(channel, sender.id)}
            self.customers[name] = Customer(self.shop, sender, kind=kind, **where)
        await self.customers[name].says(words)

    async def number(self, name: str) -> int:
        """The conversation of a customer."""
        customer = self.customers[name]
        return (await self.shop.conversation(customer.conversation, customer.channel)).id

    async def contact(self, name: str) -> int:
        """The contact of a customer."""
        customer = self.customers[name]
        row = await self.shop.conversation(customer.conversation, customer.channel)
        return row.contact_id or 0

    async def acts(self, login: str, verb: str, about: str, words: str = "") -> None:
        """Somebody of the staff does something for a customer, or about an incident."""
        person = self.staff[login]
        if verb in {"opens", "tells", "offers"}:
            await self._leads(person, verb, about, words)
        else:
            await self._serves(person, verb, await self.number(about), words)
        await self.shop.settle()

    async def _serves(self, person: Person, verb: str, number: int, words: str) -> None:
        at = f"/conversations/{number}"
        match verb:
            case "takes":
                await person.posts(f"{at}/claim")
            case "answers":
                await person.says(number, words)
            case "notes":
                await person.posts(f"{at}/notes", text=words)
            case "solves" | "leaves":
                result = "solved" if verb == "solves" else "unsolved"
                await person.posts(f"{at}/close", result=result, ask=True)
            case "snoozes":
                until = self.shop.clock.now() + timedelta(hours=20)
                await person.posts(f"{at}/snooze", until=until.isoformat())
            case "consults":
                to, text = words.split(maxsplit=1)
                await person.posts(f"{at}/consult", to=to, text=text)
            case "soothes" | "plans" | "settles":
                case = (await person.gets(at))["complaint"]["number"]
                rung = {"soothes": "soothe", "plans": "plan", "settles": "close"}[verb]
                why = {"cause": "quality", "blame": "仓库质检", "solution": words}
                more = why if rung == "close" else {}
                await person.posts(f"/complaints/{case}/steps", rung=rung, text=words, **more)
            case _:
                raise ValueError(f"nobody knows how one {verb}")

    async def _leads(self, person: Person, verb: str, title: str, words: str) -> None:
        if verb == "opens":
            facts = {"kind": "fault", "title": title, "words": words.split()}
            answer = "付款通道正在抢修，修好马上告诉您，购物车里的衣服都给您留着。"
            opened = await person.posts("/incidents", **facts, answer=answer)
            self.incidents[title] = opened["number"]
        elif verb == "tells":
            at = f"/incidents/{self.incidents[title]}"
            await person.posts(f"{at}/notify", text=words)
            await person.posts(f"{at}/plan", text=words)
        else:
            fen, _, reason = words.partition(" ")
            facts = {"fen": int(fen), "reason": reason}
            await person.posts(f"/incidents/{self.incidents[title]}/compensate", **facts)

    async def plays(self) -> None:
        """Today, line by line."""
        for login, state in THERE.items():
            await self.staff[login].puts("/presence", state=state)
        for line in SCREENPLAY.read_text("utf-8").splitlines():
            if line.startswith("#"):
                continue
            said, done = WORD.fullmatch(line), ACT.fullmatch(line)
            if not (found := said or done):
                raise ValueError(f"{line!r} is no line of a screenplay")
            moment = TODAY.replace(hour=int(found[1]), minute=int(found[2]))
            await self.shop.advance_to(moment)
            await (self.says if said else self.acts)(*[each or "" for each in found.groups()[2:]])
        await self.shop.advance_to(NOW)


@asynccontextmanager
async def busy_shop(days: float = 0) -> AsyncGenerator[Play]:
    """The shop, so many days before the afternoon of the screenplay; everybody is signed in."""
    start = (TODAY - timedelta(days=days)).astimezone(UTC)
    more: dict[str, Any] = {"channels": CHANNELS, "start": start}
    async with open_desk(plugins=PLUGINS, settings=SETTINGS, **more) as office:
        play = Play(office)
        for login, (name, *roles) in PEOPLE.items():
            play.staff[login] = await office.opens(login, *roles, name=name)
        yield play
