"""Files from addresses that somebody else chose: fetched without opening our own network to them.

An address in a message may point at a machine that only we can reach (server-side request
forgery). So only http and https are followed, every name is resolved here and every resolved
address must be public, redirects are followed by hand under the same rules, and nobody sends more
bytes than were asked for. The connection goes to the very address that was checked.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Generator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

REDIRECTS = 3
CHUNK = 64 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=12, connect=4)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# As they are: a packed body could unfold to any size, and a browser's name opens more doors.
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "xiaoer"}


class FetchError(Exception):
    """Nothing usable came; ``reason`` is a short word. ``passing``: worth another try later."""

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        """``reason``: ``private-address``, ``bad-scheme``, ``too-large``, ``http-404``, ..."""
        super().__init__(reason)
        self.reason = reason
        self.passing = passing


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer while it is being read; ``chunks`` raises :class:`FetchError` beyond the bound."""

    content_type: str
    chunks: AsyncIterator[bytes]


class Fetcher:
    """Opens addresses of strangers. ``inside``: host names of the own network that may be asked."""

    def __init__(
        self, inside: Collection[str] = (), resolver: AbstractResolver | None = None
    ) -> None:
        """``resolver`` answers names; the machine's own where none is given."""
        self._inside = frozenset(host.lower() for host in inside)
        self._resolver = resolver

    @asynccontextmanager
    async def open(self, url: str, limit: int) -> AsyncGenerator[Fetched, None]:
        """The file at ``url``, at most ``limit`` bytes of it; raises :class:`FetchError`."""
        guard = _Guard(self._resolver or aiohttp.ThreadedResolver(), self._inside)
        connector = aiohttp.TCPConnector(resolver=guard, use_dns_cache=False)
        session = aiohttp.ClientSession(
            connector=connector, timeout=_TIMEOUT, auto_decompress=False, headers=_HEADERS
        )
        async with session:
            with _in_words():
                response = await self._follow(session, url)
            with closing(response):
                yield Fetched(response.content_type, _bounded(response, limit))

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> int:
        """Hand ``content`` over; the status of the answer, whose words nobody reads.

        Follows no redirect. Raises :class:`FetchError`.
        """
        guard = _Guard(self._resolver or aiohttp.ThreadedResolver(), self._inside)
        connector = aiohttp.TCPConnector(resolver=guard, use_dns_cache=False)
        session = aiohttp.ClientSession(connector=connector, timeout=_TIMEOUT, headers=_HEADERS)
        async with session:
            with _in_words():
                target = self._checked(url)
                sent = session.post(target, data=content, headers=headers, allow_redirects=False)
                async with sent as response:
                    return response.status

    async def _follow(self, session: aiohttp.ClientSession, url: str) -> aiohttp.ClientResponse:
        for _ in range(REDIRECTS + 1):
            response = await session.get(self._checked(url), allow_redirects=False)
            if response.status == 200:
                return response
            response.close()
            if response.status not in {301, 302, 303, 307, 308}:
                passing = response.status == 429 or response.status >= 500
                raise FetchError(f"http-{response.status}", passing=passing)
            target = response.headers.get("Location", "")
            url = _joined(response.url, target)
        raise FetchError("too-many-redirects")

    def _checked(self, url: str) -> URL:
        """The address as it may be asked; a literal one never meets the resolver."""
        try:
            address = URL(url)
            host = address.host or ""
        except ValueError:
            raise FetchError("bad-address") from None
        if address.scheme not in {"http", "https"}:
            raise FetchError("bad-scheme")
        numeric = host.replace(".", "").isdigit() and not is_literal(host)  # 2130706433, 127.1
        if not host or numeric or address.user or address.password:
            raise FetchError("bad-address")
        if host.lower() not in self._inside and is_literal(host) and not is_public(host):
            raise FetchError("private-address")
        return address


class PrivateAddressError(Exception):
    """A name leads into our own network."""


class _Guard(AbstractResolver):
    """Hands on only addresses that are public; one private among them spoils the name."""

    def __init__(self, inner: AbstractResolver, inside: Collection[str]) -> None:
        self._inner, self._inside = inner, inside

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        trusted = host.lower() in self._inside
        if not trusted and not all(is_public(answer["host"]) for answer in found):
            raise PrivateAddressError(host)
        return found

    async def close(self) -> None:
        await self._inner.close()


def is_literal(host: str) -> bool:
    """Whether a host is an address rather than a name."""
    try:
        ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return False
    return True


def is_public(host: str) -> bool:
    """Whether an address can belong to a stranger on the internet, however it is wrapped."""
    address = ipaddress.ip_address(host.split("%", 1)[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            address = inner
        elif address.teredo is not None:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _joined(base: URL, target: str) -> str:
    try:
        return str(base.join(URL(target)))
    except ValueError:
        raise FetchError("bad-address") from None


@contextmanager
def _in_words() -> Generator[None, None, None]:
    """Whatever goes wrong on the way as a :class:`FetchError`."""
    try:
        yield
    except PrivateAddressError:
        raise FetchError("private-address") from None
    except TimeoutError:
        raise FetchError("timeout", passing=True) from None
    except UnicodeError:  # a name with a part of more than 63 characters, or of none
        raise FetchError("bad-address") from None
    except (aiohttp.ClientError, OSError):
        raise FetchError("unreachable", passing=True) from None


async def _bounded(response: aiohttp.ClientResponse, limit: int) -> AsyncIterator[bytes]:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchError("packed")
    if (response.content_length or 0) > limit:
        raise FetchError("too-large")
    seen = 0
    chunks = response.content.iter_chunked(CHUNK)
    while True:
        with _in_words():
            chunk = await anext(chunks, b"")
        if not chunk:
            return
        seen += len(chunk)
        if seen > limit:
            raise FetchError("too-large")
        yield chunk
