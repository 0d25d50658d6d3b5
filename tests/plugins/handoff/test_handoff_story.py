from core.testing import open_shop

STAFF = {"channel": "shop", "conversation": "staff-room", "kind": "group", "people": ["wang"]}
SETTINGS = {"plugins": {"handoff": {"staff": STAFF, "answer_within": 5}}}


async def test_a_person_can_be_called_and_the_bot_falls_silent() -> None:
    async with open_shop(plugins=["handoff"], settings=SETTINGS) as shop:
        mei = shop.customer("Mei")
        await mei.says("人工")
        mei.hears("排?队")
        assert (await shop.conversation("Mei")).owner == "queue"
        assert len(shop.posts("staff-room")) == 1
        assert "Mei" in shop.posts("staff-room")[0]
        await mei.says("在吗")
        mei.hears_nothing()
        await mei.says("转人工")
        mei.hears("您这边正在排队")
        assert len(shop.posts("staff-room")) == 1


async def test_in_a_sentence_too_but_not_where_it_means_something_else() -> None:
    async with open_shop(plugins=["handoff"], settings=SETTINGS) as shop:
        mei = shop.customer("Mei")
        for text in ("这是人工智能吗", "不用转人工了谢谢", "人工费多少"):
            await mei.says(text)
            mei.hears_nothing()
        await mei.says("麻烦帮我转人工客服，谢谢")
        mei.hears("正在排队")


async def test_in_english() -> None:
    async with open_shop(plugins=["handoff"], settings=SETTINGS) as shop:
        ann = shop.customer("Ann", locale="en")
        await ann.says("I want to talk to a human please")
        ann.hears("queue")


async def test_in_public_the_way_to_a_private_chat_is_shown() -> None:
    async with open_shop(plugins=["handoff"], settings=SETTINGS) as shop:
        for person in (shop.member("Li", "group-1"), shop.viewer("Bo", "room-1")):
            await person.says("人工")
            person.hears("私聊")
        assert (await shop.conversation("group-1")).owner == "bot"


async def test_nobody_came_one_apology_and_one_reminder() -> None:
    async with open_shop(plugins=["handoff"], settings=SETTINGS) as shop:
        mei = shop.customer("Mei")
        await mei.says("人工")
        await shop.advance(minutes=4, seconds=59)
        assert len(mei.replies) == 1
        await shop.advance(seconds=2)
        assert len(mei.replies) == 2
        mei.hears("久等")
        assert len(shop.posts("staff-room")) == 2
        await shop.advance(hours=3)
        assert len(mei.replies) == 2
        assert len(shop.posts("staff-room")) == 2


async def test_the_customer_may_go_back_to_the_bot() -> None:
    async with open_shop(plugins=["handoff"], settings=SETTINGS) as shop:
        mei = shop.customer("Mei")
        await mei.says("人工")
        await mei.says("机器人")
        mei.hears("我回来了")
        assert (await shop.conversation("Mei")).owner == "bot"
        await shop.advance(minutes=30)
        assert len(mei.replies) == 1
        await mei.says("人工")  # and call again: the clock starts anew
        await shop.advance(minutes=6)
        mei.hears("久等")


async def test_off_hours_say_when_people_are_back() -> None:
    hours = {"opens": "09:00", "closes": "09:30", "days": [1, 2, 3, 4, 5]}
    settings = {"plugins": {"handoff": {"staff": STAFF, "answer_within": 5, "hours": hours}}}
    async with open_shop(plugins=["handoff"], settings=settings) as shop:
        mei = shop.customer("Mei")
        await mei.says("人工")  # Monday 10:00
        mei.hears("下班", "09:00|9:00")
        await shop.advance(hours=22)
        mei_heard = len(mei.replies)
        await shop.advance(hours=1, minutes=6)  # Tuesday 09:06
        assert len(mei.replies) == mei_heard + 1
