"""Arguments that the commands share."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from members.models import Unit
from reports.services.periods import describe, find_period


def add_unit_and_dates(parser):
    parser.add_argument("--unit", required=True, metavar="MÃ", help="mã đơn vị")
    parser.add_argument("--from", dest="first", required=True, metavar="YYYY-MM-DD", help="ngày đầu kỳ")
    parser.add_argument("--to", dest="last", required=True, metavar="YYYY-MM-DD", help="ngày chốt, tính cả ngày ấy")


def read_day(text, name):
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    raise CommandError(f"{name}: “{text}” không phải một ngày có trong lịch. Ghi năm-tháng-ngày, như 2022-11-30.")


def read_unit_and_period(options):
    """(unit, period) of the command line; an unknown span gives an unsaved period with no typed figures."""
    code = options["unit"]
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise CommandError(f"--unit: không có đơn vị mang mã “{code}”. Xem mã ở trang đơn vị.")
    first, last = read_day(options["first"], "--from"), read_day(options["last"], "--to")
    if last < first:
        raise CommandError(
            f"Kỳ kết thúc ({last:%d/%m/%Y}) trước khi bắt đầu ({first:%d/%m/%Y}). Hãy sửa --to cho bằng hoặc sau --from."
        )
    try:
        return unit, find_period(unit, first, last) or describe(first, last)
    except ValidationError as error:
        raise CommandError(f"--from, --to: {' '.join(error.messages)}") from error


def in_days(first: date, last: date):
    return f"{first:%d/%m/%Y} - {last:%d/%m/%Y}"
