"""Injection by type: found once, refused clearly."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.clock import Clock, SystemClock
from core.inject import InjectionError, resolve, wants, yields


class Book:
    """Something to ask for."""


async def handler(turn: object, book: Book, clock: Clock) -> None: ...


async def untyped(turn: object, book) -> None: ...  # type: ignore[no-untyped-def]  # noqa: ANN001  # pyright: ignore


async def unreadable(turn: object, book: Missing) -> None: ...  # type: ignore[name-defined]  # noqa: F821  # pyright: ignore


async def provider() -> AsyncIterator[Book]:
    yield Book()


async def silent_provider():  # type: ignore[no-untyped-def]  # noqa: ANN201  # pyright: ignore
    yield Book()


def test_services_are_found_by_type_and_named_by_parameter() -> None:
    book, clock = Book(), SystemClock()
    provided = {Book: book, Clock: clock, int: 1}
    assert resolve(handler, provided, given=1) == {"book": book, "clock": clock}


def test_nobody_provides_it() -> None:
    with pytest.raises(InjectionError, match=r"handler: nobody provides Book .*there is: int"):
        resolve(handler, {int: 1}, given=1)


def test_a_parameter_without_a_type() -> None:
    with pytest.raises(InjectionError, match="parameter 'book' has no type"):
        wants(untyped, given=1)  # pyright: ignore[reportUnknownArgumentType]


def test_a_type_that_cannot_be_read_at_run_time() -> None:
    with pytest.raises(InjectionError, match="'Missing' cannot be read"):
        wants(unreadable, given=1)  # pyright: ignore[reportUnknownArgumentType]


def test_what_a_provider_yields() -> None:
    assert yields(provider) is Book
    with pytest.raises(InjectionError, match="annotate what it yields"):
        yields(silent_provider)  # pyright: ignore[reportUnknownArgumentType]
