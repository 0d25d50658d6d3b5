import pytest

from tests.tools.conftest import Plant
from tools import sizes


def function(lines: int) -> str:
    return "def f():\n" + "    pass\n" * (lines - 1)


@pytest.mark.parametrize("suffix", [".py", ".js", ".ts", ".css", ".html"])
def test_a_file_may_have_400_lines(plant: Plant, suffix: str) -> None:
    tree = plant({f"web/long{suffix}": "\n" * 401, f"web/full{suffix}": "\n" * 400})

    assert [p.path.name for p in sizes.check(tree)] == [f"long{suffix}"]


def test_data_may_be_of_any_length(plant: Plant) -> None:
    assert not list(sizes.check(plant({"data.csv": "\n" * 5000})))


@pytest.mark.parametrize(("lines", "notes"), [(40, []), (41, [True]), (60, [True]), (61, [False])])
def test_a_function_aims_at_40_lines_and_ends_at_60(
    plant: Plant, lines: int, notes: list[bool]
) -> None:
    assert [p.note for p in sizes.check(plant({"core/a.py": function(lines)}))] == notes
