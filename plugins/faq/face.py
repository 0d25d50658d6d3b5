"""What other plugins may use of the FAQ (after naming it in ``requires``)."""

from __future__ import annotations

from plugins.faq.editor import Editor, Outdated, Sheet, Trial, sheet
from plugins.faq.entry import Entry
from plugins.faq.exam import Finding
from plugins.faq.files import FORMATS, parse, read, save
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.loop.approve import Unanswered, approve, gather, take
from plugins.faq.loop.board import Board, board
from plugins.faq.loop.candidates import Candidate, Full, candidates, settle
from plugins.faq.models import KnowledgeEntry, LifeQuestion
from plugins.faq.publish import (
    Regression,
    check,
    difference,
    draft,
    drafted,
    refuse_regressions,
    versions,
)
from plugins.faq.retrieval import Retrieved, retrieve
from plugins.faq.settings import FaqSettings
from plugins.faq.shelf import Spine, State, Wanted, categories, shelf
from plugins.faq.store import legible, store
from plugins.faq.terms import simplified
from plugins.faq.wording import fill, personal, shown, unnamed

__all__ = [
    "FORMATS",
    "Board",
    "Candidate",
    "Editor",
    "Entry",
    "FaqSettings",
    "Finding",
    "Full",
    "KnowledgeBase",
    "KnowledgeEntry",
    "LifeQuestion",
    "Outdated",
    "Regression",
    "Retrieved",
    "Sheet",
    "Spine",
    "State",
    "Trial",
    "Unanswered",
    "Wanted",
    "approve",
    "board",
    "candidates",
    "categories",
    "check",
    "difference",
    "draft",
    "drafted",
    "fill",
    "gather",
    "legible",
    "parse",
    "personal",
    "read",
    "refuse_regressions",
    "retrieve",
    "save",
    "settle",
    "sheet",
    "shelf",
    "shown",
    "simplified",
    "store",
    "take",
    "unnamed",
    "versions",
]
