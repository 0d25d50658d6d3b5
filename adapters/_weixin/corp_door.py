"""The callback's door: only what WeCom signed and sealed for this corp comes in (page 90930)."""

from __future__ import annotations

from adapters._weixin.corp import CorpSettings
from adapters._weixin.crypto import MessageCipher, open_with
from adapters._weixin.guard import Fields, decode, parse, text
from adapters._weixin.stamp import Query, Stamp
from core.adapter import Refused
from core.clock import Clock


class Door:
    """Signature, freshness, cipher. Every refusal is a 403 unless the XML is at fault."""

    def __init__(self, settings: CorpSettings, clock: Clock) -> None:
        """Freshness is judged by ``clock``."""
        self._stamp = Stamp(settings.token, settings.max_age, clock)
        keys = (settings.encoding_aes_key, settings.previous_encoding_aes_key)
        self._ciphers = [MessageCipher(key, settings.corp_id) for key in keys if key]

    def echo(self, query: Query) -> str:
        """The text that proves to the console that this address is ours; it comes sealed."""
        # A raw "+" of the base64 has become a space on its way through the query.
        sealed = query.get("echostr", "").replace(" ", "+")
        if not sealed:
            raise Refused("no-echostr")
        self._stamp.check(query, "msg_signature", sealed)
        return open_with(self._ciphers, sealed)[0]

    def open(self, query: Query, body: bytes) -> Fields:
        """Verify, decrypt and parse one push; no fields for a sealed nothing."""
        sealed = text(parse(decode(body)), "Encrypt")
        if not sealed:
            raise Refused("not-encrypted")
        self._stamp.check(query, "msg_signature", sealed)
        document, _ = open_with(self._ciphers, sealed)
        return parse(document.removeprefix("\ufeff")) if document else {}
