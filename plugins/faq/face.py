"""What other plugins may use of the FAQ (after naming it in ``requires``)."""

from __future__ import annotations

from plugins.faq.entry import Entry
from plugins.faq.exam import Finding
from plugins.faq.files import parse, read
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.loop.approve import Unanswered, approve, gather, take
from plugins.faq.loop.board import Board, board
from plugins.faq.loop.candidates import Candidate, candidates, settle
from plugins.faq.models import KnowledgeEntry
from plugins.faq.publish import (
    Regression,
    check,
    difference,
    draft,
    drafted,
    refuse_regressions,
    versions,
)
from plugins.faq.settings import FaqSettings
from plugins.faq.store import store

__all__ = [
    "Board",
    "Candidate",
    "Entry",
    "FaqSettings",
    "Finding",
    "KnowledgeBase",
    "KnowledgeEntry",
    "Regression",
    "Unanswered",
    "approve",
    "board",
    "candidates",
    "check",
    "difference",
    "draft",
    "drafted",
    "gather",
    "parse",
    "read",
    "refuse_regressions",
    "settle",
    "store",
    "take",
    "versions",
]
