"""A membership ends, moves and goes on: one open spell, true and counting dates, nothing deleted."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from members.models import (
    Discipline,
    Household,
    Member,
    Membership,
    MembershipRequest,
    MemberStatus,
    Period,
    Post,
    ReasonOut,
    Unit,
)
from members.scoping import Scope, _open, all_units
from members.services import Held, StaleVersion, change_member, register_member
from members.services.households import Condition, set_household
from members.services.lifecycle import (
    discipline,
    end_membership,
    move_within,
    return_member,
    undo_ending,
)
from members.services.locks import lock_period
from members.services.register import change_statuses
from members.services.requests import (
    accept_transfer,
    admit,
    propose_admission,
    refuse,
    release,
    withdraw,
)
from members.services.structure import Decision, carry_out, plan_merge
from members.vietnamese import PartialDate
from tests.cast import enrolled

P = PartialDate


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-12-01 10:32 +0700", tick=False)


@pytest.fixture
def an(tree):
    return enrolled(tree.thon_dong, "Bùi Văn An", "1948", "12/1990", card_number="LG-00412")


@pytest.fixture
def locked(tree, cast):
    """The figures of Thanh Sơn for 2026 up to 30 November are closed."""
    with all_units("the province locks"):
        period = Period.objects.create(kind="nam", year=2026, label="năm 2026", starts_on=date(2025, 12, 1), ends_on=date(2026, 11, 30))
        lock_period(unit=tree.thanh_son, period=period, by=cast.van_phong)


def within(unit):
    return _open(Scope((unit.path,)))


def spells(member):
    with all_units("a test reads the spells of everywhere"):
        rows = Membership.objects.filter(member=member).order_by("starts_on", "pk")
        return [(row.unit.code, f"{row.starts_on}", row.ends_on and f"{row.ends_on}", row.reason_in, row.reason_out) for row in rows]


# --- ending --------------------------------------------------------------------------------


def test_a_death_ends_the_spell_and_the_posts_in_the_hoi_and_keeps_the_file(tree, cast, an):
    with within(tree.thanh_son):
        for body, unit in (("chi_hoi", tree.thon_dong), ("cap_uy", None)):
            Post.objects.create(member=an, body=body, unit=unit, title="Ủy viên", level="" if unit else "6_chi_bo", starts_on=date(2022, 3, 1))
        spell = end_membership(member=an, reason="tu_tran", true_end=P(2026, 11, 10), by=cast.chi_hoi_truong)
        stored = Member.objects.get()
    assert (spell.ends_on, spell.true_end, spell.reason_out) == (date(2026, 11, 10), P(2026, 11, 10), "tu_tran")
    assert (stored.died_on, stored.version, stored.unit) == (P(2026, 11, 10), 2, tree.thon_dong)
    assert spells(an) == [("LG-TS-01", "1990-12-01", "2026-11-10", "dau_ky", "tu_tran")]
    with all_units("a test looks at posts and history"):
        assert {post.body: post.ends_on for post in an.posts.all()} == {"chi_hoi": date(2026, 11, 10), "cap_uy": None}
        newest = stored.history.first()
        assert (newest.history_user, newest.history_change_reason) == (cast.chi_hoi_truong, "Từ trần")


@pytest.mark.parametrize(
    ("true_end", "counted"),
    [(P(2026, 11, 10), "2026-11-10"), (P(2026, 10), "2026-10-31"), (P(2026, 12), "2026-12-01"), (P(2025), "2025-12-31"), (None, "2026-12-01")],
)
def test_a_partial_date_counts_from_its_last_day_but_never_from_tomorrow(tree, cast, an, true_end, counted):
    with within(tree.thanh_son):
        assert f"{end_membership(member=an, reason='tu_tran', true_end=true_end, by=cast.thu_ky).ends_on}" == counted


def test_somebody_entered_with_no_date_of_joining_may_have_died_before_he_was_entered(tree, cast):
    unknown = enrolled(tree.thon_dong, "Vũ Văn Một", "1931")
    with within(tree.thanh_son):
        spell = end_membership(member=unknown, reason="tu_tran", true_end=P(2026, 11, 20), by=cast.thu_ky)
    assert (spell.starts_on, spell.ends_on, spell.true_end) == (date(2026, 12, 1), date(2026, 12, 1), P(2026, 11, 20))


@pytest.mark.parametrize(("true_end", "said"), [(P(2026, 12, 2), "sau hôm nay"), (P(1990, 11), "có trước ngày về Chi hội Thôn Đông")])
def test_a_day_that_cannot_be_is_refused(tree, cast, an, true_end, said):
    with within(tree.thanh_son), pytest.raises(ValidationError, match=said):
        end_membership(member=an, reason="tu_tran", true_end=true_end, by=cast.thu_ky)
    assert spells(an) == [("LG-TS-01", "1990-12-01", None, "dau_ky", "")]


def test_nobody_ends_twice(tree, cast, an):
    with within(tree.thanh_son):
        end_membership(member=an, reason="xin_ra", true_end=P(2026, 11), by=cast.thu_ky)
        with pytest.raises(ValidationError, match="không còn sinh hoạt"):
            end_membership(member=an, reason="tu_tran", true_end=P(2026, 11), by=cast.thu_ky)


@pytest.mark.parametrize("reason", ["xoa_ten", "khai_tru"])
@pytest.mark.parametrize("missing", ["decision", "note"])
def test_striking_off_and_expelling_ask_for_a_decision_and_a_reason(tree, cast, an, reason, missing):
    given = {"decision": "12/QĐ-CCB", "note": "Bỏ sinh hoạt"} | {missing: " "}
    with within(tree.thanh_son), pytest.raises(ValidationError) as refused:
        end_membership(member=an, reason=reason, true_end=P(2026, 11), by=cast.thu_ky, **given)
    assert list(refused.value.message_dict) == [missing]


def test_an_expulsion_is_a_disciplinary_measure_and_striking_off_is_none(tree, cast, an):
    other = enrolled(tree.thon_doai, "Trần Văn Bình", "1950")
    with within(tree.thanh_son):
        end_membership(member=an, reason="khai_tru", true_end=P(2026, 11, 3), decision="12/QĐ-CCB", note="Vi phạm", by=cast.thu_ky)
        end_membership(member=other, reason="xoa_ten", true_end=P(2026, 12), decision="13/QĐ-CCB", note="Bỏ sinh hoạt", by=cast.thu_ky)
        rows = Discipline.objects.values_list("member__name", "kind", "unit__code", "co_so__code", "happened_on", "decision", "reason")
        assert list(rows) == [("Bùi Văn An", "khai_tru", "LG-TS-01", "LG-TS", date(2026, 11, 3), "12/QĐ-CCB", "Vi phạm")]


def test_the_head_of_a_chi_hoi_reports_a_death_and_decides_nothing_else(tree, cast, an):
    said = {"true_end": P(2026, 11), "decision": "1", "note": "x"}
    with within(tree.thon_dong):
        for reason in ("xin_ra", "xoa_ten", "khai_tru"):
            with pytest.raises(PermissionDenied):
                end_membership(member=an, reason=reason, by=cast.chi_hoi_truong, **said)
        for who in (cast.kiem_tra, cast.quan_tri):
            with pytest.raises(PermissionDenied):
                end_membership(member=an, reason="tu_tran", by=who, **said)
        with pytest.raises(PermissionDenied):
            discipline(member=an, kind="canh_cao", true_day=P(2026), decision="1", reason="x", by=cast.chi_hoi_truong)
        end_membership(member=an, reason="tu_tran", by=cast.chi_hoi_truong, **said)


@pytest.mark.parametrize("reason", ["chuyen_di", "sap_nhap", "trung"])
def test_moves_and_merges_have_steps_of_their_own(tree, an, everywhere, reason):
    with pytest.raises(ValueError, match="step of its own"):
        end_membership(member=an, reason=ReasonOut(reason))


def test_a_measure_leaves_the_person_a_member(tree, cast, an):
    with within(tree.thanh_son):
        row = discipline(member=an, kind="canh_cao", true_day=P(2026, 11, 3), decision="5/QĐ-CCB", reason="Vắng họp", by=cast.chu_tich)
        assert (row.happened_on, row.co_so, row.history.get().history_user) == (date(2026, 11, 3), tree.thanh_son, cast.chu_tich)
    assert spells(an)[-1][2] is None


# --- late news -----------------------------------------------------------------------------


def test_late_news_counts_from_the_first_open_day_and_keeps_the_true_one(tree, cast, an, locked):
    with within(tree.thanh_son):
        spell = end_membership(member=an, reason="tu_tran", true_end=P(2026, 11, 10), by=cast.thu_ky)
        assert (spell.ends_on, spell.true_end, Member.objects.get().died_on) == (date(2026, 12, 1), P(2026, 11, 10), P(2026, 11, 10))


def test_an_ending_inside_a_locked_period_is_taken_back_by_opening_the_period_only(tree, cast, an):
    with within(tree.thanh_son):
        end_membership(member=an, reason="tu_tran", true_end=P(2026, 11, 10), by=cast.thu_ky)
    with all_units("the province locks"):
        period = Period.objects.create(kind="nam", year=2026, label="năm 2026", starts_on=date(2025, 12, 1), ends_on=date(2026, 11, 30))
        lock_period(unit=tree.thanh_son, period=period, by=cast.van_phong)
    with within(tree.thanh_son), pytest.raises(ValidationError, match="đã khóa số liệu"):
        undo_ending(member=an, why="ghi nhầm", by=cast.thu_ky)


def test_a_transfer_leaves_one_unit_and_enters_the_other_on_the_same_open_day(tree, cast, an, locked):
    with within(tree.thanh_son):
        request = release(member=an, to_unit=tree.binh_minh, left_on=P(2026, 11, 20), by=cast.thu_ky)
    with within(tree.binh_minh):
        accept_transfer(request=request, version=1, unit=tree.xom_ben, arrived_on=P(2026, 11, 25), by=cast.thu_ky_ben_canh)
    assert spells(an) == [
        ("LG-TS-01", "1990-12-01", "2026-12-01", "dau_ky", "chuyen_di"), ("LG-BM-01", "2026-12-01", None, "chuyen_den", ""),
    ]


def test_somebody_entered_late_counts_from_the_first_open_day_with_all_that_is_known_of_him(tree, cast, locked):
    with within(tree.thanh_son):
        member = register_member(
            unit=tree.thon_dong, name="Vũ Văn Một", sex="nam", born=P(1950), admitted_on=P(1990), is_party=True, party_on=P(1975), by=cast.thu_ky)
        change_statuses(member=member, version=1, held={"bhyt": Held(True, P(2019))}, by=cast.thu_ky)
        household = Household(unit=tree.thon_dong)
        set_household(member=member, version=2, household=household, head=True, condition=Condition("ngheo", "", date(2026, 1, 1)), by=cast.thu_ky)
        assert {(row.kind, row.starts_on, row.true_start) for row in MemberStatus.objects.all()} == {
            ("dang_vien", date(2026, 12, 1), P(1975)), ("bhyt", date(2026, 12, 1), P(2019))}
        assert (member.spells.get().starts_on, member.spells.get().true_start, household.statuses.get().starts_on) == (date(2026, 12, 1), P(1990), date(2026, 12, 1))


def test_a_true_date_is_corrected_behind_a_lock_without_touching_what_was_counted(tree, cast, an):
    with within(tree.thanh_son):
        change_statuses(member=Member.objects.get(), version=1, held={"bhyt": Held(True, P(2019))}, by=cast.thu_ky)
    with all_units("the province locks"):
        period = Period.objects.create(kind="nam", year=2026, label="năm 2026", starts_on=date(2025, 12, 1), ends_on=date(2026, 11, 30))
        lock_period(unit=tree.thanh_son, period=period, by=cast.van_phong)
    with within(tree.thanh_son):
        change_statuses(member=Member.objects.get(), version=2, held={"bhyt": Held(True, P(2018, 5))}, by=cast.thu_ky)
        assert MemberStatus.objects.values_list("starts_on", "true_start").get() == (date(2019, 1, 1), P(2018, 5))


def test_what_a_locked_period_counted_is_not_corrected_behind_it(tree, cast, an, locked):
    with within(tree.thanh_son):
        change_member(member=Member.objects.get(), version=1, admitted_on=P(1996), name="Bùi Văn Ân", by=cast.thu_ky)
        assert Membership.objects.values_list("starts_on", "true_start", "member_name").get() == (date(1990, 12, 1), P(1996), "Bùi Văn Ân")
        with pytest.raises(ValidationError, match="đã khóa số liệu"):
            change_member(member=Member.objects.get(), version=2, category="cqn", by=cast.thu_ky)


# --- taking back, coming back --------------------------------------------------------------


def test_an_ending_written_by_mistake_is_taken_back_as_if_it_had_not_been_with_its_reason_in_history(tree, cast, an):
    with within(tree.thanh_son):
        Post.objects.create(member=an, body="chi_hoi", unit=tree.thon_dong, title="Ủy viên", starts_on=date(2022, 3, 1))
        end_membership(member=an, reason="khai_tru", true_end=P(2026, 11, 3), decision="12/QĐ-CCB", note="Vi phạm", by=cast.thu_ky)
        undo_ending(member=an, why="nhầm người cùng tên", by=cast.thu_ky)
        stored, spell = Member.objects.get(), Membership.objects.get()
        assert (spell.ends_on, spell.true_end, spell.reason_out, spell.decision_out, stored.died_on, stored.version) == (None, None, "", "", None, 3)
        assert (an.posts.get().ends_on, Discipline.objects.count()) == (None, 0)
        said = "Ghi nhầm “Khai trừ”: nhầm người cùng tên"
        assert [row.history_change_reason for row in spell.history.all()] == [said, None, None]
        assert [(row.history_type, row.history_change_reason) for row in Discipline.history.all()] == [("-", said), ("+", None)]


def test_a_transfer_is_no_mistake_to_take_back_here_and_a_reason_is_asked(tree, cast, an):
    with within(tree.thanh_son):
        with pytest.raises(ValidationError, match="không có lần ra khỏi Hội"):
            undo_ending(member=an, why="x", by=cast.thu_ky)
        end_membership(member=an, reason="tu_tran", true_end=P(2026, 11), by=cast.thu_ky)
        with pytest.raises(ValidationError, match="Chưa ghi vì sao"):
            undo_ending(member=an, why=" ", by=cast.thu_ky)


def test_a_former_member_comes_back_with_a_new_spell(tree, cast, an):
    with within(tree.thanh_son):
        end_membership(member=an, reason="xin_ra", true_end=P(2020, 5, 1), by=cast.thu_ky)
        return_member(member=an, unit=tree.thon_doai, true_start=P(2026, 3, 2), decision="7/QĐ-CCB", by=cast.thu_ky)
        assert Member.objects.get().unit == tree.thon_doai
    assert spells(an) == [("LG-TS-01", "1990-12-01", "2020-05-01", "dau_ky", "xin_ra"), ("LG-TS-02", "2026-03-02", None, "ket_nap", "")]


def test_the_dead_do_not_come_back_and_nobody_before_he_left(tree, cast, an):
    other = enrolled(tree.thon_doai, "Trần Văn Bình", "1950", "1995")
    with within(tree.thanh_son):
        end_membership(member=an, reason="tu_tran", true_end=P(2026, 5), by=cast.thu_ky)
        end_membership(member=other, reason="xin_ra", true_end=P(2026, 5, 10), by=cast.thu_ky)
        for member, day, said in ((an, P(2026, 6), "từ trần"), (other, P(2026, 4), "có trước ngày ra khỏi Hội"), (other, P(2027), "sau hôm nay")):
            with pytest.raises(ValidationError, match=said):
                return_member(member=member, unit=tree.thon_doai, true_start=day, by=cast.thu_ky)


# --- moving --------------------------------------------------------------------------------


def test_inside_a_co_so_a_move_is_one_step(tree, cast, an):
    with within(tree.thanh_son):
        move_within(member=an, unit=tree.thon_doai, true_day=P(2026, 11, 1), by=cast.thu_ky)
    assert spells(an) == [("LG-TS-01", "1990-12-01", "2026-11-01", "dau_ky", "chuyen_di"), ("LG-TS-02", "2026-11-01", None, "chuyen_den", "")]
    an.refresh_from_db()
    assert (an.unit, an.co_so, an.version) == (tree.thon_doai, tree.thanh_son, 2)


@pytest.mark.parametrize(("key", "raised"), [("xom_ben", ValidationError), ("thon_dong", ValidationError), ("lam_giang", ValidationError)])
def test_a_move_within_stays_within(tree, cast, an, key, raised):
    with within(tree.thanh_son), pytest.raises(raised):
        move_within(member=an, unit=getattr(tree, key), true_day=P(2026, 11, 1), by=cast.thu_ky)


def test_until_it_is_accepted_a_transfer_counts_where_the_member_was(tree, cast, an):
    with within(tree.thanh_son):
        release(member=an, to_unit=tree.binh_minh, reason="về ở với con", left_on=P(2026, 11, 20), decision="07/GT-CCB", by=cast.thu_ky)
    assert spells(an) == [("LG-TS-01", "1990-12-01", None, "dau_ky", "")]
    with within(tree.binh_minh):
        seen = MembershipRequest.objects.get()
        assert (seen.name, seen.data["card_number"], seen.data["from"], Member.objects.count()) == ("Bùi Văn An", "LG-00412", "Chi hội Thôn Đông", 0)
        accept_transfer(request=seen, version=1, unit=tree.xom_ben, arrived_on=P(2026, 11, 25), by=cast.thu_ky_ben_canh)
        assert Member.objects.get().unit == tree.xom_ben
    assert spells(an) == [
        ("LG-TS-01", "1990-12-01", "2026-11-25", "dau_ky", "chuyen_di"), ("LG-BM-01", "2026-11-25", None, "chuyen_den", ""),
    ]
    with within(tree.thanh_son):  # the former unit keeps its line, not the file
        assert (Member.objects.count(), Membership.objects.get().decision_out) == (0, "07/GT-CCB")


def test_a_refused_transfer_leaves_the_member_where_he_is_and_says_why(tree, cast, an):
    with within(tree.thanh_son):
        request = release(member=an, to_unit=tree.binh_minh, left_on=P(2026, 11, 20), by=cast.thu_ky)
    with within(tree.binh_minh):
        with pytest.raises(ValidationError, match="Chưa ghi lý do"):
            refuse(request=request, version=1, reason=" ", by=cast.thu_ky_ben_canh)
        refuse(request=request, version=1, reason="Chưa có nơi ở", by=cast.thu_ky_ben_canh)
    with within(tree.thanh_son):
        assert (MembershipRequest.objects.get().reason, Member.objects.get().version) == ("Chưa có nơi ở", 1)
        assert release(member=an, to_unit=tree.binh_minh, left_on=P(2026, 11, 30), by=cast.thu_ky).state == "de_nghi"


def test_one_paper_at_a_time_and_none_within_the_co_so_or_to_a_unit_that_keeps_nobody(tree, cast, an):
    with within(tree.thanh_son):
        release(member=an, to_unit=tree.kim_bai, left_on=P(2026, 11), by=cast.thu_ky)
        for to_unit, said in ((tree.binh_minh, "đang có một giấy giới thiệu"), (tree.thanh_son, "đang ở"), (tree.lam_giang, "không tiếp nhận")):
            with pytest.raises(ValidationError, match=said):
                release(member=an, to_unit=to_unit, left_on=P(2026, 11), by=cast.thu_ky)


def test_a_paper_is_withdrawn_when_its_owner_dies(tree, cast, an):
    with within(tree.thanh_son):
        release(member=an, to_unit=tree.kim_bai, left_on=P(2026, 11), by=cast.thu_ky)
        end_membership(member=an, reason="tu_tran", true_end=P(2026, 11, 30), by=cast.thu_ky)
        request = MembershipRequest.objects.get()
    assert (request.state, request.reason) == ("rut", "Từ trần")
    with within(tree.kim_bai), pytest.raises(StaleVersion):
        accept_transfer(request=request, version=1, unit=tree.kim_bai, arrived_on=P(2026, 12), by=cast.van_phong_ha_dong)


def test_the_sender_accepts_nothing_and_the_receiver_puts_nobody_outside_its_own_unit(tree, cast, an):
    with within(tree.thanh_son):
        request = release(member=an, to_unit=tree.binh_minh, left_on=P(2026, 11), by=cast.thu_ky)
        with pytest.raises(PermissionDenied):
            accept_transfer(request=request, version=1, unit=tree.thon_doai, arrived_on=P(2026, 11), by=cast.thu_ky)
        withdraw(request=request, version=1, by=cast.thu_ky)
        again = release(member=an, to_unit=tree.binh_minh, left_on=P(2026, 11), by=cast.thu_ky)
    with within(tree.binh_minh):
        for unit in (tree.thon_dong, tree.kim_bai):
            with pytest.raises(PermissionDenied):
                accept_transfer(request=again, version=1, unit=unit, arrived_on=P(2026, 11), by=cast.thu_ky_ben_canh)
        with pytest.raises(PermissionDenied):
            withdraw(request=again, version=1, by=cast.thu_ky_ben_canh)


def test_a_household_stays_with_those_who_stay_and_goes_with_who_lived_alone(tree, cast, an):
    wife, alone = enrolled(tree.thon_dong, "Lê Thị Ba", "1950", sex="nu"), enrolled(tree.thon_dong, "Vũ Văn Một", "1951")
    with within(tree.thanh_son):
        shared, own = Household.objects.create(unit=tree.thon_dong, head=an), Household.objects.create(unit=tree.thon_dong, head=alone)
        Member.objects.filter(pk__in=[an.pk, wife.pk]).update(household=shared)
        Member.objects.filter(pk=alone.pk).update(household=own)
        for member in (an, alone):
            move_within(member=member, unit=tree.thon_doai, true_day=P(2026, 11, 1), by=cast.thu_ky)
        shared.refresh_from_db()
        own.refresh_from_db()
        assert (shared.unit, shared.head, shared.head_name, list(shared.people.values_list("name", flat=True))) == (
            tree.thon_dong, None, "Bùi Văn An", ["Lê Thị Ba"])
        assert (own.unit, own.head) == (tree.thon_doai, alone)


def test_when_the_receiving_unit_has_merged_its_heir_accepts(tree, cast, an):
    with within(tree.thanh_son):
        request = release(member=an, to_unit=tree.binh_minh, left_on=P(2026, 11), by=cast.thu_ky)
    decision = Decision(effective_on=date(2026, 11, 20), number="3/QĐ-CCB", authority="Hội CCB tỉnh Lam Giang")
    with within(tree.lam_giang):
        plan = plan_merge(olds=[tree.binh_minh], into=tree.so_y_te, decision=decision)
        carry_out(plan=plan, by=cast.van_phong)
        request = MembershipRequest.objects.get()
        home = Unit.objects.get(pk=tree.xom_ben.pk)
        accept_transfer(request=request, version=request.version, unit=home, arrived_on=P(2026, 11, 25), by=cast.van_phong)
        assert Member.objects.get().co_so == tree.so_y_te


# --- admission -----------------------------------------------------------------------------


@pytest.fixture
def proposed(tree, cast):
    with within(tree.thon_dong):
        return propose_admission(
            unit=tree.thon_dong, name="Lê Văn Tấn", born=P(1985), sex="nam", category="ccb", hometown="Nga Sơn", enlisted_on=P(2004, 2),
            reason="38/38 đồng ý", by=cast.chi_hoi_truong,
        )


def test_a_proposal_puts_nobody_into_the_register(tree, proposed, everywhere):
    assert (Member.objects.count(), MembershipRequest.objects.get().state) == (0, "de_nghi")


def test_the_co_so_admits_with_its_decision(tree, cast, proposed):
    with within(tree.thanh_son):
        admit(request=proposed, version=1, decision="9/QĐ-CCB", admitted_on=P(2026, 11, 15), by=cast.chu_tich)
        member = Member.objects.get()
        assert (member.unit, member.hometown, member.enlisted_on, member.admitted_on) == (tree.thon_dong, "Nga Sơn", P(2004, 2), P(2026, 11, 15))
        assert (member.spells.get().decision, member.history.get().history_user) == ("9/QĐ-CCB", cast.chu_tich)
        request = MembershipRequest.objects.get()
        assert (request.state, request.member, request.decided_by, request.effective_on, request.version) == (
            "chap_nhan", member, cast.chu_tich, date(2026, 11, 15), 2)
    assert spells(member) == [("LG-TS-01", "2026-11-15", None, "ket_nap", "")]


def test_the_chi_hoi_does_not_admit_its_own_proposal_and_reads_why_it_was_refused(tree, cast, proposed):
    with within(tree.thon_dong), pytest.raises(PermissionDenied):
        admit(request=proposed, version=1, decision="9/QĐ-CCB", admitted_on=P(2026), by=cast.chi_hoi_truong)
    with within(tree.thanh_son):
        refuse(request=proposed, version=1, reason="Chưa đủ hồ sơ", by=cast.thu_ky)
    with within(tree.thon_dong):
        assert (MembershipRequest.objects.get().reason, Member.objects.count()) == ("Chưa đủ hồ sơ", 0)


def test_when_the_chi_hoi_has_merged_its_heir_gets_the_new_member(tree, cast, proposed):
    decision = Decision(effective_on=date(2026, 11, 20), number="3/QĐ-CCB", authority="Hội CCB xã Thanh Sơn")
    with within(tree.thanh_son):
        carry_out(plan=plan_merge(olds=[tree.thon_dong], into=tree.thon_doai, decision=decision), by=cast.chu_tich)
        admit(request=MembershipRequest.objects.get(), version=2, decision="9/QĐ-CCB", admitted_on=P(2026, 11, 25), by=cast.chu_tich)
        assert Member.objects.get().unit == tree.thon_doai


def test_what_is_decided_stays_so(tree, cast, proposed):
    with within(tree.thanh_son):
        refuse(request=proposed, version=1, reason="Chưa đủ hồ sơ", by=cast.thu_ky)
        for step in (
            lambda: admit(request=proposed, version=1, decision="9", admitted_on=P(2026), by=cast.thu_ky),
            lambda: admit(request=proposed, version=2, decision="9", admitted_on=P(2026), by=cast.thu_ky),
            lambda: withdraw(request=proposed, version=2, by=cast.chi_hoi_truong),
        ):
            with pytest.raises(StaleVersion):
                step()
        assert Member.objects.count() == 0


def test_a_proposal_to_a_unit_that_keeps_nobody_or_out_of_scope_is_refused(tree, cast):
    said = {"name": "A B", "born": P(1985), "sex": "nam", "by": cast.van_phong}
    with within(tree.lam_giang), pytest.raises(ValidationError):
        propose_admission(unit=tree.lam_giang, **said)
    with within(tree.thanh_son), pytest.raises(PermissionDenied):
        propose_admission(unit=tree.xom_ben, **said)
