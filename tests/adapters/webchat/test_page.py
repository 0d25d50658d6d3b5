import json
import re
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.adapters.webchat.shop import TEXTS, Shop, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def get(url: str, **headers: str) -> tuple[aiohttp.ClientResponse, str]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response, await response.text()


async def test_the_page_is_locked_down_and_knows_its_visitor(shop: Shop) -> None:
    response, body = await get(shop.url)
    policy = response.headers["Content-Security-Policy"]
    cookie = response.cookies["xiaoer_webchat"]

    assert response.status == 200
    assert "<h1" in body
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/chat/webchat"


async def test_a_reload_keeps_the_visitor(shop: Shop) -> None:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        names: list[str] = []
        for _ in range(2):
            async with session.get(shop.url) as response:
                names.append(response.cookies["xiaoer_webchat"].value.split(".")[0])

    assert names[0] == names[1]


async def test_an_embedded_page_sets_no_cookie_and_names_its_hosts() -> None:
    async with open_shop(allowed_origins=("https://shop.example",)) as shop:
        response, _ = await get(f"{shop.url}?embed=1")

    assert not response.cookies
    assert (
        "frame-ancestors 'self' https://shop.example"
        in (response.headers["Content-Security-Policy"])
    )


@pytest.mark.parametrize(
    ("query", "accepts", "lang"),
    [
        ("", "zh-CN,zh;q=0.9", "zh-CN"),
        ("", "fr-FR,en-GB;q=0.8", "en"),
        ("", "", "zh-CN"),
        ("", "fr", "zh-CN"),
        ("?lang=en", "zh-CN", "en"),
        ("?lang=xx", "en", "en"),
    ],
)
async def test_the_language_is_asked_for_or_the_shops(
    shop: Shop, query: str, accepts: str, lang: str
) -> None:
    _, body = await get(shop.url + query, **{"Accept-Language": accepts})

    assert f'<html lang="{lang}">' in body


async def test_nothing_in_the_settings_becomes_markup() -> None:
    evil = "</script><img src=x onerror=1>"
    async with open_shop(title=evil, greeting=evil, suggestions=(evil,)) as shop:
        _, body = await get(shop.url)
        _, widget = await get(f"{shop.url}/widget.js")
    data = re.search(r'type="application/json">(.*?)</script>', body)

    assert "<img" not in body + widget
    assert data
    assert json.loads(data[1])["title"] == evil


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("chat.js", "text/javascript"),
        ("chat.css", "text/css"),
        ("icon.svg", "image/svg+xml"),
        ("widget.js", "text/javascript"),
    ],
)
async def test_files_are_served(shop: Shop, name: str, kind: str) -> None:
    response, body = await get(f"{shop.url}/{name}")

    assert (response.status, response.content_type) == (200, kind)
    assert "%CONFIG%" not in body


@pytest.mark.parametrize("rest", ["/chat.html", "/../adapter.py", "/%2e%2e/adapter.py", "/x/y"])
async def test_other_paths_are_not_there(shop: Shop, rest: str) -> None:
    response, _ = await get(shop.url + rest)

    assert response.status == 404


async def test_the_socket_wants_a_websocket_and_pages_only_get(shop: Shop) -> None:
    parts = urlsplit(shop.url)
    plain, _ = await get(f"{shop.url}/socket", Origin=f"{parts.scheme}://{parts.netloc}")
    async with aiohttp.ClientSession() as session, session.post(shop.url) as posted:
        pass

    assert (plain.status, posted.status) == (400, 405)


async def test_doctor_says_where_the_page_is(shop: Shop) -> None:
    (finding,) = await shop.adapter.check()

    assert finding.ok
    assert "/chat/webchat" in TEXTS.render(finding.key, "en", **finding.values)
