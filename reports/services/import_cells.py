"""The cells of an import: compared with what is stored, and written all at once with their history."""

from copy import copy

from django.db.models import Max

from members.vietnamese import format_number, money_short
from reports.models import EnteredFigure, State
from reports.services.as_text import plainly
from reports.services.cells import changed_row

BATCH = 500
PLACE = ("unit", "period", "code", "part")
LONG_MONEY = 10**6


class Cells:
    """Cells of many units. Nothing is written before ``write``; the caller holds the locks of the units."""

    def __init__(self, by):
        self.by = by
        self._stored, self._versions, self._new, self._changed = {}, {}, [], []

    def stored(self, unit, period, code, part):
        """The ``EnteredFigure`` of a cell as it was before the import, or None."""
        key = (unit.pk, period.pk)
        if key not in self._stored:
            rows = EnteredFigure.objects.filter(unit=unit, period=period).select_related("unit", "period", "typed_by")
            self._stored[key] = {(row.code, row.part): row for row in rows}
        return self._stored[key].get((code, part))

    def take(self, *, unit, period, entry, part, cell):
        """Note ``cell`` for writing, once for each place; "created", "changed" or "same" as ``save_cell`` says."""
        row = self.stored(unit, period, entry.code, part)
        last = 0 if row else self._last_version(unit, period, entry.code, part)
        row, done = changed_row(copy(row) if row else None, unit=unit, period=period, entry=entry, part=part, cell=cell, by=self.by, last_version=last)
        if done != "same":
            (self._new if done == "created" else self._changed).append(row)
        return done

    def _last_version(self, unit, period, code, part):
        """The version that a deleted row of this cell ended with: typed again, it is not the old one; else 0."""
        key = (unit.pk, period.pk)
        if key not in self._versions:
            past = EnteredFigure.history.filter(unit=unit, period=period).order_by()
            self._versions[key] = {row[:2]: row[2] for row in past.values_list("code", "part").annotate(Max("version"))}
        return self._versions[key].get((code, part), 0)

    def write(self):
        EnteredFigure.objects.bulk_create(self._new, batch_size=BATCH)
        EnteredFigure.history.bulk_history_create(self._new, batch_size=BATCH)
        fields = [f.name for f in EnteredFigure._meta.concrete_fields if not f.primary_key and f.name not in PLACE]
        without_keys = [copy(row) for row in self._changed]
        for row in without_keys:
            row.pk = None  # the place decides which row is meant; a key beside it would be a second answer
        EnteredFigure.objects.bulk_create(without_keys, batch_size=BATCH, update_conflicts=True, unique_fields=PLACE, update_fields=fields)
        EnteredFigure.history.bulk_history_create(self._changed, batch_size=BATCH, update=True)
        self._new, self._changed = [], []


def in_words(said, entry):
    """A stored row or a ``CellValue`` for a reader: "1.862", "16/26", "hơn 80%", "4.093.700.000.000 (4.093,7 tỷ đồng)"."""
    if said.state == State.NOT_CONCERNED:
        return "không thuộc diện"
    if said.state == State.WORDS:
        return said.words or "có, không nêu số"
    text = plainly(said, entry)
    if entry.measure.cls == "money" and said.denominator is None and said.value >= LONG_MONEY:
        short = money_short(said.value)
        text += f" ({short})" if short != f"{format_number(said.value)} đồng" else ""
    return text
