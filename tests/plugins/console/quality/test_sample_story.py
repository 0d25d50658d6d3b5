"""A week's sample: drawn by a recorded seed, scored, appealed, answered, averaged, forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.store.models import Conversation
from plugins.console.models import AuditLine, Consent, Draw, Review
from plugins.console.quality.plan import proved
from tests.plugins.console.desk import Office, Person, Refused, open_desk
from tests.plugins.console.quality.inspected import GOOD, SETTINGS, acts, form, served


async def test_a_sample_is_drawn_scored_appealed_answered_averaged_and_one_day_forgotten() -> None:
    async with open_desk(settings=SETTINGS) as office:
        li = await office.opens("li", name="小李")
        wang = await office.opens("wang", "supervisor", "admin", name="王姐")
        await its_seed_draws_the_sample_again(office, li, wang)
        await the_agent_hears_of_it_and_appeals_once(li, wang)
        await averages_are_told_and_written_into_a_table(wang)
        await erasing_a_customer_takes_the_words_and_leaves_the_scores(wang)
        await after_their_days_reviews_are_gone(office)


async def its_seed_draws_the_sample_again(office: Office, li: Person, wang: Person) -> None:
    shop = office.shop
    numbers = {await served(office, li, f"Customer {n}") for n in range(4)}
    poor = await served(office, li, "Poor", minutes=11, stars="1")
    no = await served(office, li, "No")
    await shop.customer("No").says("不同意质检")
    await shop.advance(days=7)  # the next Monday
    plan = await wang.gets("/quality")
    drawn, before = plan["draws"]
    assert (before["pool"], before["drawn"]) == (0, 0)  # the week before the shop opened
    assert (drawn["drawn"], drawn["many"], drawn["proved"], len(drawn["seed"])) == (2, 2, True, 32)
    row = await Draw.get(week=drawn["week"])
    weights = {each[1]: each[3] for each in row.pool}
    assert weights[poor] == 7
    assert {weights[number] for number in numbers} == {1}
    assert no not in weights
    assert proved(row)
    row.seed = "0" * 32
    row.pool = [[*each[:3], 1] for each in row.pool]
    changed = [proved(row)]
    for seed in "123":
        row.seed = seed
        changed.append(proved(row))
    assert not all(changed)  # another seed draws otherwise
    listed = (await wang.gets("/reviews", state="todo"))["items"]
    assert {each["agent_name"] for each in listed} == {"小李"}
    assert plan["next_at"] is not None
    assert (await li.gets("/reviews"))["items"] == []  # nothing to see before it is scored


async def the_agent_hears_of_it_and_appeals_once(li: Person, wang: Person) -> None:
    one = (await wang.gets("/reviews", state="todo"))["items"][0]
    path = f"/reviews/{one['id']}"
    whole = await wang.gets(path)
    assert [mark["name"] for mark in whole["marks"]] == list(GOOD)
    assert [hint["phrase"] for hint in whole["hints"]] == ["我们规定"]
    assert "人工" in [message["text"] for message in whole["messages"]]
    for wrong in (form()[1:], [*form(), form()[0]], form(**dict.fromkeys(GOOD))):
        with pytest.raises(Refused, match="bad-request"):
            await wang.puts(path, marks=wrong)
    line = await li.listens()
    with pytest.raises(Refused, match="not-found"):
        await li.gets(path)
    scored = await wang.puts(path, marks=form(), comment="别说我们规定")
    assert (scored["review"]["mean"], scored["review"]["state"]) == (4.0, "scored")
    assert (await line.event("quality.scored"))["data"] == {"review": one["id"], "to": ["li"]}
    await line.close()
    with pytest.raises(Refused, match="review-moved"):
        await wang.puts(path, marks=form())
    (mine,) = (await li.gets("/reviews"))["items"]
    assert (mine["mean"], mine["may"]["appeal"]) == (4.0, True)
    await li.posts(f"{path}/appeal", text="规定是客人先提的")
    with pytest.raises(Refused, match="review-moved"):
        await li.posts(f"{path}/appeal", text="再申诉一次")
    with pytest.raises(Refused, match="not-allowed"):
        await li.posts(f"{path}/decision", text="我同意自己")
    done = await wang.posts(f"{path}/decision", text="有道理", marks=form(banned=4))
    assert (done["review"]["state"], done["review"]["mean"]) == ("settled", 4.5)
    assert (await li.gets(path))["answer"] == "有道理"
    wanted = ["review-opened", "review-scored", "review-appealed", "review-decided"]
    assert [act for act in await acts(one["id"]) if act != "review-opened"] == wanted[1:]
    assert {row.who for row in await AuditLine.filter(act=wanted[0])} == {"li", "wang"}


async def averages_are_told_and_written_into_a_table(wang: Person) -> None:
    report = await wang.gets("/quality/averages")
    (row,) = report["rows"]
    assert (row["agent"], row["reviews"], row["appeals"], row["mean"]) == ("li", 1, 1, 4.5)
    assert row["means"] == {"greeting": 5.0, "accuracy": 4.0, "tone": 5.0, "banned": 4.0}
    assert report["total"]["mean"] == 4.5
    table = (await wang.gets("/quality/averages.csv"))["text"].lstrip("\ufeff").splitlines()
    assert table[1] == "小李,1,4.5,5.0,4.0,5.0,4.0,"
    with pytest.raises(Refused, match="bad-request"):
        await wang.gets("/quality/averages", to="0001-01-01")


async def erasing_a_customer_takes_the_words_and_leaves_the_scores(wang: Person) -> None:
    row = await Review.filter(state="settled").get()
    contact = (await Conversation.get(id=row.conversation_id)).contact_id or 0
    left = await Review.filter(state="open").get()  # the other of two
    other = (await Conversation.get(id=left.conversation_id)).contact_id or 0
    await wang.posts(f"/contacts/{contact}/erase", confirm=contact)
    await row.refresh_from_db()
    assert (row.comment, row.appeal, row.answer) == ("", "", "")
    assert [mark["score"] for mark in row.marks] == [5, 4, 5, 4, None]
    assert {one.text for one in await Consent.filter(contact_id=contact)} == {""}
    await wang.posts(f"/contacts/{other}/erase", confirm=other)
    assert not await Review.filter(state="open").exists()
    assert (await wang.gets("/audit/proof"))["whole"]


async def after_their_days_reviews_are_gone(office: Office) -> None:
    assert await Review.all().count() == 1
    await office.shop.advance(days=7)
    assert await Review.all().count() == 1
    await office.shop.advance(days=2)
    assert await Review.all().count() == 0
    assert not await Draw.filter(
        many=2, at__lt=office.shop.clock.now() - timedelta(days=9)
    ).exists()
