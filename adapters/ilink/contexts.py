"""The newest ``context_token`` of everybody: an answer must carry it, also after a restart."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr

from core.adapter import Channel


class Contexts:
    """Kept in notes of the channel, sealed with the bot's token."""

    def __init__(self, token: SecretStr, channel: Channel) -> None:
        """Know nothing yet."""
        key = hashlib.sha256(token.get_secret_value().encode()).digest()
        self._seal, self._channel = Fernet(base64.urlsafe_b64encode(key)), channel
        self._known: dict[str, str] = {}

    async def put(self, who: str, context: str) -> None:
        """Somebody has written: from now on this is theirs."""
        if context and self._known.get(who) != context:
            sealed = self._seal.encrypt(context.encode()).decode()
            await self._channel.remember(_note(who), sealed)
            self._known[who] = context

    async def get(self, who: str) -> str:
        """Theirs, or an empty string. Another process may have heard them since."""
        try:
            kept = (await self._channel.recall(_note(who))).encode()
            return self._seal.decrypt(kept).decode()
        except InvalidToken:
            return ""


def _note(who: str) -> str:
    return f"context:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
