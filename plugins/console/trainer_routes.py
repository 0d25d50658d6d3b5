"""The routes of what the shop says and knows: ``routes.py`` has them with all others."""

from __future__ import annotations

from plugins.console.api import answers, books, knowledge, learning, sentences
from plugins.console.roles import ALL, WRITERS
from plugins.console.table import Route
from plugins.faq.face import Sheet

ONE = "/knowledge/entries/{entry}"
CANDIDATE = "/knowledge/candidates/{id}"
SENTENCE = "/sentences/{locale}/{key}"
ROUTES = (
    Route(
        "GET",
        "/knowledge",
        ALL,
        knowledge.list_knowledge,
        query=knowledge.Search,
        gives=knowledge.Shelf,
    ),
    Route(
        "GET",
        "/knowledge/find",
        ALL,
        answers.find_answers,
        query=answers.Sought,
        gives=answers.FoundList,
    ),
    Route(
        "POST",
        "/knowledge/try",
        ALL,
        answers.try_question,
        body=answers.Question,
        gives=answers.Outcome,
    ),
    Route("GET", ONE, ALL, knowledge.get_entry, gives=Sheet),
    Route(
        "PUT",
        f"{ONE}/draft",
        WRITERS,
        knowledge.put_draft,
        body=knowledge.NewDraft,
        gives=Sheet,
    ),
    Route("DELETE", f"{ONE}/draft", WRITERS, knowledge.discard_draft, body=knowledge.Stamped),
    Route("POST", f"{ONE}/check", WRITERS, knowledge.check_draft, gives=knowledge.Exam),
    Route(
        "POST",
        f"{ONE}/review",
        WRITERS,
        knowledge.review_draft,
        body=knowledge.Stamped,
        gives=Sheet,
    ),
    Route(
        "POST",
        f"{ONE}/publish",
        WRITERS,
        knowledge.publish_draft,
        body=knowledge.Release,
        gives=Sheet,
    ),
    Route("GET", f"{ONE}/versions", ALL, knowledge.list_versions, gives=knowledge.Versions),
    Route(
        "POST",
        f"{ONE}/rollback",
        WRITERS,
        knowledge.roll_back,
        body=knowledge.Rollback,
        gives=Sheet,
    ),
    Route(
        "POST",
        "/knowledge/import",
        WRITERS,
        books.import_knowledge,
        body=books.Book,
        gives=books.Taken,
    ),
    Route("GET", "/knowledge/export", WRITERS, books.export_knowledge, query=books.Format),
    Route(
        "POST",
        "/knowledge/candidates",
        WRITERS,
        learning.gather_candidates,
        body=learning.Since,
        gives=learning.Candidates,
    ),
    Route(
        "POST",
        f"{CANDIDATE}/approve",
        WRITERS,
        learning.approve_candidate,
        body=learning.Approval,
        gives=learning.Approved,
    ),
    Route("POST", f"{CANDIDATE}/dismiss", WRITERS, learning.dismiss_candidate),
    Route(
        "GET",
        "/knowledge/board",
        WRITERS,
        learning.get_board,
        query=learning.Days,
        gives=learning.BoardShape,
    ),
    Route(
        "GET",
        "/sentences",
        WRITERS,
        sentences.list_sentences,
        query=sentences.Sought,
        gives=sentences.Sentences,
    ),
    Route(
        "PUT",
        SENTENCE,
        WRITERS,
        sentences.put_sentence,
        body=sentences.NewWords,
        gives=sentences.SentenceShape,
    ),
    Route("DELETE", SENTENCE, WRITERS, sentences.reset_sentence, gives=sentences.SentenceShape),
)
