"""What people may type: parts, units of measure, and names of indicators of their own."""

import os
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from pathlib import Path

import pytest

from reports.catalogue import ENTRIES, FLAGS, SECTIONS, UNITS, guess_section
from reports.catalogue.spelling import same_word_key

MERIT = ENTRIES["awards_central_merit"]
GIFTS = ENTRIES["gift_count"]
IN_KIND = ENTRIES["inkind_gifts"]
CERTIFICATE = ENTRIES["awards_certificate"]
DEBT = ENTRIES["vbsp_outstanding"]
ROOT = Path(__file__).resolve().parents[2]


def refused(call, *args, **kwargs) -> str:
    with pytest.raises(ValueError) as error:
        call(*args, **kwargs)
    return str(error.value)


def test_an_entry_cannot_be_changed_and_may_be_kept_in_a_set():
    with pytest.raises(FrozenInstanceError):
        MERIT.name = "khác"
    assert len(set(ENTRIES.values())) == 259


# Parts


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        (" ; ", ""),
        ("cá nhân", "cá nhân"),
        ("cá nhân; tổ chức Đại hội", "cá nhân; tổ chức Đại hội"),
        ("TỔ CHỨC  đại hội ;cá nhân;", "cá nhân; tổ chức Đại hội"),
        ("ca\u0301 nhân", "cá nhân"),
        ("tập thể; Phong trào  xóa nhà", "tập thể; Phong trào xóa nhà"),
        ("Phong trào xóa nhà; tập thể", "tập thể; Phong trào xóa nhà"),
    ],
)
def test_a_part_is_stored_with_its_known_spelling_in_the_order_of_the_dimensions(typed, stored):
    assert MERIT.check_part(typed) == stored
    assert MERIT.check_part(stored) == stored


def test_the_place_of_the_tone_mark_does_not_matter_but_the_mark_does():
    target = ENTRIES["target_rate_other"]
    assert target.check_part("Xoá nhà tạm, dột nát") == "xóa nhà tạm, dột nát"
    works = ENTRIES["small_infrastructure_items"]
    assert works.check_part("cổng") == "cổng"
    assert works.check_part("Cống") == "cống"


@pytest.mark.parametrize(("one", "other"), [("hoà", "hòa"), ("thuỷ", "Thủy"), ("quý", "qúy")])
def test_old_and_new_spelling_are_one_word(one, other):
    assert same_word_key(one) == same_word_key(other)


def test_a_value_that_stands_nowhere_is_refused_with_what_may_be_written():
    assert refused(ENTRIES["members_admitted"].check_part, "TNXP") == (
        "“Số hội viên mới kết nạp” không có phân tổ “TNXP”. Được ghi: diện (CCB, CQN)."
    )


def test_two_values_of_one_dimension_are_refused():
    assert refused(MERIT.check_part, "tập thể; cá nhân") == (
        "“Bằng khen của Trung ương Hội”: chỉ ghi một giá trị của phân tổ người nhận,"
        " đang có “tập thể” và “cá nhân”."
    )


def test_one_open_dimension_takes_one_value_of_its_own():
    assert refused(MERIT.check_part, "chuyên đề A; chuyên đề B").startswith(
        "“Bằng khen của Trung ương Hội” không có phân tổ “chuyên đề B”. Được ghi: người nhận"
    )
    assert refused(MERIT.check_part, "công tác năm; chuyên đề B").startswith(
        "“Bằng khen của Trung ương Hội” không có phân tổ “chuyên đề B”."
    )


def test_unlisted_values_fill_the_open_dimensions_in_order():
    assert CERTIFICATE.check_part("Sở Y tế; cá nhân; hiến máu") == "cá nhân; Sở Y tế; hiến máu"
    assert CERTIFICATE.check_part("hiến máu; khối") == "khối; hiến máu"
    assert [(d.name, value) for d, value in CERTIFICATE.split_part("hiến máu; khối")] == [
        ("nơi tặng", "khối"),
        ("chủ đề", "hiến máu"),
    ]


