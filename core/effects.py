"""What follows from a message or a deadline, collected first and committed together.

A handler runs outside any transaction and changes nothing itself: it says what shall happen.
``core/store/commit.py`` writes it all at once, with the mark that the message is handled.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tortoise.models import Model

from core.clock import Clock
from core.message import ConversationKind
from core.parts import AnyPart, Menu, Option, Text
from core.texts import Texts

Write = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Address:
    """A thread on a channel, for sending where no conversation may exist yet (a staff group)."""

    channel: str
    conversation: str
    kind: ConversationKind = ConversationKind.DIRECT


@dataclass(slots=True)
class Post:
    """One outbound message to be queued.

    ``to``: an address, a conversation's id, or ``None`` for the one at hand. ``key``: unique
    for the channel; made from the cause when empty. ``expires_in``: too late after that.
    ``repeatable``: may be sent again when an outcome is unknown. ``author``: ``bot`` or an agent.
    """

    parts: tuple[AnyPart, ...]
    to: Address | int | None = None
    key: str = ""
    author: str = "bot"
    recipient: str = ""
    mention: tuple[str, ...] = ()
    not_before: datetime | None = None
    expires_in: timedelta | None = None
    repeatable: bool = False


@dataclass(slots=True)
class Alarm:
    """A deadline to be set, or with ``due_at=None`` to be cancelled."""

    name: str
    key: str
    due_at: datetime | None
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(slots=True)
class Effects:
    """The collector that a handler is given (as a :class:`~core.turn.Turn` or a ``Due``)."""

    clock: Clock
    texts: Texts
    locale: str
    posts: list[Post] = field(default_factory=list[Post])
    alarms: list[Alarm] = field(default_factory=list[Alarm])
    events: list[tuple[str, dict[str, Any]]] = field(
        default_factory=list[tuple[str, dict[str, Any]]]
    )
    writes: list[Write] = field(default_factory=list[Write])

    def post(self, post: Post) -> None:
        """Queue a message made by hand."""
        self.posts.append(post)

    def send(
        self, to: Address | int, message: str, /, *, post: Post | None = None, **values: object
    ) -> None:
        """Queue the sentence ``message`` to another conversation, in the shop's locale.

        ``post`` may carry a key, mentions, an expiry; its parts are replaced.
        """
        draft = post or Post(())
        draft.to = to
        draft.parts = (Text(self.texts.render(message, self.locale, **values)),)
        self.posts.append(draft)

    def save(self, row: Model) -> None:
        """Insert or update a row of the plugin's own."""
        fresh, number = not row._saved_in_db, row.pk  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see below

        async def write() -> None:
            if fresh:  # a transaction that was rolled back leaves the row believing it is saved
                row._saved_in_db, row.pk = False, number  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            await row.save()

        self.writes.append(write)

    def write(self, work: Write) -> None:
        """Run ``work`` inside the transaction.

        It may run again if the commit must be repeated, so it changes rows and calls nobody.
        """
        self.writes.append(work)

    @property
    def changes(self) -> Write | None:
        """All changes through the ORM as one piece of work, if there are any."""
        if not self.writes:
            return None

        async def write() -> None:
            for work in self.writes:
                await work()

        return write

    def at(self, when: datetime | timedelta, name: str, key: str, **data: Any) -> None:  # noqa: ANN401
        """Run the deadline handler ``name`` (``"<plugin>.<handler>"``) once at that time.

        ``data`` must be plain JSON. The same name and key again moves the deadline.
        """
        due = self.clock.now() + when if isinstance(when, timedelta) else when
        self.alarms.append(Alarm(name, key, due, data))

    def cancel(self, name: str, key: str) -> None:
        """Forget a deadline that has not come yet."""
        self.alarms.append(Alarm(name, key, None))

    def emit(self, kind: str, /, **data: Any) -> None:  # noqa: ANN401
        """Write a domain event to the journal: ``kind`` like ``"complaint.opened"``; plain JSON."""
        self.events.append((kind, data))

    def menu(self, head: str, options: Mapping[str, str], **values: object) -> Menu:
        """A menu part from sentence keys: ``{"faq.useful": "faq.useful"}`` is id to key."""
        chosen = tuple(Option(i, self.texts.render(k, self.locale)) for i, k in options.items())
        return Menu(self.texts.render(head, self.locale, **values) if head else "", chosen)
