"""Ninety days of a busy shop, written by SQL: what the reports of the desk are asked about.

A conversation is fifty messages: the bot for a while, then in every other one a person is asked
for, takes it, answers, closes it, and is rated now and then. Rows have the order of time, as in
life.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from core.store.sql import json_text
from plugins.console.audit import START

TALK, DAYS, AGENTS = 50, 90, 20  # messages of a conversation, days, people
ENTRIES = 200  # of the knowledge
BEGIN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=DAYS)
WORDS = (
    "请问这件还有货吗",
    "您好，有货的，今天下单明天发出",
    "尺码偏大还是偏小",
    "按平时的尺码拍就行",
    "发什么快递呢",
)
AUDITED, COMPLAINTS = 20_000, 2_000  # with a million messages


def fill(file: Path, messages: int) -> None:
    """Write so many messages, and everything that comes with them."""
    people = max(1, messages // TALK)
    with closing(sqlite3.connect(file, isolation_level=None)) as base:
        base.execute("PRAGMA synchronous=OFF")
        base.execute("BEGIN")
        base.executemany(_CONTACT, _contacts(people))
        base.execute(_CONVERSATIONS)
        base.execute(_TALKS, (people,))
        base.execute(_MESSAGES, (*WORDS, TALK))
        base.executemany(_ENTRY, sorted((*_entries(people), *_answers(people))))
        base.executemany(_AUDIT, _audit(AUDITED * messages // 1_000_000))
        base.execute(_COMPLAINTS, (max(1, COMPLAINTS * messages // 1_000_000),))
        base.execute("DROP TABLE talk")
        base.execute("COMMIT")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _contacts(people: int) -> Iterator[tuple[str, str]]:
    return ((f"顾客{number:05}", _text(BEGIN)) for number in range(1, people + 1))


def _begins(number: int) -> datetime:
    """When a conversation begins: spread over days and hours, as the SQL has it."""
    return BEGIN + timedelta(minutes=number * 977 % (DAYS * 1440 - TALK))


def _entries(people: int) -> Iterator[tuple[str, str, int, str]]:
    """What the journal says of every other conversation."""
    for number in range(2, people + 1, 2):
        begin, agent = _begins(number), f"agent{number % AGENTS:02}"
        asked, owner = begin + timedelta(minutes=20.5), f"agent:{agent}"
        score = {"score": number % 5 + 1, "agent": agent}
        ends = {"result": "solved" if number % 7 else "unsolved", "agent": agent}
        said = (
            (20.5, "handoff.requested", {"reason": "asked"}),
            (20.6, "conversation.owner", {"owner": "queue", "before": "bot"}),
            (22.5, "conversation.owner", {"owner": owner, "before": "queue"}),
            (50.5, "desk.closed", {**ends, "asked_at": asked.isoformat()}),
            (50.6, "conversation.owner", {"owner": "bot", "before": owner}),
            *([(51.5, "desk.rated", score)] if not number % 8 else []),
        )
        for minutes, kind, data in said:
            at = _text(begin + timedelta(minutes=minutes))
            yield at, kind, number, json_text({"conversation": number, **data})


def _answers(people: int) -> Iterator[tuple[str, str, int, str]]:
    """Which of two hundred entries of the knowledge answered first in each conversation."""
    for number in range(1, people + 1):
        at = _text(_begins(number) + timedelta(minutes=1.2))
        data = {"entry": f"entry-{number * 7 % ENTRIES}", "score": 1.0, "question": 0}
        yield at, "faq.answered", number, json_text(data)


def _audit(lines: int) -> Iterator[tuple[str, str, str, str, str, str, str]]:
    """A chain as :mod:`plugins.console.audit` forges it."""
    before = START
    for number in range(lines):
        at = BEGIN + timedelta(minutes=number)
        who, act, about = f"agent{number % AGENTS:02}", "signed-in", "127.0.0.1"
        data: dict[str, str] = {}
        facts = [before, at.isoformat(timespec="microseconds"), who, act, about, data]
        found = hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()
        yield _text(at), who, act, about, "{}", before, found
        before = found


def _text(at: datetime) -> str:
    return at.isoformat(" ")


_CONTACT = """INSERT INTO contact (name, locale, union_id, created_at) VALUES (?, 'zh_CN', '', ?)"""
_CONVERSATIONS = """
INSERT INTO conversation (channel, external_id, kind, owner, memory, created_at, contact_id)
SELECT 'crowd', 'c' || id, 'direct', 'bot', '{}', created_at, id FROM contact
"""
_TALKS = f"""
CREATE TABLE talk AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
SELECT i, i * 977 % {DAYS * 1440 - TALK} AS minute FROM n
"""
_MESSAGES = f"""
WITH RECURSIVE n(j) AS (SELECT 0 UNION ALL SELECT j + 1 FROM n WHERE j < ?6 - 1)
INSERT INTO message (direction, channel, key, conversation_id, author, state, text, parts, context,
                     at, sent_at, done_at, attempts, error, reply_to, recipient, mention,
                     platform_id, repeatable)
SELECT CASE j % 2 WHEN 0 THEN 'in' ELSE 'out' END, 'crowd', i || '-' || j, i,
       CASE WHEN j % 2 AND j > 23 AND i % 2 = 0 THEN printf('agent:agent%02d', i % {AGENTS}) ELSE ''
       END, CASE j % 2 WHEN 0 THEN 'handled' ELSE 'sent' END,
       CASE j % 5 WHEN 0 THEN ?1 WHEN 1 THEN ?2 WHEN 2 THEN ?3 WHEN 3 THEN ?4 ELSE ?5 END,
       '[]', '{{}}', at, at, at, 1, '', NULL, '', '[]', '', 0
FROM (SELECT i, j, strftime('%Y-%m-%d %H:%M:%S+00:00', {int(BEGIN.timestamp())} +
             (minute + j) * 60 + i % 60, 'unixepoch') AS at FROM talk, n) ORDER BY at, i, j
"""
_ENTRY = """INSERT INTO journal (at, kind, channel, conversation_id, data)
VALUES (?1, ?2, 'crowd', ?3, ?4)"""
_AUDIT = """INSERT INTO desk_audit (at, who, act, about, data, before, hash)
VALUES (?, ?, ?, ?, ?, ?, ?)"""
_COMPLAINTS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO complaint (number, kind, severity, state, level, opened_at, soothe_due, plan_due,
                       close_due, soothed_at, notes, contact_id, conversation_id)
SELECT printf('C%06d', i), 'quality', 1 + i % 3, CASE WHEN i % 20 THEN 'closed' ELSE 'open' END, 0,
       at, at, at, at, at, '[]', i, i FROM (SELECT i, created_at AS at FROM n JOIN conversation
       ON id = i)
"""
