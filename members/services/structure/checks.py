"""What cannot be, refused in Vietnamese before anything is written."""

from collections import defaultdict
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db.models import F, Q

from ccb import clock
from members.models import ChangeKind, Level, Member, Unit, UnitVersion

from .moved import touched_spells
from .plan import branches_of, changes_co_so, people_of

NAMED = 5  # people or units named in a refusal


def check(plan):
    _check_decision(plan)
    _check_days(plan)
    _check_levels(plan)
    _check_nobody_left(plan)
    _check_people_are_there(plan)
    _check_nobody_twice(plan)


def _check_decision(plan):
    if plan.decision.effective_on > clock.today():
        raise ValidationError({"effective_on": "Quyết định chưa đến ngày có hiệu lực. Ghi vào chương trình từ ngày đó."})
    if not plan.decision.number.strip() or not plan.decision.authority.strip():
        raise ValidationError("Thiếu số quyết định hoặc cơ quan ra quyết định.")


def _check_days(plan):
    """Nothing that the plan touches has changed since the day; what another decision did that same day may be changed again."""
    day = plan.decision.effective_on
    for unit in plan.units:
        if unit.closes_on is not None:
            raise ValidationError(f"{unit.name} đã kết thúc hoạt động từ {unit.closes_on:%d/%m/%Y}. Chọn đơn vị đang hoạt động.")
        if unit.opens_on > day or (unit in plan.closing and unit.opens_on == day):
            raise ValidationError(
                f"{unit.name} hoạt động từ {unit.opens_on:%d/%m/%Y}, không trước ngày {day:%d/%m/%Y}. Ghi ngày hiệu lực sau ngày ấy."
            )
    cut = Q(pk__in=[])  # below these people change their cơ sở from the day on
    for unit, to in plan.branches.items():
        if changes_co_so(unit, to):
            cut |= Q(unit__in=Unit.objects.under(unit).values("pk"))
    later = UnitVersion.objects.filter(starts_on__gt=day).select_related("unit").order_by("starts_on", "pk")
    of_themselves = later.filter(unit__in=[*plan.closing, *plan.branches, *plan.renaming])
    around = later.filter(cut | Q(unit__in=_line_of_targets(plan)))
    for version in [*of_themselves, *filter(_came_from_elsewhere, around)]:
        raise ValidationError(
            f"{version.unit.name} đã có thay đổi từ {version.starts_on:%d/%m/%Y}, sau ngày {day:%d/%m/%Y}. Ghi ngày hiệu lực từ ngày ấy trở đi."
        )


def _line_of_targets(plan):
    """Targets that stand already, with the units above them up to their cơ sở: they say for whom the people count."""
    found = []
    for unit in [t for t in plan.targets if isinstance(t, Unit)] + [n.parent for n in plan.founding if n.parent]:
        while unit and Level(unit.level).rank > Level.CO_SO.rank:
            found.append(unit)
            unit = unit.parent
    return found


def _came_from_elsewhere(version):
    before = version.unit.versions.filter(starts_on__lt=version.starts_on).order_by("starts_on").last()
    return before is not None and before.parent_id != version.parent_id


