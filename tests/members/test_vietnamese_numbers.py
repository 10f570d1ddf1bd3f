"""Numbers as secretaries write them: one cell of a form, a paste or a workbook."""

import json
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest

from members.vietnamese import Typed, parse_number

DOMAIN = Path(__file__).resolve().parents[3] / "shared" / "domain"
needs_sources = pytest.mark.skipif(not DOMAIN.is_dir(), reason="the source documents are not here")


def shared(name: str):
    return json.loads((DOMAIN / name).read_text(encoding="utf-8"))


def number(value, unit="", denominator=None, qualifier="", estimate=False):
    below = None if denominator is None else Decimal(denominator)
    return Typed("number", Decimal(value), below, qualifier, estimate, "", unit)


def said(words="", unit="", estimate=False):
    return Typed("words", None, None, "", estimate, words, unit)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("26", number(26)),
        ("03", number(3)),
        ("0", number(0)),
        ("1.862", number(1862)),
        ("1 862", number(1862)),
        ("1\u00a0862\u202f000,5", number("1862000.5")),
        ("1,862", number("1.862")),
        ("0,5", number("0.5")),
        ("1.862,000", number(1862)),
        ("２６", number(26)),
        ("'03", number(3)),
        ("\ufeff 26. ", number(26)),
        ("999.999.999.999.999.999", number(10**18 - 1)),
        ("hai mươi sáu", number(26)),
        ("Một trăm linh năm hội viên", number(105, "hội viên")),
        ("hai mốt", number(21)),
        ("ba năm", number(3, "năm")),
        ("hai triệu rưỡi", number(2_500_000, "đồng")),
    ],
)
def test_a_bare_number_is_read(typed, read):
    assert parse_number(typed) == read
    assert parse_number(unicodedata.normalize("NFD", typed)) == read


@pytest.mark.parametrize(
    ("typed", "dong"),
    [
        ("102.350.000 đồng", 102_350_000),
        ("18.890.000đ", 18_890_000),
        ("5.000 VNĐ", 5_000),
        ("4.093,7 tỷ", 4_093_700_000_000),
        ("10,4 tỉ đồng", 10_400_000_000),
        ("10 tỷ 797 triệu đồng", 10_797_000_000),
        ("1 tỷ 264 triệu", 1_264_000_000),
        ("1 tỷ, 264,5 triệu", 1_264_500_000),
        ("1 tỷ 264.500.000 đồng", 1_264_500_000),
        ("10 nghìn tỷ 500 tỷ", 10_500_000_000_000),
        ("5 trăm triệu", 500_000_000),
        ("2 triệu rưỡi", 2_500_000),
        ("1,2 tr", 1_200_000),
        ("45 trđ", 45_000_000),
        ("5 tr.đồng", 5_000_000),
        ("500k", 500_000),
        ("300 ngđ", 300_000),
        ("mười lăm triệu đồng", 15_000_000),
    ],
)
def test_money_is_read_in_whole_dong(typed, dong):
    assert parse_number(typed) == number(dong, "đồng")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("155.514 m2", number(155_514, "m²")),
        ("150 m", number(150, "m")),
        ("2 ha", number(2, "ha")),
        ("99,34 %", number("99.34", "%")),
        ("100% chi hội", number(100, "%")),
        ("mười phần trăm", number(10, "%")),
        ("03 đ/c", number(3, "đồng chí")),
        ("26hv", number(26, "hội viên")),
        ("14 Hội", number(14, "hội")),
        ("3 CLB", number(3, "câu lạc bộ")),
        ("5 (suất)", number(5, "suất")),
        ("2 nghìn lượt", number(2000, "lượt")),
        ("5 bản giao ước", number(5, "bản giao ước")),
        ("500.000 đồng/1 hội viên", number(500_000, "đồng/hội viên")),
        ("129.000 đ/hv", number(129_000, "đồng/hội viên")),
        ("500k/hv", number(500_000, "đồng/hội viên")),
        ("2.400.000 đồng/năm", number(2_400_000, "đồng/năm")),
    ],
)
def test_the_unit_behind_the_number_is_spelled_one_way(typed, read):
    assert parse_number(typed) == read


