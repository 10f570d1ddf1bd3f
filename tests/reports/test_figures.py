"""The rules of a unit's value, one by one."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from emulation.services import set_cluster_members
from members.models import Period, PeriodDates, UnitSettings
from members.scoping import Scope, _open, all_units
from members.services import found_unit, register_member
from members.vietnamese import PartialDate
from reports import indicators
from reports.figures import FigureSet, State, figure, rows_behind
from reports.services.cell_store import save_cell
from reports.services.cells import confirm_section, disagreements, read_cell
from reports.services.periods import make_period

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything():
    with all_units("figures are tested across units"):
        yield


@pytest.fixture
def khoi():
    return found_unit(code="KHOI", name="Hội CCB Khối cơ quan", level="CUM", kind="khoi")


@pytest.fixture
def offices(khoi):
    return [found_unit(code=f"CQ{i}", name=f"Hội CCB Cơ quan {i}", level="CO_SO", kind="co_quan", parent=khoi) for i in range(3)]


@pytest.fixture
def year():
    return make_period(date(2022, 1, 1), date(2022, 11, 30))


def put(unit, period, code, text, part="", **options):
    entry = indicators.lookup()[code]
    cell = read_cell(entry, text, part=part, **options)
    return save_cell(unit=unit, period=period, entry=entry, part=entry.check_part(part), cell=cell)


def test_a_typed_number_stands_for_the_unit_and_all_below_it(khoi, offices, year):
    for office in offices:
        put(office, year, "supervision_sessions", 5)
    put(khoi, year, "supervision_sessions", 40)
    found = figure("supervision_sessions", khoi, year)
    assert (found.value, found.source, found.have, found.expected) == (40, "entered", 0, 0)
    assert FigureSet(khoi, year).by_records("supervision_sessions").value == 15


def test_without_a_typed_number_the_subordinates_add_up_and_say_how_many_they_are(khoi, offices, year):
    for office, number in zip(offices, (5, 7), strict=False):
        put(office, year, "supervision_sessions", number)
    found = figure("supervision_sessions", khoi, year)
    assert (found.value, found.have, found.expected, found.source) == (12, 2, 3, "sum")
    assert [u.code for u in FigureSet(khoi, year).missing_units("supervision_sessions")] == ["CQ2"]


def test_removing_one_number_changes_the_count_of_units(khoi, offices, year):
    for office in offices:
        put(office, year, "supervision_sessions", 1)
    assert figure("supervision_sessions", khoi, year).have == 3
    save_cell(unit=offices[0], period=year, entry=indicators.lookup()["supervision_sessions"], part="", cell=None)
    after = figure("supervision_sessions", khoi, year)
    assert (after.value, after.have, after.expected) == (2, 2, 3)


def test_empty_is_not_zero_until_the_section_is_confirmed(khoi, offices, year):
    assert figure("supervision_sessions", offices[0], year).state == State.MISSING
    confirm_section(unit=offices[0], period=year, section="1", by=None)
    found = figure("supervision_sessions", offices[0], year)
    assert (found.state, found.value) == (State.NUMBER, 0)
    assert figure("supervision_sessions", khoi, year).have == 1


def test_a_typed_zero_is_a_number(offices, year):
    put(offices[0], year, "supervision_sessions", "0")
    assert figure("supervision_sessions", offices[0], year).value == 0


def test_words_for_done_without_a_number_are_a_state_of_their_own(khoi, offices, year):
    put(offices[0], year, "economic_models", "hàng nghìn")
    found = figure("economic_models", offices[0], year)
    assert (found.state, found.words, found.value) == (State.WORDS, "hàng nghìn", None)


def test_a_rate_is_the_ratio_of_the_sums_of_the_units_that_have_both_terms(khoi, offices, year):
    for office, (members, party) in zip(offices, ((10, 9), (30, 15), (7, None)), strict=True):
        put(office, year, "members_total", members)
        if party is not None:
            put(office, year, "members_party", party)
    found = figure("members_party_rate", khoi, year)
    assert (found.value, found.denominator, found.rate) == (24, 40, Decimal(60))
    assert (found.have, found.expected) == (2, 3)


def test_a_typed_rate_is_kept_beside_the_computed_one(khoi, offices, year):
    put(khoi, year, "members_total", "476")
    put(khoi, year, "members_party", "389")
    put(khoi, year, "members_party_rate", "hơn 80%")
    found = figure("members_party_rate", khoi, year)
    assert (found.value, found.denominator, found.typed, found.typed_as) == (389, 476, 80, "hơn 80%")


def test_a_typed_rate_without_terms_stands_alone_and_does_not_roll_up(khoi, offices, year):
    put(offices[0], year, "members_party_rate", "99,34%")
    assert figure("members_party_rate", offices[0], year).rate == Decimal("99.34")
    assert figure("members_party_rate", khoi, year).state == State.MISSING


def test_a_fraction_stores_both_terms(khoi, offices, year):
    put(khoi, year, "units_with_party_committee_member_rate", "16/26")
    found = figure("units_with_party_committee_member_rate", khoi, year)
    assert (found.value, found.denominator, found.source) == (16, 26, "entered")


def test_parts_typed_without_a_whole_add_up_to_it_and_to_coarser_parts(khoi, offices, year):
    for part, number in (("tập thể; tổ chức Đại hội", 1), ("cá nhân; tổ chức Đại hội", 1), ("tập thể; CCB gương mẫu", 2), ("cá nhân; CCB gương mẫu", 2)):
        put(khoi, year, "awards_provincial_merit", number, part)
    figures = FigureSet(khoi, year)
    assert figures.get("awards_provincial_merit").value == 6
    assert figures.get("awards_provincial_merit", "tập thể").value == 3
    assert len(figures.parts("awards_provincial_merit")) == 4


def test_parts_never_add_to_a_whole_that_was_typed(khoi, offices, year):
    put(khoi, year, "awards_provincial_merit", 10)
    put(khoi, year, "awards_provincial_merit", 4, "tập thể; CCB gương mẫu")
    assert figure("awards_provincial_merit", khoi, year).value == 10


def test_a_computed_sum_with_a_missing_term_is_missing(khoi, offices, year):
    put(offices[0], year, "members_admitted", 5)
    assert figure("members_increase", offices[0], year).state == State.MISSING
    put(offices[0], year, "members_transferred_in", 2)
    put(offices[0], year, "members_merged_in", 0)
    assert figure("members_increase", offices[0], year).value == 7


def test_an_estimate_stays_marked_to_the_top(khoi, offices, year):
    put(offices[0], year, "supervision_sessions", "ước 10")
    put(offices[1], year, "supervision_sessions", "5")
    found = figure("supervision_sessions", khoi, year)
    assert (found.value, found.estimate, found.estimated) == (15, True, 10)


def test_a_unit_without_frontier_is_not_expected_to_patrol_it(year):
    country = found_unit(code="TW", name="Trung ương Hội", level="TRUNG_UONG", kind="trung_uong")
    cluster = found_unit(code="CUM3", name="Cụm thi đua số 3", level="CUM", kind="cum_thi_dua", parent=country)
    provinces = [found_unit(code=f"T{i}", name=f"Hội CCB tỉnh {i}", level="TINH", kind="tinh", parent=country) for i in range(6)]
    set_cluster_members(cluster=cluster, year=2022, units=provinces)
    for i, province in enumerate(provinces):
        UnitSettings.objects.create(unit=province, frontier=i < 2)
    put(provinces[0], year, "border_patrols", 265)
    put(provinces[1], year, "border_patrols", 500)
    found = figure("border_patrols", cluster, year)
    assert (found.value, found.have, found.expected) == (765, 2, 2)
    assert figure("border_patrols", provinces[5], year).state == State.NOT_CONCERNED
    assert figure("cluster_member_units", cluster, year).value == 6
    assert figure("border_patrols", cluster, make_period(date(2023, 1, 1), date(2023, 12, 31))).state != State.NUMBER


def test_members_are_counted_from_the_register_at_the_end_of_the_cut_off_day(year):
    commune = found_unit(code="X", name="Hội CCB xã A", level="CO_SO", kind="xa")
    branch = found_unit(code="X1", name="Chi hội 1", level="CHI_HOI", kind="chi_hoi", parent=commune)
    register_member(unit=branch, name="Nguyễn Văn An", sex="nam", admitted_on=PartialDate(2022, 11, 30), reason="ket_nap")
    register_member(unit=branch, name="Trần Văn Bình", sex="nam", admitted_on=PartialDate(2022, 12, 1), reason="ket_nap")
    leaver = register_member(unit=branch, name="Lê Thị Cúc", sex="nu", admitted_on=PartialDate(2000), is_party=True)
    spell = leaver.spells.get()
    spell.ends_on, spell.reason_out = date(2022, 11, 30), "tu_tran"
    spell.save()
    figures = FigureSet(commune, year)
    assert {c: figures.get(c).value for c in ("members_opening", "members_total", "members_admitted", "members_deceased", "members_party", "branches")} == {
        "members_opening": 1, "members_total": 1, "members_admitted": 1, "members_deceased": 1, "members_party": 0, "branches": 1}
    assert figures.get("members_by_age", "chưa rõ").value == 1
    assert [m.member_name for m in rows_behind("members_total", commune, year)] == ["Nguyễn Văn An"]


def test_each_branch_counts_within_its_own_dates(year):
    commune = found_unit(code="X", name="Hội CCB xã A", level="CO_SO", kind="xa")
    branch = found_unit(code="X1", name="Chi hội 1", level="CHI_HOI", kind="chi_hoi", parent=commune)
    register_member(unit=branch, name="Lê Văn Cả", sex="nam", admitted_on=PartialDate(2000))
    register_member(unit=branch, name="Nguyễn Văn An", sex="nam", admitted_on=PartialDate(2022, 11, 20), reason="ket_nap")
    assert figure("members_admitted", commune, year).value == 1
    PeriodDates.objects.create(period=year, unit=branch, starts_on=date(2022, 1, 1), ends_on=date(2022, 11, 15))
    assert figure("members_admitted", commune, year).value == 0


def test_a_term_is_the_sum_of_its_years_when_the_unit_typed_years(offices, year):
    second = make_period(date(2023, 1, 1), date(2023, 12, 31))
    term = Period.objects.create(kind="nhiem_ky", year=2023, label="nhiệm kỳ 2022 - 2023", starts_on=year.starts_on, ends_on=second.ends_on)
    term.parts.set([year, second])
    put(offices[0], year, "supervision_sessions", 4)
    assert figure("supervision_sessions", offices[0], term).state == State.MISSING
    put(offices[0], second, "supervision_sessions", 6)
    assert figure("supervision_sessions", offices[0], term).value == 10
    put(offices[0], term, "supervision_sessions", 11)
    assert figure("supervision_sessions", offices[0], term).value == 11


def test_the_previous_period_of_the_same_kind_stands_beside_a_figure(offices, year):
    before = make_period(date(2021, 1, 1), date(2021, 12, 31))
    put(offices[0], before, "supervision_sessions", 4)
    put(offices[0], year, "supervision_sessions", 6)
    assert figure("supervision_sessions", offices[0], year).previous.value == 4


def test_asking_for_a_unit_outside_the_scope_is_refused(khoi, offices, year):
    with _open(Scope((offices[0].path,))), pytest.raises(PermissionDenied):
        figure("members_total", offices[1], year)


def test_a_figure_does_not_depend_on_who_asks(khoi, offices, year):
    for office in offices:
        put(office, year, "supervision_sessions", 5)
    with _open(Scope((khoi.path,))):
        assert figure("supervision_sessions", khoi, year).value == 15


def test_a_part_above_its_whole_and_an_entry_above_the_one_it_belongs_to_are_contradictions(khoi, offices, year):
    put(khoi, year, "members_total", 100)
    put(khoi, year, "members_party", 101)
    put(khoi, year, "awards_provincial_merit", 3)
    put(khoi, year, "awards_provincial_merit", 2, "tập thể; CCB gương mẫu")
    put(khoi, year, "awards_provincial_merit", 2, "cá nhân; CCB gương mẫu")
    found = disagreements(khoi, year, indicators.lookup())
    assert sorted(code for code, _, _ in found) == ["awards_provincial_merit", "members_party"]


@pytest.mark.parametrize(
    ("code", "text", "options"),
    [
        ("supervision_sessions", "hỏi đồng chí Tư", {}), ("supervision_sessions", "12 13", {}), ("supervision_sessions", "1,5", {}), ("supervision_sessions", "-3", {}),
        ("members_party", "26/16", {}), ("orgs_excellent_rate", "27/26", {}), ("gift_value", "1,5 đồng", {}),
        ("members_total", "5 km", {}),
    ],
)
def test_what_no_cell_can_hold_is_refused_in_vietnamese(code, text, options):
    with pytest.raises(ValueError, match=r"[ăâđêôơưáàảãạ]"):
        read_cell(indicators.lookup()[code], text, **options)


@pytest.mark.parametrize(
    ("code", "text", "options", "value", "denominator"),
    [
        ("vbsp_outstanding", "4.093,7 tỷ", {}, 4093700000000, None), ("ntm_contribution_value", "10 tỷ 797 triệu đồng", {}, 10797000000, None),
        ("gift_value", "10,4", {"measure": "tỷ đồng"}, 10400000000, None), ("orgs_excellent_rate", "8", {"denominator": 26, "measure": "tổ chức"}, 8, 26),
        ("orgs_excellent_rate", "30,7", {"denominator": 26, "measure": "%"}, 8, 26), ("exemplary_members", "476/476", {}, 476, 476),
        ("members_total", "03 đồng chí", {}, 3, None), ("land_donated_area", "155.514 m2", {}, 155514, None),
    ],
)
def test_numbers_are_read_as_people_write_them(code, text, options, value, denominator):
    cell = read_cell(indicators.lookup()[code], text, **options)
    assert (cell.value, cell.denominator) == (value, denominator)


@pytest.mark.parametrize(
    ("code", "column", "said"),
    [
        ("own_rating", "text", "^Lời ghi dài {} chữ"), ("supervision_sessions", "text", "Dài quá 200 chữ cái"),
        ("supervision_sessions", "note", "^Lời ghi thay cho số dài {} chữ"),
    ],
)
@pytest.mark.parametrize("length", [200, 201, 300])
def test_words_instead_of_a_number_are_kept_whole_or_refused(code, column, said, length):
    text = "hàng chục " + "đ" * (length - 10)
    columns = {"text": "", column: text}
    if length > 200:
        with pytest.raises(ValueError, match=said.format(length)):
            read_cell(indicators.lookup()[code], **columns)
    else:
        cell = read_cell(indicators.lookup()[code], **columns)
        assert (cell.state, cell.words, cell.as_typed) == (State.WORDS, text, text)


def test_a_note_beside_a_number_has_300_letters_with_what_the_program_adds():
    entries = indicators.lookup()
    assert len(read_cell(entries["supervision_sessions"], "3", note="đ" * 300).note) == 300
    with pytest.raises(ValueError, match=r"^Ghi chú dài 301 chữ\. Hãy ghi ngắn lại, nhiều nhất 300 chữ\.$"):
        read_cell(entries["supervision_sessions"], "3", note="đ" * 301)
    with pytest.raises(ValueError, match=r"^Ghi chú, kể cả lời thêm về cách tính, dài 305 chữ"):
        read_cell(entries["orgs_excellent_rate"], "30,7", denominator=26, measure="%", note="đ" * 294)


def test_the_fourth_state_can_be_typed(offices, year):
    put(offices[0], year, "supervision_sessions", "x")
    assert figure("supervision_sessions", offices[0], year).state == State.NOT_CONCERNED
    assert read_cell(indicators.lookup()["supervision_sessions"], "") is None
    assert read_cell(indicators.lookup()["supervision_sessions"], "", note="có, không nêu số").state == State.WORDS


def test_a_term_whose_years_concern_nobody_concerns_nobody(offices, year):
    term = Period.objects.create(kind="nhiem_ky", year=2022, label="nhiệm kỳ", starts_on=date(2021, 1, 1), ends_on=date(2022, 12, 31))
    term.parts.set([year])
    put(offices[0], year, "supervision_sessions", "x")
    assert figure("supervision_sessions", offices[0], term).state == State.NOT_CONCERNED


def test_a_typed_rate_gives_way_only_to_terms_known_in_full(khoi, offices, year):
    put(khoi, year, "members_party_rate", "95%")
    put(offices[0], year, "members_party", 1)
    put(offices[0], year, "members_total", 10)
    assert figure("members_party_rate", khoi, year).rate == 95
    for office in offices[1:]:
        put(office, year, "members_party", 9)
        put(office, year, "members_total", 10)
    found = figure("members_party_rate", khoi, year)
    assert (found.value, found.denominator, found.typed) == (19, 30, 95)


def test_a_rate_stands_on_the_units_that_have_both_terms(khoi, offices, year):
    put(offices[0], year, "members_party", 9)
    put(offices[1], year, "members_party", 1)
    put(offices[1], year, "members_total", 10)
    put(offices[2], year, "members_total", 10)
    found = figure("members_party_rate", khoi, year)
    assert (found.value, found.denominator) == (1, 10)


def test_parts_of_which_one_has_no_number_make_no_number(khoi, year):
    put(khoi, year, "supervision_sessions", 5, part="chủ trì")
    assert figure("supervision_sessions", khoi, year).value == 5
    put(khoi, year, "supervision_sessions", "có", part="phối hợp")
    assert figure("supervision_sessions", khoi, year).state == State.WORDS


def test_a_share_above_a_hundred_and_a_part_above_an_upper_bound_are_contradictions(khoi, year):
    put(khoi, year, "members_party_rate", "120%")
    assert [code for code, _, _ in disagreements(khoi, year, indicators.lookup())] == ["members_party_rate"]
    put(khoi, year, "members_party_rate", "90%")
    put(khoi, year, "supervision_sessions", "dưới 3")
    put(khoi, year, "supervision_sessions", 50, part="chủ trì")
    assert {(code, part) for code, part, _ in disagreements(khoi, year, indicators.lookup())} >= {("supervision_sessions", "chủ trì")}
