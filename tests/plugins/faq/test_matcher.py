"""The matcher: exact, by synonyms, by weight; and its confidence means something."""

import json
import statistics
import time
from pathlib import Path

import pytest

from plugins.faq.files import read
from plugins.faq.knowledge import topic_of
from plugins.faq.lexical import LexicalMatcher
from plugins.faq.matcher import Matcher, Topic
from plugins.faq.settings import FaqSettings
from plugins.faq.terms import flatten, shop_lexicon

DATA = Path(__file__).parents[2] / "data" / "faq"


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    made = LexicalMatcher()
    made.learn([topic_of(entry) for entry in read(DATA / "shop_faq.yaml")])
    return made


def questions(name: str) -> list[dict[str, str | None]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_standard_question_finds_itself_surely(matcher: Matcher) -> None:
    for entry in read(DATA / "shop_faq.yaml"):
        best = matcher.find(entry.question.replace("？", "") + " !", 1)[0]
        assert (best.entry_id, best.score) == (entry.id, 1.0)


def test_synonyms_join_words_that_share_no_character(matcher: Matcher) -> None:
    assert shop_lexicon().ideas(flatten("邮费")) == shop_lexicon().ideas(flatten("运费"))
    assert matcher.find("寄回去邮费你们出吗", 3)[0].entry_id == "shop-067"


def test_a_similar_question_and_a_keyword_mean_their_entry() -> None:
    made = LexicalMatcher()
    made.learn(
        [Topic("a", ("怎么退货？", "不想要了"), "先申请", ("七日退",)), Topic("b", ("几点开播",))]
    )
    assert made.find("不想要了！", 1)[0].score == 1.0
    assert made.find("七日退", 1)[0].entry_id == "a"


@pytest.mark.parametrize("text", ["", "？？？", "😀", "qwertz"])
def test_what_is_no_question_finds_nothing_sure(matcher: Matcher, text: str) -> None:
    assert all(match.score < FaqSettings().suggest_at for match in matcher.find(text, 3))


def test_an_empty_knowledge_finds_nothing() -> None:
    assert LexicalMatcher().find("有货吗", 3) == []


@pytest.mark.parametrize(
    ("name", "top1", "top3"), [("questions_a.jsonl", 0.74, 0.88), ("questions_b.jsonl", 0.84, 0.94)]
)
def test_own_paraphrases(matcher: Matcher, name: str, top1: float, top3: float) -> None:
    asked = [q for q in questions(name) if q["gold"]]
    found = [[m.entry_id for m in matcher.find(str(q["query"]), 3)] for q in asked]
    first = statistics.fmean(q["gold"] in ids[:1] for q, ids in zip(asked, found, strict=True))
    among = statistics.fmean(q["gold"] in ids for q, ids in zip(asked, found, strict=True))
    assert first >= top1
    assert among >= top3


def test_answers_at_the_default_threshold_are_right_ones(matcher: Matcher) -> None:
    sure = FaqSettings().answer_at
    asked = [*questions("questions_a.jsonl"), *questions("questions_b.jsonl")]
    best = [(q["gold"], matcher.find(str(q["query"]), 1)[:1]) for q in asked]
    given = [(gold, m[0].entry_id) for gold, m in best if m and m[0].score >= sure]
    known = sum(gold is not None for gold, _ in best)
    assert statistics.fmean(gold == answer for gold, answer in given) >= 0.9
    assert sum(gold == answer for gold, answer in given) / known >= 0.45


def test_a_question_is_answered_in_about_a_millisecond(matcher: Matcher) -> None:
    times: list[float] = []
    for asked in questions("questions_b.jsonl"):
        start = time.perf_counter()
        matcher.find(str(asked["query"]), 3)
        times.append(time.perf_counter() - start)
    assert statistics.median(times) < 0.002
