"""The arithmetic of ``understand eval``."""

from core.understand.measure import Graded, Marked, Named, entities, grade, messages, percentile
from core.understand.understanding import Entity, Understanding


def test_thirds_of_the_mark_are_grades() -> None:
    marks = (0.0, 0.34, 0.67, 1.0)
    assert [grade(Understanding("", "", marks={"severity": mark})) for mark in marks] == [
        0,
        1,
        2,
        3,
    ]
    assert grade(Understanding("", "")) == 0


def test_scores_of_messages() -> None:
    heard = {"a": 1.0, "b": 0.67, "c": 0.0, "d": 0.34}
    rows = [Graded("a", 3, 1), Graded("b", 0, 0), Graded("c", 2, 0), Graded("d", 1, 0)]

    def read(text: str) -> Understanding:
        return Understanding(text, text, marks={"severity": heard[text], "urgent": 0.5})

    result = messages(rows, read)
    assert result["severity1"] == {"p": 0.6667, "r": 0.6667, "f1": 0.6667, "flagged": 0.75}
    assert result["severity2"] == {"p": 0.5, "r": 0.5, "f1": 0.5, "flagged": 0.5}
    assert result["severity3"] == {"p": 1.0, "r": 1.0, "f1": 1.0, "flagged": 0.25}
    assert result["urgent"] == {"p": 0.25, "r": 1.0, "f1": 0.4, "flagged": 1.0}


def test_scores_of_entities() -> None:
    rows = [
        Marked("a", [Named("phone", "1"), Named("phone", "1")]),
        Marked("b", [Named("order_no", "2")]),
    ]

    def read(text: str) -> Understanding:
        found = [Entity("phone", "1", 0, 1), Entity("money", "100", 2, 3)]
        return Understanding(text, text, entities=found)

    result = entities(rows, read)
    assert (result["n"], result["precision"], result["recall"], result["f1"]) == (
        2,
        0.5,
        0.3333,
        0.4,
    )
    assert result["by_type"] == {
        "order_no": {"n": 1, "precision": 1.0, "recall": 0.0, "f1": 0.0},
        "phone": {"n": 2, "precision": 0.5, "recall": 0.5, "f1": 0.5},
    }


def test_no_lines_at_all() -> None:
    assert messages([], lambda text: Understanding(text, text))["p99_ms"] == 0
    assert entities([], lambda text: Understanding(text, text))["f1"] == 1.0
    assert percentile([3, 1, 2], 0.5) == 2
