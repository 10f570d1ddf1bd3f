"""Names, dates and printed numbers."""

import random
import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.vietnamese import (
    PartialDate,
    fold,
    format_number,
    format_percent,
    lead_zero,
    money_short,
    money_words,
    number_words,
    sort_key,
    viet_date,
)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


# Names


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Đặng Văn Hoà", "dang van hoa"),
        ("  ĐẶNG   văn Hòa ", "dang van hoa"),
        ("Ðỗ Thị Ưởng", "do thi uong"),  # the Icelandic letter of old keyboards
        ("H'Hen Niê", "h'hen nie"),
        ("Müller Łódź", "muller łodz"),
        ("", ""),
    ],
)
def test_fold_drops_case_marks_and_extra_spaces(written, folded):
    assert fold(written) == folded
    assert fold(nfd(written)) == folded


@given(st.text())
def test_fold_is_idempotent_and_the_same_for_nfc_and_nfd(text):
    once = fold(text)
    assert fold(once) == once
    assert fold(nfd(text)) == fold(unicodedata.normalize("NFC", text)) == once


IN_ORDER = [
    "Phạm Văn A",
    "Trần Thị An",
    "Nguyễn Văn Án",
    "Bùi Ánh",
    "Trần Ánh",
    "Đỗ Văn Ăn",
    "Lê Ân",
    "Nguyễn Thị B",
    "Vũ Thị Bình",
    "Nguyễn Văn Dang",
    "Nguyễn Văn Dũng",
    "Lê Hồng Đang",
    "Lê Hồng Đáng",
    "Lê Hồng Đặng",
    "Hồ E",
    "Hồ Ê",
    "Nguyễn Hoa",
    "Nguyễn Hoà",
    "Nguyễn Hỏa",
    "Nguyễn Hõa",
    "Nguyễn Hóa",
    "Nguyễn Họa",
    "Dương Văn Hùng",
    "Đặng Văn Hùng",
    "Hô Văn Hùng",
    "Hồ Anh Hùng",
    "Nguyễn Hùng",
    "Nguyễn Hữu Hùng",
    "Nguyễn Văn Hùng",
    "Nguyễn Văn Hùng (A)",
    "Nguyễn Văn Hùng (B)",
    "Y K'Bông",
    "Lê Sơn",
    "Lê Tỏ",
    "Lê Tô",
    "Lê Tơ",
    "Lê Tuấn",
    "Lê Tư",
    "Lê Vy",
    "Lê Ý",
    "Lê Zung",
]


def test_sort_key_lists_people_by_given_name_then_letters_then_tone():
    shuffled = IN_ORDER[:]
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == IN_ORDER


def test_sort_key_ignores_where_the_tone_is_written_case_and_encoding():
    assert sort_key("Nguyễn Hoà") == sort_key("NGUYỄN HÒA") == sort_key(nfd("nguyễn  hoà"))


ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
syllables = st.tuples(
    st.text("bcdđghklmnpqrstvx", max_size=3),
    st.sampled_from("aăâeêioôơuưy"),
    st.sampled_from(TONES),
    st.text("aeêioôuyncmtghp", max_size=3),
)
names = st.lists(syllables, min_size=1, max_size=4)


def reference(name):
    """Word by word, given name first: the letters' places in the alphabet, then the tone's."""
    ordered = [name[-1], *name[:-1]]
    return [
        ([ALPHABET.index(c) for c in head + vowel + tail], TONES.index(tone))
        for head, vowel, tone, tail in ordered
    ]


def write(name):
    return " ".join(head + vowel + tone + tail for head, vowel, tone, tail in name).title()


@given(names, names)
def test_sort_key_orders_any_two_names_like_the_alphabet(one, other):
    assert (sort_key(write(one)) < sort_key(write(other))) == (reference(one) < reference(other))


@given(st.text(max_size=200))
def test_sort_key_of_any_text_is_short_plain_ascii(text):
    key = sort_key(text)
    assert set(key) <= set("0123456789abcdefghijklmnopqrstuvwxyz")
    assert len(key) <= 255
    assert key == sort_key(nfd(text))


# Dates


