import pytest
from pydantic import ValidationError

from adapters.webchat.page import readable_on
from adapters.webchat.settings import WebChatSettings
from adapters.webchat.texts import PAGE, WIDGET
from core.texts import LOCALES
from tests.adapters.webchat.shop import TEXTS


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sentence_exists(locale: str) -> None:
    keys = [f"webchat.{name}" for name in (*PAGE, *WIDGET)]

    assert [key for key in keys if TEXTS.sentence(key, locale) == key] == []


def test_words_on_the_accent_can_be_read() -> None:
    assert readable_on("#b93a26") == "#ffffff"
    assert readable_on("#ffd54a") == "#1a1a1a"


@pytest.mark.parametrize(
    "settings",
    [
        {"accent": "red;}"},
        {"allowed_origins": ["https://a.example; script-src *"]},
        {"allowed_origins": ["*"]},
        {"default_locale": "xx"},
        {"unknown": 1},
    ],
)
def test_strange_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WebChatSettings.model_validate(settings)