@pytest.mark.parametrize(
    ("typed", "column", "read"),
    [
        ("4,5", "tỷ đồng", number(4_500_000_000, "đồng")),
        (4.5, "tỷ đồng", number(4_500_000_000, "đồng")),
        ("500 triệu", "tỷ đồng", number(500_000_000, "đồng")),
        ("500.000 đồng", "tỷ đồng", number(500_000, "đồng")),
        ("5%", "tỷ đồng", number(5, "%")),
        ("55.600", "triệu", number(55_600_000_000, "đồng")),
        ("300", "1.000 đồng", number(300_000, "đồng")),
        ("300", "1000đ", number(300_000, "đồng")),
        ("26", "Hội viên", number(26, "hội viên")),
        ("26 đồng chí", "hội viên", number(26, "đồng chí")),
        ("155.514", "m2", number(155_514, "m²")),
        ("5", "nghìn lượt", number(5000, "lượt")),
        ("500", "nghìn đồng/hội viên", number(500_000, "đồng/hội viên")),
        ("500/hv", "nghìn đồng/hội viên", number(500_000, "đồng/hội viên")),
        ("500.000/1 hội viên", "đồng/hội viên", number(500_000, "đồng/hội viên")),
        ("2.000.000/năm", "đồng/năm", number(2_000_000, "đồng/năm")),
        ("1/1 chi hội", "chi hội", number(1, "chi hội", 1)),
        ("8/26", "%", number(8, "", 26)),
        ("30,7", "%", number("30.7", "%")),
        ("2 triệu", "%", number(2_000_000, "đồng")),
        ("2 triệu", "cây", number(2_000_000, "cây")),
        ("5", "theo loại", number(5, "theo loại")),
        ("có", "tỷ đồng", said(unit="đồng")),
        ("x", "đồng", Typed("not_concerned")),
        ("", "đồng", Typed()),
    ],
)
def test_the_unit_of_the_column_counts_when_the_cell_has_none(typed, column, read):
    assert parse_number(typed, column) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("16/26", number(16, "", 26)),
        ("16 / 26 tổ chức", number(16, "tổ chức", 26)),
        ("26/16", number(26, "", 16)),
        ("1.800/1.862 hội viên", number(1800, "hội viên", 1862)),
        ("hơn 180 hội viên", number(180, "hội viên", qualifier="hơn")),
        ("trên 20%", number(20, "%", qualifier="trên")),
        ("> 80%", number(80, "%", qualifier="trên")),
        ("gần 1.000 lượt", number(1000, "lượt", qualifier="gần")),
        ("trên dưới 20", number(20, qualifier="khoảng")),
        ("xấp xỉ 20", number(20, qualifier="khoảng")),
        ("cỡ 20", number(20, qualifier="khoảng")),
        ("không quá 5%", number(5, "%", qualifier="nhiều nhất")),
        ("chưa đến 5%", number(5, "%", qualifier="dưới")),
        ("≥95%", number(95, "%", qualifier="ít nhất")),
        (">= 95 %", number(95, "%", qualifier="ít nhất")),
        ("từ 95% trở lên", number(95, "%", qualifier="ít nhất")),
        ("toàn thể 100%", number(100, "%", qualifier="toàn thể")),
        ("100% (toàn thể)", number(100, "%", qualifier="toàn thể")),
        ("ước 1.200", number(1200, estimate=True)),
        ("Ước đạt 95%", number(95, "%", estimate=True)),
        ("(ước) 5", number(5, estimate=True)),
        ("1.200 suất (ước)", number(1200, "suất", estimate=True)),
        ("ước khoảng 1.200", number(1200, qualifier="khoảng", estimate=True)),
        ("có 26 hội viên", number(26, "hội viên")),
        ("đạt 95%", number(95, "%")),
    ],
)
def test_what_stands_around_the_number_is_kept_beside_it(typed, read):
    assert parse_number(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("có", said()),
        ("CÓ", said()),
        ("có, không nêu số", said()),
        ("Có (không nêu số)", said()),
        ("đã tổ chức", said()),
        ("đã thực hiện.", said()),
        ("có hội", said("có hội", "hội")),
        ("nhiều", said("nhiều")),
        ("một số", said("một số")),
        ("vài chục", said("vài chục")),
        ("không ít", said("không ít")),
        ("Hàng nghìn mô hình", said("hàng nghìn mô hình", "mô hình")),
        ("ước hàng trăm lượt", said("hàng trăm lượt", "lượt", estimate=True)),
        ("khoảng vài chục", said("khoảng vài chục")),
        ("nhiều chục tỷ đồng", said("nhiều chục tỷ đồng", "đồng")),
        ("toàn thể", said("toàn thể")),
        ("x", Typed("not_concerned")),
        ("X", Typed("not_concerned")),
        ("k.t.d", Typed("not_concerned")),
        ("không thuộc diện", Typed("not_concerned")),
        ("Không thuộc diện (không có biên giới)", Typed("not_concerned")),
        ("", Typed()),
        ("  ", Typed()),
        (None, Typed()),
        ("chưa báo cáo", Typed()),
    ],
)
def test_words_say_one_of_the_other_three_states(typed, read):
    assert parse_number(typed) == read
    if typed:
        assert parse_number(unicodedata.normalize("NFD", typed)) == read


