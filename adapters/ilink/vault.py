"""Files at iLink's store: sealed with a key of their own, there and back.

AES-128-ECB with PKCS#7 is the protocol's choice, not ours. The store's host is the configured one
and no other, whatever a message says.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import aiohttp
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from pydantic import HttpUrl

from adapters.ilink.client import NotSentError

MOST = 20 << 20  # bytes of a file; the protocol names no limit, this is ours
TRIES = 3
_BLOCK = 128  # bits
_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=5)


@dataclass(frozen=True, slots=True)
class Handle:
    """What leads to a file: the store's parameter or address, and its key."""

    param: str
    key: bytes
    url: str = ""


class Vault:
    """Hands sealed files over and fetches them."""

    def __init__(self, base: HttpUrl) -> None:
        """Open nothing yet."""
        self._base = str(base).rstrip("/")

    async def fetch(self, handle: Handle) -> bytes:
        """The file; raises :class:`NotSentError` with a word."""
        address = f"{self._base}/download?encrypted_query_param={quote(handle.param, safe='')}"
        if handle.url and _same_host(handle.url, self._base):
            address = handle.url
        try:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT) as session,
                session.get(address, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    raise NotSentError(f"http-{response.status}")
                sealed = await _read(response)
        except (aiohttp.ClientError, TimeoutError):  # what may carry the address is not handed on
            raise NotSentError("connection-lost") from None
        return opened(sealed, handle.key)

    async def store(self, address: str, param: str, name: str, sealed: bytes) -> str:
        """Hand a sealed file over; the parameter that leads to it. Raises :class:`NotSentError`."""
        place = f"{self._base}/upload?encrypted_query_param={quote(param, safe='')}&filekey={name}"
        if address and _same_host(address, self._base):
            place = address
        headers = {"Content-Type": "application/octet-stream"}
        async with aiohttp.ClientSession(timeout=_TIMEOUT, headers=headers) as session:
            for attempt in range(TRIES):
                try:
                    async with session.post(place, data=sealed, allow_redirects=False) as response:
                        status, found = response.status, response.headers.get("x-encrypted-param")
                except (aiohttp.ClientError, TimeoutError):
                    status, found = 0, None
                if status == 200 and found:
                    return found
                if 400 <= status < 500 or attempt == TRIES - 1:
                    raise NotSentError(f"store-{status}")
        raise NotSentError("store")


async def _read(response: aiohttp.ClientResponse) -> bytes:
    found = bytearray()
    async for piece in response.content.iter_chunked(1 << 16):
        found += piece
        if len(found) > MOST + 16:
            raise NotSentError("too-large")
    return bytes(found)


def fresh_key() -> bytes:
    """A key for one file."""
    return secrets.token_bytes(16)


def sealed(data: bytes, key: bytes) -> bytes:
    """The file as the store keeps it."""
    padder = PKCS7(_BLOCK).padder()
    encryptor = _cipher(key).encryptor()
    padded = padder.update(data) + padder.finalize()
    return encryptor.update(padded) + encryptor.finalize()


def opened(data: bytes, key: bytes) -> bytes:
    """The file as it was; raises :class:`NotSentError` where key and file do not fit."""
    try:
        decryptor, unpadder = _cipher(key).decryptor(), PKCS7(_BLOCK).unpadder()
        plain = decryptor.update(data) + decryptor.finalize()
        return unpadder.update(plain) + unpadder.finalize()
    except ValueError:
        raise NotSentError("wrong-key") from None


def key_of(word: str) -> bytes | None:
    """A key as it is written in messages: hex, or base64 of 16 bytes or of their hex."""
    try:
        if len(word) == 32:
            return bytes.fromhex(word)
        raw = base64.b64decode(word, validate=True)
        return raw if len(raw) == 16 else bytes.fromhex(raw.decode()) if len(raw) == 32 else None
    except (ValueError, binascii.Error):
        return None


def _cipher(key: bytes) -> Cipher[modes.ECB]:
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - the protocol's choice


def _same_host(address: str, base: str) -> bool:
    one, other = urlsplit(address), urlsplit(base)
    return (one.scheme, one.netloc) == (other.scheme, other.netloc)
