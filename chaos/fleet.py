"""The shop's processes: started, watched, killed and started again, as a supervisor does."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from chaos import clock

ROOT = Path(__file__).parents[1]
GIVE_UP = 10  # ends that nobody ordered
LOOK = 0.03
PATIENCE = 30.0


@dataclass(slots=True)
class Part:
    """One process of the shop: what it is told, and the life it leads now."""

    name: str
    settings: Path
    port: int
    number: int = 0  # the process, 0 while there is none
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    looking: asyncio.Task[None] | None = None


class Fleet:
    """Starts every part, and starts again whatever ends, until :meth:`stop`."""

    def __init__(self, parts: list[Part], folder: Path) -> None:
        """Nothing runs yet; what the shop logs goes to ``folder``."""
        self.parts, self.log = parts, folder / "shop.log"
        self._clock = folder / clock.FILE
        self.kills = 0
        self.lives = 0
        self.surprises: list[str] = []  # who ended without being told to
        self._killed: set[int] = set()
        self._stopping = False
        self._gone = asyncio.Event()
        self._hatching: deque[Part] = deque()  # asked for, not begun yet
        self._nest: Process | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the nest and start every part."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(1.0))
        command = (sys.executable, "-m", "chaos.nest")
        self._nest = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, stdin=PIPE, stdout=PIPE
        )
        opened = asyncio.get_running_loop().create_future()
        self._listening = asyncio.create_task(self._listen(self._nest, opened))
        await asyncio.wait_for(opened, 60)
        for part in self.parts:
            self._hatch(part)
        await self.all_ready()

    async def all_ready(self) -> None:
        """Wait until every part says that it is ready."""
        for part in self.parts:
            await self.ready(part)

    async def ready(self, part: Part) -> None:
        """Wait until that part says so; raises :class:`RuntimeError` if it does not in time."""
        try:
            await asyncio.wait_for(part.ready.wait(), PATIENCE)
        except TimeoutError:
            log = self.log.read_text("utf-8")[-2000:]
            ends = ", ".join(self.surprises)
            raise RuntimeError(f"{part.name} does not open ({ends})\n{log}") from None

    def kill(self, number: int) -> bool:
        """``kill -9``, if that is a living process of ours; at once.

        0 is none: to the system it would mean all of us.
        """
        part = next((part for part in self.parts if part.number == number), None)
        if not number or part is None or number in self._killed or self._stopping:
            return False
        os.kill(number, signal.SIGKILL)
        self._killed.add(number)
        part.ready.clear()
        self.kills += 1
        return True

    def put_clock(self, seconds: float) -> None:
        """The machine of the shop is wrong by that much from now on."""
        draft = self._clock.with_suffix(".new")
        draft.write_text(str(seconds), "ascii")
        draft.replace(self._clock)
        self._signal(clock.PUT)

    async def fill_disk(self, part: Part, file: Path, seconds: float) -> bool:
        """For so long no file may grow beyond that one's size; false if the part is not there."""
        number = part.number
        size = next((found.stat().st_size for found in [file] if found.exists()), None)
        if not part.ready.is_set() or size is None:
            return False
        _, most = resource.prlimit(number, resource.RLIMIT_FSIZE)
        resource.prlimit(number, resource.RLIMIT_FSIZE, (size, most))
        await asyncio.sleep(seconds)
        if part.number == number and number not in self._killed:
            resource.prlimit(number, resource.RLIMIT_FSIZE, (most, most))
        return True

    async def stop(self) -> None:
        """Ask every part to close, as an administrator would; what lasts too long is killed."""
        self._stopping = True
        if any(part.number for part in self.parts):
            self._signal(signal.SIGTERM)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), PATIENCE)
        if self._nest is not None and self._nest.stdin is not None:
            self._nest.stdin.close()
            await self._nest.wait()
        for task in (self._listening, *(part.looking for part in self.parts)):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await self._session.close()

    def _signal(self, what: signal.Signals) -> None:
        for part in self.parts:
            if part.number and part.number not in self._killed:
                os.kill(part.number, what)

    def _hatch(self, part: Part) -> None:
        assert self._nest is not None  # noqa: S101 - started
        assert self._nest.stdin is not None  # noqa: S101 - a pipe
        self._nest.stdin.write(f"{part.settings} {self.log}\n".encode())
        self._hatching.append(part)

    async def _listen(self, nest: Process, opened: asyncio.Future[None]) -> None:
        assert nest.stdout is not None  # noqa: S101 - a pipe
        while line := await nest.stdout.readline():
            match line.decode().split():
                case ["ready"]:
                    opened.set_result(None)
                case ["began", number]:
                    self._begun(self._hatching.popleft(), int(number))
                case ["ended", number, code]:
                    self._ended(int(number), int(code))
                case _:
                    raise RuntimeError(f"the nest says {line!r}")

    def _begun(self, part: Part, number: int) -> None:
        part.number = number
        self.lives += 1
        part.looking = asyncio.create_task(self._look(part, number))

    def _ended(self, number: int, code: int) -> None:
        part = next(part for part in self.parts if part.number == number)
        part.number = 0
        part.ready.clear()
        if part.looking is not None:
            part.looking.cancel()
        if self._stopping:
            if code:
                self.surprises.append(f"{part.name} closed with {code}")
            if not any(other.number for other in self.parts):
                self._gone.set()
            return
        if number not in self._killed:
            self.surprises.append(f"{part.name} ended by itself with {code}")
        if len(self.surprises) < GIVE_UP:
            self._hatch(part)

    async def _look(self, part: Part, number: int) -> None:
        url = f"http://127.0.0.1:{part.port}/readyz"
        while part.number == number:
            with suppress(aiohttp.ClientError, TimeoutError, ConnectionError):
                async with self._session.get(url) as answer:
                    if answer.status == 200 and number not in self._killed:
                        part.ready.set()
                        return
            await asyncio.sleep(LOOK)
