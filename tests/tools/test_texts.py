import pytest

from tests.tools.conftest import Plant
from tools import texts


@pytest.mark.parametrize(
    "code",
    [
        "x = '你好'",
        "x = f'{name}，'",
        "x = ('a' '订单')",
        "def f():\n    return '''\n好\n'''",
        "x = re.compile(r'[零一二]')",
    ],
)
def test_cjk_in_a_string_is_found(plant: Plant, code: str) -> None:
    assert len(list(texts.check(plant({"core/a.py": code})))) == 1


@pytest.mark.parametrize(
    "code",
    [
        '"""文档。"""',
        'class A:\n    """文档\n    第二行。"""\n    x: int\n    """属性的文档。"""',
        "x = 1  # 注释",
        r"x = re.compile('[\u4e00-\u9fff]')",
        "x = 'ASCII – and dashes'",
    ],
)
def test_cjk_in_documentation_passes(plant: Plant, code: str) -> None:
    assert not list(texts.check(plant({"core/a.py": code})))


@pytest.mark.parametrize(
    "call",
    [
        "turn.reply('Your order is on its way')",
        "say(f'Order {number} was sent')",
        "typer.echo('Not found')",
        "print('a b' if x else 'c')",
        "secho('{} is missing'.format(x))",
        "echo('Saved to ' + path + ' just now')",
    ],
)
def test_a_sentence_shown_to_a_person_is_found(plant: Plant, call: str) -> None:
    assert len(list(texts.check(plant({"plugins/x/a.py": call})))) == 1


@pytest.mark.parametrize(
    "call",
    [
        "turn.reply('orders.status', order=order)",
        "echo(_('cli.saved'))",
        "print(f'{a} {b}')",
        "echo(render('two words'))",
        "log('two words')",
    ],
)
def test_a_message_key_passes(plant: Plant, call: str) -> None:
    assert not list(texts.check(plant({"plugins/x/a.py": call})))


def test_what_does_not_ship_may_say_anything(plant: Plant) -> None:
    files = ["tests/a.py", "bench/a.py", "tools/a.py"]

    assert not list(texts.check(plant(dict.fromkeys(files, "print('你好 hello world')"))))
