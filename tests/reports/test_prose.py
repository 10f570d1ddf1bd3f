"""Report sentences: every figure said, nothing missing said, and in readable Vietnamese."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from members.vietnamese import format_number
from reports.catalogue import ENTRIES
from reports.prose.patterns import patterns

from .prose_figures import (
    CHI_HOI,
    CO_SO,
    CUM,
    SAID,
    SOURCE_MAP,
    TINH,
    Figure,
    assert_readable,
    from_source,
    key,
    links,
    number,
    paragraphs,
    sentences,
    text,
    words,
)

# The catalogue


def test_every_printed_indicator_has_a_phrase_and_a_place_in_a_group():
    grouped = {code for group in patterns().groups for code in group.codes}
    followers = {code for phrase in patterns().phrases.values() for code in phrase.withs}
    printed = {entry.code for entry in SAID}
    assert printed - set(patterns().phrases) == set()
    assert printed - grouped - followers == set()
    assert (grouped | followers | set(patterns().phrases)) - set(ENTRIES) == set()


@pytest.mark.parametrize("entry", SAID, ids=lambda entry: entry.code)
def test_each_indicator_alone_is_said_as_a_number_in_words_held_and_as_zero(entry):
    part = next((d.values[0] for d in entry.parts if d.required), "")
    for figure in (
        Figure(entry, part, value=Decimal(7), unit=entry.unit),
        Figure(entry, part, value=Decimal(7), unit=entry.unit, held=True),
        Figure(entry, part, value=Decimal(0), unit=entry.unit),
        Figure(entry, part, state="words", words="", unit=entry.unit),
        Figure(entry, part, state="words", words="hàng nghìn", unit=entry.unit),
    ):
        found = paragraphs(figure)
        assert links(found) == {key(figure)}
        assert_readable(found)


@pytest.mark.parametrize("entry", [e for e in SAID if e.parts], ids=lambda entry: entry.code)
def test_each_indicator_prints_every_value_of_its_parts(entry):
    for dimension in entry.parts:
        figures = [
            Figure(entry, value, value=Decimal(3), unit=entry.unit) for value in dimension.values
        ]
        found = paragraphs(*figures)
        assert links(found) == {key(figure) for figure in figures}
        assert_readable(found)


@st.composite
def sections(draw):
    """Some indicators of the catalogue with figures of every state, wholes and parts."""
    chosen = draw(
        st.lists(st.sampled_from(SAID), min_size=1, max_size=25, unique_by=lambda e: e.code)
    )
    figures = []
    for entry in chosen:
        required = [d for d in entry.parts if d.required]
        cells = [] if required else [""]
        dimensions = required or list(entry.parts)
        if dimensions and draw(st.booleans()):
            cells += list(dimensions[0].values[: draw(st.integers(1, 3))])
        for part in cells or [required[0].values[0]]:
            state = draw(st.sampled_from(["number"] * 6 + ["words", "zero", "held", "missing"]))
            value = Decimal(draw(st.integers(1, 99999)))
            base = Figure(
                entry,
                part,
                value=value,
                unit=entry.unit,
                have=draw(st.sampled_from([0, 24, 26])),
                expected=26,
            )
            if state == "words":
                base = replace(
                    base,
                    state="words",
                    value=None,
                    words=draw(st.sampled_from(["", "nhiều", "có"])),
                )
            elif state == "zero":
                base = replace(base, value=Decimal(0))
            elif state == "held":
                base = replace(base, held=True)
            elif state == "missing":
                base = replace(base, state="missing", value=None)
            figures.append(base)
    return figures


@settings(max_examples=60, deadline=None)
@given(figures=sections(), context=st.sampled_from([CHI_HOI, CO_SO, TINH, CUM]))
def test_any_mixture_says_every_figure_that_is_there_and_none_that_is_not(figures, context):
    found = paragraphs(*figures, context=context)
    assert links(found) == {key(figure) for figure in figures if figure.state != "missing"}
    assert_readable(found)
    for figure in figures:
        plain = figure.entry.kind != "ratio" and figure.entry.unit not in ("đồng", "đồng/năm")
        if (
            plain
            and figure.state == "number"
            and figure.value
            and not figure.held
            and figure.entry.print != "words"
        ):
            printed = " ".join(
                run.text for p in found for run in p.runs if run.figure == key(figure)
            )
            assert format_number(figure.value) in printed
    assert found == paragraphs(*figures, context=context)


# The five documents


needs_sources = pytest.mark.skipif(
    not SOURCE_MAP.exists(), reason="the five documents are not here"
)


@needs_sources
@pytest.mark.parametrize("source", ["000", "001", "003", "004"])
def test_the_figures_of_a_real_report_are_all_said(source):
    figures = from_source(source)
    found = paragraphs(*figures, context=CO_SO if source in ("000", "003") else TINH)
    assert links(found) == {key(figure) for figure in figures}
    assert_readable(found)
    assert max(len(sentence.split()) for sentence in sentences(found)) <= 70


@needs_sources
def test_deeds_kept_without_a_number_are_told_as_deeds():
    deeds = [
        f
        for f in from_source("000")
        if f.entry.code in ("anniversary_seminars", "heritage_trips", "martyr_cemetery_care")
    ]
    assert (
        text(*deeds)
        == "Hội tổ chức tọa đàm kỷ niệm 30/4; thăm chiến trường xưa; viếng nghĩa trang liệt sĩ."
    )


def test_gifts_without_a_count_name_the_day_and_the_receivers():
    assert text(words("gift_count", part="27/7; thương binh, bệnh binh")) == (
        "Hội tặng quà dịp 27/7 cho thương binh, bệnh binh."
    )


def test_words_that_measure_stand_in_the_place_of_the_number():
    assert text(words("economic_models", "hàng nghìn"), context=CUM) == (
        "Hội viên duy trì hàng nghìn mô hình sản xuất, kinh doanh giỏi."
    )
    assert text(words("prevented_spending_note", "nhiều chục tỷ đồng")) == (
        "Hội lên tiếng ngăn việc chi nhiều chục tỷ đồng chưa hợp lý."
    )


@needs_sources
def test_members_and_party_members_stand_in_one_sentence_with_the_computed_rate():
    figures = [f for f in from_source("001") if f.entry.section == "A"]
    assert text(*figures, context=TINH) == (
        "Toàn Hội có 476 hội viên sinh hoạt ở 26 tổ chức cơ sở Hội, "
        "trong đó 389 đồng chí là đảng viên (389/476, bằng 81,7%)."
    )


@needs_sources
def test_awards_without_a_total_name_receivers_topic_by_topic():
    awards = [f for f in from_source("001") if f.entry.code == "awards_provincial_merit"]
    assert text(*awards, context=TINH) == (
        "Hội Cựu chiến binh tỉnh, thành phố tặng Bằng khen về tổ chức Đại hội cho 01 tập thể và 01 cá nhân, "
        "về phong trào thi đua “Cựu chiến binh gương mẫu” cho 02 tập thể và 02 cá nhân."
    )


def test_patrols_are_one_clause_with_the_two_provinces_behind():
    below = {
        "border_patrols": [
            ("Cao Bằng", number("border_patrols", 265)),
            ("Lạng Sơn", number("border_patrols", 500)),
        ],
        "border_patrol_participants": [
            ("Cao Bằng", number("border_patrol_participants", 1855)),
            ("Lạng Sơn", number("border_patrol_participants", 6000)),
        ],
    }
    context = replace(CUM, breakdown=lambda code: below.get(code, []))
    assert text(
        number("border_patrols", 765), number("border_patrol_participants", 7855), context=context
    ) == (
        "Các cấp Hội trong Cụm phối hợp tuần tra biên giới 765 lần với 7.855 lượt hội viên tham gia, "
        "trong đó Cao Bằng 265 lần với 1.855 lượt, Lạng Sơn 500 lần với 6.000 lượt."
    )


# How a number is written


def test_zero_before_a_noun_below_ten_but_not_in_fractions_or_money():
    assert text(number("supervision_sessions", 8)) == "Hội tổ chức 08 cuộc giám sát."
    assert text(number("exemplary_members", 8, denominator=Decimal(9))) == (
        "Có 8/9 hội viên đạt danh hiệu Cựu chiến binh gương mẫu."
    )
    assert text(number("disaster_relief_amount", 2600000)) == (
        "Hội viên ủng hộ đồng bào bị thiên tai, bão lụt 2.600.000 đồng."
    )


def test_money_is_written_one_way_in_a_section():
    assert text(
        number("houses_association_contribution", 8000000), number("houses_fund_raised", 86791000)
    ) == (
        "Toàn Hội hỗ trợ xây, sửa nhà 8 triệu đồng; vận động ủng hộ xóa nhà dột nát (Đề án 03) được 86,791 triệu đồng."
    )
    full = replace(CO_SO, money_style="full")
    assert text(number("disaster_relief_amount", 102350000), context=full).endswith(
        "bão lụt 102.350.000 đồng."
    )


def test_the_typed_unit_decides_the_sentence():
    assert (
        text(number("recruit_gifts_count", 27, unit="thanh niên"))
        == "Hội tặng quà 27 thanh niên nhập ngũ."
    )
    assert (
        text(number("recruit_gifts_count", 27)) == "Hội tặng 27 suất quà cho thanh niên nhập ngũ."
    )
    assert text(number("houses_eliminated", 2, unit="gia đình")) == (
        "Toàn Hội xóa nhà tạm, nhà dột nát cho 02 gia đình hội viên."
    )


def test_qualifiers_and_estimates_stay_beside_the_number():
    assert text(number("members_dept_heads", 180, unit="hội viên", qualifier="hơn")) == (
        "Hội có hơn 180 hội viên là trưởng, phó phòng và tương đương."
    )
    assert (
        text(number("gift_count", 1200, estimate=True))
        == "Hội tặng ước 1.200 suất quà dịp lễ, tết."
    )
    assert text(number("gift_count", 1200, estimate=True, estimated=Decimal(300))) == (
        "Hội tặng 1.200 suất quà dịp lễ, tết (trong đó ước 300 suất)."
    )


def test_a_typed_rate_is_printed_as_typed_and_marked_once():
    assert text(number("exemplary_members_rate", "99.34")) == (
        "Tỷ lệ hội viên đạt Cựu chiến binh gương mẫu là 99,34% (theo số đơn vị ghi)."
    )
    both = text(number("exemplary_members_rate", "99.34"), number("cultural_family_rate", "99.34"))
    assert both == (
        "Tỷ lệ hội viên đạt Cựu chiến binh gương mẫu là 99,34%, "
        "tỷ lệ gia đình hội viên đạt Gia đình văn hóa là 99,34%. "
        "Các tỷ lệ không kèm số đếm ghi theo số đơn vị báo cáo, chưa đối chiếu được với số đếm."
    )


def test_rates_of_one_whole_close_to_a_hundred():
    said = text(
        number("poor_households", 1),
        number("near_poor_households", 1),
        number("better_off_households", 1),
        number("poor_household_rate", 1, denominator=Decimal(3)),
        number("near_poor_household_rate", 1, denominator=Decimal(3)),
        number("better_off_household_rate", 1, denominator=Decimal(3)),
    )
    rates = [Decimal(rate.replace(",", ".")) for rate in re.findall(r"bằng ([\d,]+)%", said)]
    assert (len(rates), sum(rates)) == (3, 100)


def test_ratings_name_what_excellent_is_counted_with():
    assert text(
        number("orgs_excellent", 8),
        number("orgs_excellent_rate", 8, denominator=Decimal(26)),
        number("orgs_good", 18),
        number("orgs_good_rate", 18, denominator=Decimal(26)),
        context=TINH,
    ) == (
        "Có 08 tổ chức cơ sở Hội hoàn thành xuất sắc nhiệm vụ (8/26, bằng 30,8%), "
        "18 cơ sở hoàn thành tốt nhiệm vụ, không kể số xuất sắc (18/26, bằng 69,2%)."
    )


# Zeros, parts, coverage, comparisons


def test_a_zero_that_tells_something_is_said_and_the_others_are_gathered():
    assert text(number("poor_households", 0)) == "Hội không còn hộ hội viên nghèo."
    assert text(number("members_disciplined", 0)) == "Toàn Hội không có hội viên bị kỷ luật."
    assert text(number("social_criticism_sessions", 0), number("heritage_trips", 0)) == (
        "Trong kỳ không có: cuộc phản biện xã hội; chuyến về nguồn, thăm chiến trường xưa."
    )


def test_missing_and_not_concerned_leave_no_trace():
    gaps = [
        replace(number("gift_count", 0), state=state, value=None)
        for state in ("missing", "not_concerned")
    ]
    assert [paragraphs(gap) for gap in gaps] == [[], []]


def test_appendix_figures_stay_out_of_the_sentences():
    assert paragraphs(number("dues_remitted", 5000000)) == []


def test_parts_follow_their_whole_with_their_money_and_the_rest():
    assert text(
        number("gift_count", 100),
        number("gift_value", 30000000),
        number("gift_count", 60, "Tết Nguyên đán"),
        number("gift_value", 18000000, "Tết Nguyên đán"),
        number("gift_count", 30, "27/7"),
    ) == (
        "Hội tặng 100 suất quà dịp lễ, tết, trị giá 30 triệu đồng, trong đó 60 suất dịp Tết Nguyên đán "
        "(18 triệu đồng), dịp 27/7 có 30 suất, còn lại 10 suất."
    )


def test_parts_that_overlap_leave_no_rest():
    said = text(
        number("members_by_war_period", 5, "chống Pháp"),
        number("members_by_war_period", 50, "chống Mỹ"),
    )
    assert "còn lại" not in said
    assert "một hội viên có thể thuộc nhiều thời kỳ" in said


def test_sums_of_some_units_say_so_once():
    context = replace(TINH, missing_units=lambda code: ["An Bình", "Tân Lập"])
    figures = [
        number(code, 40, have=24, expected=26)
        for code in ("supervision_sessions", "draft_document_opinions")
    ]
    assert text(*figures, context=context).endswith(
        "Số liệu mục này tổng hợp của 24/26 tổ chức cơ sở Hội, chưa có số liệu của An Bình, Tân Lập."
    )


def test_comparisons_give_units_or_percentage_points_and_no_percentage_of_growth():
    assert text(number("gift_count", 2, previous=number("gift_count", 1))) == (
        "Hội tặng 02 suất quà dịp lễ, tết. So với năm 2021, số suất quà tặng dịp lễ, tết tăng 01 suất (từ 1 lên 2)."
    )
    now = number("poor_household_rate", 12, denominator=Decimal(100))
    before = number("poor_household_rate", 15, denominator=Decimal(100))
    assert text(replace(now, previous=before)).endswith(
        "So với năm 2021, tỷ lệ hộ hội viên nghèo giảm 3 điểm phần trăm (từ 15,0% còn 12,0%)."
    )


def test_rates_side_by_side_have_the_same_decimals_and_their_exact_difference():
    now = number("poor_household_rate", 1, denominator=Decimal(6250))
    before = number("poor_household_rate", 1, denominator=Decimal(400))
    assert text(replace(now, previous=before)).endswith(
        "So với năm 2021, tỷ lệ hộ hội viên nghèo giảm 0,23 điểm phần trăm (từ 0,25% còn 0,02%)."
    )


def test_units_that_stand_on_some_of_theirs_are_named():
    context = replace(TINH, partly=lambda code: "xã Thanh Sơn mới 6/8 chi hội")
    figure = number("supervision_sessions", 40, have=3, expected=3, partial=1)
    assert text(figure, context=context).endswith(
        "tổng hợp của 3/3 tổ chức cơ sở Hội, trong đó xã Thanh Sơn mới 6/8 chi hội."
    )


# Indicators made by hand


def own(name, unit, **more):
    return replace(
        ENTRIES["supervision_sessions"],
        code="own_" + name[:6],
        name=name,
        unit=unit,
        parts=(),
        builtin=False,
        **more,
    )


def test_an_indicator_made_by_hand_is_said_from_its_name():
    cleanings = Figure(
        own("Số buổi tổng vệ sinh nghĩa trang", "buổi"), value=Decimal(8), unit="buổi"
    )
    money = Figure(own("Số tiền ủng hộ thư viện xã", "đồng"), value=Decimal(12500000), unit="đồng")
    talks = number("supervision_sessions", 3)
    assert text(cleanings, money) == (
        "Có 08 buổi tổng vệ sinh nghĩa trang; số tiền ủng hộ thư viện xã là 12,5 triệu đồng."
    )
    assert text(talks, cleanings, money).startswith("Hội tổ chức 03 cuộc giám sát. ")
    assert links(paragraphs(talks, cleanings, money)) == {
        "supervision_sessions",
        key(cleanings),
        key(money),
    }


def test_subjects_follow_the_level():
    talk = number("supervision_sessions", 12)
    assert [text(talk, context=context) for context in (CO_SO, TINH, CUM)] == [
        "Hội tổ chức 12 cuộc giám sát.",
        "Các cấp Hội tổ chức 12 cuộc giám sát.",
        "Các cấp Hội trong Cụm tổ chức 12 cuộc giám sát.",
    ]
    assert text(
        number("charity_total", 5000000), number("sponsored_children", 2), context=CHI_HOI
    ).endswith("chi hội nhận đỡ đầu 02 cháu.")
