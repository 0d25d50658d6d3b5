"""Who the customers are: nickname and union id, asked for once a customer."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from cachetools import LRUCache
from msgspec.structs import replace

from adapters._weixin.client import ApiClient
from adapters._weixin.errors import TROUBLE
from adapters._weixin.loose import listing, mapping
from core.message import Inbound, Sender

_log = structlog.stdlib.get_logger(__name__)
_BATCH = 100  # the most of one call ("kf/customer/batchget")
_REMEMBERED = 50_000


class Names:
    """A message is never held up by its name: without an answer it goes nameless."""

    def __init__(self, client: ApiClient) -> None:
        """Know nobody yet."""
        self._client = client
        self._known: LRUCache[str, Sender] = LRUCache(_REMEMBERED)

    async def learn(self, customers: Iterable[str]) -> None:
        """Ask for those who are new."""
        new = [customer for customer in dict.fromkeys(customers) if customer not in self._known]
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            try:
                body = {"external_userid_list": batch}
                answer = await self._client.call("/cgi-bin/kf/customer/batchget", body)
            except TROUBLE as trouble:
                _log.info("wecom_kf.no_names", reason=str(trouble))
                return
            for customer in map(mapping, listing(answer.get("customer_list"))):
                facts = {key: str(customer.get(key) or "") for key in ("nickname", "unionid")}
                known = Sender("", facts["nickname"][:200], facts["unionid"][:200])
                self._known[str(customer.get("external_userid"))] = known

    def named(self, message: Inbound) -> Inbound:
        """The message with what is known of its sender."""
        known = self._known.get(message.sender.id)
        if known is None:
            return message
        sender = replace(message.sender, name=known.name, union_id=known.union_id)
        return replace(message, sender=sender)
