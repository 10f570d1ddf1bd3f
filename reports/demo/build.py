"""Loads the demo association. Runs in a scope that sees all units; the caller opens it.

"Was there" is asked of the history tables, so that a row which someone changed or deleted is
neither written over nor brought back.
"""

from collections import Counter
from dataclasses import dataclass, replace

from django.db import transaction

from emulation.models import ClusterYear
from emulation.services import set_cluster_members
from members.models import Period, Unit, UnitSettings
from members.services import found_unit
from reports import indicators
from reports.models import EnteredFigure, ReportText, State
from reports.models.figure import PrintMode
from reports.services.cell_store import save_cell
from reports.services.cells import CellValue, read_cell
from reports.services.texts import save_text

from . import people, read, read_texts

CLUSTER, CLUSTER_YEAR = "CUM3", 2023
CLUSTER_MEMBERS = ["CAOBANG", "BACKAN", "THAINGUYEN", "LANGSON", "BACNINH", "BACGIANG"]


@dataclass(frozen=True)
class Loaded:
    """The demo as it stands: units by code, periods by key, users by name; ``made``: rows by kind."""

    units: dict
    periods: dict
    users: dict
    made: Counter


@transaction.atomic
def load():
    """Create what is missing; ``made`` of the answer is empty when nothing was."""
    made = Counter()
    units = load_units(made)
    periods = load_periods(units, made)
    load_cluster(units, made)
    users = people.load_accounts(units, made)
    people.load_members(units, made)
    load_figures(units, periods, users, made)
    load_texts(units, periods, made)
    return Loaded(units, periods, users, made)


def load_units(made):
    """Units by their code in the data, with their settings."""
    units = {}
    for row in read("units.json"):
        code = row["code"]
        unit = Unit.objects.filter(code=code).first() or _once(Unit, code=code)
        if unit is None:
            unit = found_unit(
                code=code, name=row["name"], level=row["level"], kind=row["kind"],
                parent=units.get(row["parent"]),
            )
            made["đơn vị"] += 1
        units[code] = unit
        if row.get("settings") and not UnitSettings.history.filter(unit=unit).exists():
            UnitSettings.objects.create(unit=unit, **row["settings"])
            made["thiết lập của đơn vị"] += 1
    return units


def load_periods(units, made):
    """Periods by their key in the data."""
    periods = {}
    for row in read("periods.json"):
        same = {"kind": row["kind"], "starts_on": row["starts_on"], "ends_on": row["ends_on"]}
        period = Period.objects.filter(**same).first() or _once(Period, **same)
        if period is None:
            period = Period.objects.create(**same, year=row["year"], label=row["label"], due_on=row.get("due_on"))
            period.refresh_from_db()
            made["kỳ báo cáo"] += 1
        periods[row["key"]] = period
    return periods


def load_cluster(units, made):
    cluster = units[CLUSTER]
    if not ClusterYear.history.filter(unit=cluster, year=CLUSTER_YEAR).exists():
        set_cluster_members(cluster=cluster, year=CLUSTER_YEAR, units=[units[code] for code in CLUSTER_MEMBERS])
        made["danh sách cụm thi đua"] += 1


def _once(model, **then):
    """The row that was once like this, however it looks today; None when there never was one."""
    old = model.history.filter(**then).first()
    return old and model.objects.filter(pk=old.id).first()


# ── figures ──
def cells_of_figures():
    """(unit code, period key, indicator code, part, what the data says) of each figure of a document."""
    for block in read("figures.json"):
        for cell in block["cells"]:
            yield block["unit"], block["period"], cell["code"], cell.get("part", ""), cell


def cells_of_tables():
    """The same for the invented tables; ``by`` is the account that typed them."""
    for table in read("tables.json"):
        for unit, row in table["rows"].items():
            for column, typed in zip(table["columns"], row, strict=True):
                code, _, part = column.partition("|")
                if typed is not None:
                    yield unit, table["period"], code, part, {"typed": typed, "note": table.get("note", ""), "by": table.get("by")}


def cell_value(entry, part, said):
    """A cell as the entry form would read it; words in ``said`` are stored as they stand."""
    if "words" in said:
        return CellValue(State.WORDS, words=said["words"], as_typed=said["words"] or "có, không nêu số")
    cell = read_cell(entry, said["typed"], part=part, note=said.get("note", ""))
    return replace(cell, qualifier=said["qualifier"]) if "qualifier" in said else cell


def load_figures(units, periods, users, made):
    entries = indicators.lookup()
    keys = ("unit_id", "period_id", "code", "part")
    once = set(EnteredFigure.history.filter(period__in=periods.values()).values_list(*keys))
    for unit_code, period_key, code, part, said in (*cells_of_figures(), *cells_of_tables()):
        unit, period = units[unit_code], periods[period_key]
        if (unit.pk, period.pk, code, part) in once:
            continue
        save_cell(
            unit=unit, period=period, entry=entries[code], part=part, cell=cell_value(entries[code], part, said),
            by=users.get(said.get("by")), print_mode=PrintMode.HELD if said.get("held") else None,
        )
        made["số liệu"] += 1


# ── words ──
def load_texts(units, periods, made):
    for unit_code, period_key, sections in read_texts():
        unit, period = units[unit_code], periods[period_key]
        once = set(ReportText.history.filter(unit=unit, period=period, kind="annual").values_list("section", flat=True))
        for section, text in sections.items():
            if section not in once:
                save_text(unit=unit, period=period, section=section, text=text)
                made["lời văn của báo cáo"] += 1
