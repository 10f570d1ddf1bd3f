"""Text as it is kept: what was typed, without what nobody sees, and no longer than paper bears."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from members.vietnamese.text import printable
from reports import indicators
from reports.models import EnteredFigure, ReportText
from reports.services.cells import read_cell
from reports.services.texts import save_text
from tests.pages import Page
from tests.reports.typing import page as page
from tests.reports.typing import years as years

UNSEEN = "\u200b\u200d\u202e\u2066\ufeff\u00ad"  # no width, right to left, byte order mark, soft hyphen


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f"hơn{UNSEEN} 40{UNSEEN} cuộc", "hơn 40 cuộc"), ("40\x00\x07\x1bcuộc", "40   cuộc"), ("a\r\nb\u2028c", "a b c"),
        (unicodedata.normalize("NFD", "Hội Cựu chiến binh"), "Hội Cựu chiến binh"), ("a\tb\ud800", "a b "), ("½ – “x”…", "½ – “x”…"),
    ],
)
def test_what_nobody_sees_is_not_kept_and_everything_else_is(typed, kept):
    assert printable(typed) == kept


def test_line_breaks_stay_where_a_text_has_lines():
    assert printable("một\r\nhai\rba\u2029bốn\u200b", lines=True) == "một\nhai\nba\nbốn"


@pytest.mark.django_db
def test_a_cell_keeps_what_was_typed_in_it_and_nothing_unseen():
    entry = indicators.lookup()["dialogue_sessions"]
    cell = read_cell(entry, f"\u202e hơn{UNSEEN} 40\x07cuộc ", note=f"theo{UNSEEN}\nbáo\x00 cáo")
    assert (cell.value, cell.qualifier, cell.as_typed, cell.note) == (40, "hơn", "hơn 40 cuộc", "theo báo cáo")
    words = read_cell(entry, f"hàng chục{UNSEEN} cuộc")
    assert (words.words, words.as_typed) == ("hàng chục cuộc",) * 2
    noted = read_cell(entry, UNSEEN, note=f"rất nhiều{UNSEEN} cuộc")
    assert (noted.words, noted.as_typed) == ("rất nhiều cuộc",) * 2


@pytest.mark.django_db
def test_one_part_is_not_two_because_of_a_mark_that_nobody_sees(tree, years, everywhere):
    entry = indicators.lookup()["inkind_gifts"]
    assert [entry.check_part(text) for text in ("gạo", f"gạo{UNSEEN}", "gạo\u00a0")] == ["gạo"] * 3


@pytest.mark.django_db
def test_a_figure_typed_in_the_form_is_stored_without_unseen_marks(page, tree, everywhere):
    assert page(section="1", v__websites=f"3{UNSEEN}", g__websites=f"hai trang{UNSEEN}").status_code == 302
    row = EnteredFigure.objects.get(unit=tree.thanh_son)
    assert (row.value, row.as_typed, row.note) == (3, "3", "hai trang")


# ── texts of a report ──

LONG = [
    ("chữ " * 5_001, "Phần này dài quá 20.000 chữ cái. Hãy rút gọn, hoặc chuyển bớt sang mục khác."),
    ("a\n" * 501, "Phần này dài quá 500 dòng. Hãy gộp các dòng ngắn, hoặc chuyển bớt sang mục khác."),
    ("a" * 101, f"“{'a' * 39}…” là 101 chữ cái viết liền, không xuống dòng được. Hãy cách ra, mỗi chữ nhiều nhất 100 chữ cái."),
]
FITS = ["chữ " * 4_999 + "chữ", "\n".join("a" * 500), "a" * 100, ""]


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "said"), LONG, ids=["letters", "lines", "one word"])
def test_a_text_that_no_paper_bears_is_refused_and_stays_in_the_box(text, said, enter, tree, years):
    address = reverse("reports:report_text", args=[tree.thanh_son.pk, years[1].pk, "DG1"])
    seen = Page(enter("thu_ky").post(address, {"text": text, "version": "0"}))
    assert (seen.status, seen.texts(".error-text"), seen.form()["text"].strip()) == (422, [said], text.strip())
    assert ReportText._base_manager.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "said"), LONG, ids=["letters", "lines", "one word"])
def test_no_other_way_stores_such_a_text_either(text, said, tree, years, everywhere):
    with pytest.raises(ValidationError) as refused:
        save_text(unit=tree.thanh_son, period=years[1], section="DG1", text=text)
    assert refused.value.message_dict == {"text": [said]}


@pytest.mark.django_db
@pytest.mark.parametrize("text", FITS, ids=["letters", "lines", "one word", "nothing"])
def test_a_long_text_that_paper_bears_is_kept(text, tree, years, everywhere):
    row = save_text(unit=tree.thanh_son, period=years[1], section="DG1", text=f"{text}\u200b")
    assert (row.text if row else "") == text
