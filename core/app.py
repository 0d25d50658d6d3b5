"""The house: puts the parts together, opens and closes them in the right order.

Read this file first: every part of the core is named here once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from core.archive import Archive
from core.bells import DEADLINES, JOURNAL, OUTBOX, Bells
from core.changeover import ASKED, Changeover
from core.channels import Line, Lines, Tools
from core.clock import Clock, SystemClock
from core.contacts.office import LEAVING, Contacts
from core.deadlines import Deadlines
from core.delivery.orphans import Orphans
from core.delivery.passive import PassiveDesk
from core.delivery.sender import Sender
from core.effects import Effects
from core.forms.engine import FormEngine
from core.gate.gate import Gate
from core.journal import Journal, Watch
from core.lanes import Lanes
from core.lanes_shared import SharedLanes
from core.metrics import Metrics
from core.registry import Registry, find_plugins
from core.roles import ALL, SPEAKING, Role
from core.route.dispatch import Dispatcher
from core.route.index import Index
from core.secrets import Secrets
from core.settings import Problem, Settings, SettingsError, ShopSettings, extra
from core.store.commit import Commit, Written
from core.store.database import Database
from core.store.intake import Intake
from core.store.session import Session
from core.store.writer import Writer
from core.store.writers import Writers
from core.telemetry import Traces
from core.texts import Texts, bundled
from core.understand.reader import Reader
from core.upkeep import OWNED, REPLAYED, Upkeep
from core.vitals import Vitals
from core.web.hooks import Hooks
from core.web.server import Server
from core.web.waiting import open_when_possible
from core.worker import Worker

log = structlog.get_logger(__name__)


class StoppedError(RuntimeError):
    """A shop that was stopped shall start again; it takes another :class:`App`."""


class App:
    """One running shop, from :meth:`start` to :meth:`stop`, once."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        """Build everything that can be checked without opening anything.

        Raises :class:`~core.settings.SettingsError` with every bad key.
        """
        self.settings, self.stopped = settings, False
        self.clock: Clock = clock or SystemClock()
        self.texts = Texts([bundled()], settings.shop.zone, settings.shop.locale)
        self.metrics = Metrics()
        self.registry = Registry(find_plugins(settings.plugins), settings.plugins, self.texts)
        self.database = Database(settings.database, self.registry.models)
        self.session, self.roles = self.database.session, self._allowed(settings.roles)
        driver, abreast = self.database.driver(), self.session is not None
        self.writers = Writers(driver, self.metrics, abreast=abreast)
        self.writer, inlet = self.writers.handling, self.writers.taking_in
        self.people = self.writers.people(self.writer)
        self.intake = Intake(inlet, self.writers.people(inlet), self.clock, self.metrics)
        self.lines = Lines()
        self.gate = self._gate()  # a queue before the ledger, where the settings name one
        lease = timedelta(seconds=settings.work.lease_seconds)
        self.commit = Commit(self.writer, self.people, self.clock, self.lines.can, lease)
        self._tools = self._outfit()
        for name, table in settings.channels.items():
            self.lines.add(self._line(name, table))
        self.reread: Callable[[], Settings] = lambda: settings  # set by who knows the file
        self.sender = self._sender()
        self.orphans = self._orphans()
        folder, days = settings.data / "archive", settings.retention.days
        self.archive = Archive(self.writer, self.clock, folder, days, self.session)
        self.contacts = self._contacts()
        self.desk = PassiveDesk(self.clock, self.sender.requeue)
        self.vitals = self._vitals()
        self.server = self._server()
        self.changeover = self._changeover()
        self.journal = Journal(self.registry.followers)
        self.watch = Watch(self.journal, self._nudge)

    def _outfit(self) -> Tools:
        """What every channel works with."""
        return Tools(
            clock=self.clock,
            texts=self.texts,
            writer=self.writer,
            intake=self.intake,
            commit=self.commit,
            metrics=self.metrics,
            secrets=self._secrets(),
            session=self.session,
            live=self.settings.live,
            gate=self.gate,
        )

    @property
    def services(self) -> dict[Any, Any]:
        """What handlers may ask for by type from the core itself."""
        return {
            Clock: self.clock,
            Texts: self.texts,
            ShopSettings: self.settings.shop,
            Settings: self.settings,
            Commit: self.commit,
            Writer: self.writer,
            Lines: self.lines,
            Metrics: self.metrics,
            Contacts: self.contacts,
        }

    async def open(self, *, exclusive: bool = True) -> None:
        """Open the database and the plugins: enough to dispatch, not yet to run."""
        await self.database.open(exclusive=exclusive)
        try:
            self.writers.start()
            await self.registry.open(self.services)
        except BaseException:
            await self.close()
            raise
        forms = FormEngine(self.registry.forms)
        self.worker = Worker(
            writer=self.writer,
            commit=self.commit,
            dispatcher=Dispatcher(Index(self.registry.entries), forms),
            reader=Reader(self.registry.recognisers),
            texts=self.texts,
            clock=self.clock,
            metrics=self.metrics,
            passive=self.desk,
            attempts=self.settings.work.attempts,
        )
        self.lanes = self._lanes()
        self.deadlines = Deadlines(
            writer=self.writer,
            commit=self.commit,
            clock=self.clock,
            texts=self.texts,
            handlers=self.registry.dues,
            lead=self.session.lead if self.session is not None else None,
        )
        self.vitals.opened = True

    async def close(self) -> None:
        """Close what :meth:`open` opened."""
        self.vitals.opened = False
        self.commit.listeners.clear()  # a house opened again must not hear everything twice
        try:
            await self.registry.close()
        finally:
            await self.writers.stop()
            await self.database.close()

    async def start(self) -> None:
        """Open, take up what a former life left, and serve; raises :class:`StoppedError`."""
        if self.stopped:
            raise StoppedError("this App was stopped; make another one of the same settings")
        await open_when_possible(self.open, self.settings.server)
        try:
            if self.settings.telemetry.endpoint:
                self.metrics.traces = await _traces(self)
            await self._begin()
        except BaseException:
            await self.stop()
            raise
        log.info("house.ready", url=self.server.url, channels=[line.name for line in self.lines])

    async def _begin(self) -> None:
        upkeep = Upkeep(
            lines=self.lines,
            lanes=self.lanes,
            metrics=self.metrics,
            clock=self.clock,
            leads=lambda: self.deadlines.leads,
        )
        self.commit.listeners.append(self._written)
        if Role.WORKER in self.roles:
            self.intake.handed_on = self.lanes.put
        if Role.SENDER in self.roles:
            self.intake.opened = self.sender.wake
            self.commit.listeners.append(self.sender.heard)
        if self.session is None:
            self.worker.left_over = await upkeep.take_stock()
        else:
            self._hang_bells(self.session)
        self.registry.followers.setdefault(REPLAYED, []).append(upkeep.replayed)
        self.registry.followers.setdefault(OWNED, []).append(upkeep.owned)
        self.registry.followers.setdefault(ASKED, []).append(self.changeover.follow)
        self.registry.followers.setdefault(LEAVING, []).append(self.contacts.leaving)
        await self.registry.warm_up()
        await self.journal.start()
        self.watch.start()
        if Role.WORKER in self.roles:
            await self.lanes.start()
        if Role.SCHEDULER in self.roles:
            await self.deadlines.start()
            self.archive.start()
        await self._open_gate()
        if self.roles & SPEAKING:
            for line in self.lines:
                await line.start()
        if Role.SENDER in self.roles:  # after the lines: a call through a closed one is lost
            await self.sender.start()
            self.commit.rest = lambda channel: self.sender.breakers.of(channel).rest()
            self.commit.sends = True  # after the sender has seen to what a former life left
            if self.orphans is not None:
                await self.orphans.start()
        self._mount()
        await self.server.start()

    async def stop(self) -> None:
        """Stop taking in, finish what is under way, close. Nothing is left half-sent."""
        self.stopped = True
        await self.server.stop()
        if self.gate is not None:
            await self.gate.drain.stop()
        if self.vitals.opened:
            await self.lanes.stop()
            await self.deadlines.stop()
            await self.archive.stop()
            if self.orphans is not None:
                await self.orphans.stop()
            self.commit.sends = False  # what is committed from now on waits for the next start
            await self.sender.stop()
        await asyncio.gather(*(line.stop() for line in self.lines if line.started))
        if self.gate is not None:
            await self.gate.close()
        await self.watch.stop()
        await self.metrics.traces.close()
        await self.close()

    @property
    def idle(self) -> bool:
        """Whether nothing moves until time or the outside moves it; for tests and shutdown."""
        parts = (self.writers, self.lanes, self.sender, self.deadlines, self.watch)
        queued = self.gate is not None and not self.gate.drain.idle
        return not queued and all(part.idle for part in parts)

    def _hang_bells(self, session: Session) -> None:
        heard = {JOURNAL: self.watch.soon}
        if Role.SENDER in self.roles:
            heard[OUTBOX] = self.sender.wake
        if Role.SCHEDULER in self.roles:
            heard[DEADLINES] = self.deadlines.wake
        Bells(session, heard).hang(self.intake, self.commit)

    def _allowed(self, roles: Sequence[Role]) -> frozenset[Role]:
        if self.database.session is None and frozenset(roles) != frozenset(ALL):
            words = "on SQLite one process does everything; leave them out"
            raise SettingsError([Problem.of("roles", "one_process", words)])
        return frozenset(roles)

    def _sender(self) -> Sender:
        return Sender(
            writer=self.writers.sending,
            lines=self.lines,
            clock=self.clock,
            metrics=self.metrics,
            settings=self.settings.work,
            session=self.session,
        )

    def _orphans(self) -> Orphans | None:
        if self.session is None:
            return None
        return Orphans(self.session, self.sender, self.writer, self._nudge)

    def _line(self, name: str, table: Mapping[str, Any]) -> Line:
        rest = dict(table)
        return Line(name, str(rest.pop("adapter", "")), rest, self._tools)

    def _changeover(self) -> Changeover:
        return Changeover(
            self.lines,
            read=lambda: self.reread(),  # noqa: PLW0108 - it is set later
            build=self._line,
            texts=self.texts,
            speaks=bool(self.roles & SPEAKING),
            changed=self.sender.changed,
            tell=self.commit.journal,
        )

    def _contacts(self) -> Contacts:
        return Contacts(
            writer=self.writer,
            commit=self.commit,
            clock=self.clock,
            people=[self.writers.people(writer) for writer in self.writers],
            plugins=self.registry.plugins,
            folder=self.settings.data / "archive",
            crowded=lambda: self.database.shared,
            effects=lambda: Effects(self.clock, self.texts, self.texts.default),
        )

    def _server(self) -> Server:
        hooks = Hooks(
            lines=self.lines,
            desk=self.desk,
            writer=self.writer,
            clock=self.clock,
            left=self.sender.wake,
            elsewhere=self.session is not None,
        )
        return Server(
            settings=self.settings.server,
            hooks=hooks,
            lines=self.lines,
            metrics=self.metrics,
            ready=self.vitals.readiness,
            measure=self.vitals.measure,
        )

    def _vitals(self) -> Vitals:
        return Vitals(
            database=self.database,
            gate=self.gate,
            lines=self.lines,
            roles=self.roles,
            metrics=self.metrics,
            clock=self.clock,
        )

    def _gate(self) -> Gate | None:
        if not self.settings.queue.url:
            return None
        return Gate(
            self.settings.queue,
            intake=self.intake,
            writer=self.writer,
            clock=self.clock,
            registry=self.metrics.registry,
            can=self.lines.can,
            session=self.session,
        )

    async def _open_gate(self) -> None:
        if self.gate is not None:
            await self.gate.open(drains=Role.WORKER in self.roles)

    def _lanes(self) -> Lanes | SharedLanes:
        worker, number = self.worker, self.settings.work.lanes
        if self.session is None:
            return Lanes(worker.handle, number, worker.resting)
        return SharedLanes(worker.handle, number, worker.resting, self.session, worker.give_up)

    def _mount(self) -> None:
        if Role.CONSOLE in self.roles:
            for prefix, site in self.registry.sites:
                self.server.mount(prefix, site())

    def _written(self, written: Written) -> None:
        if written.events:
            self.watch.soon()

    def _nudge(self) -> None:
        self.sender.wake()
        self.deadlines.wake()

    def _secrets(self) -> Secrets:
        return Secrets(None if self.database.in_memory else self.settings.data)


async def _traces(app: App) -> Traces:
    try:
        from core.traces import begin  # noqa: PLC0415 - an extra
    except ImportError:
        raise SettingsError([extra("telemetry.endpoint", "telemetry")]) from None
    return await begin(app.settings.telemetry, app.writer, app.clock)
