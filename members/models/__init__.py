from .change import ChangeKind, UnitChange, UnitSuccession
from .household import House, Household, HouseholdStatus, Living
from .job import ImportJob, ImportMapping, ImportRow, JobState
from .lock import LockState, PeriodLock
from .member import (
    Attachment,
    Category,
    Decoration,
    Member,
    MemberPrivate,
    Sex,
    WarPeriod,
    WarService,
)
from .period import Period, PeriodDates, PeriodKind
from .post import IN_ASSOCIATION, Body, Discipline, Post, PostLevel
from .request import MembershipRequest, RequestState
from .spell import Membership, ReasonIn, ReasonOut
from .status import SENSITIVE_STATUSES, WOUNDED_GRADES, MemberStatus, StatusKind
from .trace import Erasure, ExportLog, FileView, Handover, MemberMerge, SavedFilter
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
    "FOUNDED_ON", "IN_ASSOCIATION", "PLACELESS_KINDS", "SENSITIVE_STATUSES", "WORKPLACE_KINDS", "WOUNDED_GRADES",
    "Attachment", "Body", "Category", "ChangeKind", "Decoration", "Discipline", "Erasure", "ExportLog", "FileView",
    "Handover", "House", "Household", "HouseholdStatus", "ImportJob", "ImportMapping", "ImportRow", "JobState", "Kind",
    "Level", "Living", "LockState", "Member", "MemberMerge", "MemberPrivate", "MemberStatus", "Membership", "MembershipRequest",
    "OneTimeCode", "Period", "PeriodDates", "PeriodKind", "PeriodLock", "Post", "PostLevel", "ReasonIn", "ReasonOut",
    "RequestState", "Role", "SavedFilter", "Sex", "StatusKind", "Unit", "UnitChange", "UnitRole", "UnitSettings",
    "UnitSuccession", "UnitVersion", "User", "WarPeriod", "WarService",
]
