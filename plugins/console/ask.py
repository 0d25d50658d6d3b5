"""One request of a person at the desk, and what the desk works with."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from core.channels import Lines
from core.clock import Clock
from core.contacts.office import Contacts
from core.effects import Effects
from core.message import ConversationKind
from core.settings import ShopSettings
from core.store.commit import Cause, Commit, Written
from core.store.writer import Writer
from core.texts import Texts, nearest
from plugins.compensation.face import CompensationSettings
from plugins.complaints.face import ComplaintSettings
from plugins.console.models import Staff, StaffSession
from plugins.console.overlay import Overlay
from plugins.console.roles import StaffRole, kinds_of
from plugins.console.settings import ConsoleSettings
from plugins.faq.face import Editor
from plugins.handoff.face import HandoffSettings
from plugins.incidents.face import IncidentSettings
from plugins.orders.face import OrderSource

if TYPE_CHECKING:
    from plugins.console.hub import Hub
    from plugins.console.tail import Tail


@dataclass(frozen=True, slots=True)
class House:
    """What of the core the desk works with."""

    clock: Clock
    texts: Texts
    commit: Commit
    writer: Writer
    lines: Lines
    contacts: Contacts


@dataclass(slots=True)
class Services:
    """What the desk asks of the house."""

    house: House
    shop: ShopSettings
    settings: ConsoleSettings
    complaints: ComplaintSettings
    orders: OrderSource
    overlay: Overlay
    handoff: HandoffSettings
    knowledge: Editor | None = None  # where the shop has the plugin faq
    compensation: CompensationSettings | None = None  # and these, where it has them
    incidents: IncidentSettings | None = None
    tail: Tail = field(init=False)
    hub: Hub = field(init=False)

    @property
    def clock(self) -> Clock:
        """Where the time comes from."""
        return self.house.clock

    @property
    def texts(self) -> Texts:
        """All sentences."""
        return self.house.texts

    @property
    def commit(self) -> Commit:
        """What writes effects."""
        return self.house.commit

    @property
    def writer(self) -> Writer:
        """What runs statements."""
        return self.house.writer

    @property
    def contacts(self) -> Contacts:
        """What may be done with people."""
        return self.house.contacts

    @property
    def lines(self) -> Lines:
        """All channels."""
        return self.house.lines

    def effects(self) -> Effects:
        """An empty collection of what shall happen."""
        return Effects(self.clock, self.texts, self.texts.default)

    async def write(self, effects: Effects, conversation: int | None = None) -> Written:
        """Make it happen, all in one transaction."""
        cause = Cause(f"desk:{secrets.token_hex(8)}", conversation=conversation)
        return await self.commit.write(effects, cause)


@dataclass(slots=True)
class Ask:
    """A request, checked: who asks is signed in and may use the route.

    Where nobody need be signed in, ``who`` and ``session`` are empty rows.
    """

    desk: Services
    request: web.Request
    who: Staff
    session: StaffSession
    path: Mapping[str, str]

    @property
    def roles(self) -> frozenset[StaffRole]:
        """What the person may do."""
        return frozenset(StaffRole(role) for role in self.who.roles)

    @property
    def kinds(self) -> frozenset[ConversationKind]:
        """The kinds of conversation the person may see."""
        return kinds_of(self.roles)

    @property
    def owner(self) -> str:
        """The person as an owner of conversations."""
        return f"agent:{self.who.login}"

    @property
    def locale(self) -> str:
        """The language of the page."""
        return locale_of(self.request, self.desk.texts)

    def number(self, name: str = "id") -> int:
        """A number of the path."""
        return int(self.path[name])

    def say(self, key: str, /, **values: Any) -> str:  # noqa: ANN401 - whatever a sentence takes
        """A sentence in the person's language."""
        return self.desk.texts.render(key, self.locale, **values)


def locale_of(request: web.Request, texts: Texts) -> str:
    """The supported language that the browser would like best."""
    first = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0]
    return nearest(first, texts.default)
