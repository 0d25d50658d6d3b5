"""All endpoints of the shop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from plugins.webhooks.post import Post


@dataclass(frozen=True, slots=True)
class PostOffice:
    """Their postmen."""

    posts: Sequence[Post]

    def find(self, name: str) -> Post | None:
        """The one of an endpoint."""
        return next((post for post in self.posts if post.name == name), None)

    async def close(self) -> None:
        """Let all come home."""
        await asyncio.gather(*(post.stop() for post in self.posts))
