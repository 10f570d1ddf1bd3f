"""Every table whose rows belong to a unit, for tests about whose rows they are."""

from emulation.models import ClusterMember, ClusterYear
from members.models import (
    Member,
    Membership,
    MemberStatus,
    PeriodDates,
    Unit,
    UnitRole,
    UnitSettings,
    UnitVersion,
)
from reports.models import EnteredFigure, ReportText, SectionConfirmation

OWNED = [
    Unit, UnitVersion, UnitSettings, UnitRole, Member, Membership, MemberStatus, PeriodDates, ClusterYear, ClusterMember,
    EnteredFigure, SectionConfirmation, ReportText,
]
WITH_HISTORY = [model for model in OWNED if hasattr(model, "history")]
