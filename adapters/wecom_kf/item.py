"""One entry of ``sync_msg``'s list, as far as all entries are alike (page 94670)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

import msgspec

from adapters._weixin.loose import listing, mapping
from adapters.wecom_kf import place


class Origin(IntEnum):
    """Who an entry comes from."""

    CUSTOMER = 3
    SYSTEM = 4
    SERVICER = 5


class Item(msgspec.Struct, frozen=True):
    """``body`` is the object named like the type."""

    msgid: str
    msgtype: str
    open_kfid: str = ""
    external_userid: str = ""
    send_time: int = 0
    origin: int = 0
    servicer_userid: str = ""
    body: dict[str, Any] = {}

    @property
    def at(self) -> datetime:
        """When it was sent."""
        return datetime.fromtimestamp(self.send_time, UTC)

    @property
    def conversation(self) -> str:
        """Empty where it is about no customer."""
        account, customer = (self.word(key) for key in ("open_kfid", "external_userid"))
        account, customer = self.open_kfid or account, self.external_userid or customer
        return place.join(account, customer) if customer else ""

    @property
    def customer(self) -> str:
        """The external_userid; events carry it inside."""
        return self.external_userid or self.word("external_userid")

    def word(self, key: str) -> str:
        """A text of the body, empty when it is absent or no text."""
        value = self.body.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> float:
        """A number of the body, 0 when it is absent or none."""
        value = self.body.get(key)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def items(answer: Mapping[str, Any], account: str) -> list[Item | None]:
    """The list of an answer, in order; ``None`` stands for an entry that makes no sense."""
    return [_item(mapping(entry), account) for entry in listing(answer.get("msg_list"))]


def _item(fields: dict[str, Any], account: str) -> Item | None:
    body = mapping(fields.get(str(fields.get("msgtype"))))
    shaped = {"open_kfid": account, **fields, "body": body}
    try:
        item = msgspec.convert(shaped, Item)
    except msgspec.ValidationError:
        return None
    sound = item.msgid and len(item.msgid) <= 200 and 0 <= item.send_time < 1 << 35
    return item if sound else None