@pytest.mark.parametrize(
    ("typed", "mend"),
    [
        ("1.5", "Dùng dấu phẩy cho số lẻ: 1,5; hàng nghìn ghi đủ ba chữ số như 1.250; tiền ghi cả chữ như 12,5 triệu"),
        ("0.500", "Dùng dấu phẩy cho số lẻ: 0,500; hàng nghìn ghi đủ ba chữ số như 1.250; tiền ghi cả chữ như 12,5 triệu"),
        ("1,862,000", "Dùng dấu chấm tách hàng nghìn, dấu phẩy cho số lẻ: 1.862.000"),
        ("1,862.5", "Dùng dấu chấm tách hàng nghìn, dấu phẩy cho số lẻ: 1.862,5"),
        ("1,000", "Có thể đọc hai cách: ghi 1 hoặc 1.000"),
        ("1234.567", "Dấu chấm tách từng ba chữ số, dấu phẩy cho số lẻ: 1.862 hoặc 4.093,7"),
        ("12.34.567", "Dấu chấm tách từng ba chữ số, dấu phẩy cho số lẻ: 1.862 hoặc 4.093,7"),
        ("05 (sáu)", "Số 05 và chữ “sáu” không giống nhau"),
        ("2022 04", "Ghi số như"),
        ("-5", "Số không được âm"),
        ("−5", "Số không được âm"),
        ("(5)", "Số không được âm"),
        (-5, "Số không được âm"),
        ("giảm 5", "không ghi tăng, giảm"),
        ("+5", "không ghi tăng, giảm"),
        ("1e6", "Ghi đủ các chữ số"),
        ("1" + "0" * 18, "Số quá lớn"),
        ("1.000.000.000 tỷ", "Số quá lớn"),
        (1e18, "Số quá lớn"),
        (float("nan"), "Ô tính bị lỗi"),
        (float("inf"), "Ô tính bị lỗi"),
        (Decimal("NaN"), "Ô tính bị lỗi"),
        ("#REF!", "Ô tính bị lỗi"),
        ("nan", "Ghi số như"),
        (True, "Ghi số như"),
        (date(2024, 12, 8), "Bảng tính đã đổi ô này thành ngày tháng"),
        (datetime(2024, 12, 8), "Bảng tính đã đổi ô này thành ngày tháng"),
        (time(8, 26), "Bảng tính đã đổi ô này thành ngày tháng"),
        ("27/7/2020", "Giống một ngày tháng"),
        ("1/0", "Mẫu số phải lớn hơn 0"),
        ("8/26/3", "Chỉ ghi hai số như 16/26"),
        ("8/26 (30,7%)", "Chỉ ghi một trong hai"),
        ("8/26%", "Chỉ ghi một trong hai"),
        ("30,7% (8/26)", "Chỉ ghi một trong hai"),
        ("5-7", "Chỉ ghi một con số"),
        ("từ 5 đến 7", "Chỉ ghi một con số"),
        ("26 hội viên, 3 chi hội", "Chỉ ghi một con số"),
        ("3 + 2", "Ghi kết quả"),
        ("hơn khoảng 5", "Chỉ ghi một chữ đi kèm số"),
        ("từ 5", "Chỉ ghi một chữ đi kèm số"),
        ("hơn", "Thiếu con số"),
        ("1 tỷ 2", "Số cuối thiếu chữ triệu, nghìn hay đồng"),
        ("2 triệu 500", "Số cuối thiếu chữ triệu, nghìn hay đồng"),
        ("1 tỷ 2.640 triệu", "Số sau phải nhỏ hơn hàng của số trước"),
        ("1,5 tỷ 200 triệu", "Chỉ số cuối cùng được có số lẻ"),
        ("2,5 triệu rưỡi", "Đã có số lẻ thì không ghi rưỡi"),
        ("2.000.000/năm", "Ghi rõ đơn vị tính"),
        ("500.000/1 hội viên", "Ghi rõ đơn vị tính"),
        ("một nghìn hai", "Có thể đọc hai cách"),
        ("hai mươi năm", "Có thể đọc hai cách"),
        ("không", "Có thể hiểu nhiều cách: ghi 0 nếu không có, “x” nếu không thuộc diện"),
        ("không có", "Có thể hiểu nhiều cách"),
        ("chưa có", "Có thể hiểu nhiều cách"),
        ("-", "Có thể hiểu nhiều cách"),
        ("—", "Có thể hiểu nhiều cách"),
        ("…", "Có thể hiểu nhiều cách"),
        ("1O", "Ghi số như"),
        ("c", "Ghi số như"),
        ("Tổ 5", "Ghi số như"),
        ("Ba Vì", "Ghi số như"),
        ("5 và hai", "Ghi số như"),
        ("5 có", "Ghi số như"),
        ("5 % mười", "Ghi số như"),
        ("nhiều hơn", "Ghi số như"),
        ("- )", "Có thể hiểu nhiều cách"),
        ("5 " + "rất dài " * 30, "Dài quá 200 chữ cái"),
        ("5 đơn vị tính dài hơn ba mươi chữ", "Ghi số như"),
    ],
)
def test_what_is_no_number_or_could_be_two_says_how_to_mend_it(typed, mend):
    with pytest.raises(ValueError) as refused:
        parse_number(typed)
    message = str(refused.value)
    assert message.startswith("Chưa đọc được “")
    assert message.partition("”. ")[2].startswith(mend) or mend in message


