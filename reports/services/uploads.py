"""Workbooks that were sent and previewed, kept until they are confirmed; and several of them as one import.

Files lie in ``VAR_DIR/imports/TOKEN/``, a token begins with the second it was made, and belong to the session that sent them: nothing else
knows the token. They are deleted when confirmed or given up, and after a day.
"""

import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction

from ccb import clock
from members.models import Unit
from reports.services.cells import lock_units
from reports.services.imports import LABELS, ImportResult, Refusal, import_figures, read_table
from reports.workbooks.refusal import WorkbookRefused

KEPT_SECONDS = 24 * 3600
SESSION_KEY = "reports_imports"
PREVIEWS_AT_ONCE = 5
FILES_AT_ONCE = 20


@dataclass(frozen=True)
class Upload:
    """Workbooks waiting for confirmation, in the order they were sent."""

    token: str
    names: list[str]
    create_units: bool
    create_indicators: bool
    previewed: float = 0  # seconds, when the preview was made

    @property
    def previewed_at(self):
        return datetime.fromtimestamp(self.previewed, tz=UTC)

    @property
    def folder(self):
        return _root() / self.token

    def files(self):
        """[(name, bytes)]; None when they are no longer there."""
        try:
            return [(name, (self.folder / f"{i}.xlsx").read_bytes()) for i, name in enumerate(self.names)]
        except OSError:
            return None


def _root():
    return settings.VAR_DIR / "imports"


def keep(session, files, *, create_units=False, create_indicators=False):
    """Keep ``files`` [(name, bytes)] for this session. Returns the ``Upload``."""
    sweep()
    token = f"{int(clock.now().timestamp())}-{secrets.token_urlsafe(24)}"
    upload = Upload(token, [name for name, _ in files], create_units, create_indicators)
    upload.folder.mkdir(parents=True, mode=0o700)
    for i, (_, data) in enumerate(files):
        path = upload.folder / f"{i}.xlsx"
        path.touch(mode=0o600)
        path.write_bytes(data)
    kept = session.get(SESSION_KEY, {})
    while len(kept) >= PREVIEWS_AT_ONCE:
        _remove(kept, next(iter(kept)))
    kept[upload.token] = [upload.names, create_units, create_indicators, clock.now().timestamp()]
    session[SESSION_KEY] = kept
    return upload


def kept(session, token):
    """The upload of this session with that token, or None."""
    found = session.get(SESSION_KEY, {}).get(token)
    return Upload(token, *found) if found else None


def forget(session, token):
    """Delete the files of an upload; nothing happens when this session has no such upload."""
    remembered = session.get(SESSION_KEY, {})
    if token in remembered:
        _remove(remembered, token)
        session[SESSION_KEY] = remembered


def _remove(remembered, token):
    del remembered[token]
    shutil.rmtree(_root() / token, ignore_errors=True)


def sweep():
    """Delete what nobody confirmed within a day."""
    if not _root().is_dir():
        return
    oldest = clock.now().timestamp() - KEPT_SECONDS
    for folder in _root().iterdir():
        sent = folder.name.split("-")[0]
        if folder.is_dir() and sent.isdigit() and int(sent) < oldest:
            shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Batch:
    """Results of several workbooks read as one: [(file name, ImportResult)]."""

    results: list[tuple[str, ImportResult]]
    stored: bool = False

    @property
    def refused(self):
        return sum(len(result.refused) for _, result in self.results)

    def total(self, name):
        return sum(getattr(result, name) for _, result in self.results)

    @property
    def created(self):
        return self.total("created")

    @property
    def changed(self):
        return self.total("changed")

    @property
    def same(self):
        return self.total("same")


class _RollBack(Exception):
    pass


def import_batch(files, *, create_units=False, create_indicators=False, dry_run=False, by=None, previewed_at=None):
    """Import ``files`` [(name, bytes)] together, all or nothing. Raises ``WorkbookRefused`` with the file's name.

    A cell that stands in two of the files is refused: nobody could tell which one is meant.
    """
    batch = Batch([])
    tables = [(name, _read(name, data)) for name, data in files]  # before the database is held
    try:
        with transaction.atomic():
            seen = {}
            codes = {str(record.values.get("unit_code")).strip() for _, table in tables for record in table.records}
            lock_units(Unit.objects.filter(code__in=codes))  # all at once, in one order: no two batches wait for each other
            for name, table in tables:
                result = import_figures(table, create_units=create_units, create_indicators=create_indicators, by=by, previewed_at=previewed_at)
                _refuse_repeated(result, name, seen)
                batch.results.append((name, result))
            if dry_run or batch.refused:
                raise _RollBack
        batch.stored = True
    except _RollBack:
        for _, result in batch.results:
            result.stored = False
    return batch


def _read(name, data):
    try:
        return read_table(data)
    except WorkbookRefused as refused:
        raise WorkbookRefused(f"Tệp “{name}” bị từ chối. {refused.what}", f"{refused.mend} Chưa có gì được lưu.".strip()) from refused


def _refuse_repeated(result, name, seen):
    for row, unit, period, entry, part, _, text in result.cells:
        where = (unit.pk, period.pk, entry.code, part)
        if where in seen:
            other, line = seen[where]
            result.refused.append(Refusal(
                row, LABELS["value"], text, f"ô này đã có ở tệp “{other}”, dòng {line}. Hãy bỏ một trong hai dòng.",
            ))
        else:
            seen[where] = (name, row)