def _check_levels(plan):
    for old, heir in plan.closing.items():
        if plan.kind == ChangeKind.MERGE and heir.level != old.level:
            raise ValidationError(f"{old.name} là {Level(old.level).noun}, chỉ sáp nhập với đơn vị cùng cấp.")
        if isinstance(heir, Unit) and heir in plan.closing:
            raise ValidationError(f"{heir.name} cũng kết thúc trong quyết định này, không thể kế thừa {old.name}.")
        if isinstance(heir, Unit) and heir.is_within(old):
            raise ValidationError(f"{heir.name} đang trực thuộc {old.name}: chuyển đơn vị ấy ra trước.")
    if plan.kind == ChangeKind.MERGE and len(plan.closing) < (2 if plan.founding else 1):
        raise ValidationError("Sáp nhập cần ít nhất hai đơn vị.")
    for new in plan.founding:
        if new.parent in plan.closing:
            raise ValidationError(f"{new.parent.name} kết thúc trong quyết định này, không lập đơn vị mới ở dưới được.")
    for unit, to in plan.branches.items():
        if not Level(unit.level).may_stand_under(to.level):
            raise ValidationError(f"{unit.name} không thể trực thuộc {Level(to.level).noun} {to.name}.")
        if isinstance(to, Unit) and (to.is_within(unit) or to in plan.closing):
            raise ValidationError(f"{unit.name} không thể chuyển về {to.name}: đơn vị ấy kết thúc hoặc đang ở bên dưới {unit.name}.")
        if unit.parent_id == getattr(to, "pk", None):
            raise ValidationError(f"{unit.name} đang trực thuộc {to.name} rồi. Chọn đơn vị khác.")
        above = next((other for other in plan.branches if other != unit and unit.is_within(other)), None)
        if above:
            raise ValidationError(f"{unit.name} trực thuộc {above.name}, đơn vị ấy cũng chuyển trong quyết định này. Ghi thành hai lần.")
    for pk, to in plan.people.items():
        if Level(to.level).rank < Level.CO_SO.rank:
            name = Member.objects.get(pk=pk).name
            raise ValidationError(f"Đồng chí {name} và những hội viên khác phải về một chi hội hoặc cơ sở; {to.name} không giữ danh sách hội viên.")
        if isinstance(to, Unit) and to in plan.closing:
            raise ValidationError(f"{to.name} kết thúc trong quyết định này, không nhận hội viên được.")


def _check_nobody_left(plan):
    for old in plan.closing:
        left = [u.name for u in branches_of(old) if u not in plan.branches]
        if left:
            raise ValidationError(f"{old.name} kết thúc nhưng chưa định nơi trực thuộc mới cho: {some(left)}.")
        left = set(people_of(old)) - set(plan.people)
        if left:
            names = Member.objects.filter(pk__in=list(left)[: NAMED + 1]).values_list("name", flat=True)
            raise ValidationError(f"{old.name} kết thúc nhưng còn {len(left)} hội viên chưa có nơi sinh hoạt mới: {some(names, len(left))}.")


def _check_people_are_there(plan):
    """Whoever is moved by name still stands in a unit that closes or gives people away."""
    there = {pk: source for source in (*plan.closing, *plan.partial) for pk in people_of(source)}
    gone = [pk for pk in plan.people if pk not in there]
    if gone:
        names = Member.objects.filter(pk__in=gone[: NAMED + 1]).order_by("sort_key", "pk").values_list("name", flat=True)
        raise ValidationError(f"Không còn sinh hoạt ở những đơn vị này, không chuyển được: {some(names, len(gone))}. Xem lại danh sách rồi ghi lại.")
    stays = next((to for pk, to in plan.people.items() if there[pk] == to), None)
    if stays:
        raise ValidationError(f"Có hội viên được xếp về chính {stays.name}, nơi đang sinh hoạt. Để ở phần còn lại.")


def _check_nobody_twice(plan):
    """Nobody moved has two spells on the same day: the change would write him into two units."""
    by_member = defaultdict(list)
    rows = touched_spells(plan).exclude(starts_on=F("ends_on")).values_list("member_id", "member_name", "unit__name", "starts_on", "ends_on")
    for member, *spell in rows.order_by("member", "starts_on", "ends_on"):
        by_member[member].append(spell)
    twice = set()
    for spells in by_member.values():
        for (name, unit, _, ends_on), (_, other, starts_on, _) in pairwise(spells):
            if ends_on is None or starts_on < ends_on:
                twice.add(f"{name} ({unit} và {other} từ {starts_on:%d/%m/%Y})")
    if twice:
        raise ValidationError(
            f"Sổ đang ghi những đồng chí này ở hai đơn vị cùng lúc, thay đổi sẽ giữ họ ở hai nơi: {some(sorted(twice))}. "
            "Sửa quá trình sinh hoạt của các đồng chí ấy trước rồi ghi lại."
        )


def some(names, count=None):
    names = list(names)
    more = (count or len(names)) - NAMED
    return ", ".join(names[:NAMED]) + (f" và {more} trường hợp khác" if more > 0 else "")
