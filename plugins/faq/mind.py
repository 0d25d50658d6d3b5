"""The matcher beside the event loop: one thread asks it, others teach it, nobody waits on the loop.

Terms answer from the first moment. The encoder's model and the vectors of a small knowledge are
read from when the shop opens (beside a shop: from the first question) and waited for; those of a
large knowledge are not waited for. ``status`` tells which
generations work now, and why one does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from plugins.faq.bands import Bands, Decision
from plugins.faq.dense import meaning
from plugins.faq.encoder import EncoderMissing, encoder
from plugins.faq.ladder import Ladder
from plugins.faq.layout import Floats
from plugins.faq.matcher import Topic, Verdict

log = structlog.get_logger(__name__)
SMALL = 1_000  # entries that are encoded before the shop opens: a second or two


class Mind:
    """A matcher that thinks in threads."""

    def __init__(self, encoder_name: str) -> None:
        """Know nothing; ``encoder_name`` as in the settings."""
        self._ladder = Ladder()
        self._encoder = encoder(encoder_name)
        self._thinking = ThreadPoolExecutor(1, "faq")
        self._teaching = asyncio.Lock()
        self._later: asyncio.Task[None] | None = None
        self._small = True
        self.status = "terms" if self._encoder is None else "terms; meaning is not loaded yet"

    async def learn(self, topics: Sequence[Topic]) -> None:
        """Forget everything and know these."""
        async with self._teaching:
            await asyncio.to_thread(self._ladder.learn, topics)
        self._small = len(topics) <= SMALL

    def begin(self) -> None:
        """Read the meanings in the background."""
        if self._encoder is not None and self._later is None and not self._ladder.index.meaning:
            self._later = asyncio.create_task(self._understand())

    async def warm(self) -> None:
        """Have read the meanings of a small knowledge; a large one's come when they come."""
        self.begin()
        if self._later is not None and self._small:
            await asyncio.shield(self._later)

    async def change(self, topics: Sequence[Topic], gone: Sequence[str]) -> None:
        """Know these as well or anew, and forget those."""
        async with self._teaching:
            await asyncio.to_thread(self._ladder.change, topics, gone)

    async def judge(self, text: str, limit: int) -> Verdict:
        """What the matcher thinks of a text."""
        await self.warm()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thinking, self._ladder.judge, text, limit)

    async def decide(self, text: str, bands: Bands) -> Decision:
        """Whether to answer, to ask back or to admit not to know; the candidates come along."""
        return bands.decide(await self.judge(text, bands.candidates), self._ladder.fusion)

    async def close(self) -> None:
        """Let go of the threads."""
        if self._later is not None:
            self._later.cancel()
            await asyncio.gather(self._later, return_exceptions=True)
        self._thinking.shutdown(wait=True, cancel_futures=True)

    async def _understand(self) -> None:
        if self._encoder is None:
            return
        try:
            source = await asyncio.to_thread(meaning, self._encoder)
            known: dict[str, Floats] = {}
            for texts in self._ladder.unread():
                rows = await asyncio.to_thread(source.of, texts)
                known.update(zip(texts, rows, strict=True))
            async with self._teaching:
                await asyncio.to_thread(self._ladder.understand, source, known)
        except EncoderMissing as error:
            self.status = f"terms; no meaning: {error}"
            log.warning("faq.encoder_missing", reason=str(error))
        else:
            self.status = f"terms and meaning ({self._encoder.name})"
