import pytest

from tests.tools.conftest import Plant
from tools import imports

NEIGHBOURS = {
    "adapters/wechat/wire.py": "",
    "adapters/bilibili/wire.py": "",
    "adapters/_signing.py": "",
    "plugins/orders/plugin.py": "plugin = Plugin('orders')",
    "plugins/after-sales/plugin.py": "plugin = Plugin('after-sales')",
    "plugins/faq/plugin.py": "plugin = Plugin('faq', requires=['orders'])",
    "plugins/desk/plugin.py": "plugin = Plugin('desk', uses=('faq',))",
}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("core/a.py", "import adapters"),
        ("core/a.py", "from plugins.orders import models"),
        ("core/a.py", "def late():\n    import plugins.orders"),
        ("core/a.py", "import_module('adapters.wechat')"),
        ("core/a.py", "importlib.import_module('adapters.wechat')"),
        ("core/a.py", "from tests import standins"),
        ("adapters/wechat/a.py", "import plugins"),
        ("adapters/wechat/a.py", "import adapters.bilibili.wire"),
        ("adapters/wechat/a.py", "from adapters import bilibili"),
        ("adapters/wechat/a.py", "from ..bilibili import wire"),
        ("adapters/_signing.py", "from .wechat import wire"),
        ("plugins/orders/a.py", "import adapters"),
        ("plugins/orders/a.py", "from plugins.faq import answers"),
        ("plugins/orders/a.py", "from .. import faq"),
        ("plugins/orders/a.py", "import dev"),
    ],
)
def test_an_import_through_a_wall_is_found(plant: Plant, path: str, code: str) -> None:
    problems = list(imports.check(plant({**NEIGHBOURS, path: code})))

    assert [problem.path.as_posix() for problem in problems] == [path]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("core/a.py", "import core.b\nfrom . import c\nimport aiohttp"),
        ("adapters/wechat/a.py", "from core import message\nfrom . import wire"),
        ("adapters/wechat/a.py", "from adapters._signing import sign\nfrom .. import _signing"),
        ("plugins/orders/a.py", "from core import turn\nfrom plugins.orders import models"),
        ("plugins/desk/a.py", "from plugins.faq import models"),
        ("plugins/faq/a.py", "from plugins.orders import models\nfrom ..orders import models"),
        ("tests/a.py", "import core, adapters.wechat, plugins.faq"),
    ],
)
def test_an_import_within_the_walls_passes(plant: Plant, path: str, code: str) -> None:
    assert not list(imports.check(plant({**NEIGHBOURS, path: code})))
