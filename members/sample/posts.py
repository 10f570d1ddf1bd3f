"""Posts that invented people hold: in their chi hội, in the committee of their cơ sở, and outside the Hội."""

from datetime import date

from members.models import Body, Post, PostLevel

TERM_BEGINS, TERM = (6, 15), 5  # a term begins on this day of a year that leaves 2 when divided by 5
BRANCH_TITLES = [(Body.BRANCH, "Chi hội trưởng"), (Body.BRANCH, "Chi hội phó")]
LEADING_TITLES = [
    (Body.STANDING, "Chủ tịch"), (Body.STANDING, "Phó Chủ tịch"), *[(Body.EXECUTIVE, "Ủy viên")] * 5,
    (Body.INSPECTION, "Trưởng ban"), (Body.INSPECTION, "Ủy viên"),
]
# (of a thousand members, body, title, level)
OUTSIDE = [
    (40, Body.PARTY_COMMITTEE, "Bí thư chi bộ", PostLevel.CELL), (6, Body.PARTY_COMMITTEE, "Đảng ủy viên", PostLevel.COMMUNE),
    (8, Body.COUNCIL, "Đại biểu", PostLevel.COMMUNE), (30, Body.LOCAL, "Trưởng thôn, tổ trưởng dân phố", ""), (25, Body.SECURITY, "Tổ viên", ""),
]


def term_of(day):
    """(first day, "2022 - 2027") of the five-year term that ``day`` lies in."""
    year = day.year - (day.year - 2) % TERM
    if day < date(year, *TERM_BEGINS) and (day.year - 2) % TERM == 0:
        year -= TERM
    return date(year, *TERM_BEGINS), f"{year} - {year + TERM}"


def posts_of(branch, staying, span, rng):
    """Columns of ``Post`` rows. ``staying``: (member, in this unit since) of today's members, in the order of the list."""
    begins, term = term_of(span.today)
    wanted = [(body, title, branch.unit, True) for body, title in BRANCH_TITLES] if branch.unit is not branch.co_so else []
    if branch.leads:
        wanted += [(body, title, branch.co_so, body != Body.INSPECTION) for body, title in LEADING_TITLES]
    for (member, since), (body, title, unit, elected) in zip(staying, wanted, strict=False):
        starts = max(begins, since, unit.opens_on)
        yield {"member": member, "body": body, "title": title, "unit": unit, "term": term, "elected": elected, "starts_on": starts}
    for member, since in staying:
        chance = rng.randrange(1000)
        for share, body, title, level in OUTSIDE:
            if chance < share:
                yield {"member": member, "body": body, "title": title, "level": level, "term": term, "starts_on": max(begins, since)}
                break
            chance -= share


__all__ = ["Post", "posts_of", "term_of"]
