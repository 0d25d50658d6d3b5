"""A trainer's day at the desk: a draft, its exam, the say-so, versions, files, and the loop."""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from tortoise.transactions import in_transaction

from plugins.console.models import AuditLine
from plugins.faq.face import Entry, store
from tests.plugins.console.desk import PLUGINS, Office, Person, Refused, open_desk

pytestmark = pytest.mark.asyncio(loop_scope="module")
WITH_FAQ = (*PLUGINS, "faq")
SETTINGS = {"plugins": {"faq": {"encoder": "none", "facts": {"客服时间": "9 点到 21 点"}}}}
RETURNS = Entry(
    id="return",
    question="怎么申请退货？",
    answer="{昵称}您好，先在订单里申请退货。",
    category="售后",
    similar=("不想要了可以退吗", "怎么退掉"),
    tests=("怎么申请退货呀",),
    review_by=date(2026, 1, 31),
)
HOURS = Entry(
    id="hours", question="客服几点上班？", answer="客服时间是 {客服时间}。", category="客服"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office() -> AsyncGenerator[Office]:
    async with open_desk(plugins=WITH_FAQ, settings=SETTINGS) as office:
        async with in_transaction("default"):
            await store([RETURNS, HOURS], office.shop.clock, "import")
        office.shop.app.watch.soon()
        await office.shop.settle()
        for login, role in (("tao", "trainer"), ("li", "agent")):
            await office.hires(login, role)
        yield office


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tao(office: Office) -> Person:
    person = office.person("tao", "correct horse battery")
    await person.signs_in()
    return person


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def li(office: Office) -> Person:
    person = office.person("li", "correct horse battery")
    await person.signs_in()
    return person


async def drafts(who: Person, entry: Entry, stamp: str) -> dict[str, Any]:
    plain = entry.model_dump(mode="json", exclude_defaults=True)
    return await who.puts(f"/knowledge/entries/{entry.id}/draft", entry=plain, stamp=stamp)


async def heard(office: Office, who: str, text: str) -> str:
    customer = office.shop.customer(who)
    await customer.says(text)
    return "".join(customer.replies)


async def test_a_draft_is_reviewed_published_and_taken_back(office: Office, tao: Person) -> None:
    here = "/knowledge/entries/hours"
    opened = await tao.gets(here)
    assert (opened["version"], opened["draft"]) == (1, None)
    wanted = HOURS.model_copy(update={"answer": "每天 8 点到 22 点。"})
    line = await tao.listens()  # of a colleague who has the same page open
    drafted = await drafts(tao, wanted, opened["stamp"])
    assert (await line.event("faq.drafted"))["data"]["by"] == "tao"
    assert (drafted["drafted_by"], drafted["reviewer"]) == ("tao", "")
    assert "21 点" in await heard(office, "Ann", "客服几点上班")
    with pytest.raises(Refused, match="not-reviewed"):
        await tao.posts(f"{here}/publish", stamp=drafted["stamp"])
    with pytest.raises(Refused, match="changed"):
        await tao.posts(f"{here}/review", stamp=opened["stamp"])
    reviewed = await tao.posts(f"{here}/review", stamp=drafted["stamp"])
    assert (await tao.posts(f"{here}/check"))["findings"] == []
    done = await tao.posts(f"{here}/publish", stamp=reviewed["stamp"])
    assert (done["version"], done["author"], done["draft"]) == (2, "tao", None)
    assert (await line.event("faq.changed"))["data"]["by"] == "tao"
    await line.close()
    await office.shop.settle()
    assert "22 点" in await heard(office, "Bob", "客服几点上班")

    past = (await tao.gets(f"{here}/versions"))["items"]
    assert [one["number"] for one in past] == [2, 1]
    assert past[0]["changes"] == [
        {"field": "answer", "old": HOURS.answer, "new": "每天 8 点到 22 点。"}
    ]
    back = await tao.posts(f"{here}/rollback", version=1, stamp=done["stamp"])
    assert (back["version"], back["published"]["answer"]) == (3, HOURS.answer)


async def test_an_entry_that_steals_is_published_only_with_a_say_so(tao: Person) -> None:
    thief = Entry(id="thief", question="怎么退掉", answer="扔了吧。", tests=("今天天气好吗",))
    drafted = await drafts(tao, thief, "new")
    await tao.asks("DELETE", "/knowledge/entries/thief/draft", json={"stamp": drafted["stamp"]})
    with pytest.raises(Refused, match="not-found"):
        await tao.gets("/knowledge/entries/thief")
    drafted = await drafts(tao, thief, "new")
    listed = await tao.gets("/knowledge", state="draft")
    assert [(one["id"], one["state"]) for one in listed["items"]] == [("thief", "new")]
    exam = (await tao.posts("/knowledge/entries/thief/check"))["findings"]
    kinds = {one["kind"]: one for one in exam}
    assert kinds["conflict"]["other_question"] == RETURNS.question
    assert kinds["failed"]["question"] == "今天天气好吗"
    reviewed = await tao.posts("/knowledge/entries/thief/review", stamp=drafted["stamp"])
    with pytest.raises(Refused) as refused:
        await tao.posts("/knowledge/entries/thief/publish", stamp=reviewed["stamp"])
    assert refused.value.code == "regression"
    assert {one["kind"] for one in refused.value.error["findings"]} == {"conflict", "failed"}
    done = await tao.posts("/knowledge/entries/thief/publish", stamp=reviewed["stamp"], sure=True)
    assert done["version"] == 1
    line = await AuditLine.filter(act="knowledge-published", about="thief").get()
    assert line.data["in_spite_of"] >= 2
    off = thief.model_copy(update={"enabled": False})
    drafted = await drafts(tao, off, done["stamp"])
    await tao.posts("/knowledge/entries/thief/publish", stamp=drafted["stamp"], sure=True)
    assert [e["id"] for e in (await tao.gets("/knowledge", state="off"))["items"]] == ["thief"]


async def test_entries_are_found_by_words_category_and_state(tao: Person) -> None:
    found = await tao.gets("/knowledge", q="不想要了")
    assert [one["id"] for one in found["items"]] == ["return"]
    assert found["categories"] == ["售后", "客服"]
    by_category = await tao.gets("/knowledge", category="客服")
    assert [one["id"] for one in by_category["items"]] == ["hours"]
    first = await tao.gets("/knowledge", state="live", limit=1)
    rest = await tao.gets("/knowledge", state="live", after=first["next"])
    ids = [one["id"] for one in [*first["items"], *rest["items"]]]
    assert ids == sorted(ids)
    assert {"hours", "return"} <= {*ids}
    unused = await tao.gets("/knowledge", state="unused", category="售后")
    assert [one["id"] for one in unused["items"]] == ["return"]
    (due,) = (await tao.gets("/knowledge", state="stale"))["items"]
    assert (due["id"], due["stale"]) == ("return", "review")
    with pytest.raises(Refused, match="not-found"):
        await tao.gets("/knowledge/entries/nowhere")


async def test_a_trainer_tries_a_question_and_an_agent_finds_words_to_send(
    tao: Person, li: Person
) -> None:
    tried = await tao.posts("/knowledge/try", text="怎么申请退货")
    assert (tried["band"], tried["offered"]) == ("answer", ["return"])
    assert [one["id"] for one in tried["ranked"]][:1] == ["return"]
    assert (await tao.posts("/knowledge/try", text="火星天气"))["band"] == "unknown"
    words = await li.gets("/knowledge/find", q="怎么退货", name="阿梅")
    assert words["items"][0]["answer"] == "阿梅您好，先在订单里申请退货。"
    with pytest.raises(Refused, match="not-allowed"):
        await drafts(li, RETURNS, "new")
    assert li.me["knowledge"] is True


async def test_a_file_comes_in_whole_or_not_at_all_and_goes_out_again(tao: Person) -> None:
    def book(text: str, **more: Any) -> dict[str, Any]:
        data = base64.b64encode(text.encode()).decode()
        return {"name": "新.csv", "data": data, **more}

    with pytest.raises(Refused) as refused:
        await tao.posts("/knowledge/import", **book("id,question,answer\na,问,答\nb,,答\n"))
    assert refused.value.code == "bad-file"
    assert refused.value.error["fields"] == {"3": "question：必填，还没有写"}
    good = "id,question,answer\nsize,怎么选尺码？,看尺码表。\n"
    assert (await tao.posts("/knowledge/import", **book(good)))["drafted"] is True
    assert [e["id"] for e in (await tao.gets("/knowledge", state="draft"))["items"]] == ["size"]
    taken = await tao.posts("/knowledge/import", **book(good, publish=True))
    assert (taken["entries"], taken["drafted"]) == (1, False)
    assert "看尺码表。" in (await tao.gets("/knowledge/export", format="csv"))["text"]


async def test_what_three_asked_in_vain_is_answered_after_one_click(
    office: Office, tao: Person
) -> None:
    for name in ("Xia", "Yun", "Zoe"):
        await heard(office, name, "旧羽绒服回收吗")
    with pytest.raises(Refused) as odd:
        await tao.posts("/knowledge/candidates", days="many")
    assert odd.value.error["fields"] == {"days": "要写整数"}
    (one,) = (await tao.posts("/knowledge/candidates", days=30))["items"]
    assert (one["count"], one["answer"]) == (3, "")
    with pytest.raises(Refused) as refused:
        await tao.posts(f"/knowledge/candidates/{one['id']}/approve")
    assert set(refused.value.error["fields"]) == {"answer"}
    before = (await tao.gets("/knowledge/board"))["open"]
    done = await tao.posts(f"/knowledge/candidates/{one['id']}/approve", answer="回收，抵 5 元券。")
    await office.shop.settle()
    assert "抵 5 元券" in await heard(office, "Kim", "旧羽绒服回收吗")
    board = await tao.gets("/knowledge/board")
    assert (before, board["open"]) == (3, 0)
    (effect,) = board["effects"]
    assert (effect["entry"], effect["asked_before"]) == (done["entry"], 3)
    assert effect["answered_after"] == 1


async def test_what_nobody_should_be_asked_about_again_is_dismissed(
    office: Office, tao: Person, li: Person
) -> None:
    for name in ("Una", "Vic"):
        await heard(office, name, "老板在火星吗")
    for name in ("Wen", "Xun"):  # who complains asks nothing that an entry could answer
        await heard(office, name, "太生气了，衣服破了，我要投诉你们")
        await li.says(await office.number(name), "非常抱歉，马上给您换新", take=True)
    (one,) = (await tao.posts("/knowledge/candidates"))["items"]
    await tao.posts(f"/knowledge/candidates/{one['id']}/dismiss")
    assert (await tao.posts("/knowledge/candidates"))["items"] == []
