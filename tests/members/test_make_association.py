"""The invented association: whoever it makes stands in exactly one unit on every day of membership."""

import random
from collections import defaultdict
from datetime import date
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from members.models import (
    Household,
    HouseholdStatus,
    Level,
    Member,
    MemberPrivate,
    Membership,
    MemberStatus,
    Period,
    ReasonIn,
    ReasonOut,
    Unit,
    UnitChange,
    UnitSuccession,
    UnitVersion,
    User,
)
from members.sample import country
from members.sample.tree import REORGANISED_ON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]

TODAY = date(2026, 11, 22)


def make(members=300, **options):
    call_command("make_association", members=members, years=3, today=TODAY, verbosity=0, **options)


def spells_by_member():
    found = defaultdict(list)
    for spell in Membership.objects.order_by("starts_on", "pk").select_related("unit", "co_so", "member"):
        found[spell.member_id].append(spell)
    return found


def test_as_many_members_as_were_asked_for_stand_in_the_register_today(capsys):
    make(300)
    assert Membership.objects.active_on(TODAY).count() == 300
    assert Membership.objects.filter(ends_on=None).count() == 300
    assert f"{Member.objects.count()} hội viên" in capsys.readouterr().out


def test_every_member_stands_in_exactly_one_unit_on_every_day_of_membership():
    make(600)
    chains = spells_by_member()
    assert set(chains) == set(Member.objects.values_list("pk", flat=True))
    for spells in chains.values():
        for spell, following in pairwise(spells):
            assert (spell.ends_on, spell.starts_on < spell.ends_on) == (following.starts_on, True)
            assert (spell.reason_out, following.reason_in) in {(ReasonOut.MERGED, ReasonIn.MERGED), (ReasonOut.TRANSFERRED, ReasonIn.TRANSFERRED)}
        assert (spells[-1].member.unit_id, spells[-1].member.co_so_id) == (spells[-1].unit_id, spells[-1].co_so_id)


def test_a_spell_lies_within_the_life_of_its_unit_and_answers_to_the_co_so_of_that_day():
    make(600)
    versions = defaultdict(list)
    for version in UnitVersion.objects.select_related("parent"):
        versions[version.unit_id].append(version)
    for spells in spells_by_member().values():
        for spell in spells:
            if spell.unit_id == spell.co_so_id:
                continue
            held = [v for v in versions[spell.unit_id] if v.parent_id == spell.co_so_id and v.starts_on <= spell.starts_on]
            ends = spell.ends_on or date.max
            assert [v for v in held if ends <= (v.ends_on or date.max)], (spell.unit.code, spell.starts_on, spell.ends_on)


def test_a_path_says_who_answers_today_and_the_newest_version_is_the_unit():
    make(300)
    for unit in Unit.objects.select_related("parent"):
        newest = unit.versions.order_by("starts_on").last()
        assert (newest.name, newest.kind, newest.parent_id, newest.ends_on) == (unit.name, unit.kind, unit.parent_id, unit.closes_on)
        above = unit.parent if unit.closes_on is None else unit.successors.get(is_heir=True).new
        assert unit.path[:-4] == (above.path if above else "")


def test_communes_and_chi_hoi_have_merged_by_decision_and_the_proof_is_counted():
    make(600)
    communes = UnitSuccession.objects.filter(old__level=Level.CO_SO)
    branches = UnitSuccession.objects.filter(old__level=Level.CHI_HOI)
    assert communes.count() >= 2 and branches.count() >= 1
    assert set(communes.values_list("old__closes_on", "new__opens_on")) == {(REORGANISED_ON, REORGANISED_ON)}
    for change in UnitChange.objects.all():
        news = [row.new for row in change.successions.all()]
        cut = Membership.objects.filter(starts_on=change.effective_on, reason_in=ReasonIn.MERGED)
        cut = cut.filter(co_so=news[0]) if news[0].level == Level.CO_SO else cut.filter(unit=news[0])
        assert change.proof["total"] == sum(change.proof["before"].values()) == sum(change.proof["after"].values()) == cut.count() > 0


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    def people():
        return list(Member.objects.order_by("pk").values_list("name", "born", "unit__code", "card_number", "household__head__card_number"))

    # Keys go on counting, so the second one is compared without what a key makes.
    make(60, seed=5)
    first = [(name, born, code) for name, born, code, _, _ in people()]
    make(60, seed=5, force=True)
    again = [(name, born, code.removeprefix("M5-")) for name, born, code, _, _ in people()[len(first):]]
    make(60, seed=6, force=True)
    others = [(name, born, code.removeprefix("M6-")) for name, born, code, _, _ in people()[len(first) * 2:]]
    assert first == again
    assert others and others != first


