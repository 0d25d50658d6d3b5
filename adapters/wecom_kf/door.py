"""The callback's door: only what WeCom signed and sealed for this corp comes in (page 90930)."""

from __future__ import annotations

from collections.abc import Mapping

from adapters._weixin.crypto import MessageCipher, open_with, signed
from adapters._weixin.guard import Fields, decode, parse, text
from adapters.wecom_kf.settings import WeComKfSettings
from core.adapter import Refused
from core.clock import Clock

Query = Mapping[str, str]


class Door:
    """Signature, freshness, cipher. Every refusal is a 403 unless the XML is at fault."""

    def __init__(self, settings: WeComKfSettings, clock: Clock) -> None:
        """Freshness is judged by ``clock``."""
        self._settings = settings
        self._clock = clock
        keys = (settings.encoding_aes_key, settings.previous_encoding_aes_key)
        self._ciphers = [MessageCipher(key, settings.corp_id) for key in keys if key]

    def echo(self, query: Query) -> str:
        """The text that proves to the console that this address is ours; it comes sealed."""
        # A raw "+" of the base64 has become a space on its way through the query.
        sealed = query.get("echostr", "").replace(" ", "+")
        if not sealed:
            raise Refused("no-echostr")
        self._check(query, sealed)
        return open_with(self._ciphers, sealed)[0]

    def open(self, query: Query, body: bytes) -> Fields:
        """Verify, decrypt and parse one push; no fields for a sealed nothing."""
        sealed = text(parse(decode(body)), "Encrypt")
        if not sealed:
            raise Refused("not-encrypted")
        self._check(query, sealed)
        document, _ = open_with(self._ciphers, sealed)
        return parse(document.removeprefix("\ufeff")) if document else {}

    def _check(self, query: Query, sealed: str) -> None:
        stamp, nonce = query.get("timestamp"), query.get("nonce")
        if stamp is None or nonce is None or "msg_signature" not in query:
            raise Refused("no-signature")
        if not signed(query["msg_signature"], self._settings.token, stamp, nonce, sealed):
            raise Refused("wrong-signature")
        if self._settings.max_age and not self._fresh(stamp):
            raise Refused("stale")

    def _fresh(self, stamp: str) -> bool:
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
            return False
        return abs(self._clock.now().timestamp() - int(stamp)) <= self._settings.max_age
