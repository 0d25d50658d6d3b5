from core.testing import open_shop
from plugins.complaints.models import Complaint, ComplaintLead, State

LEVELS = [
    {"name": "一线", "channel": "shop", "conversation": "level-1", "people": ["wang"]},
    {"name": "主管", "channel": "shop", "conversation": "level-2", "people": ["boss"]},
]
SETTINGS = {"plugins": {"complaints": {"levels": LEVELS, "hand_over_from": 3}}}
PLUGINS = ["handoff", "complaints"]


async def test_anger_is_soothed_and_opens_a_case_with_three_clocks() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        mei = shop.customer("Mei")
        await mei.says("太生气了，我要投诉")
        mei.hears("生气", "说法")
        case = await Complaint.get()
        waits = [
            (due - case.opened_at).total_seconds() / 60
            for due in (case.soothe_due, case.plan_due, case.close_due)
        ]
        assert waits == [10, 30, 120]
        assert (await shop.conversation("Mei")).owner == "bot"
        assert len(shop.posts("level-1")) == 1
        assert "太生气了" in shop.posts("level-1")[0]


async def test_the_words_fit_the_case() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        for name, says, hears in (
            ("a", "快递半个月了还没到，气死我了", "包裹"),
            ("b", "用一次就坏，什么垃圾东西", "拆开"),
            ("c", "客服态度恶劣，我要投诉", "受了气"),
            ("d", "退款一直不到账，凭什么", "款"),
            ("e", "三次发错货，你们仓库是瞎的吗", "错"),
            ("f", "吃完拉肚子去医院了", "医院"),
        ):
            customer = shop.customer(name)
            await customer.says(says)
            customer.hears(hears)
            assert not any("带来不便" in reply for reply in customer.replies)


async def test_a_second_angry_message_joins_the_open_case() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        mei = shop.customer("Mei")
        await mei.says("太生气了，我要投诉")
        await mei.says("再不处理我就打12315")
        case = await Complaint.get()
        assert case.severity == 3
        assert [note["text"] for note in case.notes] == [
            "太生气了，我要投诉",
            "再不处理我就打12315",
        ]
        assert (await shop.conversation("Mei")).owner == "queue"
        await mei.says("一群骗子")  # in the queue: kept, but the bot is silent
        mei.hears_nothing()
        assert len((await Complaint.get()).notes) == 3


async def test_reminded_at_80_percent_and_escalated_at_100_once_each() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        await shop.customer("Mei").says("太生气了，我要投诉")
        await shop.advance(minutes=7, seconds=59)
        assert len(shop.posts("level-1")) == 1
        await shop.advance(seconds=2)
        assert len(shop.posts("level-1")) == 2
        assert "安抚" in shop.posts("level-1")[1]
        assert not shop.posts("level-2")
        await shop.advance(minutes=2)
        assert len(shop.posts("level-2")) == 1
        assert "超时" in shop.posts("level-2")[0]
        await shop.advance(hours=5)
        assert len(await shop.events("complaint.reminded")) == 3
        assert len(await shop.events("complaint.escalated")) == 3
        assert (await Complaint.get()).level == 1
        assert len(shop.posts("level-1")) == 2  # the later rungs call the level in charge
        assert len(shop.posts("level-2")) == 5


async def test_mild_words_open_nothing() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        mei = shop.customer("Mei")
        for text in (
            "怎么还不发货",
            "不投诉不投诉 开个玩笑",
            "质量差的话包退吗",
            "垃圾桶有没有带盖的",
        ):
            await mei.says(text)
            mei.hears_nothing()
        assert not await Complaint.exists()


async def test_in_a_live_room_staff_get_one_lead_and_no_details_are_shown() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        bo = shop.viewer("Bo", "room-1")
        await bo.says("骗子直播间 价格和说的不一样")
        bo.hears("私信")
        await bo.says("我要投诉你们")
        bo.hears_nothing()
        assert len(shop.posts("level-1")) == 1
        assert await ComplaintLead.all().count() == 1
        await shop.advance(minutes=11)
        await bo.says("催了五天没人理")
        assert len(shop.posts("level-1")) == 2
        insult = shop.viewer("X", "room-1")
        await insult.says("傻X主播")
        insult.hears_nothing()
        assert not await Complaint.exists()


async def test_people_grumbling_in_a_group_are_left_alone() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        li = shop.member("Li", "group-1")
        await li.says("有点慢啊")
        li.hears_nothing()
        assert not await ComplaintLead.exists()


async def test_asking_for_a_person_in_anger_does_both() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        mei = shop.customer("Mei")
        await mei.says("我要投诉，给我转人工")
        mei.hears("正在排队")
        assert (await Complaint.get()).state is State.OPEN
        assert (await shop.conversation("Mei")).owner == "queue"


async def test_by_default_clear_anger_goes_to_a_person_at_once() -> None:
    async with open_shop(plugins=PLUGINS) as shop:
        await shop.customer("Mei").says("太生气了")
        assert (await shop.conversation("Mei")).owner == "queue"
