"""Parts: what goes into the ledger comes out the same, and nothing vanishes as text."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.message import Inbound, Sender
from core.parts import (
    AnyPart,
    Card,
    Event,
    File,
    Image,
    Link,
    Location,
    Menu,
    Option,
    Text,
    Video,
    Voice,
    as_text,
    dump,
    load,
)
from core.testing import START

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
data = st.dictionaries(words, st.one_of(words, st.integers(0, 9), st.none()), max_size=3)
degrees = st.floats(-90, 90)
parts = st.one_of(
    st.builds(Text, words),
    st.builds(Image, words, words),
    st.builds(Voice, words, words, words, words),
    st.builds(Video, words, words, words),
    st.builds(File, words, words, words, st.integers(0, 10**9)),
    st.builds(Link, words, words, words),
    st.builds(Location, degrees, degrees, words),
    st.builds(Card, words, words, words, data),
    st.builds(Menu, words, st.lists(st.builds(Option, words, words), max_size=3).map(tuple), words),
    st.builds(Event, words, words, data),
)


@given(st.lists(parts, max_size=4).map(tuple))
def test_round_trip(many: tuple[AnyPart, ...]) -> None:
    assert load(dump(many)) == many


def test_foreign_data_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        load('[{"type": "hologram"}]')


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (
            Menu("Useful?", (Option("y", "Yes"), Option("n", "No")), "Bye"),
            "Useful?\n1. Yes\n2. No\nBye",
        ),
        (Link("https://a.example", "A"), "A https://a.example"),
        (Card("order", url="https://a.example"), "https://a.example"),
        (Location(1, 2, "Shop"), "Shop"),
        (Voice(url="u", transcript="hi"), "hi"),
        (Voice(url="u"), "u"),
        (File("a.pdf", url="u"), "a.pdf u"),
        (Image("u"), "u"),
        (Event("follow"), ""),
    ],
)
def test_as_text(part: AnyPart, shown: str) -> None:
    assert as_text(part) == shown


def test_a_message_knows_its_words_and_its_event() -> None:
    said = (Text("a"), Image("u"), Voice(transcript="b"), Event("choice", "1"), Event("later"))
    message = Inbound("k", "c", Sender("u"), said, START)
    assert message.text == "a\nb"
    assert message.event == Event("choice", "1")
