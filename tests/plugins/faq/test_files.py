"""Knowledge files: read whole, or refused with every mistake named by its line."""

from pathlib import Path

import pytest

from plugins.faq.files import parse, read, write
from plugins.imports import BrokenFile

DATA = Path(__file__).parents[2] / "data" / "faq"


@pytest.mark.parametrize("name", ["shop_faq.yaml", "shop_faq.csv"])
def test_the_shop_files_are_read(name: str) -> None:
    entries = read(DATA / name)
    assert len(entries) == 133
    assert entries[0].question == "这款商品现在有现货吗？"
    assert entries[0].category == "售前咨询"


@pytest.mark.parametrize("suffix", [".yaml", ".csv", ".jsonl"])
def test_what_is_written_reads_back_the_same(suffix: str) -> None:
    entries = read(DATA / "shop_faq.yaml")
    rich = entries[0].model_copy(update={"similar": ("有货吗", "还有吗"), "enabled": False})
    again = parse(write([rich, *entries[1:]], suffix), suffix, f"kb{suffix}")
    assert again == [rich, *entries[1:]]


def test_every_mistake_of_a_csv_is_named_by_its_line() -> None:
    text = (
        "id,question,answer\n"
        'a-1,怎么退？,"先申请，\n再寄回"\n'
        "a-2,,没有问题\n"
        "a-1,又来？,重复\n"
        "a-3,少一格\n"
    )
    with pytest.raises(BrokenFile) as caught:
        parse(text, ".csv", "kb.csv")
    assert [line for line, _ in caught.value.problems] == [4, 5, 6]
    assert "question" in caught.value.problems[0][1]
    assert "line 2" in caught.value.problems[1][1]
    assert "kb.csv:6: 2 cells, but 3 columns" in str(caught.value)


def test_every_mistake_of_a_yaml_is_named_by_its_line() -> None:
    text = (
        "items:\n"
        "- id: a-1\n  question: 怎么退？\n  answer: 先申请\n"
        "- id: a-2\n  question: 怎么换？\n  anwser: 写错了键\n"
        "- just words\n"
    )
    with pytest.raises(BrokenFile) as caught:
        parse(text, ".yaml", "kb.yaml")
    assert sorted({line for line, _ in caught.value.problems}) == [5, 8]
    assert any("anwser" in reason for _, reason in caught.value.problems)


@pytest.mark.parametrize(
    ("suffix", "text", "line"),
    [
        (".yaml", "items:\n- id: a\n  question: [\n", 4),
        (".yaml", "items:\n- id: &x a\n  when: !!python/object:os.system {}\n", 3),
        (".yaml", "just a word\n", 1),
        (".yaml", "", 1),
        (".jsonl", '{"id": "a", "question": "q", "answer": "a"}\n{broken\n', 2),
        (".jsonl", "[1]\n", 1),
        (".csv", "id,question,answer,colour\n", 1),
        (".csv", 'id,question,answer\na,"never closed,b\n', 2),
        (".csv", "", 1),
    ],
)
def test_a_broken_file_is_refused_with_a_line(suffix: str, text: str, line: int) -> None:
    with pytest.raises(BrokenFile) as caught:
        parse(text, suffix, "kb")
    assert caught.value.problems[0][0] == line


def test_foreign_bytes_and_formats_are_refused(tmp_path: Path) -> None:
    latin = tmp_path / "kb.csv"
    latin.write_bytes(b"id,question,answer\na,\xb4\xf3,b\n")
    with pytest.raises(BrokenFile, match=r"kb\.csv:2: not UTF-8"):
        read(latin)
    other = tmp_path / "kb.docx"
    other.write_bytes(b"")
    with pytest.raises(BrokenFile, match="unknown format"):
        read(other)
