"""Mass messages (群发): one message to all followers, to a tag, or to a list of them.

A mass message is an ordinary row of the ledger whose conversation names the audience: ``mass:all``,
``mass:tag:<name>`` or ``mass:list:<name>``, a list being kept in the channel's notes. Our own
``clientmsgid`` makes a repeated call harmless for a day ("Batch sends and originality checks").
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from adapters._weixin.client import ApiClient
from adapters._weixin.errors import ApiError
from adapters._weixin.loose import mapping, mappings
from adapters._weixin.own_id import own_id
from adapters.wechat.shape import clean
from core.adapter import Channel, Outcome, Receipt
from core.message import Outbound
from core.parts import AnyPart, Card, Event, Image, Text

MASS, ALL = "mass:", "mass:all"
TAG, LIST = "mass:tag:", "mass:list:"
LEAST, MOST = 2, 10_000  # openids of one call
MAX_TEXT = 2048  # bytes; a longer text would become two mass messages
GOOD_FOR = timedelta(hours=20)  # the platform remembers a clientmsgid for 24
_API = "/cgi-bin/message/mass/"
_SAME, _TOO_SOON, _NONE_LEFT = 45065, 45066, 45028
_AGAIN = 60.0  # seconds, after a repetition that came too soon
_FINISHED = "masssendjobfinish"
_BEIJING = ZoneInfo("Asia/Shanghai")  # whose days and months the platform counts

Account = Literal["service", "subscription"]


@dataclass(frozen=True, slots=True)
class Quota:
    """How many mass messages ``per`` natural day or month.

    ``each``: the platform counts what a follower gets; otherwise it counts calls.
    """

    most: int
    per: Literal["day", "month"]
    each: bool

    def since(self, now: datetime) -> datetime:
        """When the day or month at hand began."""
        local = now.astimezone(_BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
        return local if self.per == "day" else local.replace(day=1)


QUOTAS: dict[Account, Quota] = {
    "service": Quota(4, "month", each=True),
    "subscription": Quota(1, "day", each=False),
}


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the platform reported: followers chosen, left after filtering, reached, missed."""

    status: str
    total: int = 0
    filtered: int = 0
    sent: int = 0
    failed: int = 0

    @property
    def well(self) -> bool:
        """Whether it went out at all."""
        return self.status.replace(" ", "").lower() == "sendsuccess"


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept of a mass message by its number; either half may come first."""

    row: int = 0
    result: Result | None = None


class Mass:
    """Sends mass messages, each once, and hears what became of them."""

    def __init__(self, client: ApiClient, channel: Channel) -> None:
        """Of one account."""
        self._client, self._channel = client, channel

    async def send(self, message: Outbound, parts: Sequence[AnyPart]) -> Receipt:
        """One call; raises what a call raises."""
        what, to = content(parts), await self._audience(message.conversation)
        if what is None or to is None:
            return Receipt(Outcome.FINAL, reason="no-such-audience" if what else "nothing-to-show")
        own = own_id(message, self._channel.secret("message-ids"))
        path = "send" if "touser" in to else "sendall"
        try:
            answer = await self._client.call(_API + path, {**to, **what, "clientmsgid": own})
        except ApiError as no:
            if no.code == _TOO_SOON:
                return Receipt(Outcome.RETRY, reason=no.reason, retry_after=_AGAIN)
            if no.code == _NONE_LEFT:
                return Receipt(Outcome.FINAL, reason="no-mass-quota")
            if no.code != _SAME:
                raise
            answer = no.answer  # an earlier attempt did arrive; it says under which number
        number = str(answer.get("msg_id") or "")
        if number:
            await self._learn(number, row=message.id)
        return Receipt.accepted(number)

    async def preview(self, to: str, parts: Sequence[AnyPart], *, by_name: bool) -> bool:
        """Show it to one person, an openid or (``by_name``) a WeChat id; raises what a call does.

        ``False`` where there is nothing to be shown. At most 100 a day.
        """
        what = content(parts)
        if what is None:
            return False
        if "images" in what:  # the preview has the older form
            what = {"msgtype": "image", "image": {"media_id": what["images"]["media_ids"][0]}}
        who = {"towxname" if by_name else "touser": to}
        await self._client.call(f"{_API}preview", {**who, **what})
        return True

    async def standing(self, number: str) -> str:
        """``SENDING``, ``SEND_SUCCESS``, ``SEND_FAIL`` or ``DELETE``; raises what a call raises."""
        answer = await self._client.call(f"{_API}get", {"msg_id": number})
        return str(answer.get("msg_status", ""))

    async def drafts(self) -> list[dict[str, str]]:
        """The newest articles of the draft box, title and ``media_id``; raises what a call does."""
        wanted = {"offset": 0, "count": 20, "no_content": 1}
        answer = await self._client.call("/cgi-bin/draft/batchget", wanted)
        found = mappings(answer.get("item"))
        return [{"title": _title(one), "media_id": str(one.get("media_id", ""))} for one in found]

    async def heard(self, event: Event) -> None:
        """Keep the result of a mass message, and mark its row."""
        if event.name != _FINISHED or not event.key:
            return
        names = {"total": "total_count", "filtered": "filter_count"}
        names |= {"sent": "sent_count", "failed": "error_count"}
        counts = {ours: event.data.get(theirs) for ours, theirs in names.items()}
        known = {name: count for name, count in counts.items() if isinstance(count, int)}
        status = event.data.get("status")
        result = Result(status[:60] if isinstance(status, str) else "", **known)
        told = {"mass": event.key, **msgspec.to_builtins(result)}
        await self._learn(event.key, result=result)
        await self._channel.board("mass.finished", told)

    async def _learn(self, number: str, *, row: int = 0, result: Result | None = None) -> None:
        """Put what is known together: a result may be faster than our own note."""
        async with self._channel.alone("mass"):
            known = read(await self._channel.recall(note(number)))
            known = Known(row or known.row, result or known.result)
            await self._channel.remember(note(number), msgspec.json.encode(known).decode())
        if known.row and known.result is not None:
            state = ("delivered",) if known.result.well else ("failed", known.result.status)
            await self._channel.mark(known.row, *state)

    async def _audience(self, conversation: str) -> dict[str, Any] | None:
        if conversation == ALL:
            return {"filter": {"is_to_all": True}}
        if conversation.startswith(TAG):
            name = conversation.removeprefix(TAG)
            tags = mappings((await self._client.call("/cgi-bin/tags/get")).get("tags"))
            number = next((tag.get("id") for tag in tags if tag.get("name") == name), None)
            chosen = {"is_to_all": False, "tag_id": number}
            return None if number is None else {"filter": chosen}
        openids = (await self._channel.recall(conversation)).split()
        return {"touser": openids} if LEAST <= len(openids) <= MOST else None


def content(parts: Sequence[AnyPart]) -> dict[str, Any] | None:
    """Type and body: a text, a picture, or an article of the draft box; ``None`` for the rest."""
    match parts[0] if len(parts) == 1 else None:
        case Text(text=words) if words.strip():
            return {"msgtype": "text", "text": {"content": clean(words)}}
        case Image(media_id=media) if media:
            return {"msgtype": "image", "images": {"media_ids": [media]}}
        case Card(kind="article", data=data) if data.get("media_id"):
            # A reprinted article still goes out, under its author's name, if the author allows it.
            article = {"mpnews": {"media_id": str(data["media_id"])}, "send_ignore_reprint": 1}
            return {"msgtype": "mpnews", **article}
        case _:
            return None


def _title(draft: dict[str, Any]) -> str:
    """The titles of a draft's articles."""
    articles = mappings(mapping(draft.get("content")).get("news_item"))
    return " / ".join(str(article.get("title", "")) for article in articles)


def list_of(openids: Sequence[str]) -> str:
    """The conversation (and the name of the note) of a list: the same people, the same name."""
    return LIST + hashlib.sha256("\n".join(openids).encode()).hexdigest()[:16]


def note(number: str) -> str:
    """Where a mass message is kept."""
    return f"mass-sent:{number}"[:100]


def read(kept: str) -> Known:
    """A note's content."""
    return msgspec.json.decode(kept, type=Known) if kept else Known()
