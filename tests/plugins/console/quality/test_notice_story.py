"""Who is told of reviews, what a customer's no keeps out, and that nobody scores the own work."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from plugins.console.models import AuditLine, Review
from tests.plugins.console.desk import PASSWORD, Office, Person, Refused, open_desk
from tests.plugins.console.quality.inspected import SETTINGS, acts, form, served

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def office() -> AsyncGenerator[Office]:
    async with open_desk(settings=SETTINGS) as office:
        yield office


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def people(office: Office) -> tuple[Person, Person]:
    """Li talks to customers, Wang leads."""
    li = await office.opens("li", name="小李")
    return li, await office.opens("wang", "supervisor", name="王姐")


async def test_staff_read_the_notice_once_and_nobody_is_looked_at_before(
    office: Office, people: tuple[Person, Person]
) -> None:
    _, wang = people
    await office.hires("xin", told=False)
    xin = office.person("xin", PASSWORD)
    assert (await xin.signs_in())["notice"]
    number = await served(office, xin, "Early")
    with pytest.raises(Refused, match="not-told"):
        await wang.posts("/reviews", conversation=number)
    assert "xin" in [one["login"] for one in (await wang.gets("/quality"))["untold"]]
    await office.shop.customer("Early").says("人工")
    await xin.posts(f"/conversations/{number}/claim")
    with pytest.raises(Refused, match="not-told"):
        await wang.posts(f"/conversations/{number}/watch", part="observe")
    read = await xin.gets("/notice")
    assert "8 天" in read["text"]
    with pytest.raises(Refused, match="changed"):
        await xin.posts("/notice", version="older")
    for _ in range(2):
        assert not (await xin.posts("/notice", version=read["version"]))["wanted"]
    assert (await acts("xin")).count("notice-acknowledged") == 1
    await wang.posts(f"/conversations/{number}/watch", part="observe")
    assert (await xin.gets(f"/conversations/{number}"))["guests"][0]["part"] == "observe"
    await xin.posts(f"/conversations/{number}/close", result="solved")
    await wang.puts("/settings/console/quality.keep_days", value=30)  # other words: asked anew
    assert (await xin.gets("/session"))["notice"]
    await wang.asks("DELETE", "/settings/console/quality.keep_days")
    assert not (await xin.gets("/session"))["notice"]


async def test_a_customer_is_told_once_may_object_and_is_left_alone_but_for_complaint_and_law(
    office: Office, people: tuple[Person, Person]
) -> None:
    li, wang = people
    shop, mei = office.shop, office.shop.customer("Mei")
    await mei.says("人工")
    mei.hears("不同意质检")
    number = await served(office, li, "Mei")
    assert sum("可能会被抽查质检" in text for text in shop.posts("Mei")) == 1
    await wang.posts("/reviews", conversation=number)
    await mei.says("人工")
    await li.posts(f"/conversations/{number}/claim")
    watch = f"/conversations/{number}/watch"
    await wang.posts(watch, part="observe")

    await mei.says("我不同意质检")
    mei.hears("不会再被抽查")
    opened = await li.gets(f"/conversations/{number}")
    assert (opened["objected"], opened["guests"]) == (True, [])
    assert not await Review.filter(conversation_id=number).exists()
    with pytest.raises(Refused, match="objected"):
        await wang.posts("/reviews", conversation=number)
    with pytest.raises(Refused, match="objected"):
        await wang.posts(watch, part="observe")
    await wang.posts(watch, part="observe", ground="配合市场监管调查")
    line = await AuditLine.filter(act="observed").order_by("-id").first()
    assert line is not None
    assert line.data["ground"] == "配合市场监管调查"
    await wang.posts(watch, part="join")  # everybody sees who joins

    person = await shop.app.contacts.person((await shop.conversation("Mei")).contact_id or 0)
    assert person is not None
    held = (await shop.app.contacts.export(person))["held"]["console.Consent"]
    assert [one["kind"] for one in held] == ["told", "objected"]
    assert "可能会被抽查质检" in held[0]["text"]
    await mei.says("太生气了，我要投诉你们")
    await wang.posts(watch, part="observe")
    await li.posts(f"/conversations/{number}/close", result="solved")
    await mei.says("同意质检")
    assert not (await li.gets(f"/conversations/{number}"))["objected"]


async def test_nobody_scores_the_own_work(office: Office, people: tuple[Person, Person]) -> None:
    _, wang = people
    number = await served(office, wang, "Boss")
    own = await wang.posts("/reviews", conversation=number)
    assert not own["review"]["may"]["score"]
    with pytest.raises(Refused, match="own-review"):
        await wang.puts(f"/reviews/{own['review']['id']}", marks=form())
    with pytest.raises(Refused, match="exists"):
        await wang.posts("/reviews", conversation=number)
