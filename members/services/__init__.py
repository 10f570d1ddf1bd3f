"""Writes over several rows: keyword-only, atomic, by whom. Split by noun."""

from .access import CODE_GROUP, CODE_LETTERS, CODE_LIVES, issue_code, may_let_in, use_code
from .locks import PeriodLocked
from .register import StaleVersion, change_member, register_member
from .statuses import Held, set_status
from .units import co_so_of, correct_unit, found_unit

__all__ = [
    "CODE_GROUP", "CODE_LETTERS", "CODE_LIVES", "Held", "PeriodLocked", "StaleVersion", "change_member", "co_so_of", "correct_unit",
    "found_unit", "issue_code", "may_let_in", "register_member", "set_status", "use_code",
]
