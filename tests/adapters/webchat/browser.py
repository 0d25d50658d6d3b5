"""What a person sees and does on the chat page, for tests in a real Chromium."""

from dataclasses import dataclass

from playwright.async_api import FrameLocator, Locator, Page

from tests.adapters.webchat.shop import Shop

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
)


@dataclass
class Chat:
    """The chat in a page or in the widget's frame."""

    at: Page | FrameLocator

    @property
    def text(self) -> Locator:
        return self.at.locator("#text")

    @property
    def bubbles(self) -> Locator:
        return self.at.locator(".bubble:visible")

    @property
    def sent(self) -> Locator:
        """The visitor's own messages that are durable."""
        return self.at.locator(".mine:has(.meta svg)")

    async def ready(self) -> None:
        await self.at.locator("#presence[data-state=online]").wait_for()
        await self.at.locator("#log:not([aria-busy])").wait_for()

    async def say(self, words: str) -> None:
        await self.text.fill(words)
        await self.text.press("Enter")

    async def shows(self, words: str) -> None:
        await self.at.locator(".bubble", has_text=words).first.wait_for()

    async def words(self) -> list[str]:
        """All bubbles of the conversation, top to bottom."""
        return await self.at.locator("#messages .bubble").all_inner_texts()


async def opened(page: Page, url: str) -> Chat:
    """The chat of a page, when it is ready."""
    await page.goto(url)
    chat = Chat(page)
    await chat.ready()
    return chat


async def visitor_of(shop: Shop, messages: int = 1) -> str:
    """Who wrote last, once so many messages are in the ledger."""
    await shop.ledger.until(lambda: len(shop.ledger.inbound) >= messages)
    return shop.ledger.inbound[-1].conversation
