"""Pictures and files over iLink: sealed on their way, whole at both ends."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from aiohttp import web

from adapters.ilink.vault import key_of, opened, sealed
from core.adapter import NoMedia
from core.effects import Address, Effects, Post
from core.parts import AnyPart, File, Image, Text, Video, load
from core.store.commit import by_hand
from core.store.models import Message
from core.testing import Shop
from tests.adapters.ilink.home import caught_up, home, rows
from tests.standins.ilink import ILink

ME = "me@im.wechat"
KEY = bytes(range(16))
PICTURE = b"\xff\xd8\xff a picture of a parcel"


@pytest.fixture
async def ilink() -> AsyncGenerator[ILink]:
    platform = ILink()
    await platform.start()
    yield platform
    await platform.stop()


@pytest.fixture
async def site() -> AsyncGenerator[str]:
    """The shop's own web server, with one file."""

    async def file(_request: web.Request) -> web.Response:
        return web.Response(body=PICTURE)

    app = web.Application()
    app.router.add_get("/{name}", file)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def post(shop: Shop, part: AnyPart, key: str) -> Message:
    effects = Effects(shop.clock, shop.app.texts, "zh_CN")
    effects.post(Post((part,), to=Address("me", ME), key=key))
    await shop.app.commit.write(effects, by_hand())
    await shop.settle()
    return await Message.get(direction="out", key=key)


def test_the_cipher_is_that_of_the_standard() -> None:
    plain = bytes.fromhex("00112233445566778899aabbccddeeff")
    assert sealed(plain, KEY)[:16].hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"  # FIPS 197, C.1
    assert opened(sealed(PICTURE, KEY), KEY) == PICTURE


@pytest.mark.parametrize(
    ("word", "found"),
    [
        (KEY.hex(), KEY),
        (base64.b64encode(KEY).decode(), KEY),
        (base64.b64encode(KEY.hex().encode()).decode(), KEY),
        ("", None),
        ("not a key", None),
        ("z" * 32, None),
    ],
)
def test_a_key_may_be_written_in_three_ways(word: str, found: bytes | None) -> None:
    assert key_of(word) == found


async def test_a_file_that_came_is_fetched_and_opened(ilink: ILink) -> None:
    handle = ilink.keep(sealed(PICTURE, KEY))
    media = {"encrypt_query_param": handle, "aes_key": base64.b64encode(KEY).decode()}
    elsewhere = {**media, "full_url": "http://169.254.169.254/c2c/download"}  # is not asked
    items: list[dict[str, Any]] = [
        {"type": 2, "image_item": {"media": elsewhere, "aeskey": KEY.hex()}},
        {"type": 4, "file_item": {"media": media, "file_name": "a.pdf"}},
        {"type": 5, "video_item": {"media": {**media, "aes_key": "?"}}},
    ]
    async with home(ilink) as shop:
        ilink.says(ME, "", item_list=items)
        await caught_up(shop, ilink)
        (row,) = await rows("in")
        line = shop.app.lines.get("me")
        assert line is not None
        picture, file, video = load(row.parts)
        for part, name in ((picture, ""), (file, "a.pdf")):
            async with line.adapter.media(part) as found:
                data = b"".join([piece async for piece in found.chunks])
                assert (data, found.name) == (PICTURE, name)
        ilink.stored[handle] = b"something else!!"
        for part in (file, video, Text("x")):
            with pytest.raises(NoMedia):
                async with line.adapter.media(part):
                    pass


async def test_a_picture_and_a_file_are_sealed_handed_over_and_sent(
    ilink: ILink, site: str
) -> None:
    async with home(ilink) as shop:
        ilink.says(ME, "hi")
        await caught_up(shop, ilink)
        ilink.store_status = [502]  # once more
        for part in (Image(f"{site}/a.jpg"), File("", url=f"{site}/b.pdf"), Video(url=f"{site}/c")):
            assert (await post(shop, part, part.url)).state == "sent"
        kinds = ["image_item", "file_item", "video_item"]
        for sent, asked, kind in zip(ilink.sent, ilink.uploads, kinds, strict=True):
            media = sent["item_list"][0][kind]["media"]
            key = bytes.fromhex(base64.b64decode(media["aes_key"]).decode())
            assert key.hex() == asked["aeskey"]
            assert opened(ilink.stored[media["encrypt_query_param"]], key) == PICTURE
            assert asked["rawfilemd5"] == hashlib.md5(PICTURE).hexdigest()
        assert ilink.sent[1]["item_list"][0]["file_item"]["file_name"] == "b.pdf"


async def test_a_file_that_cannot_be_had_is_shown_as_its_address_and_a_shut_store_waits(
    ilink: ILink, site: str
) -> None:
    async with home(ilink) as shop:
        ilink.says(ME, "hi")
        await caught_up(shop, ilink)
        await post(shop, Image("http://10.0.0.1/a.jpg"), "inside")
        assert ilink.sent[0]["item_list"][0]["text_item"]["text"] == "http://10.0.0.1/a.jpg"
        ilink.store_status = [403]
        row = await post(shop, Image(f"{site}/a.jpg"), "later")
        assert (row.state, row.error) == ("queued", "file-store-403")
        await shop.advance(minutes=1)
        assert len(ilink.sent) == 2
