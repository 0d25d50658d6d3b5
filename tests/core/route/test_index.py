"""The rule index: each ask, each limit, the order, and the same answers as an obvious scan."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.message import ConversationKind
from core.plugin import Plugin
from core.route.index import Entry, Index, Situation, allows, shadows
from core.route.rules import Rank, Rule
from core.understand import Understanding
from core.understand.normalise import bare, normalise


async def nothing(_turn: object) -> None: ...


def entry(order: int = 0, name: str = "", **rule: Any) -> Entry:
    """An entry as the registry makes it."""
    plugin = Plugin("p")
    plugin.on(**rule)(nothing)
    made = plugin.handlers[0].rule
    return Entry(name or f"p.h{order}", "p", made, made.precedence, order, nothing)


def heard(text: str, **more: Any) -> Understanding:
    return Understanding(raw=text, plain=normalise(text), **more)


def where(**limits: Any) -> Situation:
    values: dict[str, Any] = {"kind": ConversationKind.DIRECT, "channel": "shop", "owner": "bot"}
    values |= limits
    return Situation(**values)


def asks(text: str, *entries: Entry, situation: Situation | None = None, **more: Any) -> list[str]:
    found = Index(entries).candidates(heard(text, **more), situation or where())
    return [why for _, why in found]


@pytest.mark.parametrize(
    ("rule", "text", "why"),
    [
        ({"command": "/help"}, "/HELP", "command /help"),
        ({"command": "/help"}, "/help orders", "command /help"),
        ({"command": "人工"}, "人工！", "command 人工"),
        ({"exact": "在吗"}, "在吗？？", "exact 在吗"),
        ({"exact": "On Air!"}, "on air", "exact on air"),
        ({"prefix": "查单"}, "查单 12345", "prefix 查单"),
        ({"keywords": ["快递", "物流"]}, "我的物流呢", "keyword 物流"),
        ({"keywords": "ＶＩＰ"}, "are you vip?", "keyword vip"),
        ({"pattern": r"\d+号链接", "literals": "号链接"}, "3号链接多少钱", "pattern 号链接"),
    ],
)
def test_words_ask(rule: dict[str, Any], text: str, why: str) -> None:
    assert asks(text, entry(**rule)) == [why]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"command": "/help"}, "please /help"),
        ({"command": "/help"}, "/helpless"),
        ({"exact": "在吗"}, "老板在吗"),
        ({"prefix": "查单"}, "帮我查单"),
        ({"keywords": "快递"}, "快点递来"),
        ({"pattern": r"\d+号链接", "literals": "号链接"}, "几号链接"),
        ({"keywords": "快递"}, ""),
    ],
)
def test_words_do_not_ask(rule: dict[str, Any], text: str) -> None:
    assert asks(text, entry(**rule)) == []


def test_intents_marks_and_always_ask() -> None:
    entries = [
        entry(0, intent="order.track"),
        entry(1, mark="urgent", at_least=0.7),
        entry(2, always=True),
    ]
    said: dict[str, Any] = {"intents": {"order.track": 0.9}, "marks": {"urgent": 0.7}}
    assert asks("x", *entries, **said) == ["intent order.track", "mark urgent 0.70", "always"]
    assert asks("x", *entries, marks={"urgent": 0.69}) == ["always"]


def test_events_ask_by_name_and_by_key() -> None:
    entries = [entry(0, event="click"), entry(1, event="click:menu1")]
    assert asks("", *entries, situation=where(event="click", event_key="menu1")) == [
        "event click",
        "event click:menu1",
    ]
    assert asks("", *entries, situation=where(event="click", event_key="x")) == ["event click"]


@pytest.mark.parametrize(
    ("limit", "admitted", "refused"),
    [
        ({"kinds": "live"}, {"kind": ConversationKind.LIVE}, {}),
        ({"channels": ["a", "b"]}, {"channel": "b"}, {"channel": "c"}),
        ({"roles": "host"}, {"role": "host"}, {"role": "customer"}),
        ({}, {"owner": "bot"}, {"owner": "agent:li"}),
        ({"owners": ["agent", "queue"]}, {"owner": "agent:li"}, {"owner": "bot"}),
    ],
)
def test_limits(limit: dict[str, Any], admitted: dict[str, Any], refused: dict[str, Any]) -> None:
    rule = entry(keywords="hi", **limit)
    assert asks("hi", rule, situation=where(**admitted)) == ["keyword hi"]
    assert asks("hi", rule, situation=where(**refused)) == []


def test_ranks_first_then_the_order_of_plugins() -> None:
    entries = [
        entry(0, always=True),
        entry(1, keywords="hi"),
        entry(2, exact="hi"),
        entry(3, command="hi"),
        entry(4, always=True, rank=Rank.OWNER),
        entry(5, exact="hi"),
        entry(6, keywords="hi", rank=Rank.URGENT),
    ]
    found = Index(entries).candidates(heard("hi"), where())
    assert [e.order for e, _ in found] == [4, 3, 2, 5, 6, 1, 0]


def test_one_handler_may_have_two_patterns() -> None:
    one = entry(0, "p.same", pattern=r"a\d", literals="a")
    other = entry(1, "p.same", pattern=r"b\d", literals="b")
    assert asks("a1", one, other) == ["pattern a"]
    assert asks("b1", one, other) == ["pattern b"]


def test_a_bad_pattern_stops_the_start() -> None:
    with pytest.raises(re.error):
        Index([entry(pattern="(", literals="x")])


@pytest.mark.parametrize("rule", [{}, {"kinds": "live"}, {"pattern": "x"}])
def test_a_senseless_rule_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        entry(**rule)


def test_shadows_are_found_where_both_could_be_meant() -> None:
    entries = [
        entry(0, command="/help"),
        entry(1, command="/HELP"),
        entry(2, command="/help", kinds="live"),
        entry(3, command="/help", owners="agent"),
        entry(4, exact="/help"),
    ]
    pairs = [(one.order, other.order) for _, one, other in shadows(entries)]
    assert pairs == [(0, 1), (0, 2)]


LETTERS = "ab客服 /!"
word = st.text(LETTERS, min_size=1, max_size=4).filter(lambda w: bool(bare(normalise(w))))
some = st.lists(word, min_size=1, max_size=3)
limits = st.fixed_dictionaries(
    {},
    optional={
        "kinds": st.sampled_from(["direct", "live"]),
        "channels": st.sampled_from(["shop", "other"]),
        "owners": st.sampled_from([["bot"], ["agent"], ["bot", "agent"]]),
        "roles": st.sampled_from(["host", "customer"]),
    },
)
ask = st.one_of(
    st.fixed_dictionaries({"command": some}),
    st.fixed_dictionaries({"exact": some}),
    st.fixed_dictionaries({"prefix": some}),
    st.fixed_dictionaries({"keywords": some}),
    st.fixed_dictionaries({"literals": some, "pattern": st.sampled_from(["a", "b$", "^客"])}),
    st.fixed_dictionaries({"intent": st.sampled_from(["i", "j"])}),
    st.fixed_dictionaries({"mark": st.sampled_from(["m", "n"])}),
    st.fixed_dictionaries({"event": st.sampled_from(["e", "e:k", "f"])}),
    st.just({"always": True}),
)
rules = st.lists(st.tuples(ask, limits).map(lambda pair: {**pair[0], **pair[1]}), max_size=12)
situations = st.builds(
    Situation,
    kind=st.sampled_from(ConversationKind),
    channel=st.sampled_from(["shop", "other"]),
    owner=st.sampled_from(["bot", "queue", "agent:li"]),
    role=st.sampled_from(["host", "customer"]),
    event=st.sampled_from(["", "e"]),
    event_key=st.sampled_from(["", "k"]),
)
texts = st.builds(
    heard,
    st.text(LETTERS, max_size=12),
    intents=st.dictionaries(st.sampled_from(["i", "j"]), st.just(1.0)),
    marks=st.dictionaries(st.sampled_from(["m", "n"]), st.sampled_from([0.1, 0.5, 1.0])),
)


@given(rules, texts, situations)
def test_the_index_answers_like_a_scan_of_all_rules(
    many: list[dict[str, Any]], said: Understanding, place: Situation
) -> None:
    entries = [entry(order, **rule) for order, rule in enumerate(many)]
    found = [e.order for e, _ in Index(entries).candidates(said, place)]
    scanned = sorted(
        (e for e in entries if allows(e.rule, place) and _asks(e.rule, said, place)),
        key=lambda e: e.place,
    )
    assert found == [e.order for e in scanned]


def _asks(rule: Rule, said: Understanding, place: Situation) -> bool:
    plain, event = said.plain, {place.event, f"{place.event}:{place.event_key}"}
    return (
        rule.always
        or (bool(place.event) and rule.event in event)
        or rule.intent in said.intents
        or said.marks.get(rule.mark, 0.0) >= rule.at_least
        or any(_commands(normalise(w), plain) for w in rule.command)
        or any(bool(plain) and bare(plain) == bare(normalise(w)) for w in rule.exact)
        or any(bool(plain) and plain.startswith(normalise(w)) for w in rule.prefix)
        or any(bool(plain) and normalise(w) in plain for w in rule.keywords)
        or (
            bool(rule.pattern)
            and any(normalise(w) in plain for w in rule.literals)
            and re.search(rule.pattern, plain) is not None
        )
    )


def _commands(word: str, plain: str) -> bool:
    return word in plain and (bare(plain) == bare(word) or plain.startswith(f"{word} "))
