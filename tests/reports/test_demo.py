"""The demo association: the five documents are in it figure by figure, and loading it is harmless."""

import json
import re
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.db import transaction

from emulation.models import ClusterMember
from members.models import Member, Membership, Period, Role, Unit, UnitRole, UnitSettings, User
from members.scoping import all_units
from reports import demo, indicators
from reports.demo import build
from reports.figures import FigureSet, State
from reports.models import EnteredFigure, ReportText
from reports.outlines import AnnualReport
from reports.rendering.content import Paragraph
from reports.services.cell_store import save_cell
from reports.services.cells import disagreements

pytestmark = pytest.mark.django_db

SHARED = Path(__file__).resolve().parents[3] / "shared"
ROWS = json.loads((SHARED / "domain/catalogue/source_map.json").read_text(encoding="utf-8"))["rows"]
FIGURES = [row for row in ROWS if row["code"]]
UNITS = {
    "Hội CCB cơ quan của tài liệu 000": "TN-TRUONG",
    "Hội CCB Khối các cơ quan và doanh nghiệp tỉnh Hà Tĩnh": "HATINH-KHOI",
    "Cụm thi đua số 3": "CUM3",
    "Hội CCB tỉnh Cao Bằng": "CAOBANG",
    "Hội CCB tỉnh Lạng Sơn": "LANGSON",
    "Hội CCB phường Ngọc Thụy": "LB-NGOCTHUY",
    "Hội CCB quận Long Biên": "LONGBIEN",
}
PERIODS = {"000": "2020", "001": "2022", "002": "2023", "003": "2017-2020", "004": "2020-so-ket"}
STATES = {"số": State.NUMBER, "có, không nêu số": State.WORDS}
SUMS_OF_PROVINCES = {"border_patrols", "border_patrol_participants"}
WARDS = [
    "Giang Biên", "Việt Hưng", "Phúc Đồng", "Đức Giang", "Ngọc Thụy", "Thượng Thanh", "Ngọc Lâm",
    "Gia Thụy", "Bồ Đề", "Long Biên", "Thạch Bàn", "Sài Đồng", "Phúc Lợi", "Cự Khối",
]
PEOPLE_OF_THE_SOURCES = [
    "Bế Xuân Tiến", "Thẩm Văn Phán", "Đàm Văn Vũ", "Hoàng Mạnh Ngọc", "Triệu Văn Ngô", "Nguyễn Thắng",
    "Nông Văn Triệu", "Lê Anh Thi", "Nguyễn Phú Trọng",
]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Loaded once for the file, gone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        with all_units("the demo association is loaded"):
            loaded = build.load()
        yield loaded
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def seen_whole(loaded):
    with all_units("tests look at the whole demo"):
        yield


def figures_of(loaded, unit, period):
    return FigureSet(loaded.units[unit], loaded.periods[period])


def printed(document):
    return "\n".join(block.text for block in document.blocks if isinstance(block, Paragraph))


# ── the five documents ──
@pytest.mark.parametrize("row", FIGURES, ids=lambda row: f"{row['row']}-{row['code']}")
def test_every_figure_of_the_sources_is_a_cell(loaded, row):
    unit, period = loaded.units[UNITS[row["unit"]]], loaded.periods[PERIODS[row["source"]]]
    cell = EnteredFigure.objects.filter(unit=unit, period=period, code=row["code"], part=row["part"]).first()
    if unit.code == "CUM3" and row["code"] in SUMS_OF_PROVINCES:
        assert cell is None
        computed = FigureSet(unit, period).get(row["code"])
        assert (computed.state, computed.value, computed.source) == (State.NUMBER, row["value"], "sum")
        return
    value = None if row["value"] is None else Decimal(str(row["value"]))
    assert (cell.state, cell.value, cell.denominator) == (STATES[row["state"]], value, row.get("denominator"))
    assert (cell.qualifier, cell.words) == (row.get("qualifier", ""), row.get("words", ""))
    assert cell.print_mode == ("held" if row["print"] == "held" else "")
    entry = indicators.lookup()[row["code"]]
    if cell.state == State.NUMBER and not (entry.is_ratio and cell.denominator):
        measure = entry.accepts_unit(row["unit_of_measure"], row["part"]).printed_unit
        assert (cell.measure or entry.unit) == measure


def test_documents_have_no_figure_beyond_the_sources_but_the_marked_ones(loaded):
    ours = EnteredFigure.objects.filter(period__in=[loaded.periods[key] for key in PERIODS.values()])
    expected = {(UNITS[r["unit"]], r["code"], r["part"]) for r in FIGURES}
    expected -= {("CUM3", code, "") for code in SUMS_OF_PROVINCES}
    assert set(ours.exclude(note="minh họa").values_list("unit__code", "code", "part")) == expected
    marked = ours.filter(note="minh họa").values_list("unit__code", flat=True)
    assert set(marked) == {f"HATINH-KHOI-{i:02d}" for i in range(1, 27)}


