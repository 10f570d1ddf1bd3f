"""Writing cells: compared with what is stored, and written all at once with their history."""

from copy import copy

from django.db import transaction
from django.db.models import Max

from ccb import clock
from members.services import co_so_of
from members.vietnamese.text import printable
from reports.models import EnteredFigure
from reports.services.cells import FIELDS

BATCH = 500
PLACE = ("unit", "period", "code", "part")


class Cells:
    """Cells of many units. Nothing is written before ``write``; the caller holds the locks of the units.

    ``codes`` limits what is read to these indicators, for a page that saves a few of them.
    """

    def __init__(self, by, codes=None):
        self.by = by
        self._codes = {} if codes is None else {"code__in": codes}
        self._stored, self._versions, self._new, self._changed, self._deleted = {}, {}, [], [], []

    def read(self, units, period):
        """Read what is stored for ``units`` at once, before ``stored`` asks for them one by one."""
        found = {(unit.pk, period.pk): {} for unit in units}
        rows = EnteredFigure.objects.filter(unit__in={pk for pk, _ in found}, period=period, **self._codes)
        for row in rows.order_by().select_related("unit", "period", "typed_by"):
            found[row.unit_id, row.period_id][row.code, row.part] = row
        self._stored |= found

    def stored(self, unit, period, code, part):
        """The ``EnteredFigure`` of a cell as it was before, or None."""
        if (unit.pk, period.pk) not in self._stored:
            self.read([unit], period)
        return self._stored[unit.pk, period.pk].get((code, part))

    def take(self, *, unit, period, entry, part, cell, explanation=None, print_mode=None):
        """Note ``cell`` (None empties it) for writing, once for each place.

        Returns "created", "changed", "same", "deleted" or "none". A number typed by a unit above is
        marked "nhập thay" until the unit saves or confirms it.
        """
        row = self.stored(unit, period, entry.code, part)
        if cell is None:
            if row is None:
                return "none"
            self._deleted.append(row)
            return "deleted"
        last = 0 if row else self._last_version(unit, period, entry.code, part)
        row, done = _changed_row(
            copy(row) if row else None, unit=unit, period=period, entry=entry, part=part, cell=cell, by=self.by, last_version=last,
            explanation=explanation, print_mode=print_mode,
        )
        if done != "same":
            (self._new if done == "created" else self._changed).append(row)
        return done

    def _last_version(self, unit, period, code, part):
        """The version that a deleted row of this cell ended with: typed again, it is not the old one; else 0."""
        if (unit.pk, period.pk) not in self._versions:
            asked = {u for u, p in self._stored if p == period.pk and (u, p) not in self._versions}
            past = EnteredFigure.history.filter(unit__in=asked, period=period, **self._codes).order_by()
            self._versions |= {(u, period.pk): {} for u in asked}
            for u, *place, version in past.values_list("unit", "code", "part").annotate(Max("version")):
                self._versions[u, period.pk][tuple(place)] = version
        return self._versions[unit.pk, period.pk].get((code, part), 0)

    @transaction.atomic
    def write(self):
        EnteredFigure.objects.bulk_create(self._new, batch_size=BATCH)
        EnteredFigure.history.bulk_history_create(self._new, batch_size=BATCH)
        fields = [f.name for f in EnteredFigure._meta.concrete_fields if not f.primary_key and f.name not in PLACE]
        without_keys = [copy(row) for row in self._changed]
        for row in without_keys:
            row.pk = None  # the place decides which row is meant; a key beside it would be a second answer
        EnteredFigure.objects.bulk_create(without_keys, batch_size=BATCH, update_conflicts=True, unique_fields=PLACE, update_fields=fields)
        EnteredFigure.history.bulk_history_create(self._changed, batch_size=BATCH, update=True)
        for row in self._deleted:
            row._history_user = self.by
            row.delete()
        self._new, self._changed, self._deleted = [], [], []


def save_cell(*, unit, period, entry, part, cell, by=None, **said):
    """Store one cell, see ``Cells.take``. ``by`` None is the command line."""
    cells = Cells(by, codes=[entry.code])
    done = cells.take(unit=unit, period=period, entry=entry, part=part, cell=cell, **said)
    cells.write()
    return done


def _changed_row(row, *, unit, period, entry, part, cell, by, last_version, explanation, print_mode):
    """(row, "created" | "changed" | "same"): ``row``, None for an empty cell, made to say ``cell`` and not yet saved."""
    wanted = {name: getattr(cell, name) for name in FIELDS}
    if explanation is not None:
        wanted["explanation"] = " ".join(printable(explanation).split())
    if print_mode is not None:
        wanted["print_mode"] = print_mode
    behalf = bool(by and by.acting and by.acting.unit_id != unit.pk)
    if row is None:
        row, done = EnteredFigure(unit=unit, co_so=co_so_of(unit), period=period, code=entry.code, part=part, version=last_version), "created"
    elif all(getattr(row, name) == value for name, value in wanted.items()) and (behalf or not row.on_behalf):
        return row, "same"
    else:
        done = "changed"
    for name, value in wanted.items():
        setattr(row, name, value)
    row.as_typed, row.on_behalf = cell.as_typed, behalf
    row.typed_by, row.typed_at, row.version = by, clock.now(), row.version + 1
    row._history_user = by
    return row, done
