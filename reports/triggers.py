"""The tables of reports behind the gate before locked periods: what units typed, confirmed and wrote."""

from members.triggers import Guard, home_of, register


def then_home(row):
    """The unit, and its cơ sở as the tree stood at the end of the row's period."""
    return [home_of(f"{row}.unit_id", f"(SELECT p.ends_on FROM members_period p WHERE p.id = {row}.period_id)")]


register(*(
    Guard(table, then_home, period="period_id")
    for table in ("reports_enteredfigure", "reports_sectionconfirmation", "reports_reporttext")
))
