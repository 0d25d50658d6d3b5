"""Proxies in front are believed about who asks; whoever comes from outside is not."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from core.settings import SettingsError, build
from core.testing import open_shop
from core.web.proxy import behind

CHANNELS = {"webchat": {"adapter": "webchat"}}
FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}


@pytest.mark.parametrize("trusted", [True, False])
async def test_the_visitors_cookie_is_secure_only_where_the_proxy_is_trusted(
    *, trusted: bool
) -> None:
    settings = {"server": {"trust_proxy": trusted}}
    async with (
        open_shop(channels=CHANNELS, settings=settings) as shop,
        aiohttp.ClientSession() as browser,
        browser.get(f"{shop.app.server.url}/chat/webchat", headers=FORWARDED) as page,
    ):
        assert page.status == 200
        cookies = " ".join(page.headers.getall("Set-Cookie"))
        assert ("Secure" in cookies) == trusted


@pytest.mark.parametrize(
    ("proxies", "peer", "told", "seen"),
    [
        (1, "127.0.0.1", ["203.0.113.9"], "203.0.113.9"),  # as nginx is set up in operate.md
        (1, "127.0.0.1", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),  # claimed, then added
        (1, "127.0.0.1", ["198.51.100.1", "203.0.113.9"], "203.0.113.9"),  # in two lines
        (1, "::1", ["2001:db8::7"], "2001:db8::7"),
        (1, "172.18.0.2", ["203.0.113.9"], "203.0.113.9"),  # another container
        (1, "100.100.8.1", ["203.0.113.9"], "203.0.113.9"),  # a load balancer of the cloud
        (2, "10.0.0.2", ["198.51.100.1, 203.0.113.9, 192.0.2.5"], "203.0.113.9"),  # CDN, nginx
        (2, "10.0.0.2", ["203.0.113.9"], "203.0.113.9"),  # the inner one writes it anew
        (1, "8.8.8.8", ["203.0.113.9"], "8.8.8.8"),  # the port is open to the world
        (1, "127.0.0.1", [], "127.0.0.1"),
        (1, "127.0.0.1", [" , "], "127.0.0.1"),
    ],
)
async def test_nobody_chooses_the_own_address(
    proxies: int, peer: str, told: list[str], seen: str
) -> None:
    met: list[tuple[str | None, str]] = []

    async def handler(request: web.Request) -> web.Response:
        met.append((request.remote, request.scheme))
        return web.Response()

    headers = CIMultiDict([("X-Forwarded-Proto", "https"), *(("X-Forwarded-For", t) for t in told)])
    await behind(proxies)(make_mocked_request("GET", "/", headers).clone(remote=peer), handler)
    assert met == [(seen, "http" if peer == "8.8.8.8" else "https")]


@pytest.mark.parametrize(
    ("given", "proxies"), [(True, 1), ("true", 1), ("False", 0), (2, 2), ("2", 2)]
)
def test_how_many_proxies_is_said_by_a_number_or_by_true(given: Any, proxies: int) -> None:
    assert build({"server": {"trust_proxy": given}}).server.trust_proxy == proxies


@pytest.mark.parametrize("given", [-1, "some"])
def test_no_other_word_says_how_many(given: Any) -> None:
    with pytest.raises(SettingsError, match=r"server\.trust_proxy"):
        build({"server": {"trust_proxy": given}})
