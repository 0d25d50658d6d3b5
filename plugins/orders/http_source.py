"""Orders asked for over HTTP: the small interface that a shop's own system offers.

``GET <url>/orders/<number or waybill>`` and ``GET <url>/orders?customer_id=<id>&limit=1`` answer
with an order (or a list of one) as JSON in the form of :class:`plugins.orders.order.Order`; 404
means there is none. A bearer token goes along when one is set.
"""

from __future__ import annotations

from urllib.parse import quote

import aiohttp
from pydantic import TypeAdapter, ValidationError

from plugins.orders.order import Order
from plugins.orders.settings import HttpSourceSettings
from plugins.orders.source import SourceDown

MAX_BYTES = 256 * 1024
_LIST = TypeAdapter(list[Order])


class HttpOrders:
    """Orders of another system."""

    def __init__(self, session: aiohttp.ClientSession, settings: HttpSourceSettings) -> None:
        """Ask through ``session``, which stays open as long as this is used."""
        self._session = session
        self._url = settings.url.rstrip("/")
        self._limit = aiohttp.ClientTimeout(total=settings.timeout_seconds)
        token = settings.token.get_secret_value()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def find(self, number: str) -> Order | None:
        """By order number, or by waybill."""
        return await self._ask(f"/orders/{quote(number, safe='')}", {})

    async def latest(self, customer_id: str) -> Order | None:
        """The newest order of a customer."""
        return await self._ask("/orders", {"customer_id": customer_id, "limit": "1"})

    async def _ask(self, path: str, query: dict[str, str]) -> Order | None:
        try:
            async with self._session.get(
                self._url + path, params=query, headers=self._headers, timeout=self._limit
            ) as answer:
                if answer.status == 404:
                    return None
                if answer.status != 200:
                    raise SourceDown(f"the order system answered {answer.status}")
                return _read(await answer.content.read(MAX_BYTES))
        except TimeoutError as error:
            raise SourceDown("the order system did not answer in time") from error
        except aiohttp.ClientError as error:
            raise SourceDown(
                f"the order system cannot be reached: {type(error).__name__}"
            ) from error


def _read(body: bytes) -> Order | None:
    try:
        if body.lstrip()[:1] == b"[":
            found = _LIST.validate_json(body)
            return found[0] if found else None
        return Order.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise SourceDown(
            f"the order system answered something else: {where} {first['msg']}"
        ) from None
