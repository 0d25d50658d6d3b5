"""The way in and out of the webhook: signature, freshness and cipher by the account's mode."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from adapters._weixin.crypto import MessageCipher, open_with, signature
from adapters._weixin.guard import Fields, decode, parse, text
from adapters._weixin.stamp import Query, Stamp
from adapters.wechat.settings import WeChatSettings
from core.adapter import Refused
from core.clock import Clock


@dataclass(frozen=True, slots=True)
class Letter:
    """A verified request: its fields, and ``seal``, which wraps our answer the way it came.

    ``fields`` is ``None`` for an encrypted message without content.
    """

    fields: Fields | None
    seal: Callable[[str], str]


class Door:
    """Lets in only what the platform signed. Every refusal is a 403 unless the XML is at fault."""

    def __init__(self, settings: WeChatSettings, clock: Clock) -> None:
        """Freshness is judged by ``clock``."""
        self._settings = settings
        self._clock = clock
        self._stamp = Stamp(settings.token, settings.max_age, clock)
        keys = (settings.encoding_aes_key, settings.previous_encoding_aes_key)
        self._ciphers = [MessageCipher(key, settings.app_id) for key in keys if key]

    def echo(self, query: Query) -> str:
        """The text that proves to the console that this address is ours; plain in all modes."""
        self._stamp.check(query, "signature")
        if "echostr" not in query:
            raise Refused("no-echostr")
        return query["echostr"]

    def open(self, query: Query, body: bytes) -> Letter:
        """Verify, decrypt and parse one push."""
        if self._settings.mode == "plain":
            return self._open_plain(query, body)
        # In compatible mode the plain elements beside <Encrypt> are signed by nobody: like in safe
        # mode only the cipher counts, and a body without it is an attempt to get around it.
        sealed = text(parse(decode(body)), "Encrypt")
        if not sealed:
            raise Refused("not-encrypted")
        self._stamp.check(query, "msg_signature", sealed)
        document, cipher = open_with(self._ciphers, sealed)
        return Letter(
            parse(document.removeprefix("\ufeff")) if document else None,
            lambda reply: self._envelope(reply, cipher),
        )

    def _open_plain(self, query: Query, body: bytes) -> Letter:
        self._stamp.check(query, "signature")
        fields = parse(decode(body))
        if "Encrypt" in fields and "MsgType" not in fields:
            raise Refused("encrypted-but-mode-is-plain")
        return Letter(fields, lambda reply: reply)

    def _envelope(self, reply: str, cipher: MessageCipher) -> str:
        """The encrypted answer ("Message encryption", reply format)."""
        sealed = cipher.encrypt(reply)
        stamp, nonce = str(int(self._clock.now().timestamp())), secrets.token_hex(8)
        sign = signature(self._settings.token, stamp, nonce, sealed)
        return (
            f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt>"
            f"<MsgSignature><![CDATA[{sign}]]></MsgSignature>"
            f"<TimeStamp>{stamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )
