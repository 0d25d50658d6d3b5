"""The two weeks before the busy afternoon: what was asked and who answered, with a fixed seed."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final

from tests.desk.busy import Play

DAYS: Final = 13
NAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN: Final = ("晓", "小雨", "佳", "思远", "子涵", "一诺", "梦瑶", "可", "敏", "文静")
CHANNELS: Final = ("wechat", "wechat", "wechat", "web", "web", "kf")
ASKED: Final = (
    "拍下多久发货？",
    "怎么申请退货",
    "羊绒围巾怎么洗",
    "可以改地址吗",
    "尺码偏大还是偏小",
    "发票怎么开",
    "运费谁出",
    "预售什么时候发",
)
UNKNOWN: Final = ("旧羽绒服回收吗", "能帮我写张贺卡吗", "羊毛衫会不会起球")
SERVED: Final = (
    ("身高165穿什么码", "165 拍 M 就合身，里面想叠厚毛衣的话拍 L。"),
    ("可以帮我催一下快递吗", "已经给快递加急了，今天 18 点前会有派送信息，没动静您再找我。"),
    ("旧羽绒服回收吗", "回收的，洗干净寄回来，每件抵 30 元券。"),
    ("能帮我写张贺卡吗", "可以呀，把要写的话发我，手写好放进包裹里。"),
    ("可以改成顺丰吗", "可以的，补 12 元运费差价，我把链接发您。"),
)
ANGRY: Final = (
    "质量太差了，穿一次就起球，我要投诉",
    "发错颜色了，太让人生气，我要投诉",
    "物流慢死了，等了一个星期，我要投诉你们",
)
AGENTS: Final = ("li", "zhou", "ting")


async def weeks_go_by(play: Play) -> None:
    """Every day some ask the bot, some want a person, and now and then one complains."""
    draw = random.Random(7)
    for day in range(DAYS):
        morning = play.shop.clock.now()
        for _ in range(draw.randint(5, 9) + day // 4):
            await play.says(somebody(play, draw), draw.choice(CHANNELS), draw.choice(ASKED))
            await play.shop.advance(minutes=draw.randint(2, 9))
        for words in UNKNOWN[: draw.randint(0, 3)]:
            await play.says(somebody(play, draw), "wechat", words)
        for _ in range(draw.randint(2, 4)):
            await is_served(play, draw)
        if day % 3 == 1:
            await complains(play, draw)
        await play.shop.advance_to(morning + timedelta(days=1))


def somebody(play: Play, draw: random.Random) -> str:
    """A name that nobody has had."""
    while (name := draw.choice(NAMES) + draw.choice(GIVEN)) in play.customers:
        pass
    return name


async def is_served(play: Play, draw: random.Random) -> None:
    """A person is asked for, comes after a while, solves it and is rated."""
    name, login = somebody(play, draw), draw.choice(AGENTS)
    channel, (question, answer) = draw.choice(CHANNELS), draw.choice(SERVED)
    await play.says(name, channel, question)
    await play.says(name, channel, "人工")
    await play.shop.advance(seconds=draw.choice((25, 40, 70, 100, 180, 260, 420)))
    await play.acts(login, "takes", name)
    await play.shop.advance(seconds=draw.randint(10, 50))
    await play.acts(login, "answers", name, answer)
    await play.shop.advance(minutes=draw.randint(3, 25))
    await play.acts(login, "solves" if draw.random() < 0.9 else "leaves", name)
    if draw.random() < 0.7:
        await play.says(name, channel, draw.choice("5555544443"))


async def complains(play: Play, draw: random.Random) -> None:
    """One that was heard, planned and settled."""
    name, login = somebody(play, draw), draw.choice(AGENTS)
    await play.says(name, "wechat", draw.choice(ANGRY))
    for verb, minutes, words in (
        ("takes", 3, ""),
        ("answers", 1, "实在对不起，这件事我来负责。"),
        ("soothes", 2, "已致歉，顾客愿意等方案"),
        ("plans", 12, "换新并承担来回运费"),
        ("settles", draw.randint(30, 70), "换新，补 10 元运费"),
    ):
        await play.shop.advance(minutes=minutes)
        await play.acts(login, verb, name, words)
    await play.acts(login, "solves", name)
