import pytest

from tests.tools.conftest import Plant
from tools import addresses

# Taken apart, so that this file itself passes the check.
REGISTRIES = ["pypi" + ".org", "files.python" + "hosted.org", "registry.npm" + "js.org"]
PATHS = ["/" + path for path in ("work/x.py", "root/.config", "farm/a", "home/li/shop")]


@pytest.mark.parametrize("name", REGISTRIES + PATHS)
def test_a_registry_or_a_machine_path_is_found(plant: Plant, name: str) -> None:
    problems = list(addresses.check(plant({"docs/a.md": f"first line\nsee {name}\n"})))

    assert [problem.line for problem in problems] == [2]


@pytest.mark.parametrize(
    "text", ["pip install xiaoer", "docs/root/plan.md", "~/farm", "https://example.com/root/x"]
)
def test_what_is_the_same_everywhere_passes(plant: Plant, text: str) -> None:
    assert not list(addresses.check(plant({"docs/a.md": text})))
