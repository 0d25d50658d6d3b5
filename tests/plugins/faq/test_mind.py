"""The matcher beside the event loop: it answers without an encoder, too, and says so."""

from collections.abc import Callable
from typing import Any

from plugins.faq import encoder
from plugins.faq.matcher import Topic
from plugins.faq.mind import Mind

TOPICS = [Topic("a", ("怎么退货？",), "先申请"), Topic("b", ("直播几点开始？",), "七点")]


async def test_meaning_is_ready_when_a_small_knowledge_is_learned() -> None:
    mind = Mind(encoder.encoder("use"))
    await mind.learn(TOPICS)
    await mind.warm()
    assert mind.status == "terms and meaning (use)"
    await mind.change([Topic("c", ("会员日是几号？",), "八号")], ["a"])
    found = (await mind.judge("哪天是会员日呀", 3)).matches
    assert found[0].entry_id == "c"
    assert "a" not in {match.entry_id for match in found}
    await mind.close()


async def test_without_the_encoders_package_terms_go_on() -> None:
    def missing() -> Callable[[list[str]], Any]:
        raise ModuleNotFoundError("no such package")

    made = encoder.Remembering(encoder.PackagedEncoder("use", missing))

    mind = Mind(made)
    await mind.learn(TOPICS)
    await mind.warm()
    assert mind.status == "terms; no meaning: use: no such package"
    assert (await mind.judge("怎么退货呀", 3)).matches[0].entry_id == "a"
    await mind.close()


async def test_terms_alone_when_the_shop_wants_it_so() -> None:
    mind = Mind(None)
    await mind.learn(TOPICS)
    await mind.warm()
    assert mind.status == "terms"
    await mind.close()
