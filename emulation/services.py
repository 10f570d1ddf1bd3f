"""Writes on clusters."""

from django.core.exceptions import ValidationError
from django.db import transaction

from members.models import Unit

from .models import ClusterMember, ClusterYear


@transaction.atomic
def set_cluster_members(*, cluster, year, units, decision=None, add_only=False, by=None):
    """Make ``units`` the members of ``cluster`` in ``year``, in their order; returns the ``ClusterYear``.

    With ``add_only`` members not named stay. Raises ``ValidationError`` for a unit that is no
    cluster, or a cluster that would hold itself.
    """
    if not cluster.is_cluster:
        raise ValidationError(f"{cluster} không phải cụm thi đua.")
    if cluster in units:
        raise ValidationError(f"{cluster} không thể là thành viên của chính mình.")
    Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=cluster.pk)  # two lists at once: one after the other
    row = ClusterYear.objects.filter(unit=cluster, year=year).first() or ClusterYear(unit=cluster, year=year)
    if row.pk is None or (decision is not None and row.decision != decision):
        row.decision = row.decision if decision is None else decision
        row._history_user = by
        row.save()
    present = {m.unit_id: m for m in row.members.all()}
    if not add_only:
        for pk in set(present) - {u.pk for u in units}:
            present[pk]._history_user = by
            present[pk].delete()
    for position, unit in enumerate(units, start=len(present) if add_only else 0):
        member = present.get(unit.pk)
        if member is None:
            member = ClusterMember(cluster_year=row, unit=unit)
        elif add_only or member.position == position:
            continue
        member.position = position
        member._history_user = by
        member.save()
    return row
