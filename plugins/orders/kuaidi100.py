"""The tracking provider Kuaidi100: its real-time query.

Source: document 5f0ffb5ebc8da837cbd8aefc of the provider's API pages, read 2026-11-21.
``sign`` is the upper-case MD5 of param, key and customer, over exactly the text sent.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plugins.orders.order import Parcel
from plugins.orders.settings import CourierSettings
from plugins.orders.tracking import CourierDown, Node, State, Track, without_phones

BEIJING = ZoneInfo("Asia/Shanghai")  # times in answers carry no zone
NEEDS_PHONE = frozenset({"shunfeng", "shunfengkuaiyun", "zhongtong"})
NOTHING_YET = "500"  # returnCode: no result for this number so far
MAX_BYTES = 512 * 1024

_STATES = {
    "0": State.IN_TRANSIT,
    "1": State.COLLECTED,
    "2": State.EXCEPTION,
    "3": State.DELIVERED,
    "4": State.RETURNED,
    "5": State.OUT_FOR_DELIVERY,
    "6": State.RETURNING,
    "7": State.IN_TRANSIT,  # handed to another courier
    "8": State.CUSTOMS,
    "10": State.CUSTOMS,
    "11": State.CUSTOMS,
    "12": State.CUSTOMS,
    "13": State.EXCEPTION,
    "14": State.EXCEPTION,  # refused
}
_SUB_STATES = {
    "101": State.INFO_RECEIVED,
    "102": State.INFO_RECEIVED,
    "501": State.READY_FOR_PICKUP,
}


def state_of(state: str, sub_state: str | None = None) -> State:
    """The common state for the provider's codes; unknown codes are ``unknown``, not an error."""
    return _SUB_STATES.get(sub_state or "") or _STATES.get(state, State.UNKNOWN)


def sign(param: str, key: str, customer: str) -> str:
    """The signature of a query over exactly the text of ``param``."""
    text = f"{param}{key}{customer}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


class _Step(BaseModel):
    model_config = ConfigDict(extra="ignore")
    time: str = ""
    ftime: str = ""
    context: str = ""
    statusCode: str | None = None  # noqa: N815 - the provider's name


class _Answer(BaseModel):
    """Both forms: a way, or an error with ``result: false``."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)
    message: str = ""
    state: str = ""
    result: bool | None = None
    returnCode: str = ""  # noqa: N815 - the provider's name
    data: list[_Step] = Field(default_factory=list[_Step])


class Kuaidi100:
    """Asks Kuaidi100 where parcels are."""

    def __init__(self, session: aiohttp.ClientSession, settings: CourierSettings) -> None:
        """Ask through ``session``, which stays open as long as this is used."""
        self._session = session
        self._url = settings.api_base.rstrip("/") + "/poll/query.do"
        self._customer, self._key = settings.customer, settings.key
        self._limit = aiohttp.ClientTimeout(total=settings.timeout_seconds)

    async def track(self, parcel: Parcel, phone: str) -> Track:
        """The parcel's way.

        Only the last four digits of the phone leave the house, and only for couriers that ask for
        them. Raises :class:`CourierDown`.
        """
        try:
            async with self._session.post(
                self._url, data=self._form(parcel, phone), timeout=self._limit
            ) as answer:
                if answer.status != 200:
                    raise CourierDown(f"Kuaidi100 answered {answer.status}")
                return _read(await answer.content.read(MAX_BYTES))
        except TimeoutError as error:
            raise CourierDown("Kuaidi100 did not answer in time") from error
        except aiohttp.ClientError as error:
            raise CourierDown(f"Kuaidi100 cannot be reached: {type(error).__name__}") from error

    def _form(self, parcel: Parcel, phone: str) -> dict[str, str]:
        asked = {"com": parcel.courier, "num": parcel.waybill}
        if parcel.courier in NEEDS_PHONE:
            asked["phone"] = phone[-4:]
        asked |= {"resultv2": "4", "show": "0", "order": "desc"}
        param = json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
        signature = sign(param, self._key.get_secret_value(), self._customer)
        return {"customer": self._customer, "sign": signature, "param": param}


def _read(body: bytes) -> Track:
    try:
        answer = _Answer.model_validate_json(body)
    except ValidationError:
        raise CourierDown("Kuaidi100 answered something that is no answer") from None
    if answer.result is False or not answer.state:
        if answer.returnCode == NOTHING_YET:
            return Track(State.NO_INFO)
        raise CourierDown(f"Kuaidi100 refused with {answer.returnCode}: {answer.message[:100]}")
    nodes = sorted((n for n in map(_node, answer.data) if n), key=lambda n: n.at, reverse=True)
    newest = (answer.data[0].statusCode or "") if answer.data else ""
    sub_state = newest if newest.startswith(answer.state) else None  # else of an earlier step
    return Track(state_of(answer.state, sub_state), tuple(nodes))


def _node(step: _Step) -> Node | None:
    try:
        at = datetime.fromisoformat(step.ftime or step.time)
    except ValueError:
        return None  # a step without a time cannot be put in order
    return Node(
        at if at.tzinfo else at.replace(tzinfo=BEIJING), without_phones(step.context.strip())
    )
