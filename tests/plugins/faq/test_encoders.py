"""Vectors from an endpoint and from the last start: terms go on when neither is there."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr

from plugins.faq.encoder import EncoderMissing, Remembering
from plugins.faq.layout import Floats
from plugins.faq.matcher import Topic
from plugins.faq.mind import Mind
from plugins.faq.remote import EmbeddingsSettings, RemoteEncoder
from plugins.faq.vectors import VectorFile
from tests.standins.embeddings import Endpoint, endpoint

TOPICS = [Topic("a", ("怎么退货？",), "先申请"), Topic("b", ("直播几点开始？",), "七点")]
TROUBLES = ["slow", "drip", "wrong", "short", "nan", "cut", "busy"]


@pytest.fixture
def server() -> Iterator[Endpoint]:
    with endpoint() as server:
        yield server


def remote(server: Endpoint, *, rest: float = 30.0, seconds: float = 0.1) -> RemoteEncoder:
    settings = EmbeddingsSettings(
        url=server.url, model="m3", key=SecretStr("sk-1"), seconds=seconds
    )
    return RemoteEncoder(settings, rest)


async def test_an_endpoint_gives_the_meaning_in_the_order_of_the_texts(server: Endpoint) -> None:
    encoder = remote(server)
    one, two = encoder.encode(["退货", "直播"])
    assert np.allclose(one, encoder.encode(["退货"])[0])
    assert float(one @ two) < 0.1
    assert server.keys[0] == "Bearer sk-1"
    mind = Mind(Remembering(encoder))
    await mind.learn(TOPICS)
    await mind.warm()
    assert mind.status == "terms and meaning (remote m3)"
    assert (await mind.judge("退货怎么弄", 1)).dense
    await mind.close()


@pytest.mark.parametrize("mood", TROUBLES)
async def test_terms_go_on_when_the_endpoint_does_not(server: Endpoint, mood: str) -> None:
    mind = Mind(Remembering(remote(server, seconds=0.03 if mood in {"slow", "drip"} else 1.0)))
    await mind.learn(TOPICS)
    await mind.warm()
    server.mood = mood
    verdict = await mind.judge("退货怎么弄呀", 1)
    assert (verdict.matches[0].entry_id, verdict.dense) == ("a", False)
    assert mind.status.startswith("terms; no meaning: remote m3: ")
    asked = len(server.asked)
    await mind.judge("几点直播呀", 1)
    assert len(server.asked) == asked  # it is left in peace
    await mind.change([Topic("c", ("会员日是几号？",), "八号")], [])
    assert (await mind.judge("会员日是几号", 1)).matches[0].entry_id == "c"
    await mind.close()


def test_an_endpoint_that_is_well_again_is_asked_again(server: Endpoint) -> None:
    encoder, server.mood = remote(server, rest=0.0), "busy"
    with pytest.raises(EncoderMissing, match="status 429"):
        encoder.encode(["退货"])
    server.mood = "well"
    assert encoder.encode(["退货"]).shape == (1, 64)


def test_nobody_listens_at_the_address() -> None:
    encoder = RemoteEncoder(EmbeddingsSettings(url="http://127.0.0.1:1/v1"))
    with pytest.raises(EncoderMissing):
        encoder.encode(["退货"])


class Counting:
    """An encoder that counts what it is asked."""

    name, trouble = "counting", ""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.away = False

    def encode(self, texts: Sequence[str]) -> Floats:
        if self.away:
            raise EncoderMissing("away")
        self.asked += texts
        return np.array([[1.0, len(text), 0.5] for text in texts], np.float32)


async def test_a_second_start_encodes_nothing_anew_a_change_only_what_is_new(
    tmp_path: Path,
) -> None:
    asked: list[set[str]] = []
    more = [*TOPICS, Topic("c", ("会员日是几号？",), "八号")]
    for topics in (TOPICS, TOPICS, more, TOPICS):
        encoder = Counting()
        mind = Mind(encoder, tmp_path)
        await mind.learn(topics)
        await mind.warm()
        await mind.close()
        asked.append(set(encoder.asked) & {t for e in more for t in (*e.questions, e.answer)})
    assert asked[0] == {"怎么退货？", "先申请", "直播几点开始？", "七点"}
    assert asked[1:] == [set(), {"会员日是几号？", "八号"}, set()]


def test_a_broken_file_of_vectors_is_written_anew(tmp_path: Path) -> None:
    for content in (b"", b"\x93NUMPY nothing", b"PK"):
        (tmp_path / "vectors-m.npy").write_bytes(content)
        kept = VectorFile(tmp_path, "m")
        assert kept.get("a") is None
        kept.add(["a", "b"], np.ones((2, 4), np.float32))
        kept.keep(["a"])
        again = VectorFile(tmp_path, "m")
        assert again.unknown(["a", "b", ""]) == ["b"]
    assert [file.name for file in tmp_path.iterdir()] == ["vectors-m.npy"]


async def test_what_was_edited_in_an_outage_gets_its_meaning_when_the_encoder_is_back(
    tmp_path: Path,
) -> None:
    encoder = Counting()
    mind = Mind(encoder, tmp_path, patience=0.0)
    await mind.learn(TOPICS)
    await mind.warm()
    encoder.away = True
    await mind.change([Topic("c", ("会员日是几号？",), "八号")], [])
    assert (await mind.judge("几号是会员日", 1)).matches[0].entry_id == "c"  # by terms
    encoder.away = False
    likeness = 0.0
    async with asyncio.timeout(5):
        while likeness < 0.5:  # it comes beside the questions
            found = {m.entry_id: m.why for m in (await mind.judge("几号是会员日呀", 3)).matches}
            likeness = float(found["c"].get("meaning.question", 0))
    assert mind.status == "terms and meaning (counting)"
    await mind.close()


@pytest.mark.parametrize("place", ["a file", "a folder in the way"])
def test_vectors_that_cannot_be_kept_are_used_all_the_same(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "faq"
    if place == "a file":
        folder.write_text("")
    else:
        (folder / "vectors-m.npy").mkdir(parents=True)
    made = VectorFile(folder, "m")
    made.add(["a"], np.ones((1, 4), np.float32))
    made.keep(["a"])
    assert made.unknown(["a"]) == []
    assert [path.name for path in tmp_path.glob("**/*")] in (["faq"], ["faq", "vectors-m.npy"])
