"""The group robot of WeCom: posts and notices into an internal group, send only."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import aiohttp

from adapters.wecom_robot.client import post
from adapters.wecom_robot.image import UnreachableError, image_body
from adapters.wecom_robot.settings import WeComRobotSettings
from adapters.wecom_robot.wire import MAX_TEXT, UnfitError, body, lone_image
from core.adapter import Adapter, Capabilities, Channel, Finding, Outcome, Receipt
from core.message import Outbound


class WeComRobotAdapter(Adapter):
    """One robot; its group is the only conversation it has."""

    Settings = WeComRobotSettings
    capabilities = Capabilities(
        as_of="2025-12-01",  # page 99110
        parts=frozenset({"text", "link", "image", "card"}),
        max_text=MAX_TEXT,
        rate=(20, 60.0),
    )
    settings: WeComRobotSettings

    def __init__(self, settings: WeComRobotSettings, channel: Channel) -> None:
        """Open nothing yet."""
        super().__init__(settings, channel)
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the session."""
        self._session = self._open()

    async def stop(self) -> None:
        """Close the session."""
        if self._session:
            await self._session.close()
            self._session = None

    async def send(self, message: Outbound) -> Receipt:
        """Post the message to the group."""
        try:
            async with self._use() as session:
                image = lone_image(message.parts)
                content = (
                    await image_body(session, image)
                    if image
                    else body(message, self.settings.format)
                )
                return await post(session, self.settings, content)
        except UnfitError as error:
            return Receipt(Outcome.FINAL, str(error))
        except UnreachableError:
            return Receipt(Outcome.RETRY, "image-unreachable")

    async def check(self) -> Sequence[Finding]:
        """Whether the platform answers at all; the key can only be proved by posting."""
        base = self.settings.api_base
        try:
            async with self._use() as session, session.head(base, allow_redirects=False):
                return (Finding(ok=True, key="wecom_robot.reachable", values={"base": base}),)
        except (TimeoutError, aiohttp.ClientError) as error:
            values = {"base": base, "reason": type(error).__name__}
            return (Finding(ok=False, key="wecom_robot.unreachable", values=values),)

    @asynccontextmanager
    async def _use(self) -> AsyncGenerator[aiohttp.ClientSession]:
        """The open session, or one for this call (``doctor`` asks without a start)."""
        if self._session:
            yield self._session
            return
        async with self._open() as session:
            yield session

    def _open(self) -> aiohttp.ClientSession:
        # A kept connection may be dead: then it is unknown whether a post went out. At 20 posts a
        # minute a new connection each is cheaper than that doubt.
        timeout = aiohttp.ClientTimeout(total=self.settings.timeout)
        connector = aiohttp.TCPConnector(force_close=True)
        return aiohttp.ClientSession(connector=connector, timeout=timeout)
