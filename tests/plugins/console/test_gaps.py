"""Numbers that no row has hold nobody up, and hide nothing that comes after them."""

from __future__ import annotations

from core.store.models import Message
from plugins.console.folder import Folder
from plugins.console.gaps import PATIENCE, Gaps
from plugins.console.models import Thread
from plugins.console.settings import SlaSettings
from tests.plugins.console.desk import Office, Person, open_desk


async def three_words_and_a_gap(office: Office, beside: Person) -> None:
    """Mei says three words, all were told, and the number of the second has no row.

    On PostgreSQL a platform's retry leaves such a number behind.
    """
    line = await beside.listens()
    for word in "二三四":
        await office.shop.customer("Mei").says(word)
    await line.message("四")
    await Message.filter(text="三").delete()
    await line.close()


def test_a_number_still_on_its_way_is_waited_for() -> None:
    gaps = Gaps()
    assert gaps.whole(4, [5, 7], 0.0) == 1
    assert gaps.whole(5, [6, 7], 0.1) == 2


def test_many_burnt_numbers_cost_one_wait_not_one_each() -> None:
    gaps = Gaps()
    assert gaps.whole(4, [6, 8, 10], 0.0) == 0
    assert gaps.whole(4, [6, 8, 10, 12], PATIENCE / 2) == 0
    assert gaps.whole(4, [6, 8, 10, 12], PATIENCE) == 3
    assert gaps.whole(10, [12], PATIENCE * 1.5) == 0
    assert gaps.whole(10, [12], PATIENCE * 2) == 1


async def test_what_came_after_a_burnt_number_is_not_lost_to_who_reconnects() -> None:
    async with open_desk() as office:
        li, wang = await office.opens("li"), await office.opens("wang")
        line = await li.listens()
        await office.shop.customer("Mei").says("一")
        await line.message("一")
        await line.close()
        await three_words_and_a_gap(office, wang)
        again = await li.listens(line.cursor)
        await again.until("replayed")
        assert [word for word in again.said() if word in "一二三四"] == ["二", "四"]
        await again.close()


async def test_a_rebuild_does_not_stop_at_a_burnt_number() -> None:
    async with open_desk() as office:
        shop = office.shop
        await three_words_and_a_gap(office, await office.opens("wang"))
        told = await Thread.get(conversation_id=await office.number("Mei"))
        policy = SlaSettings().policy(shop.app.texts.zone)
        await Folder(shop.app.writer, shop.clock, policy).rebuild()
        again = await Thread.get(conversation_id=told.conversation_id)
        assert (again.last_message, again.preview) == (told.last_message, told.preview)
