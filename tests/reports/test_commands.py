"""The three commands, from an otherwise empty database to a file in the hand."""

import json
from collections import defaultdict
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from members.models import Member, Period, Unit, User
from members.scoping import ScopeMissing, all_units, current_scope
from members.services import found_unit
from members.vietnamese import format_number
from reports.models import EnteredFigure
from tests.reports.printed import house_forms, is_printed, text_of
from tests.reports.workbook import KHOI, workbook

pytestmark = pytest.mark.django_db

SOURCE_MAP = Path(__file__).resolve().parents[3] / "shared/domain/catalogue/source_map.json"
HOSTILE = "<script>alert(1)</script> {{ settings.SECRET_KEY }} {% load x %} {0} {kỳ} %s & “x”"

# document → code of its unit, level, first and last day; the names are those of the documents
SOURCES = {
    "Hội CCB cơ quan của tài liệu 000": ("S000", "cơ sở", "01/01/2020", "10/12/2020"),
    "Hội CCB Khối các cơ quan và doanh nghiệp tỉnh Hà Tĩnh": ("S001", "khối", "01/01/2022", "30/11/2022"),
    "Cụm thi đua số 3": ("S002", "cụm", "01/01/2023", "10/10/2023"),
    "Hội CCB tỉnh Lạng Sơn": ("S002-LS", "tỉnh", "01/01/2023", "10/10/2023"),
    "Hội CCB tỉnh Cao Bằng": ("S002-CB", "tỉnh", "01/01/2023", "10/10/2023"),
    "Hội CCB phường Ngọc Thụy": ("S003", "phường", "01/06/2017", "30/04/2020"),
    "Hội CCB quận Long Biên": ("S004", "quận", "01/06/2017", "31/05/2020"),
}


def iso(day):
    return "-".join(reversed(day.split("/")))


def run(command, *arguments, **options):
    """What a command says; it must leave no scope open behind it."""
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, **options)
    with pytest.raises(ScopeMissing):
        current_scope()
    return out.getvalue()


def imported(tmp_path, *rows, flags=("--create-units", "--create-indicators")):
    file = tmp_path / "so_lieu.xlsx"
    file.write_bytes(workbook(*rows))
    return run("import_figures", file, *flags)


def rendered(tmp_path, unit, first="2022-01-01", last="2022-11-30", form="html"):
    """The report of a unit as text (html) or bytes (pdf)."""
    target = tmp_path / f"{unit}.{form}"
    said = run("render_report", "--unit", unit, "--from", first, "--to", last, "--format", form, "--output", target)
    assert str(target) in said
    return target.read_bytes() if form == "pdf" else target.read_text("utf-8")


# ── import_figures ─────────────────────────────────────────────────────────────────────────


def test_an_import_says_what_it_made_and_stores_it(tmp_path):
    said = imported(tmp_path, KHOI | {"code": "supervision_sessions", "value": 5}, {"code": "gift_count", "value": None})
    assert said.splitlines() == ["Đơn vị mới: K01 Hội CCB Khối cơ quan", "Tạo mới 1, thay đổi 0, giữ nguyên 0, ô trống 1, từ chối 0."]
    with all_units("what was stored"):
        assert (EnteredFigure.objects.get().typed_by, EnteredFigure.objects.get().value) == (None, 5)
    assert imported(tmp_path, KHOI | {"code": "supervision_sessions", "value": 5}).splitlines() == [
        "Tạo mới 0, thay đổi 0, giữ nguyên 1, ô trống 0, từ chối 0."]


def test_a_dry_run_of_the_command_stores_nothing_and_says_so(tmp_path):
    said = imported(tmp_path, KHOI | {"code": "supervision_sessions", "value": 5}, flags=["--create-units", "--dry-run"])
    assert said.splitlines()[-1] == "Xem trước: chưa lưu gì."
    assert (Unit._base_manager.count(), Period.objects.count()) == (0, 0)


