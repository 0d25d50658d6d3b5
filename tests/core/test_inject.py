"""Injection by type: found once, refused clearly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.clock import Clock, SystemClock
from core.inject import InjectionError, resolve, wants, yields


class Book:
    """Something to ask for."""


async def handler(turn: object, book: Book, clock: Clock) -> None: ...


UNTYPED = "async def untyped(turn: object, book) -> None: ..."


UNREADABLE = "async def unreadable(turn: object, book: 'Missing') -> None: ..."


async def provider() -> AsyncIterator[Book]:
    yield Book()


async def perhaps(turn: object, book: Book | None) -> None: ...


SILENT = "async def silent_provider(): yield 1"


def written(source: str) -> Any:
    """A function as a careless author writes it; our own checkers would not let it stand here."""
    names: dict[str, Any] = {"__name__": __name__}
    exec(source, names)
    return names[source.split()[2].split("(", maxsplit=1)[0]]


def test_services_are_found_by_type_and_named_by_parameter() -> None:
    book, clock = Book(), SystemClock()
    provided = {Book: book, Clock: clock, int: 1}
    assert resolve(handler, provided, given=1) == {"book": book, "clock": clock}


def test_nobody_provides_it() -> None:
    with pytest.raises(InjectionError, match=r"handler: nobody provides Book .*there is: int"):
        resolve(handler, {int: 1}, given=1)


def test_what_may_be_missing_is_none() -> None:
    book = Book()
    assert resolve(perhaps, {Book: book}, given=1) == {"book": book}
    assert resolve(perhaps, {}, given=1) == {"book": None}


def test_a_parameter_without_a_type() -> None:
    with pytest.raises(InjectionError, match="parameter 'book' has no type"):
        wants(written(UNTYPED), given=1)


def test_a_type_that_cannot_be_read_at_run_time() -> None:
    with pytest.raises(InjectionError, match="'Missing' cannot be read"):
        wants(written(UNREADABLE), given=1)


def test_what_a_provider_yields() -> None:
    assert yields(provider) is Book
    with pytest.raises(InjectionError, match="annotate what it yields"):
        yields(written(SILENT))
