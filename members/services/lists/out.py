"""Workbooks we hand out: the members' list, an empty one to fill in, and the bad lines of a list to be mended."""

import datetime
import io
from itertools import groupby

import xlsxwriter
from django.db import transaction
from django.db.models import Exists, OuterRef

from ccb import clock
from members.models import ExportLog, Member, Membership, StatusKind, Unit
from members.services.private import may_open, read_many

from .columns import AS_TEXT, COLUMNS
from .values import shown

OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
CREATED = datetime.datetime(2000, 1, 1)  # fixed: equal rows give equal bytes
AT_ONCE = 2000
LONGEST_CELL = 32_767


def keys_for(by):
    """The columns that ``by`` may take out, in their order."""
    private = may_open(by)
    return [key for key, column in COLUMNS.items() if column.exported and (private or not column.private)]


@transaction.atomic
def export_members(*, unit, reason, by):
    """The list of who is a member of ``unit`` today, as bytes; who took it, and why, is written down. Reads back with no change."""
    keys = keys_for(by)
    people = Member.objects.filter(
        Exists(Membership.objects.active_on(clock.today()).filter(member=OuterRef("pk"))), unit__in=Unit.objects.under(unit))
    log = ExportLog(
        unit=by.acting.unit if by.acting else unit, user=by, what="Danh sách hội viên", filter={"unit": unit.code},
        columns=[COLUMNS[key].label for key in keys], rows=people.count(), reason=reason, at=clock.now(),
    )
    log.full_clean(exclude=["unit", "user"])
    log.save()
    return _workbook("Danh sách hội viên", keys, _rows(people, keys, by, log))


def template():
    """The same columns with nobody in them; private ones too, for whoever fills them in."""
    return _workbook("Danh sách hội viên", [key for key, column in COLUMNS.items() if column.exported and key != "co_so"], [])


def _rows(people, keys, by, log):
    plain = [key for key in keys if key not in ("co_so", "unit") and not COLUMNS[key].private]
    private = [key for key in keys if COLUMNS[key].private]
    names = ["pk", "unit__name", "co_so__name", *plain]
    found = people.order_by("unit__path", "sort_key", "pk").values_list(*names).iterator(AT_ONCE)
    for _, chunk in groupby(enumerate(found), lambda pair: pair[0] // AT_ONCE):
        rows = [dict(zip(names, values, strict=True)) for _, values in chunk]
        parts = read_many(members=[row["pk"] for row in rows], by=by, log=log) if private else {}
        for row in rows:
            row |= {"unit": row["unit__name"], "co_so": row["co_so__name"] or ""}
            row |= _private(parts.get(row["pk"])) if private else {}
            yield [_cell(key, row.get(key)) for key in keys]


def _private(part):
    if part is None:
        return {}
    party = part.held(StatusKind.PARTY)
    return {
        "cccd": part.cccd, "ethnicity": part.ethnicity, "religion": part.religion,
        "party": "Có" if party else "", "party_on": party.true_start if party else None,
    }


def _cell(key, value):
    if key == "sex":
        return Member(sex=value).get_sex_display()
    if key == "category":
        return Member(category=value).get_category_display()
    return value


def _workbook(title, keys, rows):
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, OPTIONS) as book:
        book.set_properties({"created": CREATED, "title": title})
        sheet = book.add_worksheet(title)
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#f1e7dd", "border": 1})
        text = book.add_format({"num_format": "@"})
        day = book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
        for i, key in enumerate(keys):
            sheet.set_column(i, i, COLUMNS[key].width, text if key in AS_TEXT else None)
        sheet.freeze_panes(1, 0)
        for i, key in enumerate(keys):
            sheet.write_string(0, i, COLUMNS[key].label, bold)
        for number, row in enumerate(rows, start=1):
            for i, value in enumerate(row):
                _write(sheet, number, i, value, text, day)
    return kept.getvalue()


def _write(sheet, row, column, value, text, day):
    """Typed: a whole day is a day, a year a number, everything else text."""
    if value is None or value == "":
        return
    if hasattr(value, "iso"):
        if value.day and value.year > 1900:
            sheet.write_datetime(row, column, datetime.datetime.combine(value.first_day, datetime.time()), day)
        elif value.month is None:
            sheet.write_number(row, column, value.year)
        else:
            sheet.write_string(row, column, value.display, text)
    elif isinstance(value, datetime.date):
        if value.year > 1900:
            sheet.write_datetime(row, column, datetime.datetime(value.year, value.month, value.day), day)
        else:
            sheet.write_string(row, column, shown(value), text)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, shown(value)[:LONGEST_CELL], text)


# ── The lines to be mended ──


def error_workbook(*, sheet_read, problems):
    """The lines of a list that were refused, under its own header, wrong cells red, and what is wrong in the column "Lỗi"."""
    kept, labels = io.BytesIO(), sheet_read.labels
    with xlsxwriter.Workbook(kept, OPTIONS) as book:
        book.set_properties({"created": CREATED, "title": "Dòng cần sửa"})
        sheet = book.add_worksheet("Dòng cần sửa")
        bold = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#f1e7dd", "border": 1})
        text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
        red = {"bg_color": "#f7c6c2", "border": 1}
        bad_text, bad_day = book.add_format(red | {"num_format": "@"}), book.add_format(red | {"num_format": "dd/mm/yyyy", "align": "left"})
        says = book.add_format({"font_color": "#8f1217", "text_wrap": True})
        sheet.set_column(0, len(labels) - 1, 16)
        sheet.set_column(len(labels), len(labels), 70)
        sheet.freeze_panes(1, 0)
        for i, label in enumerate(labels):
            sheet.write_string(0, i, label, bold)
        sheet.write_string(0, len(labels), "Lỗi", bold)
        number, section = 0, ""
        for line in sheet_read.lines:
            if line.number not in problems:
                continue
            if line.section != section:
                section, number = line.section, number + 1
                sheet.write_string(number, 0, section, bold)
            number += 1
            found = problems[line.number]
            bad = {problem["at"] for problem in found}
            for i, cell in enumerate(line.cells):
                if i not in bad:
                    _write(sheet, number, i, cell, text, day)
                elif cell is None:
                    sheet.write_blank(number, i, None, bad_text)
                elif isinstance(cell, datetime.date):
                    _write(sheet, number, i, cell, bad_text, bad_day)
                else:  # a number too: what is typed over it stays as it was typed
                    sheet.write_string(number, i, shown(cell)[:LONGEST_CELL], bad_text)
            words = "; ".join(f"{problem['column']}: {problem['text']}" if problem["column"] else problem["text"] for problem in found)
            sheet.write_string(number, len(labels), f"Dòng {line.number}. {words}"[:LONGEST_CELL], says)
    return kept.getvalue()