def test_a_refused_import_names_every_place_and_ends_with_an_error(tmp_path):
    out = StringIO()
    file = tmp_path / "so_lieu.xlsx"
    file.write_bytes(workbook(KHOI | {"code": "supervision_sessions", "value": "12 13"}, KHOI | {"code": "khong_co", "value": 1}))
    with pytest.raises(CommandError, match="Có 2 chỗ bị từ chối; chưa lưu gì"):
        call_command("import_figures", str(file), "--create-units", stdout=out)
    assert [line[:44] for line in out.getvalue().splitlines() if line.startswith("Từ chối")] == [
        "Từ chối: Dòng 2, cột Giá trị “12 13”: Chưa đ", "Từ chối: Dòng 3, cột Mã chỉ tiêu “khong_co”:"]
    assert Unit._base_manager.count() == 0


@pytest.mark.parametrize("content", [None, b"", b"no workbook", b"PK\x03\x04 broken"])
def test_a_file_that_is_not_there_or_no_workbook_is_refused_in_one_sentence(content, tmp_path):
    file = tmp_path / "so_lieu.xlsx"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=r"[tT]ệp"):
        run("import_figures", file)


# ── render_report and explain_figure: what they ask for ────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"--unit": "KHONG-CO"}, "không có đơn vị mang mã “KHONG-CO”"), ({"--from": "2022-02-30"}, "“2022-02-30” không phải một ngày có trong lịch"),
        ({"--to": "hôm nay"}, "--to: “hôm nay”"), ({"--to": "2021-12-31"}, "Kỳ kết thúc (31/12/2021) trước khi bắt đầu (01/01/2022)"),
        ({"--from": "0001-01-01"}, "Năm phải từ 1989 đến 2100"), ({"--to": "9999-12-31"}, "Năm phải từ 1989 đến 2100"),
        ({"--output": "/khong/co/thu/muc.html"}, "không có thư mục “/khong/co/thu”"),
    ],
)
def test_wrong_arguments_are_refused_by_name_in_vietnamese(change, said, tmp_path):
    with all_units("one unit"):
        found_unit(code="K01", name="Hội CCB Khối cơ quan", level="CUM", kind="khoi")
    arguments = {"--unit": "K01", "--from": "2022-01-01", "--to": "2022-11-30", "--format": "html", "--output": tmp_path / "x.html"} | change
    with pytest.raises(CommandError) as caught:
        run("render_report", *(part for pair in arguments.items() for part in pair))
    assert said in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_indicator_is_refused_by_explain_figure():
    with all_units("one unit"):
        found_unit(code="K01", name="Hội CCB Khối cơ quan", level="CUM", kind="khoi")
    with pytest.raises(CommandError, match="Không có chỉ tiêu “khong_co” trong danh mục"):
        run("explain_figure", "khong_co", "--unit", "K01", "--from", "2022-01-01", "--to", "2022-11-30")


def test_a_figure_is_explained_by_its_value_rule_parts_units_and_the_words_typed(tmp_path):
    below = [{"unit_code": f"C{i}", "unit_name": f"Hội CCB Sở {i}", "level": "cơ sở", "parent_code": "K01"} for i in range(3)]
    imported(
        tmp_path, KHOI | {"code": "gift_count", "value": 1}, below[0] | {"code": "supervision_sessions", "value": "5 cuộc"},
        below[1] | {"code": "supervision_sessions", "value": "ước 7"}, below[2] | {"code": "gift_count", "value": 2},
    )
    said = run("explain_figure", "supervision_sessions", "--unit", "K01", "--from", "2022-01-01", "--to", "2022-11-30").splitlines()
    assert said[1] == "Đơn vị: Hội CCB Khối cơ quan (K01); kỳ: năm 2022, 01/01/2022 - 30/11/2022"
    assert said[2] == "Giá trị: 12 cuộc"
    for line in ("  Sở 0: 5 cuộc", "  Sở 2: chưa báo cáo", "Nguồn: Cộng số của các đơn vị trực thuộc."):
        assert line in said, line
    assert any("5 cuộc" in line and "Sở 0" in line and "nhập từ tệp" in line for line in said)
    assert any("2/3" in line for line in said) and any("ước 7" in line for line in said)


