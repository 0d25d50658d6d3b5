"""Injection by type: what a function asks for is resolved once, then it is called plainly."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints


class InjectionError(TypeError):
    """A function asks for something nobody provides; says what, who and what there is."""


def wants(function: Callable[..., Any], given: int = 0) -> list[tuple[str, Any]]:
    """The parameters to be injected as (name, type), after the first ``given`` positional ones."""
    try:
        hints = get_type_hints(function)
    except NameError as error:
        raise InjectionError(
            f"{_name(function)}: the type {error.name!r} cannot be read at run time; import it "
            "outside of TYPE_CHECKING"
        ) from error
    names = list(inspect.signature(function).parameters.values())[given:]
    missing = [p.name for p in names if p.name not in hints]
    if missing:
        raise InjectionError(
            f"{_name(function)}: parameter {missing[0]!r} has no type to inject by"
        )
    return [(p.name, hints[p.name]) for p in names]


def resolve(
    function: Callable[..., Any], provided: Mapping[Any, Any], given: int = 0
) -> dict[str, Any]:
    """The keyword arguments for ``function``; raises :class:`InjectionError`.

    Who asks for ``Service | None`` gets ``None`` where nobody provides it. A provider cannot ask
    like that: the service may come later.
    """
    found: dict[str, Any] = {}
    for name, kind in wants(function, given):
        if (inner := _optional(kind)) is not None:
            found[name] = provided.get(inner)
            continue
        if kind not in provided:
            there = ", ".join(sorted(_type_name(k) for k in provided))
            raise InjectionError(
                f"{_name(function)}: nobody provides {_type_name(kind)} (for {name!r}); "
                f"there is: {there}"
            )
        found[name] = provided[kind]
    return found


def _optional(kind: Any) -> Any:  # noqa: ANN401 - a type, whichever
    """What ``kind`` is beside ``None``; ``None`` where it is no such pair."""
    inner = [one for one in get_args(kind) if one is not NoneType]
    return inner[0] if isinstance(kind, UnionType) and len(inner) == 1 else None


def yields(provider: Callable[..., Any]) -> Any:  # noqa: ANN401 - a type, whichever
    """The type a provider yields: the argument of its return annotation ``AsyncIterator[T]``."""
    arguments = get_args(get_type_hints(provider).get("return"))
    if len(arguments) < 1:
        raise InjectionError(
            f"{_name(provider)}: annotate what it yields: -> AsyncIterator[Service]"
        )
    return arguments[0]


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{getattr(function, '__qualname__', repr(function))}"


def _type_name(kind: Any) -> str:  # noqa: ANN401
    return getattr(kind, "__name__", str(kind))
