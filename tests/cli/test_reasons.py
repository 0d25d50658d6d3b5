"""Reasons of the ledger as a person reads them."""

from core.cli.reasons import in_words


def test_a_reason_to_wait_is_a_sentence() -> None:
    said = {in_words(f"held: {word}") for word in ("window-closed", "quota-used", "passive-only")}
    assert len(said) == 3
    assert not any("held" in words or "cli." in words for words in said)
    assert "45015:6f3a" in in_words("held: 45015:6f3a")


def test_anything_else_stays_as_it_is() -> None:
    assert in_words("") == ""
    assert in_words("gave-up: http-502") == "gave-up: http-502"