def test_a_period_that_nobody_typed_anything_for_is_explained_and_not_stored():
    with all_units("one unit"):
        found_unit(code="K01", name="Hội CCB Khối cơ quan", level="CUM", kind="khoi")
    said = run("explain_figure", "members_total", "--unit", "K01", "--from", "2019-03-07", "--to", "2019-04-09")
    assert "Giá trị: chưa báo cáo" in said
    assert Period.objects.count() == 0


# ── The five documents ─────────────────────────────────────────────────────────────────────


def source_rows():
    """The cells of the five documents as rows of a workbook: printed forms, words as notes."""
    rows = []
    for cell in json.loads(SOURCE_MAP.read_text("utf-8"))["rows"]:
        if cell["code"] is None:
            continue
        code, level, first, last = SOURCES[cell["unit"]]
        row = {"unit_code": code, "unit_name": cell["unit"], "level": level, "first": first, "last": last, "code": cell["code"], "part": cell["part"] or None}
        if level == "tỉnh":
            row["parent_code"] = "S002"
        if cell["state"] == "số":
            number = format_number(Decimal(str(cell["value"])))
            row |= {"value": f"{cell.get('qualifier', '')} {number}".strip(), "measure": cell["unit_of_measure"], "denominator": cell.get("denominator")}
        else:
            row["note"] = "có, không nêu số" + (f": {cell['words']}" if cell.get("words") else "")
        rows.append((cell, row))
    return rows


@pytest.mark.skipif(not SOURCE_MAP.exists(), reason="the shared reference does not lie beside the repository")
def test_every_figure_of_the_five_documents_comes_in_and_is_printed_in_the_report_of_its_unit(tmp_path):
    cells = source_rows()
    said = imported(tmp_path, *(row for _, row in cells))
    assert f"Tạo mới {len(cells)}, thay đổi 0, giữ nguyên 0, ô trống 0, từ chối 0." in said
    pages = {name: text_of(rendered(tmp_path, code, iso(first), iso(last))) for name, (code, _, first, last) in SOURCES.items()}
    lost = defaultdict(list)
    for cell, _ in cells:
        if cell["state"] == "số" and not is_printed(pages[cell["unit"]], cell["value"], cell.get("denominator"), cell["unit_of_measure"]):
            lost[cell["unit"]].append((cell["row"], cell["code"], sorted(house_forms(cell["value"], cell.get("denominator"), cell["unit_of_measure"]))))
        if cell["state"] != "số" and cell.get("words", "") not in pages[cell["unit"]]:
            lost[cell["unit"]].append((cell["row"], cell["code"], cell["words"]))
    assert dict(lost) == {}
    # The file says the same when it is brought in again.
    assert f"Tạo mới 0, thay đổi 0, giữ nguyên {len(cells)}" in imported(tmp_path, *(row for _, row in cells))


# ── Any unit, any span, any text ───────────────────────────────────────────────────────────

SPANS = [
    ("2022-01-01", "2022-11-30"), ("2022-04-01", "2022-06-30"), ("2022-01-01", "2022-06-30"), ("2022-01-01", "2022-09-30"), ("2022-05-01", "2022-05-31"),
    ("2022-02-10", "2022-02-10"), ("2021-12-15", "2022-03-03"), ("2020-01-01", "2022-12-31"), ("2017-06-01", "2020-04-30"), ("2022-07-01", "2022-12-31"),
]
LEVELS = ["VN", "LG", "CUM-3", "LG-K", "LG-TS", "LG-K-01", "LG-TS-01"]


