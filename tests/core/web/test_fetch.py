"""Addresses that strangers choose lead out into the world and never into our own network."""

from __future__ import annotations

import gzip
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from core.web.fetch import Fetcher, FetchError, is_public

PICTURE = b"\xff\xd8\xff" + bytes(5000)


class Names(AbstractResolver):
    """A name server of our own: every name leads where the test says."""

    def __init__(self, **known: str) -> None:
        self.known, self.asked = known, list[str]()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = self.known[host.replace(".", "_")]
        return [
            {
                "hostname": host,
                "host": one,
                "port": port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
            for one in found.split(",")
        ]

    async def close(self) -> None: ...


@asynccontextmanager
async def site() -> AsyncGenerator[str]:
    app = web.Application()

    async def picture(_request: web.Request) -> web.Response:
        return web.Response(body=PICTURE, content_type="image/jpeg")

    async def away(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": request.query["to"]})

    async def round_and_round(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/round")

    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()  # no length is told beforehand
        await response.prepare(request)
        for _ in range(100):
            await response.write(bytes(1000))
        return response

    async def packed(_request: web.Request) -> web.Response:
        headers = {"Content-Encoding": "gzip"}
        return web.Response(body=gzip.compress(bytes(10_000_000)), headers=headers)

    async def broken(_request: web.Request) -> web.Response:
        return web.Response(status=503)

    for path, handler in (
        ("/p.jpg", picture),
        ("/away", away),
        ("/round", round_and_round),
        ("/flood", flood),
        ("/packed", packed),
        ("/broken", broken),
    ):
        app.router.add_get(path, handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def got(fetcher: Fetcher, url: str, limit: int = 10_000) -> bytes:
    async with fetcher.open(url, limit) as file:
        return b"".join([chunk async for chunk in file.chunks])


async def refused(fetcher: Fetcher, url: str, limit: int = 10_000) -> str:
    with pytest.raises(FetchError) as refusal:
        await got(fetcher, url, limit)
    return refusal.value.reason


async def test_a_file_comes_as_it_is() -> None:
    async with site() as host, Fetcher(["127.0.0.1"]).open(f"http://{host}/p.jpg", 6000) as file:
        assert file.content_type == "image/jpeg"
        assert b"".join([chunk async for chunk in file.chunks]) == PICTURE


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "bad-scheme"),
        ("ftp://a.example/1", "bad-scheme"),
        ("//a.example/1", "bad-scheme"),
        ("http:///1", "bad-address"),
        ("http://me:secret@a.example/", "bad-address"),
        ("http://[::1", "bad-address"),
        (f"http://{'a' * 64}.example/1", "bad-address"),  # raised a UnicodeError
        ("http://127.0.0.1:8080/metrics", "private-address"),
        ("http://169.254.169.254/latest/meta-data", "private-address"),
        ("http://[::1]/", "private-address"),
        ("http://[::ffff:10.0.0.1]/", "private-address"),
        ("http://[64:ff9b::a00:1]/", "private-address"),
        ("http://localhost/", "private-address"),
        ("http://2130706433/", "bad-address"),  # 127.0.0.1 as one number
        ("http://0x7f.1/", "private-address"),
    ],
)
async def test_an_address_of_our_own_network_is_not_asked(url: str, reason: str) -> None:
    assert await refused(Fetcher(), url) == reason


async def test_a_public_name_that_leads_inside_is_not_asked() -> None:
    names = Names(evil_example="10.0.0.5", half_example="93.184.216.34,192.168.1.1")
    assert await refused(Fetcher(resolver=names), "http://evil.example/") == "private-address"
    assert await refused(Fetcher(resolver=names), "http://half.example/") == "private-address"
    assert names.asked == ["evil.example", "half.example"]


async def test_a_redirect_is_looked_at_like_the_first_address() -> None:
    async with site() as host:
        port = host.rpartition(":")[2]
        names = Names(front_example="127.0.0.1", evil_example="127.0.0.1")
        fetcher = Fetcher(["front.example"], names)
        front = f"http://front.example:{port}"
        assert await got(fetcher, f"{front}/away?to={front}/p.jpg") == PICTURE
        inside = f"{front}/away?to=http://{host}/p.jpg"
        assert await refused(fetcher, inside) == "private-address"
        named = f"{front}/away?to=http://evil.example/"
        assert await refused(fetcher, named) == "private-address"
        assert await refused(fetcher, f"{front}/away?to=file:///etc/passwd") == "bad-scheme"
        assert await refused(fetcher, f"{front}/away?to=http://[::1") == "bad-address"
        assert await refused(fetcher, f"{front}/round") == "too-many-redirects"


async def test_nobody_sends_more_than_was_asked_for() -> None:
    fetcher = Fetcher(["127.0.0.1"])
    async with site() as host:
        assert await refused(fetcher, f"http://{host}/p.jpg", 5000) == "too-large"
        assert await refused(fetcher, f"http://{host}/flood", 50_000) == "too-large"
        assert await refused(fetcher, f"http://{host}/packed", 50_000) == "packed"


async def test_what_may_pass_is_told_from_what_will_not() -> None:
    fetcher = Fetcher(["127.0.0.1"])
    async with site() as host:
        with pytest.raises(FetchError, match="http-503") as busy:
            await got(fetcher, f"http://{host}/broken")
        with pytest.raises(FetchError, match="http-404") as gone:
            await got(fetcher, f"http://{host}/nothing")
    with pytest.raises(FetchError, match="unreachable") as away:
        await got(fetcher, "http://127.0.0.1:9/")
    assert [e.value.passing for e in (busy, gone, away)] == [True, False, True]


def test_wrapped_addresses_are_unwrapped() -> None:
    assert is_public("93.184.216.34")
    assert is_public("2400:3200::1")
    for hidden in ("::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "fe80::1%eth0"):
        assert not is_public(hidden)
    for odd in ("0.0.0.0", "224.0.0.1", "100.64.0.1", "2001:0:7f00:1::"):
        assert not is_public(odd)
