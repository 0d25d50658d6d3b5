"""A plugin: an object that declares; its handlers are plain functions.

>>> plugin = Plugin("orders", settings=OrderSettings)
>>>
>>> @plugin.on(intent="order.track")
... async def track(turn: Turn, orders: OrderSource) -> None:
...     turn.reply("orders.status", order=await orders.latest(turn.contact))

What a handler asks for by type is injected: its :class:`~core.turn.Turn`, the plugin's settings,
the clock, and whatever any plugin provides (:meth:`Plugin.provides`). Nothing happens at import but
declaring; ``core/registry.py`` loads, connects and unloads. ``docs/write-a-plugin.md`` teaches it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from core.contacts.holding import Holding
from core.contacts.obstacles import Bar
from core.contacts.person import Person
from core.due import Late
from core.effects import Effects
from core.forms.form import Form
from core.route.rules import Rank, Rule
from core.understand import Recogniser

AsyncHandler = TypeVar("AsyncHandler", bound=Callable[..., Any])
Provider = Callable[..., AsyncIterator[Any]]
Hinder = Callable[[Person], Awaitable[Sequence[Bar]]]
Farewell = Callable[[Effects, Person, str], None]
Likeness = Callable[[Person], Awaitable[Mapping[int, str]]]


class PluginSettings(BaseModel):
    """Base of a plugin's settings: ``[plugins.<name>]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Handler:
    """A function and the rule that makes it a candidate."""

    name: str
    rule: Rule
    function: Callable[..., Any]
    seconds: float


@dataclass(frozen=True, slots=True)
class DueHandler:
    """A function for a deadline, and what to do when it comes late."""

    name: str
    function: Callable[..., Any]
    late: Late
    grace: timedelta
    seconds: float


