"""Settings of a web chat channel: ``[channels.<name>] adapter = "webchat"``."""

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from core.adapter import AdapterSettings

Origin = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.\-]+(:\d{1,5})?$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Locale = Annotated[str, StringConstraints(pattern=r"^(zh_CN|en)$")]


class WebChatSettings(AdapterSettings):
    """How the page looks, who may embed it, and how much one visitor may send."""

    title: str = Field("", max_length=40)
    """Name of the shop in the header; empty: the locale file's."""

    greeting: str = Field("", max_length=200)
    """First words on an empty page; empty: the locale file's."""

    suggestions: tuple[Annotated[str, StringConstraints(min_length=1, max_length=40)], ...] = ()
    """Questions offered as buttons on an empty page."""

    accent: Colour = "#b93a26"
    """Colour of the header and of the visitor's own messages."""

    default_locale: Locale = "zh_CN"
    """Used when neither ``?lang=`` nor the browser asks for a language that exists."""

    allowed_origins: tuple[Origin, ...] = ()
    """Sites that may embed the widget, such as ``https://shop.example``."""

    customer_key: SecretStr | None = None
    """Shared with the shop's site, which signs its customers' ids with it."""

    visitor_days: int = Field(180, ge=1, le=400)
    """Days after the last visit until a visitor is forgotten by the browser."""

    max_text: int = Field(2000, ge=1, le=4000)
    """Longest message of a visitor, in characters."""

    burst: int = Field(10, ge=1)
    """Messages that a visitor may send at once."""

    messages_per_minute: int = Field(30, ge=1)
    """Messages that a visitor may send steadily."""

    max_sockets: int = Field(6, ge=1)
    """Open windows of one conversation; one more closes the oldest."""

    max_visitors: int = Field(5000, ge=1)
    """Open sockets in all; one more is refused."""
