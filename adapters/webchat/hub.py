"""The open lines of a channel, by conversation."""

import asyncio

from adapters.webchat.line import TOO_MANY_WINDOWS, Line


class Hub:
    """Knows who is listening, and bounds how many."""

    def __init__(self, per_conversation: int, in_all: int) -> None:
        """Both bounds count open sockets."""
        self._per_conversation = per_conversation
        self._in_all = in_all
        self._lines: dict[str, list[Line]] = {}
        self._count = 0

    @property
    def full(self) -> bool:
        """No further socket fits."""
        return self._count >= self._in_all

    def join(self, line: Line) -> None:
        """Let a line listen; the oldest of a conversation with too many is closed.

        The oldest goes, not the newest: after a lost network it is the one that is dead.
        """
        lines = self._lines.setdefault(line.conversation, [])
        lines.append(line)
        self._count += 1
        if len(lines) > self._per_conversation:
            lines[0].cut(TOO_MANY_WINDOWS)
            self.leave(lines[0])

    def leave(self, line: Line) -> None:
        """Forget a line; harmless when it is forgotten already."""
        lines = self._lines.get(line.conversation, [])
        if line in lines:
            lines.remove(line)
            self._count -= 1
        if not lines:
            self._lines.pop(line.conversation, None)

    def of(self, conversation: str) -> tuple[Line, ...]:
        """The lines that listen to a conversation."""
        return tuple(self._lines.get(conversation, ()))

    async def close(self) -> None:
        """Close every line."""
        lines = [line for lines in self._lines.values() for line in lines]
        await asyncio.gather(*(line.finish() for line in lines))
