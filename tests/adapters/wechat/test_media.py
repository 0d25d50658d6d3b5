"""Pictures, voices and videos out and in: the files lie on a web server, the ids at WeChat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from adapters._weixin.duration import seconds
from adapters.wechat.adapter import WeChatAdapter
from core.adapter import NoMedia, Outcome, Receipt
from core.clock import TestClock
from core.parts import AnyPart, Card, Image, Text, Video, Voice
from tests.adapters.wechat.host import Line, adapter_for, outbound
from tests.standins.wechat import WeChat

JPG = b"\xff\xd8\xff\xe0" + bytes(2000)
MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(300_000)
AMR = b"#!AMR\n" + bytes(900)
FILES = {
    "a.jpg": JPG,
    "a.png": b"\x89PNG\r\n\x1a\n" + bytes(9),
    "v.mp4": MP4,
    "v.amr": AMR,
    "big.jpg": b"\xff\xd8\xff" + bytes(2 << 20),
    "wide.jpg": b"\xff\xd8\xff" + bytes(70_000),
    "page.jpg": b"<html>not a picture</html>",
}
PAGE = {"app_id": "wx1", "path": "pages/order?id=1"}


class Site:
    """The shop's own web server, with its pictures."""

    def __init__(self) -> None:
        self.url, self.asked = "", list[str]()
        self.broken = 0
        self.open = asyncio.Event()
        self.open.set()

    async def file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.asked.append(name)
        await self.open.wait()
        if self.broken:
            self.broken -= 1
            return web.Response(status=502)
        return web.Response(body=FILES[name], content_type="image/jpeg")


@pytest.fixture
async def site() -> AsyncGenerator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_get("/{name}", site.file)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield site
    await runner.cleanup()


@pytest.fixture
async def adapter(
    wechat: WeChat, line: Line, tmp_path: Path
) -> AsyncGenerator[WeChatAdapter, None]:
    cover = tmp_path / "cover.jpg"
    cover.write_bytes(JPG)
    made = adapter_for(wechat.settings(media_hosts=["127.0.0.1"], cover=cover), line)
    await made.start()
    yield made
    await made.stop()


def later(line: Line, **span: float) -> None:
    assert isinstance(line.clock, TestClock)
    line.clock.move_to(line.clock.now() + timedelta(**span))


async def shown(adapter: WeChatAdapter, wechat: WeChat, part: AnyPart) -> dict[str, object]:
    wechat.quotas.open("oUser", "message")
    assert (await adapter.send(outbound(part))).outcome is Outcome.ACCEPTED
    sent = wechat.sent[-1].payload
    content: dict[str, object] = sent[sent["msgtype"]]
    return {"kind": sent["msgtype"], **content}


async def test_each_kind_is_uploaded_and_sent(
    adapter: WeChatAdapter, wechat: WeChat, site: Site
) -> None:
    for part, use, data in (
        (Image(url=f"{site.url}/a.jpg"), "image", JPG),
        (Voice(url=f"{site.url}/v.amr"), "voice", AMR),
        (Video(url=f"{site.url}/v.mp4"), "video", MP4),
    ):
        said = await shown(adapter, wechat, part)
        file = wechat.desk.files[str(said["media_id"])]
        assert (said["kind"], file.use, file.data) == (use, use, data)
    still = wechat.desk.files[str(said["thumb_media_id"])]
    assert (still.use, still.data) == ("thumb", JPG)  # the shop's own cover


async def test_a_mini_program_card_gets_its_picture(
    adapter: WeChatAdapter, wechat: WeChat, site: Site
) -> None:
    own = Card("miniprogram", "您的订单", data={**PAGE, "picture": f"{site.url}/a.jpg"})
    said = await shown(adapter, wechat, own)
    assert (said["kind"], said["appid"], said["pagepath"]) == (
        "miniprogrampage",
        "wx1",
        "pages/order?id=1",
    )
    assert (await shown(adapter, wechat, Card("miniprogram", "订单", data=PAGE)))["thumb_media_id"]
    too_wide = Card("miniprogram", "您的订单", data={**PAGE, "picture": f"{site.url}/wide.jpg"})
    assert (await shown(adapter, wechat, too_wide))["kind"] == "miniprogrampage"


