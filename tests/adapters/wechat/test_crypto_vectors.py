from __future__ import annotations

import pytest

from adapters._weixin.crypto import MessageCipher, open_with, signature, signed
from adapters._weixin.guard import parse
from core.adapter import Refused
from tests.adapters.wechat.vectors import Row, account, cipher, name_of, rows

BROKEN_CIPHER = {  # our reason -> reasons of the vectors that it may stand for
    "bad-base64": {"bad_base64"},
    "bad-block-size": {"bad_block_size"},
    "bad-padding": {"bad_padding", "bad_padding_or_length"},
    "bad-length": {"bad_length", "bad_padding_or_length"},
    "wrong-receive-id": {"receive_id_mismatch"},
}
NOT_THE_CIPHER = {"stale_timestamp", "replay", "dtd_forbidden", "malformed_xml"}


@pytest.mark.parametrize("row", rows("valid"), ids=name_of)
def test_a_valid_vector_opens_and_seals_to_the_same_bytes(row: Row) -> None:
    box = cipher(row)
    token = account(row)["token"]
    assert signed(row["msg_signature"], token, row["timestamp"], row["nonce"], row["encrypt"])
    assert box.decrypt(row["encrypt"]) == row["plaintext"]
    assert box.encrypt(row["plaintext"], bytes.fromhex(row["random16_hex"])) == row["encrypt"]


@pytest.mark.parametrize("row", rows("reply_envelopes"), ids=name_of)
def test_a_reply_vector_is_reproduced(row: Row) -> None:
    sealed = cipher(row).encrypt(row["plaintext"], bytes.fromhex(row["random16_hex"]))
    assert sealed == row["encrypt"]
    signs = signature(account(row)["token"], row["timestamp"], row["nonce"], sealed)
    assert signs == row["msg_signature"]


@pytest.mark.parametrize("row", rows("invalid"), ids=name_of)
def test_an_invalid_vector_fails_for_its_reason(row: Row) -> None:
    token, reason = account(row)["token"], row["expect"]["reason"]
    good = signed(row["msg_signature"], token, row["timestamp"], row["nonce"], row["encrypt"])
    if reason in {"signature_mismatch", "missing_parameter"}:
        assert not good
        return
    assert good
    if reason in NOT_THE_CIPHER:
        if row["encrypt"]:
            cipher(row).decrypt(row["encrypt"])  # the cipher itself is sound
        return
    with pytest.raises(Refused) as refusal:
        cipher(row).decrypt(row["encrypt"])
    assert reason in BROKEN_CIPHER[refusal.value.reason]
    assert refusal.value.status == 403


@pytest.mark.parametrize("row", rows("plain_signature"), ids=name_of)
def test_a_plain_signature_vector(row: Row) -> None:
    query: dict[str, str] = row["query"]
    good = signed(query.get("signature"), account(row)["token"], query["timestamp"], query["nonce"])
    assert good is (row["expect"]["outcome"] == "accept")


def test_a_vector_under_the_previous_key_opens_and_names_that_key() -> None:
    row = next(r for r in rows("invalid") if r["id"] == "encrypted-with-other-key")
    current = cipher(row)
    previous = MessageCipher(row["other_encoding_aes_key"], account(row)["receive_id"])
    document, used = open_with([current, previous], row["encrypt"])
    assert parse(document)["MsgType"] == "text"
    assert used is previous


@pytest.mark.parametrize("key", ["", "short", "é" * 43])
def test_a_key_of_the_wrong_form_is_a_value_error(key: str) -> None:
    with pytest.raises(ValueError):
        MessageCipher(key, "wx")


def test_signatures_sort_by_bytes_and_survive_odd_text() -> None:
    assert signature("AAAAA", "1714036504", "1514711492") == (
        "f464b24fc39322e44b38aa78f5edd27bd1441696"  # the worked example of the platform's page
    )
    assert not signed(None, "t")
    assert not signed("\udcff", "\udcff", "中")
