"""The cipher that WeChat, mini programs and WeCom share, checked strictly.

wechatpy does the AES; it looks at the last padding byte only, checks no freshness and refuses in a
dozen ways, so the rules around it are ours.

Scheme: "Message encryption" page of the platform. The receive id is the AppID for an official
account, the CorpID for a WeCom app and empty for a WeCom robot.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from wechatpy.crypto.cryptography import WeChatCipher

from core.adapter import Refused

_PAD = 32  # the platform pads to 32 bytes although an AES block has 16
_HEAD = 20  # 16 random bytes and the length of the message


def signature(*parts: str) -> str:
    """SHA-1 over the byte-wise sorted parts, lower-case hex."""
    raw = sorted(part.encode("utf-8", "surrogateescape") for part in parts)
    return hashlib.sha1(b"".join(raw), usedforsecurity=False).hexdigest()


def signed(given: str | None, *parts: str) -> bool:
    """Whether ``given`` signs the parts; takes the same time for every wrong answer."""
    wanted = signature(*parts).encode()
    return hmac.compare_digest(wanted, (given or "").encode("utf-8", "surrogateescape"))


class MessageCipher:
    """One EncodingAESKey with the receive id that every message must name."""

    def __init__(self, encoding_aes_key: str, receive_id: str) -> None:
        """Raise :class:`ValueError` unless the key has 43 characters of base64."""
        key = base64.b64decode(encoding_aes_key + "=", validate=True)
        if len(key) != 32:
            raise ValueError("an EncodingAESKey has 43 characters")
        self._cipher = WeChatCipher(key, key[:16])
        self._receive_id = receive_id.encode()

    def encrypt(self, message: str, random16: bytes | None = None) -> str:
        """The base64 text for ``<Encrypt>``; ``random16`` is given only by tests."""
        body = message.encode()
        plain = (random16 or secrets.token_bytes(16)) + len(body).to_bytes(4, "big") + body
        plain += self._receive_id
        pad = _PAD - len(plain) % _PAD
        sealed = self._cipher.encrypt(plain + bytes([pad]) * pad)
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted: str) -> str:
        """The message inside; raise :class:`~core.adapter.Refused` at the first broken rule."""
        try:
            sealed = base64.b64decode(encrypted.encode("ascii"), validate=True)
        except (UnicodeEncodeError, binascii.Error):
            raise Refused("bad-base64") from None
        if not sealed or len(sealed) % 16:
            raise Refused("bad-block-size")
        return self._unpack(_unpad(self._cipher.decrypt(sealed)))

    def _unpack(self, plain: bytes) -> str:
        if len(plain) < _HEAD:
            raise Refused("bad-length")
        end = _HEAD + int.from_bytes(plain[16:_HEAD], "big")
        if end > len(plain):
            raise Refused("bad-length")
        if not hmac.compare_digest(plain[end:], self._receive_id):
            raise Refused("wrong-receive-id")
        try:
            return plain[_HEAD:end].decode()
        except UnicodeDecodeError:
            raise Refused("not-utf8") from None


def _unpad(plain: bytes) -> bytes:
    """Strict PKCS#7: every padding byte counts, not only the last."""
    pad = plain[-1]
    if not 1 <= pad <= _PAD or plain[-pad:] != bytes([pad]) * pad:
        raise Refused("bad-padding")
    return plain[:-pad]


def open_with(ciphers: Sequence[MessageCipher], encrypted: str) -> tuple[str, MessageCipher]:
    """Decrypt with the first key that fits, and say which: the answer must use the same one.

    After a key change the platform still sends some requests under the old key. ``ciphers`` has
    the current key first; its :class:`~core.adapter.Refused` is raised when none fits.
    """
    refusals: list[Refused] = []
    for cipher in ciphers:
        try:
            return cipher.decrypt(encrypted), cipher
        except Refused as why:
            refusals.append(why)
    raise refusals[0]