async def test_a_product_card_is_an_article(adapter: WeChatAdapter, wechat: WeChat) -> None:
    data = {"price": "¥199", "picture": "https://img.shop.cn/1.jpg"}
    said = await shown(adapter, wechat, Card("product", "羽绒服", "https://shop.cn/1", data))
    assert said["articles"] == [
        {
            "title": "羽绒服",
            "description": "¥199",
            "url": "https://shop.cn/1",
            "picurl": "https://img.shop.cn/1.jpg",
        }
    ]


async def test_a_file_is_uploaded_once_in_its_three_days(
    wechat: WeChat, line: Line, site: Site
) -> None:
    picture = Image(url=f"{site.url}/a.jpg")
    for _life in range(2):  # a restart knows it too
        adapter = adapter_for(wechat.settings(media_hosts=["127.0.0.1"]), line)
        await adapter.start()
        await shown(adapter, wechat, picture)
        await shown(adapter, wechat, picture)
        await adapter.stop()
    assert (wechat.calls["upload"], wechat.calls["send"]) == (1, 4)
    later(line, days=2.6)
    another = adapter_for(wechat.settings(media_hosts=["127.0.0.1"]), line)
    await another.start()
    await shown(another, wechat, picture)
    await another.stop()
    assert wechat.calls["upload"] == 2


async def test_an_id_that_died_early_is_replaced_once(
    adapter: WeChatAdapter, wechat: WeChat, site: Site
) -> None:
    picture = outbound(Image(url=f"{site.url}/a.jpg"))
    await adapter.send(picture)
    wechat.desk.files.clear()
    assert (await adapter.send(picture)).outcome is Outcome.ACCEPTED
    assert (wechat.calls["upload"], wechat.calls["send"]) == (2, 3)
    wechat.fail("send", 40007, times=9)
    assert (await adapter.send(picture)).reason.startswith("40007")
    assert wechat.calls["send"] == 5


@pytest.mark.parametrize("name", ["big.jpg", "page.jpg"])
async def test_a_file_the_platform_would_not_take_is_shown_as_its_address(
    adapter: WeChatAdapter, wechat: WeChat, site: Site, name: str
) -> None:
    await adapter.send(outbound(Image(url=f"{site.url}/{name}")))
    assert wechat.sent[0].text == f"{site.url}/{name}"
    assert wechat.calls["upload"] == 0


async def test_an_account_without_the_right_to_upload_sends_the_address(
    adapter: WeChatAdapter, wechat: WeChat, site: Site
) -> None:
    wechat.fail("upload", 48001)
    await adapter.send(outbound(Image(url=f"{site.url}/a.jpg")))
    assert wechat.sent[0].text == f"{site.url}/a.jpg"


async def test_trouble_on_the_way_means_nothing_was_sent(
    adapter: WeChatAdapter, wechat: WeChat, site: Site
) -> None:
    picture = outbound(Image(url=f"{site.url}/a.jpg"))
    site.broken = 1
    assert await adapter.send(picture) == Receipt(Outcome.RETRY, "media-http-502")
    wechat.drop("upload")
    assert await adapter.send(picture) == Receipt(Outcome.RETRY, "upload-connection-lost")
    wechat.fail("upload", 45009)
    assert (await adapter.send(picture)).outcome is Outcome.RETRY
    assert wechat.sent == []
    assert (await adapter.send(picture)).outcome is Outcome.ACCEPTED


async def test_a_slow_picture_is_fetched_on_while_the_message_waits(
    adapter: WeChatAdapter, wechat: WeChat, site: Site
) -> None:
    picture = outbound(Image(url=f"{site.url}/a.jpg"))
    adapter.patience = 0.05
    site.open.clear()
    for _attempt in range(2):
        assert (await adapter.send(picture)).reason == "media-slow"
    site.open.set()
    adapter.patience = 8.0
    assert (await adapter.send(picture)).outcome is Outcome.ACCEPTED
    assert (site.asked, wechat.calls["upload"]) == (["a.jpg"], 1)
    site.open.clear()
    adapter.patience = 0.05
    assert (await adapter.send(outbound(Image(url=f"{site.url}/a.png")))).reason == "media-slow"
    await adapter.stop()  # leaves nothing behind
    site.open.set()


async def test_an_address_of_our_own_network_is_not_fetched(wechat: WeChat, line: Line) -> None:
    careful = adapter_for(wechat.settings(), line)
    await careful.start()
    secret = outbound(Image(url="http://127.0.0.1:8080/metrics"))
    assert await careful.send(secret) == Receipt(Outcome.FINAL, "media-private-address")
    await careful.stop()
    assert not wechat.calls