def is_whole(page):
    """A document from its letterhead to its recipients, with nothing left unfilled."""
    text = text_of(page)
    assert "Độc lập - Tự do - Hạnh phúc" in text and "BÁO CÁO" in text and "Nơi nhận" in text
    for trace in ("None", "Decimal(", "{kỳ", "{KỲ", "{n}", "NaN", "Traceback", "[]"):
        assert trace not in text, (trace, text[max(0, text.find(trace) - 80):text.find(trace) + 80])
    return text


def test_a_unit_without_any_figure_has_a_report_at_every_level(tree, tmp_path):
    for code in LEVELS:
        is_whole(rendered(tmp_path, code))
    assert rendered(tmp_path, "LG-TS-01", form="pdf").startswith(b"%PDF")


def test_every_level_has_a_report_for_every_span_of_dates(tree, tmp_path):
    """A few figures of every unit at every span, so that sentences and tables are there."""
    rows = [
        {"unit_code": code, "first": first, "last": last, "code": indicator, "value": value}
        for code in LEVELS for first, last in SPANS
        for indicator, value in (("members_total", 205), ("gift_value", "12,5 triệu đồng"), ("members_party_rate", "81,72%"), ("gift_count", "có"))
    ]
    imported(tmp_path, *rows)
    for code in LEVELS:
        for first, last in SPANS:
            text = is_whole(rendered(tmp_path, code, first, last))
            assert is_printed(text, 205) and "81,72%" in text and "12,5 triệu đồng" in text, (code, first, last)


def test_a_unit_with_one_figure_prints_that_figure(tmp_path):
    imported(tmp_path, KHOI | {"code": "supervision_sessions", "value": 37})
    assert is_printed(is_whole(rendered(tmp_path, "K01")), 37)


def test_very_long_names_are_printed_whole_in_html_and_pdf(tmp_path):
    unit, indicator = "Hội CCB " + "Tổng công ty Xây lắp và Thương mại " * 5, "Số cây xanh ven đường làng, ngõ xóm " * 5
    imported(
        tmp_path, KHOI | {"unit_name": unit.strip(), "code": "cay_xanh", "name": indicator.strip(), "measure": "cây xanh ven đường", "kind": "trong kỳ", "value": 1234})
    text = is_whole(rendered(tmp_path, "K01"))
    assert unit.strip().replace("CCB", "Cựu chiến binh") in text or unit.strip() in text
    assert "cây xanh ven đường" in text and is_printed(text, 1234)
    assert rendered(tmp_path, "K01", form="pdf").startswith(b"%PDF")


def test_hostile_text_is_printed_as_it_was_typed(tmp_path):
    imported(
        tmp_path, KHOI | {"unit_name": HOSTILE, "code": "hostile", "name": HOSTILE, "measure": "cây", "kind": "trong kỳ", "value": 1234, "note": HOSTILE},
        {"code": "prevented_spending_note", "note": f"có, không nêu số: {HOSTILE}"},
        {"code": "awards_other_agencies", "value": 3, "part": HOSTILE.replace("{", "[").replace(";", "")},
    )
    page = rendered(tmp_path, "K01")
    assert "<script" not in page
    text = text_of(page)
    for piece in ("<script>alert(1)</script>", "{{ settings.SECRET_KEY }}", "{% load x %}", "{0}", "%s & “x”"):
        assert piece in text, piece
    assert rendered(tmp_path, "K01", form="pdf").startswith(b"%PDF")
    said = run("explain_figure", "prevented_spending_note", "--unit", "K01", "--from", "2022-01-01", "--to", "2022-11-30")
    assert HOSTILE in said


def test_commands_need_no_account_and_make_none(tmp_path):
    imported(tmp_path, KHOI | {"code": "supervision_sessions", "value": 5})
    rendered(tmp_path, "K01")
    assert (User.objects.count(), Member._base_manager.count()) == (0, 0)
