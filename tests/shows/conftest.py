"""The browser that strangers visit the shop with."""

from tests.adapters.webchat.conftest import browser, context, page

__all__ = ["browser", "context", "page"]
