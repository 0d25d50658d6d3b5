"""The first words to a new customer: by a code, once, within twenty seconds (page 92137)."""

from __future__ import annotations

from datetime import datetime

from adapters._weixin.client import ApiClient
from adapters._weixin.codes import WELCOME, Codes, spoken
from adapters._weixin.errors import NotSentError
from adapters.wecom.attachments import attached
from core.adapter import Outcome, Receipt
from core.message import Outbound

_KIND = "text"


class Welcome:
    """Keeps the codes and spends them. There is no other way to write to a customer."""

    def __init__(self, client: ApiClient, codes: Codes) -> None:
        """No code yet, but what is kept."""
        self._client, self._codes = client, codes

    async def put(self, conversation: str, code: str, since: datetime) -> bool:
        """Keep a code; ``False`` where there is none, or a dead one."""
        return await self._codes.put(conversation, spoken(code, since, WELCOME))

    async def send(self, message: Outbound) -> Receipt:
        """Spend the code on the message; raises what a call raises."""
        code = await self._codes.take(message.conversation, _KIND)
        if code is None:
            return Receipt(Outcome.FINAL, reason="no-welcome-code")
        body = {"welcome_code": code.value, **attached(message.parts)}
        try:
            await self._client.call("/cgi-bin/externalcontact/send_welcome_msg", body)
        except NotSentError as trouble:
            await self._codes.put(message.conversation, code)
            return Receipt(Outcome.RETRY, reason=str(trouble), retry_after=1.0)
        return Receipt.accepted()
