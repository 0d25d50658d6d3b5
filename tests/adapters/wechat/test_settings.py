from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.wechat.settings import WeChatSettings
from tests.standins.wechat import WeChat

GOOD = WeChat().settings(api_base="http://127.0.0.1:9")


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": ""},
        {"token": "has space"},
        {"encoding_aes_key": "short"},
        {"encoding_aes_key": None},
        {"app_id": ""},
        {"mode": "json"},
        {"max_age": -1},
        {"can_push": True, "app_secret": ""},
        {"tokn": "x"},
    ],
)
def test_wrong_settings_are_refused_at_start(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WeChatSettings.model_validate(GOOD | wrong)


def test_pushing_follows_the_secret_unless_it_is_said() -> None:
    assert WeChatSettings.model_validate(GOOD).pushes
    assert not WeChatSettings.model_validate(GOOD | {"app_secret": ""}).pushes
    assert not WeChatSettings.model_validate(GOOD | {"can_push": False}).pushes


def test_plain_mode_needs_a_token_only() -> None:
    assert not WeChatSettings.model_validate({"token": "abc", "mode": "plain"}).pushes


def test_what_the_guide_tells_to_write_can_be_used() -> None:
    guide = (Path(__file__).parents[3] / "docs/wechat.md").read_text("utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert len(blocks) == 5
    for block in blocks:
        channel = {**GOOD, **tomllib.loads(block)["channels"]["wechat"]}
        channel = {name: GOOD.get(name, given) for name, given in channel.items()}
        channel.pop("adapter", None)
        WeChatSettings.model_validate(channel)
