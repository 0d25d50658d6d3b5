"""The knowledge base: the entries of the shop and the matcher that knows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from core.clock import Clock
from plugins.faq.about import fitting
from plugins.faq.bands import Bands, Decision
from plugins.faq.clauses import clauses
from plugins.faq.entry import Entry
from plugins.faq.matcher import Match
from plugins.faq.mind import Mind, Rehearsal
from plugins.faq.models import KnowledgeEntry
from plugins.faq.segment import Asked
from plugins.faq.store import CHUNK, legible, topic_of

SPARE = 20  # further candidates, where some may be on other products


class KnowledgeBase:
    """What the shop knows, ready to be asked. Load it once, and again when it changed."""

    def __init__(self, mind: Mind, clock: Clock, zone: ZoneInfo) -> None:
        """Know nothing until :meth:`load`; days begin at midnight of ``zone``."""
        self._mind, self._clock, self._zone = mind, clock, zone
        self._entries: dict[str, Entry] = {}  # those that may answer today
        self._dated: dict[str, Entry] = {}  # those that may not answer on every day
        self.special: dict[str, Entry] = {}  # those on some products only
        self._versions: dict[str, int] = {}  # of all rows that were read, by id
        self._day = self.today

    @property
    def today(self) -> date:
        """The day in the shop."""
        return self._clock.now().astimezone(self._zone).date()

    @property
    def status(self) -> str:
        """Which generations of matching work now, and why one does not."""
        return self._mind.status

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The entries that may answer today, by id."""
        return self._entries

    async def load(self) -> None:
        """Take over what changed since the last time; at first, everything."""
        await self._turn_of_the_day()
        known = self._versions
        rows = await (_changed(known) if known else KnowledgeEntry.all().order_by("id"))
        entries = [entry for row in rows if (entry := legible(row))]
        await self._take(entries, first=not known)
        known.update((row.id, row.version) for row in rows)

    async def _take(self, entries: Sequence[Entry], *, first: bool = False) -> None:
        """Know these entries as they are now; those that may not answer today are forgotten."""
        for entry in entries:
            self._dated.pop(entry.id, None)
            self.special.pop(entry.id, None)
            if entry.products and entry.live(self._day):
                self.special[entry.id] = entry
            if entry.valid_from or entry.valid_to:
                self._dated[entry.id] = entry
        live = [entry for entry in entries if entry.live(self._day)]
        changed = [entry for entry in live if self._entries.get(entry.id) != entry]
        gone = [e.id for e in entries if not e.live(self._day) and e.id in self._entries]
        topics = [topic_of(entry) for entry in changed]
        if first:
            await self._mind.learn(topics)
        elif topics or gone:
            await self._mind.change(topics, gone)
        self._entries |= {entry.id: entry for entry in changed}
        for entry_id in gone:
            del self._entries[entry_id]

    async def _turn_of_the_day(self) -> None:
        """What begins or ends today does so with the first question of the day."""
        if self._day != self.today:
            self._day = self.today
            await self._take(list(self._dated.values()))

    def warm(self) -> None:
        """Begin to read the meanings now instead of at the first question."""
        self._mind.begin()

    async def find(self, text: str, limit: int = 3) -> list[Match]:
        """The entries nearest to a text."""
        await self._turn_of_the_day()
        return (await self._mind.judge(text, limit)).matches

    async def decide(
        self, text: str, bands: Bands, about: Collection[str] = frozenset()
    ) -> Decision:
        """Whether to answer, to ask back or to admit not to know.

        Entries on other products than those it is ``about`` stay out of it, if any are known.
        """
        await self._turn_of_the_day()
        wide = bands.candidates + (SPARE if about else 0)
        verdict = fitting(await self._mind.judge(text, wide), about, self._entries)
        return bands.decide(verdict)

    async def answers(self, text: str, bands: Bands, about: Collection[str]) -> list[Match]:
        """The sure answers to the parts of a message, each once; none when it is of one piece."""
        decided = [await self.decide(part, bands, about) for part in clauses(text)]
        sure = [decision.offered[0] for decision in decided if decision.band == "answer"]
        return list({match.entry_id: match for match in sure}.values())

    async def rehearse(self, changed: Iterable[Entry]) -> Rehearsal:
        """The matcher as it is, and as it would be with these entries; nothing changes.

        What begins later is taken as begun: nobody looks again on its first day.
        """
        await self._turn_of_the_day()
        entries = list(changed)
        coming = [topic_of(entry) for entry in entries if entry.to_come(self._day)]
        gone = [entry.id for entry in entries if not entry.to_come(self._day)]
        return await self._mind.rehearse(coming, gone)

    async def read(self, texts: Sequence[str]) -> list[Asked]:
        """The texts as the matcher sees them."""
        return await self._mind.read(texts)

    def get(self, entry_id: str) -> Entry | None:
        """An entry that may answer today."""
        return self._entries.get(entry_id)

    def __len__(self) -> int:
        """How many entries can answer."""
        return len(self._entries)


async def _changed(known: Mapping[str, int]) -> list[KnowledgeEntry]:
    """The rows of other versions than are known.

    All versions are compared: moments cannot tell, who writes earlier may commit later, and clocks
    differ.
    """
    found = await KnowledgeEntry.all().values_list("id", "version")
    fresh = [str(one) for one, version in found if known.get(str(one)) != version]
    rows: list[KnowledgeEntry] = []
    for at in range(0, len(fresh), CHUNK):
        rows += await KnowledgeEntry.filter(id__in=fresh[at : at + CHUNK]).order_by("id")
    return rows