@pytest.mark.parametrize(
    ("typed", "iso", "display", "first", "last"),
    [
        ("30/04/1975", "1975-04-30", "30/04/1975", date(1975, 4, 30), date(1975, 4, 30)),
        ("30-4-1975", "1975-04-30", "30/04/1975", date(1975, 4, 30), date(1975, 4, 30)),
        (
            "Ngày 30 tháng 4 năm 1975",
            "1975-04-30",
            "30/04/1975",
            date(1975, 4, 30),
            date(1975, 4, 30),
        ),
        ("1975-04-30", "1975-04-30", "30/04/1975", date(1975, 4, 30), date(1975, 4, 30)),
        (" 2/1976 ", "1976-02", "02/1976", date(1976, 2, 1), date(1976, 2, 29)),
        ("00/02/1976", "1976-02", "02/1976", date(1976, 2, 1), date(1976, 2, 29)),
        ("1954", "1954", "1954", date(1954, 1, 1), date(1954, 12, 31)),
        ("năm 1954", "1954", "1954", date(1954, 1, 1), date(1954, 12, 31)),
    ],
)
def test_a_date_is_as_exact_as_what_was_typed(typed, iso, display, first, last):
    read = PartialDate.parse(typed)
    assert (read.iso, read.display, str(read)) == (iso, display, display)
    assert (read.first_day, read.last_day) == (first, last)
    assert PartialDate.from_iso(iso) == PartialDate.parse(nfd(display)) == read


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Chưa ghi ngày"),
        ("31/02/1954", "31/02/1954 không có trong lịch. Ghi như 30/04/1954"),
        ("29/02/1955", "29/02/1955 không có trong lịch"),
        ("04/30/1975", "Ghi ngày trước, tháng sau: 30/04/1975"),
        ("13/1975", "tháng chỉ từ 1 đến 12"),
        ("30/04/75", "ghi đủ bốn chữ số của năm"),
        ("04/75", "thiếu năm"),
        ("30/00/1975", "có ngày thì phải có tháng"),
        ("30/04/1075", "phải từ 1900 đến 2100"),
        ("27514", "Không đọc được ngày “27514”"),
        ("30/04-1975", "Không đọc được ngày"),
        ("mùa thu", "Không đọc được ngày"),
        ("30/04/1975 chiều", "Không đọc được ngày"),
    ],
)
def test_a_date_that_cannot_be_says_how_to_mend_it(typed, said):
    with pytest.raises(ValueError) as refused:
        PartialDate.parse(typed)
    assert said in str(refused.value)


@pytest.mark.parametrize("stored", ["", "75", "1975-4", "1975-13", "1975-02-30", "30/04/1975"])
def test_from_iso_takes_only_what_iso_writes(stored):
    with pytest.raises(ValueError):
        PartialDate.from_iso(stored)


def test_a_day_without_its_month_is_no_date():
    with pytest.raises(ValueError):
        PartialDate(1975, None, 30)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(1, 3))
def test_dates_read_back_what_they_print(day, parts):
    known = PartialDate(*(day.year, day.month, day.day)[:parts])
    assert PartialDate.parse(known.display) == PartialDate.from_iso(known.iso) == known
    assert known.first_day <= day <= known.last_day


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2022, 12, 5), "ngày 05 tháng 12 năm 2022"),
        (date(2023, 2, 10), "ngày 10 tháng 02 năm 2023"),
        (date(2023, 3, 1), "ngày 01 tháng 3 năm 2023"),
    ],
)
def test_viet_date_leads_with_zero_for_small_days_and_the_first_two_months(day, written):
    assert viet_date(day) == written


# Numbers printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [(1862, "1.862"), (Decimal("4093.70"), "4.093,7"), (0, "0"), (Decimal("1E+6"), "1.000.000"),
     (-5, "−5"), (Decimal("0.5"), "0,5"), (Decimal("-0"), "0"), (10**30 + 1, "1" + ".000" * 9 + ".001")],
)  # fmt: skip
def test_format_number_groups_by_dots_and_keeps_every_decimal(value, printed):
    assert format_number(value) == printed


def test_format_number_refuses_a_float():
    with pytest.raises(TypeError):
        format_number(0.1)


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [("30.769", 1, "30,8%"), ("80", 1, "80,0%"), ("100", 1, "100%"), ("0", 1, "0%"),
     ("99.96", 1, "99,96%"), ("0.04", 1, "0,04%"), ("99.34", 2, "99,34%"), ("66.65", 1, "66,7%"),
     ("1234.5", 0, "1.235%"), ("-0.4", 1, "−0,4%")],
)  # fmt: skip
def test_format_percent_rounds_but_prints_0_and_100_only_when_they_are(value, places, printed):
    assert format_percent(Decimal(value), places) == printed


def test_lead_zero_is_for_one_to_nine():
    assert [lead_zero(n) for n in (0, 3, 9, 10, 1862)] == ["0", "03", "09", "10", "1.862"]


@pytest.mark.parametrize(
    ("dong", "printed"),
    [(102_350_000, "102,35 triệu đồng"), (4_093_700_000_000, "4.093,7 tỷ đồng"),
     (2_600_000, "2.600.000 đồng"), (10_797_000_000, "10,797 tỷ đồng"), (0, "0 đồng"),
     (1_264_500_000, "1.264,5 triệu đồng"), (1_264_567_500, "1.264.567.500 đồng"),
     (Decimal("129533.5"), "129.533,5 đồng")],
)  # fmt: skip
def test_money_short_never_needs_more_than_three_decimals(dong, printed):
    assert money_short(dong) == printed


@pytest.mark.parametrize(
    ("n", "words"),
    [(0, "không"), (15, "mười lăm"), (21, "hai mươi mốt"), (24, "hai mươi tư"), (105, "một trăm linh năm"),
     (1005, "một nghìn không trăm linh năm"), (10**9 + 10, "một tỷ không trăm mười"),
     (4_093_700_000_000, "bốn nghìn không trăm chín mươi ba tỷ bảy trăm triệu")],
)  # fmt: skip
def test_number_words_say_the_number(n, words):
    assert number_words(n) == words


def test_money_words_end_in_dong():
    assert money_words(2_600_000) == "hai triệu sáu trăm nghìn đồng"


@pytest.mark.parametrize("n", [-1, 10**18, Decimal("1.5"), True])
def test_number_words_refuse_what_they_cannot_say(n):
    with pytest.raises(ValueError):
        number_words(n)
