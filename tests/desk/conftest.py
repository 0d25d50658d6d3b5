"""The browser that staff and customers of these stories use."""

from tests.adapters.webchat.conftest import browser

__all__ = ["browser"]
