import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.understand.normalise import LIMIT, bare, normalise

TEXT = st.text(max_size=40) | st.text("几 号！!\u200b\ufe0fÅＡa１\t\n。哈x*[]İﷺ", max_size=40)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("几 号链接", "几号链接"),
        ("ＹＴ８９６４，到哪了？", "yt8964,到哪了?"),
        ("太贵了！！！！！！", "太贵了!!!"),
        ("哈哈哈哈哈哈", "哈哈哈"),
        ("XXXXL 138****5678 11111", "xxxxl 138****5678 11111"),
        ("有货\u200b吗\ufeff", "有货吗"),
        ("❤\ufe0f1\ufe0f\u20e3", "❤1"),
        ("  第一 行 \r\n\r\n 第二行\t完 ", "第一行\n第二行完"),
        ("单号 SF123 \u3000 谢谢", "单号 sf123 谢谢"),
        ("\ud800坏", "坏"),
        ("", ""),
        (" \u200b\n ", ""),
    ],
)
def test_plain_form(raw: str, plain: str) -> None:
    assert normalise(raw) == plain


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        ("几号链接?[捂脸][捂脸]", "几号链接"),
        ("人工!!", "人工"),
        ("59.9行不行😂", "59 9行不行"),
        ("where is my order?", "where is my order"),
        ("[1]", "1"),
        ("😂😂", ""),
    ],
)
def test_bare_form(plain: str, words: str) -> None:
    assert bare(plain) == words


@given(TEXT)
def test_twice_is_once(raw: str) -> None:
    plain = normalise(raw)
    assert normalise(plain) == plain
    assert bare(bare(plain)) == bare(plain)


@given(st.sampled_from("ﷺ哈a。 \u200b"), st.integers(1, 3 * LIMIT))
def test_bounded(character: str, count: int) -> None:
    plain = normalise(character * count)
    assert len(plain) <= LIMIT
    assert normalise(plain) == plain


def test_a_hostile_text_is_quick() -> None:
    began = time.perf_counter()
    normalise("！ " * LIMIT + "\u0301" * LIMIT)
    assert time.perf_counter() - began < 0.5
