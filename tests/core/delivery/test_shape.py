"""Shaping and splitting: nothing is lost, nothing is too long."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.adapter import Capabilities
from core.delivery.shape import shape, split
from core.parts import Image, Menu, Notice, Option, Text, text_of

typed = st.text(st.sampled_from("abc。，,!? \n中文字😀"), max_size=200)
YES_NO = (Option("y", "Yes"), Option("n", "No"))


@given(typed, st.integers(4, 64))
def test_every_piece_fits_and_no_character_is_lost(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < len(piece.encode()) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_short_text_stays_as_it_is() -> None:
    assert split(" as it is \n", 100) == [" as it is \n"]
    assert split("", 10) == []


def test_it_cuts_after_a_line_then_a_sentence_then_a_blank() -> None:
    assert split("first line\nsecond line", 16) == ["first line", "second line"]
    assert split("第一句。第二句。第三句", 26) == ["第一句。第二句。", "第三句"]
    assert split("one two three", 9) == ["one two", "three"]
    assert split("unbreakable", 6) == ["unbrea", "kable"]


def test_a_limit_inside_a_character() -> None:
    assert split("😀😀", 5) == ["😀", "😀"]
    assert split("😀😀", 1) == ["😀", "😀"]


def can(**values: Any) -> Capabilities:
    return Capabilities(as_of="2026-11-21", **values)


def test_neighbouring_texts_are_one_message() -> None:
    assert shape((Text("a"), Text("b")), can()) == [(Text("a\nb"),)]


def test_what_cannot_be_shown_becomes_text() -> None:
    parts = (Text("look"), Image("https://a.example/1.png"), Menu("", YES_NO))
    assert shape(parts, can()) == [(Text("look\nhttps://a.example/1.png\n1. Yes\n2. No"),)]


def test_a_part_with_nothing_to_show_is_left_out() -> None:
    assert shape((Image(media_id="m"),), can()) == []


def test_a_text_before_a_menu_is_its_head() -> None:
    able = can(parts=frozenset({"text", "menu", "image"}))
    assert shape((Text("Useful?"), Menu("", YES_NO)), able) == [(Menu("Useful?", YES_NO),)]
    parts = (Text("a"), Image("u"), Text("b"))
    assert shape(parts, able) == [(Text("a"),), (Image("u"),), (Text("b"),)]


def test_a_long_head_is_said_before_its_menu() -> None:
    able = can(parts=frozenset({"text", "menu"}), max_text=40)
    messages = shape((Text("one two three four five"), Menu("", YES_NO)), able)
    assert [type(m[0]) for m in messages] == [Text, Menu]
    assert messages[-1] == (Menu("five", YES_NO),)


@given(st.lists(typed, max_size=4), st.integers(4, 64))
def test_no_word_of_a_post_is_lost(texts: list[str], limit: int) -> None:
    messages = shape([Text(t) for t in texts], can(max_text=limit))
    said = "".join(text_of(m) for m in messages)
    assert "".join(said.split()) == "".join("".join(texts).split())


def test_news_is_a_text_where_the_channel_has_no_form_for_it() -> None:
    news = Notice("order.shipped", "Your order is on its way.", {"order": "A1"})
    assert shape((news,), Capabilities("")) == [(Text("Your order is on its way."),)]
    forms = Capabilities("", parts=frozenset({"text", "notice"}))
    assert shape((Text("Hello."), news), forms) == [(Text("Hello."),), (news,)]