def test_an_unlisted_value_goes_to_the_required_dimension_first():
    optional, required = CERTIFICATE.parts[1], replace(CERTIFICATE.parts[2], required=True)
    entry = replace(CERTIFICATE, parts=(optional, required))
    assert entry.check_part("hiến máu") == "hiến máu"
    assert entry.split_part("hiến máu")[0][0] == required
    assert entry.check_part(entry.check_part("A; B")) == entry.check_part("A; B") == "A; B"


def test_what_has_no_whole_must_say_its_part():
    assert refused(IN_KIND.check_part, "phối hợp") == (
        "“Quà bằng hiện vật” phải ghi phân tổ loại hiện vật (gạo, con giống, cây giống, áo phao,"
        " biển báo, chăn, áo ấm, hoặc giá trị khác)."
    )
    assert IN_KIND.check_part("phối hợp; xe lăn") == "xe lăn; phối hợp"


def test_an_indicator_without_parts_takes_none():
    assert DEBT.check_part("") == ""
    assert refused(ENTRIES["branches"].check_part, "tập thể") == (
        "“Số chi hội” không tách theo phân tổ; hãy bỏ “tập thể”."
    )


def test_a_value_knows_its_dimension():
    assert GIFTS.dimension_of("27/7").name == "dịp"
    assert GIFTS.dimension_of("Phối hợp").name == "cách làm"
    assert GIFTS.dimension_of("Trung thu") is None
    assert MERIT.dimension_of("xóa nhà").name == "chủ đề"


# Units of measure


@pytest.mark.parametrize(
    ("code", "typed", "factor", "printed"),
    [
        ("members_total", "", "1", "đồng chí"),
        ("members_total", "Đồng chí", "1", "đồng chí"),
        ("members_total", "đ/c", "1", "đồng chí"),
        ("members_total", "hội viên", "1", "hội viên"),
        ("members_total", "lao động", "1", "lao động"),
        ("grassroots_associations", "hội", "1", "hội"),
        ("cqn_clubs", "clb", "1", "câu lạc bộ"),
        ("vbsp_outstanding", "đ", "1", "đồng"),
        ("vbsp_outstanding", "Tỷ  đồng", "1000000000", "đồng"),
        ("vbsp_outstanding", "tỉ đồng", "1000000000", "đồng"),
        ("land_donated_area", "m2", "1", "m²"),
        ("land_donated_area", "ha", "10000", "m²"),
        ("border_marker_road_length", "km", "1000", "m"),
        ("roads_km", "m", "0.001", "km"),
        ("internal_fund_per_member", "nghìn đồng/hội viên", "1000", "đồng/hội viên"),
        ("members_party_rate", "phần trăm", "1", "%"),
        ("units_with_party_committee_member_rate", "tổ chức", "1", "tổ chức"),
        ("target_members_admitted", "hội viên/năm", "1", "hội viên/năm"),
    ],
)
def test_a_unit_that_means_the_same_is_taken(code, typed, factor, printed):
    assert ENTRIES[code].accepts_unit(typed) == (True, Decimal(factor), printed, "")


@pytest.mark.parametrize(
    ("code", "typed", "message"),
    [
        (
            "members_total",
            "triệu đồng",
            "Tổng số hội viên tính bằng đồng chí, không ghi được “triệu đồng” (tiền)."
            " Hãy ghi: đồng chí, người, hội viên, đ/c.",
        ),
        (
            "members_total",
            "%",
            "Tổng số hội viên tính bằng đồng chí, không ghi được “%” (tỷ lệ phần trăm)."
            " Hãy ghi: đồng chí, người, hội viên, đ/c.",
        ),
        (
            "vbsp_outstanding",
            "hộ",
            "Dư nợ ủy thác Ngân hàng Chính sách xã hội tính bằng đồng, không ghi được “hộ”."
            " Hãy ghi: đồng, đ, VNĐ, nghìn đồng, triệu đồng, tỷ đồng.",
        ),
        (
            "land_donated_area",
            "km",
            "Diện tích đất hiến tính bằng m², không ghi được “km” (chiều dài)."
            " Hãy ghi: m², m2, ha.",
        ),
        (
            "members_party_rate",
            "điểm phần trăm",
            "Tỷ lệ hội viên là đảng viên tính bằng %, không ghi được “điểm phần trăm”"
            " (điểm phần trăm). Hãy ghi: %, phần trăm.",
        ),
        (
            "roads_km",
            "dặm",
            "Chiều dài đường giao thông làm mới, sửa chữa tính bằng km, không ghi được “dặm”."
            " Hãy ghi: km, m.",
        ),
    ],
)
def test_mixing_up_two_kinds_of_quantity_is_refused(code, typed, message):
    assert refused(ENTRIES[code].accepts_unit, typed) == message


