"""Settings and sentences that staff changed at the desk: rows, in force in every process."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from core.overrides import Overrides
from core.settings import Settings
from core.texts import Texts
from plugins.console.models import Override

CHANGED = "settings.changed"  # the journal's word: every process reads the rows again
TEXTS = "texts"  # instead of a plugin's name: the key is a locale and a sentence's key


class Overlay:
    """The rows and the running settings."""

    def __init__(self, overrides: Overrides, whole: Settings, texts: Texts) -> None:
        """``whole``: everything the file says."""
        self.overrides, self.whole, self.texts = overrides, whole, texts

    async def load(self) -> None:
        """Let the rows hold, and what ships and the file for everything else."""
        values = await self.values()
        own: dict[str, dict[str, str]] = defaultdict(dict)
        for place, words in values.pop(TEXTS, {}).items():
            locale, _, key = place.partition(".")
            own[locale][key] = words
        self.texts.own = own
        self.overrides.apply(values)

    async def values(self) -> dict[str, dict[str, Any]]:
        """What was changed, by plugin and setting."""
        found: dict[str, dict[str, Any]] = defaultdict(dict)
        for row in await Override.all():
            found[row.plugin][row.key] = row.value["is"]
        return dict(found)