async def read(adapter: WeChatAdapter, part: AnyPart) -> bytes:
    async with adapter.media(part) as file:
        return b"".join([piece async for piece in file.chunks])


async def test_a_customers_file_is_fetched_when_it_is_wanted(
    adapter: WeChatAdapter, wechat: WeChat
) -> None:
    assert await read(adapter, Image(media_id=wechat.desk.keep("image", JPG))) == JPG
    assert await read(adapter, Video(media_id=wechat.desk.keep("video", MP4))) == MP4
    wechat.tokens.expire()
    async with adapter.media(Voice(media_id=wechat.desk.keep("voice", AMR))) as voice:
        assert voice.content_type == "audio/amr"
        assert voice.name.endswith(".bin")
        assert b"".join([piece async for piece in voice.chunks]) == AMR
    assert wechat.calls["token"] == 2


async def test_without_the_api_a_picture_comes_from_its_address(
    wechat: WeChat, line: Line, site: Site
) -> None:
    passive = adapter_for(wechat.settings(can_push=False, media_hosts=["127.0.0.1"]), line)
    assert await read(passive, Image(url=f"{site.url}/a.jpg", media_id="m")) == JPG
    with pytest.raises(NoMedia, match="no-address"):
        await read(passive, Voice(media_id="m"))


async def test_a_file_that_cannot_be_had_says_why(
    adapter: WeChatAdapter, wechat: WeChat, line: Line
) -> None:
    media = wechat.desk.keep("image", JPG)
    later(line, days=3)
    with pytest.raises(NoMedia, match="gone"):
        await read(adapter, Image(media_id=media))
    with pytest.raises(NoMedia, match="no-file"):
        await read(adapter, Text("在吗"))
    with pytest.raises(NoMedia, match="no-address"):
        await read(adapter, Image())
    wechat.break_http("download", 502)
    with pytest.raises(NoMedia, match="http-502"):
        await read(adapter, Image(media_id=media))
    with pytest.raises(NoMedia, match="private-address"):
        await read(adapter_for(wechat.settings(can_push=False), line), Image(url="http://[::1]/"))


def amr(frames: int, head: bytes = b"#!AMR\n", kind: int = 0, size: int = 13) -> bytes:
    """A voice of 20 ms frames."""
    return head + (bytes([kind << 3]) + bytes(size - 1)) * frames


def mp3(seconds: float) -> bytes:
    """MPEG 1 layer III, 32 kbit/s, 44.1 kHz: frames of 104 bytes and 26 ms."""
    return (b"\xff\xfb\x10\xc0" + bytes(100)) * round(seconds * 44_100 / 1152)


@pytest.mark.parametrize(
    ("data", "lasts"),
    [
        (amr(3000), 60.0),
        (amr(3001), 60.02),
        (amr(10, b"#!AMR-WB\n", 8, 61), 0.2),
        (amr(10, kind=15, size=1), 0.2),  # silence
        (amr(1, kind=9), None),
        (mp3(59), 59.0),
        (mp3(61), 61.0),
        (b"ID3" + bytes(40), None),
    ],
)
def test_a_voice_is_measured(data: bytes, lasts: float | None, tmp_path: Path) -> None:
    file = tmp_path / "voice"
    file.write_bytes(data)
    found = seconds(file)
    assert found is None if lasts is None else found == pytest.approx(lasts, abs=0.05)


async def test_a_voice_over_a_minute_is_not_uploaded_but_shown_as_its_address(
    adapter: WeChatAdapter, wechat: WeChat, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, data in (("long.amr", amr(3001)), ("long.mp3", mp3(61)), ("odd.amr", amr(1, kind=9))):
        monkeypatch.setitem(FILES, name, data)
        said = await shown(adapter, wechat, Voice(url=f"{site.url}/{name}"))
        assert (said["kind"], said["content"]) == ("text", f"{site.url}/{name}")
    assert wechat.calls["upload"] == 0


@pytest.mark.parametrize("odd", [[], {}, "40001", None, True])
async def test_an_error_code_that_is_no_number_broke_the_download_of_a_file(
    adapter: WeChatAdapter, wechat: WeChat, odd: object
) -> None:
    def says(_code: int, **_more: object) -> web.Response:
        return web.json_response({"errcode": odd})

    wechat.desk.says = says
    with pytest.raises(NoMedia):
        async with adapter.media(Voice(media_id="gone")):
            pass