@pytest.mark.parametrize(
    ("code", "typed", "printed", "warning"),
    [
        (
            "gift_count",
            "phần  quà",
            "phần quà",
            "Số suất quà tặng dịp lễ, tết thường tính bằng suất; ở đây ghi “phần quà”.",
        ),
        (
            "members_total",
            "chi hội",
            "chi hội",
            "Tổng số hội viên thường tính bằng đồng chí; ở đây ghi “chi hội”.",
        ),
        (
            "poverty_rate_change",
            "%",
            "điểm phần trăm",
            "“%” được hiểu là điểm phần trăm.",
        ),
        (
            "internal_fund_per_member",
            "đồng",
            "đồng/hội viên",
            "“đồng” được hiểu là đồng/hội viên.",
        ),
    ],
)
def test_another_word_for_a_count_and_a_shortened_unit_are_taken_with_a_warning(
    code, typed, printed, warning
):
    assert ENTRIES[code].accepts_unit(typed) == (True, Decimal(1), printed, warning)


def test_the_unit_of_things_in_kind_depends_on_the_thing():
    assert IN_KIND.accepts_unit("", "gạo; của Hội") == (True, 1, "kg", "")
    assert IN_KIND.accepts_unit("tấn", "gạo") == (True, 1000, "kg", "")
    assert IN_KIND.accepts_unit("cái", "áo phao") == (True, 1, "cái", "")
    assert "không ghi được “con”" in refused(IN_KIND.accepts_unit, "con", "gạo")
    assert "không ghi được “kg” (khối lượng)" in refused(IN_KIND.accepts_unit, "kg", "con giống")


def test_a_thing_of_ones_own_has_the_unit_that_was_typed_but_never_money():
    assert IN_KIND.accepts_unit("thùng", "mì tôm") == (True, 1, "thùng", "")
    assert IN_KIND.accepts_unit("tấn", "xi măng") == (True, 1000, "kg", "")
    assert IN_KIND.accepts_unit("", "mì tôm") == (
        *(True, 1, ""),
        "Quà bằng hiện vật: cần ghi rõ đơn vị tính.",
    )
    assert refused(IN_KIND.accepts_unit, "triệu đồng", "mì tôm") == (
        "Quà bằng hiện vật ghi theo từng loại, không ghi bằng tiền (“triệu đồng”)."
    )


def test_a_fraction_may_carry_the_unit_of_its_terms():
    rate = ENTRIES["branches_excellent_rate"]
    assert rate.accepts_unit("chi hội", fraction=True) == (True, 1, "chi hội", "")
    assert rate.accepts_unit("", fraction=True) == (True, 1, "%", "")
    overdue = ENTRIES["vbsp_overdue_rate"]
    assert overdue.accepts_unit("triệu đồng", fraction=True) == (True, 10**6, "đồng", "")
    assert "không ghi được “chi hội”" in refused(rate.accepts_unit, "chi hội")


def test_an_administrators_own_unit_counts_things():
    entry = replace(GIFTS, unit="thùng", unit_accepts=(), builtin=False)
    assert (entry.measure.decimals, entry.measure.is_measured) == (2, False)
    assert entry.accepts_unit("Thùng") == (True, 1, "thùng", "")
    assert entry.accepts_unit("gói").warning != ""
    assert "(tiền)" in refused(entry.accepts_unit, "đồng")


