"""Spreadsheets: what a shop's office saves is read, and every mistake is named by its row."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plugins.faq.face import Entry
from plugins.faq.files import parse, read, save, write
from plugins.faq.tables import from_cells, to_cells
from plugins.imports import BrokenFile
from plugins.sheets import CONTENT, FILES, MAIN, SHEET, STRINGS, STYLES, write_sheet

DATA = Path(__file__).parents[2] / "data" / "faq"
RICH = Entry.model_validate(
    {
        "id": "a-1",
        "question": "怎么退？",
        "answer": "先申请，\n再寄回。",
        "answers": {"en": "Apply first.", "live": "私聊 <b>"},
        "similar": ["退货", "不要了"],
        "pictures": ["https://x.cn/1.png"],
        "cards": [{"url": "https://x.cn/?a=1&b=2", "title": "退货 入口"}],
        "products": ["羽绒服", "1"],
        "tests": ["能退不"],
        "owner": "小棠",
        "valid_from": "2026-11-01",
        "enabled": False,
    }
)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".yaml", ".jsonl"])
def test_everything_an_entry_has_survives_the_file(suffix: str, tmp_path: Path) -> None:
    file, entries = tmp_path / f"kb{suffix}", [RICH, *read(DATA / "shop_faq.yaml")]
    save(entries, file)
    assert read(file) == entries


def test_a_sheet_of_shared_texts_numbers_and_days_is_read(tmp_path: Path) -> None:
    file = tmp_path / "kb.xlsx"
    strings = ["id", "question", "answer", "valid_to", "enabled", "怎么退？"]
    shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
    shared += "<si><r><t>先</t></r><r><rPr/><t>申请</t></r></si>"
    head = "".join(f'<c r="{c}1" t="s"><v>{n}</v></c>' for n, c in enumerate("ABCDE"))
    row = (
        '<c r="A2"><v>7</v></c><c r="B2" t="s"><v>5</v></c><c r="C2" t="s"><v>6</v></c>'
        '<c r="D2" s="1"><v>46357</v></c><c r="E2" t="b"><v>1</v></c>'
    )
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{head}</row><row r="2">{row}</row>'
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("[Content_Types].xml", CONTENT)
        book.writestr(SHEET, f"{sheet}</sheetData></worksheet>")
        book.writestr(STRINGS, f'<sst xmlns="{MAIN}">{shared}</sst>')
        book.writestr(STYLES, f"{styles}</styleSheet>")
    (entry,) = read(file)
    assert (entry.id, entry.question, entry.answer) == ("7", "怎么退？", "先申请")
    assert entry.valid_to == date(2026, 12, 1)


def test_every_mistake_of_a_sheet_is_named_by_its_row(tmp_path: Path) -> None:
    file = tmp_path / "kb.xlsx"
    head = ["id", "question", "answer", "valid_from", "valid_to"]
    write_sheet(
        file,
        [
            head,
            ["a", "问", "答"],
            ["b", "", "答"],
            [],
            ["a", "问", "答"],
            ["c", "问", "答", "", "昨天"],
        ],
    )
    with pytest.raises(BrokenFile) as caught:
        read(file)
    assert [line for line, _ in caught.value.problems] == [3, 5, 6]
    write_sheet(file, [["id", "颜色"], ["a", "红"]])
    with pytest.raises(BrokenFile, match=r"kb\.xlsx:1: unknown columns: 颜色"):
        read(file)


@pytest.mark.parametrize(
    "sheet",
    [
        None,
        "no xml",
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>',
        '<worksheet><sheetData><row><c t="s"><v>9</v></c></row></sheetData></worksheet>',
    ],
)
def test_what_is_no_sheet_is_refused(sheet: str | None, tmp_path: Path) -> None:
    file = tmp_path / "kb.xlsx"
    file.write_bytes(b"nothing of the kind")
    if sheet is not None:
        with zipfile.ZipFile(file, "w") as book:
            for name, text in {**FILES, SHEET: sheet}.items():
                book.writestr(name, text)
    with pytest.raises(BrokenFile, match=r"kb\.xlsx:1: not a spreadsheet"):
        read(file)


def test_another_answer_has_a_column_of_its_own() -> None:
    text = (
        "id,question,answer,answer:en,cards\na,问,答,Hi,https://x.cn 去\nb,问二,答,,https://x.cn\n"
    )
    with pytest.raises(BrokenFile, match=r"kb\.csv:3: cards\.0\.title"):
        parse(text, ".csv", "kb.csv")
    (entry,) = parse("\n".join(text.splitlines()[:2]), ".csv", "kb.csv")
    assert entry.answers == {"en": "Hi"}
    assert "answer:en" in write([entry], ".csv").splitlines()[0]


WORDING = st.text(
    st.one_of(
        st.sampled_from("|\\'=+-@\uff1d\uff0b\uff0d\uff20"),
        st.characters(categories=("L", "N", "P")),
    ),
    min_size=1,
    max_size=6,
)


@example(["a|b", "c\\", "\\|", "|"], "=1", "'=x")
@given(st.lists(WORDING, min_size=1, max_size=4), WORDING, WORDING)
def test_any_wording_comes_back_from_a_table_as_it_went(
    similar: list[str], answer: str, title: str
) -> None:
    wild = {"similar": similar, "keywords": similar[:1], "answer": answer, "answers": {"en": title}}
    cards = [{"url": "https://x.cn/=", "title": title}]
    entry = Entry.model_validate({**RICH.model_dump(), **wild, "cards": cards})
    assert parse(write([entry], ".csv"), ".csv", "kb.csv") == [entry]
    assert from_cells(dict(zip(*to_cells([entry]), strict=True)))["similar"] == similar


def test_a_wording_with_a_bar_stays_one_wording() -> None:
    text = write([RICH.model_copy(update={"similar": ("iPhone|安卓能用吗", "能用吗")})], ".csv")
    (entry,) = parse(text, ".csv", "kb.csv")
    assert entry.similar == ("iPhone|安卓能用吗", "能用吗")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "'=", "''@"])
def test_a_customers_formula_is_no_formula_in_the_office(sign: str) -> None:
    evil = RICH.model_copy(
        update={"id": "evil", "question": f"{sign}HYPERLINK(1)", "answer": f"{sign}1"}
    )
    text = write([evil, RICH], ".csv")
    assert f",'{sign}HYPERLINK(1)," in text
    assert not [
        cell for row in csv.reader(io.StringIO(text)) for cell in row if cell[:1] in "=+-@" and cell
    ]
    assert parse(text, ".csv", "kb.csv")[0] == evil