def test_no_typed_cells_of_one_unit_contradict_each_other(loaded):
    entries = indicators.lookup()
    cells = EnteredFigure.objects.values_list("unit", "period").distinct().order_by()
    units, periods = Unit.objects.in_bulk(), Period.objects.in_bulk()
    assert {
        (unit, period): found
        for unit, period in cells
        if (found := disagreements(units[unit], periods[period], entries))
    } == {}


def test_the_khoi_says_what_its_document_says(loaded):
    figures = figures_of(loaded, "HATINH-KHOI", "2022")
    said = {code: figures.get(code) for code in ("members_total", "members_party", "orgs_excellent", "orgs_good")}
    assert {code: f.value for code, f in said.items()} == {
        "members_total": 476, "members_party": 389, "orgs_excellent": 8, "orgs_good": 18,
    }
    shares = figures.get("units_with_party_committee_member_rate")
    assert (shares.value, shares.denominator) == (16, 26)
    party = figures.get("members_party_rate")
    assert (party.value, party.denominator, party.typed) == (389, 476, 80)


def test_the_26_workplaces_add_up_to_the_khoi(loaded):
    figures = figures_of(loaded, "HATINH-KHOI", "2022")
    for code in ("members_total", "members_party", "exemplary_members"):
        below = figures.by_records(code)
        assert (below.value, below.have, below.expected) == (figures.get(code).value, 26, 26)
    names = [unit.name for unit in figures.subordinates()]
    assert [name for name in names if not name.endswith("(minh họa)")] == []


def test_the_cluster_sums_its_two_frontier_provinces(loaded):
    figures = figures_of(loaded, "CUM3", "2023")
    for code, total, parts in (("border_patrols", 765, [265, 500]), ("border_patrol_participants", 7855, [1855, 6000])):
        total_figure = figures.get(code)
        assert (total_figure.value, total_figure.have, total_figure.expected) == (total, 2, 2)
        states = {unit.code: figure.state for unit, figure in figures.breakdown(code)}
        assert states == {
            "CAOBANG": State.NUMBER, "LANGSON": State.NUMBER,
            **dict.fromkeys(["BACKAN", "THAINGUYEN", "BACNINH", "BACGIANG"], State.NOT_CONCERNED),
        }
        assert [f.value for _, f in figures.breakdown(code) if f.state == State.NUMBER] == parts


def test_the_cluster_keeps_its_patrols_without_its_own_entries(loaded):
    EnteredFigure.objects.filter(unit=loaded.units["CUM3"]).delete()
    figures = figures_of(loaded, "CUM3", "2023")
    said = {f.code: (f.value, f.have, f.expected) for f in figures.all() if f.source == "sum"}
    assert said["border_patrols"] == (765, 2, 2)
    assert said["border_patrol_participants"] == (7855, 2, 2)
    assert figures.get("gift_count").state == State.MISSING


def test_fourteen_wards_stand_under_the_district(loaded):
    figures = figures_of(loaded, "LONGBIEN", "2020-so-ket")
    assert [unit.name for unit in figures.subordinates()] == [f"Hội CCB phường {name}" for name in WARDS]
    assert figures.get("grassroots_associations").value == 14


def test_a_report_with_two_figures_prints_no_zero(loaded):
    text = printed(AnnualReport(loaded.units["TN-TRUONG"], loaded.periods["2020"]).document())
    assert "2.600.000 đồng" in text
    assert "04 đợt" in text
    assert "nhiều chục tỷ đồng" in text
    assert re.findall(r"(?<![\d/.])0(?![\d/])", text) == []


def test_lists_have_as_many_items_as_the_documents_count(loaded):
    counted = {("HATINH-KHOI", "2022", "NV"): 6, ("CUM3", "2023", "NV"): 5, ("LB-NGOCTHUY", "2017-2020", "DG4"): 5}
    for (unit, period, section), items in counted.items():
        row = ReportText.objects.get(unit=loaded.units[unit], period=loaded.periods[period], section=section)
        assert len(row.text.split("\n")) == items


def test_texts_stand_in_sections_of_the_outline_that_their_unit_uses(loaded):
    for unit, period, sections in demo.read_texts():
        report = AnnualReport(loaded.units[unit], loaded.periods[period])
        assert set(sections) - {section.code for section in report.outline.sections} == set()
        assert {code: report.texts[code].text for code in sections} == sections


