import pytest

from tests.plugins.console.desk import Refused, open_desk


async def test_a_shop_without_knowledge_has_a_desk_all_the_same() -> None:
    async with open_desk() as office:
        tao = await office.opens("tao", "trainer")
        assert tao.me["knowledge"] is False
        with pytest.raises(Refused, match="not-found"):
            await tao.gets("/knowledge")
