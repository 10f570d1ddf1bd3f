"""Everything kept of one person, as a workbook for answering his request (Law 91/2025/QH15)."""

import io

import xlsxwriter
from django.db import transaction
from django.utils.timezone import localtime

from ccb import clock
from members.models import ExportLog, Member

from .changes import changes_of
from .private import LABELS, open_file
from .statuses import plain_statuses

HIDDEN = {"id", "folded_name", "sort_key", "version", "co_so", "merged_into", "household", "content", "sha256", "member"}


def _value(row, column):
    value = getattr(row, f"get_{column.name}_display")() if column.choices else getattr(row, column.name)
    if isinstance(value, bool):
        return "có" if value else "không"
    if hasattr(value, "strftime"):
        return f"{value:%d/%m/%Y}"
    return "" if value is None else str(value)


def _table(rows, *related):
    """A header and the rows of one table, every field that says something of the person."""
    rows = list(rows.select_related(*related) if related else rows.all())
    if not rows:
        return [["Không có"]]
    columns = [column for column in rows[0]._meta.fields if column.name not in HIDDEN]
    return [[str(column.verbose_name).capitalize() for column in columns], *[[_value(row, column) for column in columns] for row in rows]]


def sheets_of(member, part, views):
    """Name of the sheet → rows of text."""
    facts = [[str(c.verbose_name).capitalize(), _value(member, c)] for c in Member._meta.fields if c.name not in HIDDEN]
    facts += [["Hộ", str(member.household or "")]]
    facts += [[label.capitalize(), getattr(part, name)] for name, label in LABELS.items()]
    statuses = [[row.get_kind_display(), row.grade, str(row.rate or ""), _value(row, row._meta.get_field("starts_on")),
                 _value(row, row._meta.get_field("ends_on")), str(row.true_start or "")] for row in part.statuses]
    return {
        "Hồ sơ": [["Mục", "Nội dung"], *facts],
        "Thời gian sinh hoạt": _table(member.spells, "unit"),
        "Diện riêng": [["Diện", "Hạng", "Tỷ lệ (%)", "Tính từ ngày", "Đến ngày (không kể)", "Ngày thật"], *statuses],
        "Diện khác": _table(plain_statuses(member)),
        "Thời kỳ tham gia": _table(member.war_services),
        "Chức vụ": _table(member.posts, "unit"),
        "Khen thưởng": _table(member.decorations),
        "Kỷ luật": _table(member.disciplines, "unit"),
        "Mức sống của hộ": _table(member.household.statuses, "household__head") if member.household else [["Không có"]],
        "Tệp đính kèm": _table(member.attachments.defer("content")),
        "Ai đã xem": [["Lúc", "Ai", "Phần đã xem", "Để làm gì"], *views],
        "Thay đổi": [
            ["Lúc", "Ai", "Việc", "Ô", "Trước", "Sau"],
            *[[f"{localtime(c.at):%d/%m/%Y %H:%M}", c.by or "Chương trình", c.what, label, old, new] for c in changes_of(member) for label, old, new in c.lines or [("", "", "")]],
        ],
    }


@transaction.atomic
def data_of(*, member, reason, by):
    """The workbook's bytes; the look into the private part and the export are written down."""
    part = open_file(member=member, by=by, purpose=f"Lấy dữ liệu cá nhân: {reason}")
    views = [[f"{localtime(v.at):%d/%m/%Y %H:%M}", str(v.user), ", ".join(v.fields), v.purpose] for v in member.views.select_related("user")]
    sheets = sheets_of(member, part, views)
    log = ExportLog(
        unit=by.acting.unit, user=by, what="Dữ liệu cá nhân của một hội viên", filter={"member": member.pk}, columns=list(sheets),
        rows=1, reason=reason, at=clock.now(),
    )
    log.full_clean(exclude=["unit", "user"])
    log.save()
    return workbook(sheets)


def workbook(sheets):
    """Every cell is text: nothing that somebody typed becomes a formula."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, text in enumerate(row):
                    sheet.write_string(i, j, text, bold if i == 0 else None)
            sheet.set_column(0, max(len(rows[0]) - 1, 0), 24)
    return kept.getvalue()
