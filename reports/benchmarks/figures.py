"""Reports counted live, against bare ``count(*), sum()`` over the same rows."""

from django.db.models import Count, Sum

from members.models import HouseholdStatus, Membership, MemberStatus, Post
from members.scoping import path_after
from reports.figures import FigureSet

from .registry import Measured, NotMeasured, best_of, row

YEARS = 2  # a report compares with the year before


def whole_report(unit, period):
    """Every figure of the unit with its split by subordinate unit, and the year before."""
    figures = FigureSet(unit, period)
    for figure in figures.all():
        figures.breakdown(figure.code, figure.part)


def bare(unit):
    """One count and one sum over each table that the report counts, for each of its years."""
    def below(model, lookup):
        return model.objects.filter(**{f"{lookup}__path__gte": unit.path, f"{lookup}__path__lt": path_after(unit.path)})

    for _ in range(YEARS):
        for rows, column in (
            (below(Membership, "co_so"), "birth_year"), (below(MemberStatus, "member__co_so"), "rate"),
            (below(HouseholdStatus, "household__unit"), "pk"), (below(Post, "member__co_so"), "pk"),
        ):
            rows.order_by().aggregate(rows=Count("*"), total=Sum(column))


@row("members", "bao-cao-co-so", "báo cáo một cơ sở, 2 năm, theo chi hội", "count(*), sum() trần", at_most=2.5)
def report_of_a_co_so(world):
    return Measured(best_of(5, lambda: whole_report(world.co_so, world.period)), best_of(5, lambda: bare(world.co_so)))


@row("members", "bao-cao-tinh", "báo cáo một tỉnh, đếm lại từ đầu", "count(*), sum() trần", at_most=6)
def report_of_a_tinh(world):
    return Measured(best_of(1, lambda: whole_report(world.tinh, world.period)), best_of(1, lambda: bare(world.tinh)))


@row("members", "bao-cao-tinh-san", "báo cáo một tỉnh từ số đã tính sẵn", "count(*), sum() trần", at_most=0.5)
def report_of_a_tinh_from_facts(world):
    raise NotMeasured("chương trình chưa giữ số tính sẵn, tỉnh cũng đếm lại từ đầu")
