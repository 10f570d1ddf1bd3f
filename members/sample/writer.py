"""Rows written in large batches under keys given beforehand, so that they can name each other."""

from collections import Counter, defaultdict

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max

from members.services.bulk import create_with_history

BATCH = 5_000


class Writer:
    """``add`` makes a row, ``flush`` writes what waits once it is much, ``finish`` writes the rest.

    Tables are written in the order in which they were first used: what triggers look up comes before.
    Use it inside one transaction: foreign keys are checked at its end.
    """

    def __init__(self, history=False):
        self.history = history
        self.counts = Counter()
        self._next, self._waiting = {}, defaultdict(list)

    def upcoming(self, model):
        """The key that the next row of ``model`` gets."""
        if model not in self._next:
            self._next[model] = (model.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
        return self._next[model]

    def add(self, model, **fields):
        row = model(pk=self.upcoming(model), **fields)
        self._next[model] += 1
        self._waiting[model].append(row)
        return row

    def flush(self, least=BATCH):
        """Write all that waits when some table has ``least`` rows of it."""
        if max(map(len, self._waiting.values()), default=0) < least:
            return
        for model, rows in self._waiting.items():
            self._write(model, rows)
            rows.clear()

    def finish(self):
        """Write what waits, and let the database number new rows after ours."""
        self.flush(least=0)
        tables = list(self._next)
        if self.history:
            tables += [model.history.model for model in tables if hasattr(model, "history")]
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), tables):
                cursor.execute(statement)

    def _write(self, model, rows):
        self.counts[model] += len(rows)
        if self.history and hasattr(model, "history"):
            create_with_history(rows=rows, reason="hội mẫu")
        else:
            model.objects.bulk_create(rows, batch_size=BATCH)
