"""Which open incident a message asks about: kept in memory, read anew when incidents change."""

from __future__ import annotations

from plugins.incidents.models import Incident, State
from plugins.incidents.topics import Words


class Watch:
    """The words of all open incidents."""

    def __init__(self) -> None:
        """Nothing is open."""
        self.going_on = False
        self._newest: list[str] = []
        self._words = Words(())

    async def load(self) -> None:
        """Know what is open now, the newest first."""
        rows = await Incident.filter(state=State.OPEN).order_by("-id")
        self.going_on = bool(rows)
        self._newest = [row.number for row in rows]
        self._words = Words((row.number, row.words) for row in rows)

    def find(self, plain: str) -> str:
        """The number of the newest open incident that a normalised text speaks of, or nothing."""
        found = self._words.find(plain)
        return next((number for number in self._newest if number in found), "")
