"""What the staff of the busy shop have set up: responses, wording, skills, what they know."""

from __future__ import annotations

from typing import Final

from tests.desk.busy import Play

CANNED: Final = {
    "发货": ("发货时间", "今天 16 点前付款的今天发出，之后的明天上午发，单号出来第一时间发您～"),
    "退货": (
        "退货步骤",
        "在“我的订单”里点“申请退货”，选上门取件，验完货当天退款。",
    ),
    "尺码": ("报身高体重", "您把身高、体重和平时穿的码发我，我帮您看哪一码最合身。"),
    "质量": ("质量问题", "实在对不起，麻烦拍一张问题的地方，退、换、补由您来选，运费我们出。"),
    "差价": ("七天保价", "付款后七天内降价，差价原路退给您，不用您找客服催。"),
    "晚安": ("下班前", "我们 21 点下班，您留言，明早 9 点第一个回您。"),
}
WORDS: Final = "好的～已经帮您叫同事了，您先喝口水，前面的处理完马上到您。想接着问我就发“机器人”。"
SKILLS: Final = {"zhou": ["退款", "质检"], "ting": ["搭配"]}
DRAFTED: Final = "shop-014"
DRAFT: Final = "羊绒围巾建议干洗；在家洗用冷水和羊绒洗剂，不要拧，平铺晾干，不能机洗。"


async def set_up(play: Play) -> None:
    """Before the doors open."""
    wang, tao = play.staff["wang"], play.staff["tao"]
    for shortcut, (title, text) in CANNED.items():
        await tao.puts(f"/canned/{shortcut}", title=title, text=text)
    await tao.puts("/sentences/zh_CN/handoff.queued", text=WORDS)
    for login, skills in SKILLS.items():
        await play.staff["tang"].asks("PATCH", f"/staff/{login}", json={"skills": skills})
    hours = {"opens": "08:30", "closes": "21:00"}
    await wang.puts("/settings/handoff/hours", value=hours)
    await play.shop.settle()


async def knows(play: Play) -> None:
    """What is known of people by now, and an entry that is being written."""
    li, tao = play.staff["li"], play.staff["tao"]
    for name, tier, tags in (("林小满", 2, ["老顾客", "爱羽绒"]), ("方圆", 1, ["通勤"])):
        await li.puts(f"/contacts/{await play.contact(name)}", tier=tier, tags=tags)
    await li.puts(f"/contacts/{await play.contact('林小满')}", remark="出差多，只要顺丰；怕扎。")
    sheet = await tao.gets(f"/knowledge/entries/{DRAFTED}")
    entry = {**sheet["published"], "answer": DRAFT, "tests": ["怎么申请退货"]}
    await tao.puts(f"/knowledge/entries/{DRAFTED}/draft", entry=entry, stamp=sheet["stamp"])
