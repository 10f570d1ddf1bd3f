"""What a reader would stumble over in a sentence: counting twice, splits that say nothing, names that meet numbers."""

from dataclasses import replace
from decimal import Decimal

from reports.prose.quantities import money

from .prose_figures import CO_SO, TINH, number, text


def test_a_change_with_one_reason_names_it_without_counting_again():
    assert text(number("members_decrease", 1), number("members_deceased", 1)) == (
        "Trong kỳ, toàn Hội giảm 01 hội viên (từ trần)."
    )
    assert text(number("members_decrease", 3), number("members_deceased", 2), number("members_left", 1)) == (
        "Trong kỳ, toàn Hội giảm 03 hội viên, gồm 02 hội viên từ trần và 01 hội viên xin ra khỏi Hội."
    )


def test_a_part_that_is_all_of_its_whole_is_said_in_words():
    assert text(number("tradition_talks", 5), number("tradition_talks", 5, "của Hội")) == (
        "Hội phối hợp tổ chức 05 buổi nói chuyện truyền thống, đều do Hội tổ chức."
    )
    assert text(number("members_increase", 1), number("members_admitted", 1), number("members_admitted", 1, "CQN")) == (
        "Trong kỳ, toàn Hội tăng 01 hội viên (mới kết nạp là cựu quân nhân)."
    )


def test_who_led_the_supervision_is_the_subject():
    assert text(number("supervision_sessions", 3, "chủ trì")) == "Hội chủ trì 03 cuộc giám sát."


def test_a_rating_goes_on_in_the_same_breath():
    assert text(
        number("branches_excellent", 2), number("branches_good", 5), number("branches_completed", 1), context=CO_SO
    ) == (
        "Có 02 chi hội hoàn thành xuất sắc nhiệm vụ, 05 chi hội hoàn thành tốt nhiệm vụ, không kể số xuất sắc, "
        "01 chi hội hoàn thành nhiệm vụ."
    )


def split(*named):
    return lambda _code: [(name, number("labor_days", value)) for name, value in named]


def test_only_what_was_done_is_split_by_unit_and_only_above_the_grassroots():
    units = split(("xã An", 3), ("xã Bình", 4))
    days, members = number("labor_days", 7), number("members_cqn", 7)
    assert text(days, context=replace(TINH, breakdown=units)) == "Hội viên góp 07 ngày công, trong đó xã An 03 ngày công, xã Bình 04 ngày công."
    assert text(days, context=replace(CO_SO, breakdown=units)) == "Hội viên góp 07 ngày công."
    assert "xã An" not in text(members, context=replace(TINH, breakdown=units))


def test_a_name_that_ends_in_a_digit_never_meets_a_number():
    units = split(("khối 1", 3), ("khối 2", 4))
    assert text(number("labor_days", 7), context=replace(TINH, breakdown=units)).endswith(
        "trong đó khối 1 có 03 ngày công, khối 2 có 04 ngày công."
    )


def test_names_too_long_for_a_list_leave_the_split_to_the_appendix():
    units = split(("công ty " + "rất dài " * 6, 3), ("xã Bình", 4))
    assert text(number("labor_days", 7), context=replace(TINH, breakdown=units)) == "Hội viên góp 07 ngày công."


def test_an_incomplete_sum_among_complete_ones_is_named_with_who_is_missing_unless_the_opening_said_so():
    context = replace(TINH, missing_units=lambda code: ["An Bình"])
    figures = [number("supervision_sessions", 40, have=25, expected=26), number("dialogue_sessions", 3, have=26, expected=26)]
    assert text(*figures, context=context).endswith("Số cuộc giám sát mới tổng hợp của 25/26 tổ chức cơ sở Hội, chưa có số liệu của An Bình.")
    told = replace(context, known_missing=frozenset({"An Bình"}))
    assert text(*figures, context=told).endswith("Số cuộc giám sát mới tổng hợp của 25/26 tổ chức cơ sở Hội.")


def test_a_group_that_joins_a_sentence_begins_small():
    said = text(number("members_total", 40), number("members_party", 3), number("members_female", 2), context=TINH)
    assert "; Trong" not in said


def test_large_sums_have_no_more_than_three_decimals():
    assert [money(Decimal(value), "đồng", "million") for value in (7_318_300_000, 10_797_000_000, 4_093_700_000_000, 1_000_000_001)] == [
        "7 tỷ 318,3 triệu đồng", "10,797 tỷ đồng", "4.093,7 tỷ đồng", "1.000.000.001 đồng",
    ]