def test_every_unit_takes_its_own_name_spellings_and_multiples():
    for unit in UNITS.values():
        entry = replace(GIFTS, unit=unit.unit, unit_accepts=())
        if unit.cls == "by_part":
            continue
        assert entry.accepts_unit(unit.unit) == (True, 1, unit.unit, "")
        assert {entry.accepts_unit(s)[1:4:2] for s in unit.accepts} <= {(Decimal(1), "")}
        for name, factor in unit.scaled.items():
            assert entry.accepts_unit(name) == (True, factor, unit.unit, "")


# Whom it concerns


@pytest.mark.parametrize(
    ("code", "level", "place", "flags", "concerned"),
    [
        ("members_total", "CHI_HOI", "workplace", (), True),
        ("members_total", "PHAN_HOI", "territorial", (), False),
        ("poor_households", "CO_SO", "territorial", (), True),
        ("poor_households", "CO_SO", "workplace", (), False),
        ("members_unit_leaders", "CO_SO", "territorial", (), False),
        ("members_unit_leaders", "CO_SO", "workplace", (), True),
        ("members_unit_leaders", "TINH", "territorial", (), True),
        ("border_patrols", "CO_SO", "territorial", (), False),
        ("border_patrols", "CO_SO", "territorial", ["uy_thac", "bien_gioi"], True),
        ("border_patrols", "TINH", "territorial", (), False),
        ("cluster_member_units", "CUM", "territorial", {"cum_thi_dua"}, True),
        ("cluster_member_units", "TINH", "territorial", set(FLAGS), False),
    ],
)
def test_an_indicator_is_asked_only_of_units_it_concerns(code, level, place, flags, concerned):
    assert ENTRIES[code].concerns_unit(level, place, flags) is concerned


# Names of indicators that come in with an import

INVENTED = {
    "Số hội viên là người theo đạo": "A",
    "Số hội viên trên 90 tuổi": "A",
    "Số cuộc tiếp xúc cử tri có hội viên dự": "1",
    "Số lượt góp ý dự thảo luật": "1",
    "Số bò giống hỗ trợ hộ nghèo": "2",
    "Số nhà đại đoàn kết bàn giao": "2",
    "Số suất học bổng trao cho con hội viên": "3",
    "Số tiền ủng hộ Trường Sa": "3",
    "Số lượt hội viên hiến máu nhân đạo": "3",
    "Số camera an ninh lắp đặt": "4",
    "Số mét đường bê tông tự làm": "4",
    "Số lượt người ra quân làm sạch bãi biển": "4",
    "Số buổi kể chuyện truyền thống cho học sinh": "5",
    "Số buổi giao lưu với Đoàn Thanh niên": "5",
    "Số chi hội có nhà sinh hoạt riêng": "6",
    "Số cuộc kiểm tra chi hội": "6",
    "Hội thao bóng chuyền hơi": "7",
    "Số tập thể được tặng Cờ thi đua của tỉnh": "7",
    "Số chỉ tiêu vượt kế hoạch": "8",
    "Số hội nghị giao ban cụm": "9",
}


@pytest.mark.parametrize(("name", "section"), INVENTED.items())
def test_an_invented_name_goes_where_its_like_stand(name, section):
    assert guess_section(name) == section


def test_every_known_name_goes_to_its_own_section_nearly_always():
    right = [e for e in ENTRIES.values() if guess_section(e.name) == e.section]
    assert len(right) >= 0.9 * len(ENTRIES)
    assert {guess_section(e.name) for e in ENTRIES.values()} == set(SECTIONS)


@pytest.mark.parametrize("name", ["", "   ", "123", "Zzz qwx", "Số hội viên"])
def test_a_name_that_says_nothing_goes_to_section_3(name):
    assert guess_section(name) == "3"


def test_the_guess_is_the_same_in_every_process():
    program = (
        "from reports.catalogue import guess_section\n"
        f"print(*(guess_section(name) for name in {list(INVENTED)!r}))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        == list(INVENTED.values())
        for seed in ("1", "2")
    }
    assert answers == {True}
