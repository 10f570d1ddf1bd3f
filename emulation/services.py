"""Writes on clusters."""

from django.core.exceptions import ValidationError
from django.db import transaction

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
    row, _ = ClusterYear.objects.get_or_create(unit=cluster, year=year)
    if decision is not None and row.decision != decision:
        row.decision = decision
        row._history_user = by
        row.save()
    present = {m.unit_id: m for m in row.members.all()}
    if not add_only:
        for pk in set(present) - {u.pk for u in units}:
            present[pk]._history_user = by
            present[pk].delete()
    for position, unit in enumerate(units, start=len(present) if add_only else 0):
        if unit.pk not in present:
            member = ClusterMember(cluster_year=row, unit=unit, position=position)
            member._history_user = by
            member.save()
    return row