def test_a_database_that_has_units_is_left_alone_unless_forced():
    make(60)
    before = Unit.objects.count()
    with pytest.raises(CommandError, match="đã có đơn vị; chưa ghi gì"):
        make(60)
    assert Unit.objects.count() == before
    make(60, force=True)
    with pytest.raises(CommandError, match="mang mã M1-"):
        make(60, force=True)


def test_where_it_runs_for_an_office_nobody_is_invented(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="CCB_PRODUCTION=1"):
        make(60)
    assert not Unit.objects.exists()


def test_users_come_with_the_password_that_was_asked_for_and_without_one_nobody_can_log_in():
    make(60, users=1, password="mật khẩu thử 22-12")
    names = set(User.objects.values_list("username", flat=True))
    assert len(names) == 6
    secretary = User.objects.get(username__startswith="thuky")
    assert secretary.acting.role == "thu_ky" and secretary.check_password("mật khẩu thử 22-12")
    make(60, users=1, force=True)
    assert [u.has_usable_password() for u in User.objects.exclude(username__in=names)] == [False] * 6


def test_years_are_periods_that_leave_no_day_out():
    make(60)
    periods = list(Period.objects.order_by("starts_on").values_list("label", "starts_on", "ends_on"))
    assert [label for label, _, _ in periods] == ["năm 2023", "năm 2024", "năm 2025", "năm 2026"]
    assert all((following[1] - earlier[2]).days == 1 for earlier, following in pairwise(periods))


def test_every_member_has_papers_and_a_household_with_one_standard_of_living_a_day():
    make(300)
    members = Member.objects.count()
    assert MemberPrivate.objects.count() == members == Member.objects.exclude(household=None).count()
    assert Household.objects.count() == HouseholdStatus.objects.filter(ends_on=None).count() < members
    for old in HouseholdStatus.objects.exclude(ends_on=None):
        assert HouseholdStatus.objects.filter(household=old.household, starts_on=old.ends_on, ends_on=None).count() == 1
    party = MemberStatus.objects.filter(kind="dang_vien").count()
    assert members / 3 < party < members * 2 / 3
    assert not MemberStatus.objects.filter(starts_on__gt=TODAY).exists()
    assert not Membership.objects.filter(ends_on__lte=F("starts_on")).exists()


def test_history_is_written_when_asked_for():
    make(60, history=True)
    assert Member.history.count() == Member.objects.count()
    assert Membership.history.count() == Membership.objects.count()


def test_new_rows_follow_the_invented_ones():
    make(60)
    last = Member.objects.order_by("-pk").first()
    new = Member.objects.create(unit=last.unit, co_so=last.co_so, name="Trần Văn Mới", sex="nam")
    assert new.pk == last.pk + 1


@pytest.mark.parametrize(("members", "provinces", "communes"), [(250_000, 1, 166), (300_001, 4, 617), (3_000_000, 34, 3321)])
def test_a_large_association_has_provinces_and_communes_in_proportion(members, provinces, communes):
    chosen = country.choose(members, random.Random("1"))
    assert (len(chosen), sum(len(c) for _, c, _ in chosen), sum(n for _, _, n in chosen)) == (provinces, communes, members)
