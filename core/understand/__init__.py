"""What a text says: computed once for each turn and shared by everybody who asks."""

from core.understand.understanding import Entity, Recogniser, Understanding

__all__ = ["Entity", "Recogniser", "Understanding"]
