"""Behind a trusted proxy the page knows that the customer came over TLS."""

import aiohttp
import pytest

from core.testing import open_shop

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
