"""Files on their way to members, groups and customers of WeCom: uploaded once, or as links."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from core.parts import File, Image, Voice
from core.store.models import Message
from tests.adapters.wecom.firm import firm, post
from tests.adapters.wecom_kf.town import town
from tests.standins.site import HOST, Site, site

JPG = b"\xff\xd8\xff a picture"
LONG = b"#!AMR\n" + (b"\x00" + bytes(12)) * 3001


@pytest.fixture
async def files() -> AsyncGenerator[Site]:
    async with site(
        a__jpg=JPG, list__pdf=b"%PDF sizes", long__amr=LONG, page__jpg=b"<html>"
    ) as one:
        yield one


async def test_members_get_pictures_and_files_uploaded_once(files: Site) -> None:
    async with firm(media_hosts=[HOST]) as (shop, wecom):
        for member in ("zhangsan", "lisi"):
            await post(shop, member, Image(f"{files.url}/a.jpg"))
        await post(shop, "lisi", File("list.pdf", url=f"{files.url}/list.pdf"))
        shown = [s.body[s.body["msgtype"]].get("media_id") for s in wecom.shown]
        assert shown == ["MEDIA-1", "MEDIA-1", "MEDIA-2"]
        assert (wecom.uploads, wecom.names[1]) == ([JPG, b"%PDF sizes"], "list.pdf")
        assert files.asked["a.jpg"] == 1


async def test_what_wecom_would_not_take_is_shown_as_its_address(files: Site) -> None:
    async with firm(media_hosts=[HOST]) as (shop, wecom):
        odd = (Voice(url=f"{files.url}/long.amr"), Image(f"{files.url}/page.jpg"))
        inside = Image("http://10.0.0.1/a.jpg")
        for part in (*odd, inside):
            await post(shop, "zhangsan", part)
        assert [s.text for s in wecom.shown] == [part.url for part in (*odd, inside)]
        assert wecom.uploads == []


async def test_a_post_to_a_group_carries_its_picture(files: Site) -> None:
    async with firm(media_hosts=[HOST]) as (shop, wecom):
        wecom.groups["wr1"] = "zhangsan"
        await post(shop, "group:wr1", Image(f"{files.url}/a.jpg"), kind="group")
        (task,) = wecom.mass.tasks
        assert task.body["attachments"] == [
            {"msgtype": "image", "image": {"media_id": "MEDIA-1"}},
        ]


async def test_a_customer_gets_the_picture_and_a_dead_id_is_made_anew(files: Site) -> None:
    async with town(media_hosts=[HOST]) as (shop, wecom):
        await wecom.says("wm1", "hi")
        await shop.settle()
        place = (await Message.get(direction="in").prefetch_related("conversation")).conversation
        picture = Image(f"{files.url}/a.jpg")
        await post(shop, place.external_id, picture, key="one", channel="kf")
        wecom.fail("send_msg", 40007)
        await post(shop, place.external_id, picture, key="two", channel="kf")
        await shop.advance(minutes=1)
        said = [sent.body.get("image", {}).get("media_id", "") for sent in wecom.sent]
        assert (said, len(wecom.uploads)) == (["MEDIA-1", "MEDIA-2"], 2)
