"""A menu of the settings that WeChat would not take is refused in words."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.wechat.settings import WeChatSettings
from core.settings import SettingsError, check
from core.texts import Texts, bundled
from core.wrong import line

LINE = {"token": "weixintoken", "mode": "plain"}


@pytest.mark.parametrize(
    ("menu", "told"),
    [
        ([{"name": "逛逛", "kind": "view"}], "channels.shop.menu.0：view 这种菜单项还要写 url"),
        ([{"name": "订单", "key": "k" * 129}], "key 最多 128 字节，url 最多 1024 字节"),
        ([{"name": "订单", "key": "k"}] * 4, "menu 最多 3 个一级菜单，每个下面最多 5 项"),
        ([{"name": "我的全部订单", "key": "k"}], "menu 里的“我的全部订单”太长，最多 16 字节"),
    ],
)
def test_a_menu_that_will_not_do_was_refused_in_english(menu: list[Any], told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check(WeChatSettings, {**LINE, "menu": menu}, "channels.shop")
    texts = Texts([bundled()], ZoneInfo("Asia/Shanghai"))
    assert told in "\n".join(line(problem, texts, "zh_CN") for problem in caught.value.problems)
