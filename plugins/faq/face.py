"""What other plugins may use of the FAQ (after naming it in ``requires``)."""

from __future__ import annotations

from plugins.faq.entry import Entry
from plugins.faq.files import parse, read
from plugins.faq.knowledge import KnowledgeBase, store
from plugins.faq.models import KnowledgeEntry

__all__ = ["Entry", "KnowledgeBase", "KnowledgeEntry", "parse", "read", "store"]