def test_a_small_scale_word_in_a_scaled_column_is_in_doubt():
    with pytest.raises(ValueError) as refused:
        parse_number("4 nghìn", "tỷ đồng")
    assert "Không rõ cột này tính bằng gì" in str(refused.value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [(26.0, "26"), (26, "26"), (0.307, "0.307"), (0.1 + 0.2, "0.3"), (Decimal("1E+6"), "1000000"),
     (-0.0, "0"), (4_093_700_000_000.0, "4093700000000")],
)  # fmt: skip
def test_a_number_cell_keeps_what_the_spreadsheet_shows(cell, value):
    read = parse_number(cell, "%")
    assert (read, str(read.value)) == (number(value, "%"), value)


def source_forms():
    """(typed, unit of the column, value) for every printed form of the five real documents."""
    if not DOMAIN.is_dir():
        return []
    forms = []
    for figure in shared("source_figures.json"):
        raw, value = figure.get("raw"), figure["value"]
        # Two notes say that the number printed there is not the figure's own.
        if (
            raw is None
            or value is None
            or figure.get("note", "").startswith(("45 năm", "ngày họp"))
        ):
            continue
        forms.append((raw, figure["unit"], value))
    return forms


@pytest.mark.parametrize(("raw", "unit", "value"), source_forms())
def test_every_printed_form_of_the_sources_reads_as_its_value(raw, unit, value):
    value = Decimal(str(value))
    column = {"4.093,7": "tỷ đồng", "10,4": "tỷ đồng"}.get(raw, unit)
    read = parse_number(raw, column)
    canonical = {"m2": "m²", "CLB": "câu lạc bộ"}.get(unit, unit)
    if "/" in raw:
        assert value in (read.value, read.denominator)
    else:
        assert read == number(value, canonical)
    assert parse_number(f"hơn {raw} {column}") == Typed(
        "number", read.value, read.denominator, "hơn", unit=canonical
    )


@needs_sources
def test_the_sources_printed_all_the_forms_that_are_tried():
    assert len(source_forms()) == 90


@needs_sources
def test_every_qualifier_of_the_sources_reads_as_it_is_kept():
    kept = {f["qualifier"] for f in shared("source_figures.json") if f.get("qualifier")}
    vague = {word: parse_number(word).words for word in kept if parse_number_or_none(word)}
    assert vague == {w: w for w in ("nhiều chục tỷ đồng", "toàn thể", "hàng nghìn", "có hội")}
    assert kept - vague.keys() == {"hơn", "trên"}


def parse_number_or_none(text):
    try:
        return parse_number(text)
    except ValueError:
        return None


@needs_sources
def test_every_unit_of_the_catalogue_reads_back_as_itself_or_an_accepted_spelling():
    catalogue = shared("catalogue/catalogue.json")
    spellings = {unit["unit"]: set(unit["accepts"]) for unit in catalogue["units"]}
    for indicator in catalogue["indicators"]:
        spellings[indicator["unit"]] |= set(indicator.get("unit_accepts") or [])
    units = set(spellings)
    for unit, accepted in spellings.items():
        assert parse_number(f"5 {unit}") == number(5, unit)
        assert parse_number("5", unit) == number(5, unit)
        for spelling in accepted:
            assert parse_number(f"5 {spelling}").unit in {unit, *accepted} | units


@needs_sources
def test_every_scaled_money_unit_of_the_catalogue_is_multiplied_in():
    for unit in shared("catalogue/catalogue.json")["units"]:
        for scaled, times in unit["scaled"].items():
            if "đồng" in scaled:
                assert parse_number(f"1,5 {scaled}") == number(Decimal("1.5") * times, unit["unit"])
                assert parse_number("1,5", scaled) == number(Decimal("1.5") * times, unit["unit"])


@pytest.mark.parametrize(
    ("typed", "unit", "value", "read_unit"),
    [("05 (năm)", "cuộc", 5, "cuộc"), ("03 (ba) cuộc", "cuộc", 3, "cuộc"), ("12 (mười hai)", "người", 12, "người"), ("5 (năm)", "", 5, "")],
)
def test_a_number_repeated_in_words_is_read_once(typed, unit, value, read_unit):
    found = parse_number(typed, unit)
    assert (found.value, found.unit) == (value, read_unit)
