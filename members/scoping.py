"""Which units' rows the current code may see and write: the one place that decides.

Two doors only: ``with scope_for(user)`` and ``with all_units("reason")``; a test knows
every file that uses the second. With no scope open, a query on a unit-owned table raises
``ScopeMissing``: forgetting the scope fails, it never leaks.

Known limits, to keep in mind when writing a query:

* a JOIN is not filtered by the joined model's scope: start from the table you print;
* forward foreign keys use the base manager (a unit may always name its parent), and so do
  ``unit.members.add(…)`` and its like: rows change their unit through ``save()`` only;
* raw SQL and ``loaddata`` go round all of this.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet, FullResultSet, PermissionDenied
from django.db import models
from django.db.models import Expression, F
from simple_history.manager import HistoricalQuerySet, HistoryManager
from simple_history.models import HistoricalRecords

SEGMENT = 4  # characters of a path for each step down the tree
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class ScopeMissing(RuntimeError):
    """A unit-owned table was queried with no scope open."""


def path_after(path):
    """The first path behind the whole subtree of ``path`` (exclusive upper bound).

    Raises ``OverflowError`` for the last of all paths, 'ZZZZ' at the top.
    """
    above, number = path[:-SEGMENT], int(path[-SEGMENT:], 36) + 1
    if above and number == 36**SEGMENT:
        return path_after(above)
    return above + encode_segment(number)


def encode_segment(number):
    """0 → '0000'; raises ``OverflowError`` past 'ZZZZ' (1.679.616 units under one parent)."""
    if number >= 36**SEGMENT:
        raise OverflowError("too many units under one parent")
    out = ""
    for _ in range(SEGMENT):
        number, rest = divmod(number, 36)
        out = DIGITS[rest] + out
    return out


@dataclass(frozen=True)
class Scope:
    """``paths`` empty means: sees nothing, never everything."""

    paths: tuple[str, ...] = ()
    everything: bool = False

    def __post_init__(self):
        if not all(self.paths):
            raise ValueError("an empty path would mean every unit")

    def contains(self, path):
        return self.everything or any(path.startswith(p) for p in self.paths)


_current = ContextVar("unit_scope", default=None)


def current_scope():
    scope = _current.get()
    if scope is None:
        raise ScopeMissing("No unit scope is open: use scope_for(user) or all_units(reason).")
    return scope


@contextmanager
def _open(scope):
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


def scope_for(user):
    """The rows of the units for which ``user`` acts today.

    A superuser sees every unit: it exists to set up an empty database and holds no office.
    Whoever is disabled sees nothing.
    """
    if user.is_superuser and user.is_active:
        return _open(Scope(everything=True))
    return _open(Scope(tuple(user.unit_paths())))


def all_units(reason):
    """Every unit's rows, for code that answers for its own checks; say why."""
    if not reason:
        raise ValueError("all_units needs a reason")
    return _open(Scope(everything=True))


class InScope(Expression):
    """A WHERE condition that reads the scope when the SQL is built, not when the queryset is."""

    conditional = True
    output_field = models.BooleanField()

    def __init__(self, path_lookup):
        super().__init__()
        self.path = F(path_lookup)

    def get_source_expressions(self):
        return [self.path]

    def set_source_expressions(self, exprs):
        (self.path,) = exprs

    def as_sql(self, compiler, connection):
        scope = current_scope()
        if scope.everything:
            raise FullResultSet
        if not scope.paths:
            raise EmptyResultSet
        column, params = compiler.compile(self.path)
        sql = " OR ".join(f"({column} >= %s AND {column} < %s)" for _ in scope.paths)
        args = []
        for path in scope.paths:
            args += [*params, path, *params, path_after(path)]
        return f"({sql})", args


class ScopedQuerySet(models.QuerySet):
    def bulk_create(self, objs, *args, update_conflicts=False, unique_fields=None, **kwargs):
        objs = list(objs)
        for obj in objs:
            obj.check_scope(stored=True)
        if update_conflicts and not {*self._owner_fields()} & {*(unique_fields or ())}:
            raise TypeError("an upsert must name the unit among its unique fields")
        return super().bulk_create(
            objs, *args, update_conflicts=update_conflicts, unique_fields=unique_fields, **kwargs
        )

    def bulk_update(self, objs, fields, *args, **kwargs):
        objs = list(objs)
        for obj in objs:
            obj.check_scope(stored=True)
        return super().bulk_update(objs, fields, *args, **kwargs)

    def update(self, **kwargs):
        if {*self._owner_fields(), "unit", "unit_id"} & set(kwargs):
            raise TypeError("a row changes its unit only through save()")
        return super().update(**kwargs)

    def _owner_fields(self):
        """The column that says whose a row is, by both of its names."""
        field = self.model._meta.get_field(self.model.unit_path_lookup.split("__")[0])
        return field.name, field.attname


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):
    def get_queryset(self):
        return super().get_queryset().filter(InScope(self.model.unit_path_lookup))


class UnitOwned(models.Model):
    """Inherited by every table whose rows belong to a unit."""

    unit_path_lookup = "unit__path"
    objects = ScopedManager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.check_scope(stored=True)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        self.check_scope(stored=True)
        return super().delete(*args, **kwargs)

    def scope_path(self):
        """The path that decides about this row."""
        value = self
        for name in self.unit_path_lookup.split("__"):
            value = getattr(value, name)
        return value

    def check_scope(self, stored=False):
        """Raise ``PermissionDenied`` when the row, now or as stored, lies outside the scope."""
        scope = current_scope()
        if not scope.contains(self.scope_path()):
            raise PermissionDenied("Đơn vị này không thuộc phạm vi của đồng chí.")
        if stored and self.pk and not scope.everything:
            before = (
                type(self)
                ._base_manager.filter(pk=self.pk)
                .values_list(self.unit_path_lookup, flat=True)
                .first()
            )
            if before is not None and not scope.contains(before):
                raise PermissionDenied("Bản ghi này không thuộc phạm vi của đồng chí.")

    def validate_unique(self, exclude=None):
        with all_units("uniqueness is checked across every unit"):
            super().validate_unique(exclude)

    def validate_constraints(self, exclude=None):
        with all_units("constraints are checked across every unit"):
            super().validate_constraints(exclude)


class ScopedHistoryManager(HistoryManager):
    def get_queryset(self):
        return super().get_queryset().filter(InScope(self.model.unit_path_lookup))


def scoped_history(unit_path_lookup="unit__path", **options):
    """``HistoricalRecords`` whose rows are as scoped as the rows they remember."""

    class ScopedHistory(models.Model):
        objects = ScopedManager()

        class Meta:
            abstract = True

        def check_scope(self, stored=False):
            """History is written with its row, which was checked."""

    ScopedHistory.unit_path_lookup = unit_path_lookup
    return HistoricalRecords(
        bases=[ScopedHistory],
        history_manager=ScopedHistoryManager,
        historical_queryset=HistoricalQuerySet,
        **options,
    )