def test_no_sentence_is_taken_from_the_sources():
    """Fifteen words in a row are a sentence of somebody else; names in quotation marks are not counted."""

    def runs(text, length=15):
        words = re.findall(r"\w+", re.sub(r"“[^”]*”", "", text).lower())
        return {tuple(words[i:i + length]) for i in range(len(words) - length + 1)}

    sources = set().union(*(runs(path.read_text(encoding="utf-8")) for path in (SHARED / "sources").glob("*.txt")))
    lines = [line for _, _, sections in demo.read_texts() for text in sections.values() for line in text.split("\n")]
    assert [line for line in lines if runs(line) & sources] == []


# ── people ──
def test_no_real_person_is_named():
    data = "".join(path.read_text(encoding="utf-8") for path in demo.FOLDER.glob("*.json"))
    assert [name for name in PEOPLE_OF_THE_SOURCES if name in data] == []


def test_no_signer_is_named(loaded):
    assert set(UnitSettings.objects.values_list("signer_name", flat=True)) == {""}


def test_every_role_has_an_account(loaded):
    roles = set(UnitRole.objects.values_list("role", flat=True))
    assert roles == set(Role.values)
    for user in User.objects.all():
        assert user.check_password(demo.PASSWORD)
        validate_password(demo.PASSWORD, user)


def test_the_invented_communes_have_members(loaded):
    members = Member.objects.all()
    assert members.filter(unit__parent=loaded.units["LG-THANHSON"]).count() == 62
    assert members.filter(unit__parent=loaded.units["LG-BINHMINH"]).count() == 20
    assert Membership.objects.exclude(ends_on=None).count() == 5


def test_members_of_a_commune_add_up_from_year_to_year(loaded):
    then = figures_of(loaded, "LG-THANHSON", "2025").get("members_total").value
    now = {code: figures_of(loaded, "LG-THANHSON", "2026").get(code).value for code in (
        "members_opening", "members_admitted", "members_transferred_in", "members_deceased", "members_transferred_out", "members_total",
    )}
    assert list(now.values()) == [then, 3, 1, 2, 1, then + 3 + 1 - 2 - 1]


# ── the command ──
def run():
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def test_loading_again_changes_nothing(loaded):
    models = [Unit, UnitSettings, Period, ClusterMember, User, UnitRole, Member, Membership, EnteredFigure, ReportText]
    before = [list(model.objects.order_by("pk").values()) for model in models]
    assert run().startswith("Hội mẫu đã có đủ, không thay đổi gì.\n")
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


def test_loading_again_neither_writes_over_nor_brings_back(loaded):
    khoi, period = loaded.units["HATINH-KHOI"], loaded.periods["2022"]
    entry = indicators.lookup()["members_total"]
    save_cell(unit=khoi, period=period, entry=entry, part="", cell=build.cell_value(entry, "", {"typed": "480"}))
    EnteredFigure.objects.get(unit=khoi, period=period, code="members_party").delete()
    user = User.objects.get(username="thuky")
    user.set_password("mot-mat-khau-khac")
    user.save()
    out = run()
    assert out.startswith("Hội mẫu đã có đủ, không thay đổi gì.\n")
    assert re.search(r"^thuky .*\(đã đổi\)$", out, re.M)
    assert EnteredFigure.objects.get(unit=khoi, period=period, code="members_total").value == 480
    assert not EnteredFigure.objects.filter(unit=khoi, period=period, code="members_party").exists()


def test_what_was_never_there_is_added(loaded):
    ReportText.objects.filter(section="NV").delete()
    ReportText.history.filter(section="NV").delete()
    assert run().startswith("Đã thêm vào hội mẫu: 3 lời văn của báo cáo.\n")


def test_every_report_stands_on_a_line_with_its_code_and_dates(loaded):
    lines = re.findall(r"^(\S+) +(\d{4}-\d\d-\d\d) +(\d{4}-\d\d-\d\d) +(.+)$", run(), re.M)
    assert [line[:3] for line in lines] == [
        ("TN-TRUONG", "2020-01-01", "2020-12-10"),
        ("HATINH-KHOI", "2022-01-01", "2022-11-30"),
        ("CUM3", "2023-01-01", "2023-10-10"),
        ("LB-NGOCTHUY", "2017-05-01", "2020-04-30"),
        ("LONGBIEN", "2017-05-01", "2020-05-31"),
        ("LG-THANHSON", "2024-12-01", "2025-11-30"),
        ("LG-THANHSON", "2025-12-01", "2026-11-30"),
        ("LAMGIANG", "2024-12-01", "2025-11-30"),
    ]


def test_production_refuses_the_demo(loaded, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="CCB_PRODUCTION=1"):
        run()
