"""Free text of a report's sections."""

from django.db import transaction

from ccb import clock
from members.services import StaleVersion
from members.vietnamese.text import printable
from reports.models import ReportText
from reports.services.cells import lock_units


@transaction.atomic
def save_text(*, unit, period, section, text, kind="annual", version=None, by=None):
    """Store what the secretary wrote for a section.

    Raises ``StaleVersion`` when someone saved first, ``ValidationError`` for a text that cannot be printed.
    """
    lock_units([unit])
    row = ReportText.objects.filter(unit=unit, period=period, kind=kind, section=section).first()
    text = "\n".join(line.rstrip() for line in printable(text, lines=True).strip().split("\n"))
    if row is None:
        if not text:
            return None
        row = ReportText(unit=unit, period=period, kind=kind, section=section, version=0)
    elif version is not None and row.version != version:
        raise StaleVersion(row)
    elif row.text == text:
        return row
    row.text, row.version, row.written_by, row.written_at = text, row.version + 1, by, clock.now()
    row.clean()
    row._history_user = by
    row.save()
    return row
