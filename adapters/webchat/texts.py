"""The sentences that the page and the widget show themselves, by locale."""

from collections.abc import Mapping

from core.adapter import Channel
from core.texts import LOCALES

PAGE = (
    "title",
    "greeting",
    "online",
    "connecting",
    "offline",
    "offline_banner",
    "typing",
    "placeholder",
    "send",
    "hint",
    "messages",
    "message_input",
    "language",
    "language_name",
    "state_sending",
    "state_waiting",
    "state_sent",
    "state_failed",
    "retry",
    "discard",
    "today",
    "yesterday",
    "new_messages",
    "to_bottom",
    "refused_rate",
    "refused_too_long",
    "refused_malformed",
    "elsewhere",
    "resume",
    "unread_title",
    "image",
    "from_you",
    "from_shop",
    "noscript",
    "suggestions",
)
WIDGET = ("title", "open", "open_unread", "close")


def texts(channel: Channel, names: tuple[str, ...]) -> Mapping[str, Mapping[str, str]]:
    """Those sentences in every locale, placeholders left for the page to fill."""
    return {
        locale: {name: channel.text(f"webchat.{name}", locale) for name in names}
        for locale in LOCALES
    }
