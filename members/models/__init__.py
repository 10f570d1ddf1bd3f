from .member import Category, Member, Membership, MemberStatus, ReasonIn, ReasonOut, Sex, StatusKind
from .period import Period, PeriodDates, PeriodKind
from .unit import (
    FOUNDED_ON,
    PLACELESS_KINDS,
    WORKPLACE_KINDS,
    Kind,
    Level,
    Unit,
    UnitSettings,
    UnitVersion,
)
from .user import OneTimeCode, Role, UnitRole, User

__all__ = [
    "FOUNDED_ON", "PLACELESS_KINDS", "WORKPLACE_KINDS", "Category", "Kind", "Level", "Member", "MemberStatus",
    "Membership", "OneTimeCode", "Period", "PeriodDates", "PeriodKind", "ReasonIn", "ReasonOut", "Role", "Sex",
    "StatusKind", "Unit", "UnitRole", "UnitSettings", "UnitVersion", "User",
]
