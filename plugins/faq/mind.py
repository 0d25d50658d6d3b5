"""The matcher beside the event loop: one thread asks it, others teach it, nobody waits on the loop.

Learning begins when the shop opens, beside a shop with the first question: commands that ask
nothing do not wait for it. Terms answer from the first moment. The encoder's model and the vectors
of a small knowledge are waited for, those of a large one are not. ``status`` tells which
generations work now, and why one does not.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import structlog

from plugins.faq.dense import meaning
from plugins.faq.encoder import Encoder, EncoderMissing
from plugins.faq.ladder import Ladder
from plugins.faq.matcher import Topic, Verdict
from plugins.faq.segment import Asked
from plugins.faq.vectors import VectorFile

log = structlog.get_logger(__name__)
PATIENCE = 60.0  # seconds before an encoder that failed is tried anew, with the next question
SMALL = 1_000  # entries that are encoded before the shop opens: a second or two


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Two matchers to compare."""

    before: Ladder
    after: Ladder


class Mind:
    """A matcher that thinks in threads."""

    def __init__(
        self, encoder: Encoder | None, folder: Path | None = None, patience: float = PATIENCE
    ) -> None:
        """Know nothing; vectors are kept in ``folder`` over a restart."""
        self._made: Ladder | None = None
        self._told: Sequence[Topic] | None = None  # what is to be learned when it is needed
        self._begun = False
        self._encoder, self._folder, self._patience = encoder, folder, patience
        self._again = 0.0  # when an encoder that failed is tried anew
        self._thinking = ThreadPoolExecutor(1, "faq")
        self._teaching = asyncio.Lock()
        self._later: asyncio.Task[None] | None = None
        self._lesson: asyncio.Task[None] | None = None  # a large knowledge that is being learned
        self._small = True
        self._status = "terms" if self._encoder is None else "terms; meaning is not loaded yet"

    @property
    def status(self) -> str:
        """Which generations work now, and why one does not."""
        trouble = self._encoder.trouble if self._encoder else ""
        return f"terms; no meaning: {trouble}" if trouble else self._status

    @property
    def _ladder(self) -> Ladder:
        if self._made is None:
            self._made = Ladder()
        return self._made

    async def learn(self, topics: Sequence[Topic]) -> None:
        """Forget everything and know these, from when they are needed."""
        self._small, self._told = len(topics) <= SMALL, topics
        if self._begun:
            self._attend()
            if self._small:
                await self._taught()

    def begin(self) -> None:
        """Read what was told, and the meanings, in the background."""
        self._begun = True
        self._attend()
        done = self._made is not None and self._made.understood
        if self._encoder is None or done or time.monotonic() < self._again:
            return
        if self._later is None or self._later.done():
            self._later = asyncio.create_task(self._understand())

    async def warm(self) -> None:
        """Have read the meanings of a small knowledge; a large one's come when they come.

        Nobody waits for those of the few texts that an encoder in trouble has left out.
        """
        self.begin()
        if self._later is not None and self._small and self._ladder.index.meaning is None:
            await asyncio.shield(self._later)

    async def change(self, topics: Sequence[Topic], gone: Sequence[str]) -> None:
        """Know these as well or anew, and forget those."""
        await self._taught()
        async with self._teaching:
            await asyncio.to_thread(self._ladder.change, topics, gone)

    async def rehearse(self, topics: Sequence[Topic], gone: Sequence[str]) -> Rehearsal:
        """The matcher as it is, and as a change would leave it; nothing changes here.

        The meanings of many entries would take minutes: both sides go by terms alone then.
        """
        await self._taught()
        if len(topics) > SMALL:
            known = list(self._ladder.topics.values())
            before = await asyncio.to_thread(_by_terms, known)
            after = before.fork()
        else:
            await self.warm()
            async with self._teaching:
                before, after = self._ladder.fork(), self._ladder.fork()
        await asyncio.to_thread(after.change, topics, gone)
        return Rehearsal(before, after)

    async def read(self, texts: Sequence[str]) -> list[Asked]:
        """The texts in each space, as the matcher sees them."""
        await self._taught()
        await self.warm()
        return await asyncio.to_thread(self._ladder.read, texts)

    async def judge(self, text: str, limit: int) -> Verdict:
        """What the matcher thinks of a text."""
        await self._taught()
        await self.warm()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thinking, self._ladder.judge, text, limit)

    async def close(self) -> None:
        """Let go of the threads."""
        tasks = [task for task in (self._lesson, self._later) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._thinking.shutdown(wait=True, cancel_futures=True)

    async def _taught(self) -> None:
        """Have learned; raises what went wrong then."""
        self._attend()
        if self._lesson is not None:
            await asyncio.shield(self._lesson)

    def _attend(self) -> None:
        if self._told is not None:
            topics, self._told = self._told, None
            self._lesson = asyncio.create_task(self._learn(topics))

    async def _learn(self, topics: Sequence[Topic]) -> None:
        async with self._teaching:
            await asyncio.to_thread(lambda: self._ladder.learn(topics))

    async def _understand(self) -> None:
        if self._encoder is None:
            return
        await self._taught()
        try:
            source = await asyncio.to_thread(meaning, self._encoder)
            known = await asyncio.to_thread(VectorFile, self._folder, source.model)
            texts: list[str] = []
            for part in await asyncio.to_thread(list, self._ladder.unread()):
                own = [text for text in part if text not in source.known]
                texts += own
                fresh = await asyncio.to_thread(known.unknown, own)
                if fresh:
                    known.add(fresh, await asyncio.to_thread(source.of, fresh))
            await asyncio.to_thread(known.keep, texts)
            async with self._teaching:
                await asyncio.to_thread(self._ladder.understand, source, known)
        except EncoderMissing as error:
            self._status = f"terms; no meaning: {error}"
            self._again = time.monotonic() + self._patience
            log.warning("faq.encoder_missing", reason=str(error))
        else:
            self._status = f"terms and meaning ({self._encoder.name})"


def _by_terms(topics: Sequence[Topic]) -> Ladder:
    ladder = Ladder()
    ladder.learn(topics)
    return ladder
