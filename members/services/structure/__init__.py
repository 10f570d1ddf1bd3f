"""Changes of the structure: each by decision, in one transaction, with counts before and after.

Dates are half-open: from ``effective_on`` (inclusive) the new structure holds. Who may do it is a
permission (``members.change_structure``) and a place: every unit concerned stands below the unit
acted for. A member keeps exactly one open spell; what a closed unit left goes to its heir.
"""

from .do import carry_out, examine
from .effect import Effect, effect_of
from .plan import (
    Decision,
    NewUnit,
    Plan,
    branches_of,
    people_of,
    plan_dissolution,
    plan_founding,
    plan_merge,
    plan_move,
    plan_rename,
    plan_renames,
    plan_split,
)

__all__ = [
    "Decision", "Effect", "NewUnit", "Plan", "branches_of", "carry_out", "effect_of", "examine", "people_of", "plan_dissolution",
    "plan_founding", "plan_merge", "plan_move", "plan_rename", "plan_renames", "plan_split",
]
