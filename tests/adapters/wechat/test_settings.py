from __future__ import annotations

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
