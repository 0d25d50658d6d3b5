"""Long messages in parts: two questions in one get two answers (each surely, or it is left out)."""

from __future__ import annotations

import re

from core.words import words
from plugins.faq.terms import flatten

WORDS = words("plugins.faq")
SHORTEST, MOST = 4, 6  # characters of a part; parts that are looked at
ENDS = re.compile(r"[\u3002\uff01\uff1f!?\uff1b;\u2026\n]+|\.{2,}")
JOINTS = re.compile("|".join(map(re.escape, sorted(WORDS["joint"], key=len, reverse=True))))
COMMAS = re.compile(r"[\uff0c,\u3001~\uff5e\s]+")


def clauses(text: str) -> list[str]:
    """The parts of a message that may each be a question; none when it is all of one piece."""
    rough = [part for piece in ENDS.split(text) for part in JOINTS.split(piece)]
    parts = [part for part in rough if len(flatten(part)) >= SHORTEST]
    if len(parts) < 2:
        parts = [part for part in COMMAS.split(text) if len(flatten(part)) >= SHORTEST]
    return parts[:MOST] if len(parts) > 1 else []