@dataclass(slots=True)
class Plugin:
    """Everything one capability brings.

    ``requires``: plugins that must be enabled too; only those may be imported from, and those it
    ``uses`` where they are enabled: what they provide is asked for as ``Service | None``.
    ``live``: settings that may change while the shop is open, read at each use (see
    ``core/overrides.py``).
    ``models``: dotted module with Tortoise models (their app label is the plugin's name).
    ``cli``: ``"module:app"``, a typer app. Its own name makes it the group ``xiaoer <name>``;
    without one its commands stand beside the core's.
    ``package``: the plugin's package; its folder ``locales/`` is read if there is one.
    """

    name: str
    settings: type[PluginSettings] = PluginSettings
    requires: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    live: tuple[str, ...] = ()
    models: str = ""
    cli: str = ""
    package: str = ""
    handlers: list[Handler] = field(default_factory=list[Handler])
    forms: dict[type[Form], Handler] = field(default_factory=dict[type[Form], Handler])
    dues: dict[str, DueHandler] = field(default_factory=dict[str, DueHandler])
    recognisers: list[Callable[..., Recogniser]] = field(
        default_factory=list[Callable[..., Recogniser]]
    )
    providers: list[Provider] = field(default_factory=list[Provider])
    starters: list[Callable[..., Any]] = field(default_factory=list[Callable[..., Any]])
    followers: list[tuple[str, Callable[..., Any]]] = field(
        default_factory=list[tuple[str, Callable[..., Any]]]
    )
    sites: list[tuple[str, Callable[..., Any]]] = field(
        default_factory=list[tuple[str, Callable[..., Any]]]
    )
    checks: list[Callable[..., Any]] = field(default_factory=list[Callable[..., Any]])
    holdings: list[Holding] = field(default_factory=list[Holding])
    hindrances: list[Hinder] = field(default_factory=list[Hinder])
    farewells: list[Farewell] = field(default_factory=list[Farewell])
    likenesses: list[Likeness] = field(default_factory=list[Likeness])

    def on(self, *, seconds: float = 10.0, **rule: Any) -> Callable[[AsyncHandler], AsyncHandler]:  # noqa: ANN401
        """Register a message handler. Keywords are those of :class:`~core.route.rules.Rule`.

        ``seconds`` limits one run. Lists and single strings are accepted where a rule has tuples
        and sets. Raises :class:`TypeError` or :class:`ValueError` at import for a senseless rule.
        """
        plain = Rule(**{name: _tidy(name, value) for name, value in rule.items()})

        def register(function: AsyncHandler) -> AsyncHandler:
            self.handlers.append(
                Handler(f"{self.name}.{function.__name__}", plain, function, seconds)
            )
            return function

        return register

    def form(
        self, form: type[Form], *, seconds: float = 10.0
    ) -> Callable[[AsyncHandler], AsyncHandler]:
        """Register the handler of a filled form: it may ask for the form by its type."""

        def register(function: AsyncHandler) -> AsyncHandler:
            rule = Rule(always=True, rank=Rank.FORM)
            self.forms[form] = Handler(f"{self.name}.{function.__name__}", rule, function, seconds)
            return function

        return register

    def due(
        self,
        *,
        late: Late = Late.RUN,
        grace: timedelta = timedelta(minutes=5),
        seconds: float = 30.0,
    ) -> Callable[[AsyncHandler], AsyncHandler]:
        """Register a deadline handler; its name for ``turn.at`` is ``"<plugin>.<function>"``."""

        def register(function: AsyncHandler) -> AsyncHandler:
            name = f"{self.name}.{function.__name__}"
            self.dues[name] = DueHandler(name, function, late, grace, seconds)
            return function

        return register

    def recogniser(self, factory: Callable[..., Recogniser]) -> Callable[..., Recogniser]:
        """Register a factory (arguments injected) of a function that adds to an understanding."""
        self.recognisers.append(factory)
        return factory

    def provides(self, provider: Provider) -> Provider:
        """Register an async generator that yields one service; closed when the plugin is unloaded.

        Its return annotation, ``AsyncIterator[OrderSource]``, is the type others ask for; its own
        arguments are injected.
        """
        self.providers.append(provider)
        return provider

    def started(self, function: AsyncHandler) -> AsyncHandler:
        """Register what runs when a shop opens its doors, and not beside one (a command).

        Arguments are injected; for warming up, not for effects.
        """
        self.starters.append(function)
        return function

    def checked(self, function: AsyncHandler) -> AsyncHandler:
        """Register what ``xiaoer doctor`` asks: it returns :class:`~core.adapter.Finding` s.

        Settings and the core's own services are injected, no plugin's: nothing is open then.
        """
        self.checks.append(function)
        return function

    def serves(self, prefix: str) -> Callable[[AsyncHandler], AsyncHandler]:
        """Register a web site of the plugin's own below ``prefix`` (``"/desk"``).

        The function is called once (arguments injected) when a process with the role ``console``
        opens its doors, and returns an :class:`aiohttp.web.Application`.
        """

        def register(function: AsyncHandler) -> AsyncHandler:
            self.sites.append((prefix, function))
            return function

        return register

    def holds(self, *holdings: Holding) -> None:
        """Say which tables keep something of people, for export and erasing (docs/privacy.md)."""
        self.holdings.extend(holdings)

    def hinders(self, function: Hinder) -> Hinder:
        """Register why somebody must not be erased now: ``async (person) -> [Bar(...)]``."""
        self.hindrances.append(function)
        return function

    def bids_farewell(self, function: Farewell) -> Farewell:
        """Register what is written in the transaction that erases: ``(effects, person, by)``."""
        self.farewells.append(function)
        return function

    def likens(self, function: Likeness) -> Likeness:
        """Register a sign that contacts are one person: ``async (person) -> {contact: reason}``.

        The reason is the name of a sentence.
        """
        self.likenesses.append(function)
        return function

    def follows(self, kind: str) -> Callable[[AsyncHandler], AsyncHandler]:
        """Register a follower of the journal: called with each entry after it is committed.

        For upkeep in this process (an index to rebuild), not for effects; at least once.
        """

        def register(function: AsyncHandler) -> AsyncHandler:
            self.followers.append((kind, function))
            return function

        return register


_SETS = {"kinds", "channels", "owners", "roles"}
_TUPLES = {"command", "exact", "prefix", "keywords", "literals"}


def _tidy(name: str, value: Any) -> Any:  # noqa: ANN401
    many: Sequence[Any] = (value,) if isinstance(value, str) else value
    if name in _SETS:
        return frozenset(many)
    return tuple(many) if name in _TUPLES else value
