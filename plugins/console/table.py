"""A route as data: the router, the role check and the OpenAPI document are all made of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from plugins.console.ask import Ask
from plugins.console.roles import StaffRole

Handle = Callable[..., Awaitable[Any]]


class Shape(BaseModel):
    """Base of what the API takes and gives."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Shape):
    """No body, or an empty one."""


@dataclass(frozen=True, slots=True)
class Route:
    """``roles``: who may use it; ``None``: nobody need be signed in.

    The handler takes an :class:`Ask`, then the checked ``body`` and ``query`` as far as the route
    has them, and returns a ``gives``, or a response of its own where that is ``None``.
    """

    method: str
    path: str
    roles: frozenset[StaffRole] | None
    handle: Handle
    body: type[Shape] | None = None
    query: type[Shape] | None = None
    gives: type[BaseModel] | None = None
    summary: str = ""

    @property
    def name(self) -> str:
        """Unique in the document."""
        return self.handle.__name__

    async def answer(self, ask: Ask, given: list[Shape]) -> Any:  # noqa: ANN401 - a shape, or a response
        """Call the handler."""
        return await self.handle(ask, *given)
