"""Every indicator of today: the built-in entries, and what administrators added or changed."""

from dataclasses import replace

from django.db import transaction

from members.vietnamese import fold
from reports import catalogue
from reports.catalogue import Dimension, Entry

from .models import Indicator, IndicatorConcern


def lookup():
    """All entries by code, in printed order: a section's own ones follow its built-in ones. Two queries."""
    concerns = {row.code: row.as_concerns() for row in IndicatorConcern.objects.all()}
    own = {}
    for row in Indicator.objects.all():
        own.setdefault(row.section, []).append(as_entry(row))
    out = {}
    by_section = {code: [] for code in catalogue.SECTIONS}
    for entry in catalogue.ENTRIES.values():
        by_section[entry.section].append(replace(entry, concerns=concerns[entry.code]) if entry.code in concerns else entry)
    for section, entries in by_section.items():
        for entry in [*entries, *own.get(section, [])]:
            out[entry.code] = entry
    return out


def as_entry(row):
    """An added indicator as an ``Entry``: entered; numbers add up over units, rates as ratios of sums."""
    ratio = row.kind == Indicator.Kind.RATIO
    return Entry(
        code=row.code, name=row.name, short=row.name[:26], unit=row.unit, unit_accepts=(), kind=row.kind,
        adds_up="ratio_of_sums" if ratio or row.unit == "%" else "sum", numerator=None, denominator=None,
        section=row.section, outline5=catalogue.SECTION_MAP["outline5"][row.section],
        outline7=catalogue.SECTION_MAP["outline7"][row.section], counted_from="entered", activity_kind=None,
        rule=row.rule or "Số do đơn vị nhập.", part_of=None,
        parts=(Dimension("phân tổ", (), True, True, False),) if row.open_parts else (),
        direction=row.direction, print="number", concerns=row.as_concerns(), tier="core", sentence_group=None,
        builtin=False,
    )


def is_share(entry, entries):
    """Whether a rate cannot pass 100 %: it is taken of a total, not of a target."""
    return (
        entry.is_ratio and entry.unit == "%" and entry.computed is None and entry.denominator in entries
        and entries[entry.denominator].counted_from != "targets"
    )


def by_name(entries, name):
    """The entry called ``name`` (marks and case aside), or None."""
    wanted = fold(name)
    return next((e for e in entries.values() if fold(e.name) == wanted), None)


@transaction.atomic
def add_indicator(*, code, name, unit, kind, section=None, by=None):
    """Make an entered indicator that concerns every level. Raises ``ValidationError``."""
    row = Indicator(
        code=code, name=name, unit=unit, kind=kind, section=section or catalogue.guess_section(name),
        levels=["TRUNG_UONG", "TINH", "CUM", "CO_SO", "CHI_HOI"],
    )
    row.full_clean()
    row._history_user = by
    row.save()
    return row
