"""What a customer sees while the model speaks, and what those see who look after it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.cli.doctor import findings
from core.message import ConversationKind
from core.parts import Text, dump
from core.store.models import Message
from core.testing import Shop
from core.views import ContactView, ConversationView, MessageView
from plugins.grounded.models import Spending
from tests.adapters.webchat.visitor import visit
from tests.plugins.grounded.house import SEVERAL, UNSURE, shop_with
from tests.standins.model import DONE, KEY, Asked, line, model

WEB = {"web": {"adapter": "webchat"}}


class Page:
    def __init__(self, shop: Shop) -> None:
        self.url = f"{shop.app.server.url}/chat/web"


def rows(second: str) -> Callable[[Asked], str]:
    """The first source as it is, then something else."""

    def says(asked: Asked) -> str:
        name, text = next(iter(asked.sources.items()))
        return f"{line(text, name)}\n{line(second, *asked.sources)}\n{DONE}"

    return says


async def test_verified_lines_are_shown_as_they_come_and_a_lie_takes_them_away() -> None:
    async with (
        model() as endpoint,
        shop_with(endpoint, channels=WEB) as shop,
        visit(Page(shop)) as mei,
    ):
        endpoint.gate = asyncio.Event()
        endpoint.says = rows(
            "首次换货我们承担寄出的运费，您寄回的运费先垫付，质量问题凭单号截图为您报销。"
        )
        await mei.say(SEVERAL)
        await mei.frame("typing")
        draft = await mei.frame("draft")
        assert "48 小时内发货" in draft["text"]
        assert not mei.items  # nothing is said yet
        endpoint.gate.set()
        assert "首次换货" in (await mei.frame("draft"))["text"]
        await mei.frame("items")
        assert "AI 生成" in mei.items[-1]["parts"][0]["text"]
        endpoint.gate.clear()
        endpoint.says = rows("另外免费送您一件")
        await mei.say(SEVERAL)
        assert "免费送" not in (await mei.frame("draft"))["text"]
        endpoint.gate.set()
        assert (await mei.frame("draft"))["text"] == ""
        await mei.frame("items")
        assert "AI 生成" not in str(mei.items[-1])
        assert "48 小时内发货" in str(mei.items[-1])  # the matcher's own two answers


async def test_explain_and_trace_show_what_the_model_was_given_and_why_it_was_not_believed() -> (
    None
):
    async with model() as endpoint, shop_with(endpoint) as shop:
        endpoint.says = lambda asked: f"{line('运费全免，打 13800138000', *asked.sources)}\n{DONE}"
        mei = shop.customer("mei")
        await mei.says(UNSURE)
        kept = await Message.get(direction="in")
        bids: list[dict[str, Any]] = (kept.decision or {})["bids"]
        bid = next(bid for bid in bids if bid["handler"] == "grounded.ask")
        assert bid["outcome"] == "declined: figure"
        assert bid["notes"]["model"] == "m-1"
        assert "shop-067" in bid["notes"]["given"]
        assert bid["notes"]["not_believed"] == "运费全免，打 138****8000"
        message = MessageView(0, "shop", "explain", UNSURE, dump([Text(UNSURE)]), shop.clock.now())
        thread = ConversationView(0, "shop", "explain", ConversationKind.DIRECT)
        decision = await shop.app.worker.rehearse(
            shop.app.worker.turn(message, thread, ContactView(0))
        )
        assert decision.handler == "faq.ask"
        assert (await Spending.get(contact_id=0)).requests == 2
        assert (await Spending.get(contact_id=kept.contact_id)).requests == 1


@pytest.mark.parametrize(
    ("mood", "words"),
    [
        ("well", "答得上来"),
        ("key", "不认这个密钥"),
        ("missing", "没有“m-1”"),
        ("poor", "余额不足"),
        ("drip", "没能在 0.3 秒内"),
        ("html", "用不了：garbage"),
    ],
)
async def test_the_doctor_names_what_is_wrong_with_an_endpoint(
    mood: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with model() as endpoint:
        endpoint.mood = mood
        limit = 0.3 if mood == "drip" else 5
        own = f'url = "{endpoint.url}"\nmodel = "m-1"\nseconds = {limit}'
        said = await examined(tmp_path, monkeypatch, own)
    assert words in said
    assert KEY not in said


async def test_the_doctor_tells_a_model_that_does_not_keep_the_form_and_a_wrong_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with model() as endpoint:
        endpoint.says = lambda _: "您好！"
        own = f'url = "{endpoint.url}"\nmodel = "m-1"'
        assert "不按规定的格式" in await examined(tmp_path, monkeypatch, own)
        behind = await examined(tmp_path, monkeypatch, own, '["handoff", "faq", "grounded"]')
        assert "排在 faq 前面" in behind
        prompt = await examined(tmp_path, monkeypatch, f'{own}\nprompt = "gone.md"')
        assert "读不到提示词文件 gone.md" in prompt
    assert "没有接大模型" in await examined(tmp_path, monkeypatch, "")


async def examined(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    own: str,
    enabled: str = '["handoff", "grounded", "faq"]',
) -> str:
    """What the doctor says of the plugin."""
    (folder / "settings.toml").write_text(
        f'data = "{folder}"\n[server]\nport = 0\n[database]\nurl = "sqlite://{folder}/x.db"\n'
        f"[plugins]\nenabled = {enabled}\n[plugins.grounded]\n{own}\n",
        "utf-8",
    )
    monkeypatch.setenv("XIAOER_SETTINGS", str(folder / "settings.toml"))
    monkeypatch.setenv("XIAOER__PLUGINS__GROUNDED__KEY", KEY)
    monkeypatch.setenv("XIAOER_LANG", "zh_CN")
    found = [one async for one in findings()]
    return "\n".join(one.text for one in found if one.topic == "grounded")
