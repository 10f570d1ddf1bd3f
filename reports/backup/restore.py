"""Restoring a backup."""

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from members.models import Erasure, Unit, User
from members.services.erasure import erase_again

from .archive import FILES, Manifest, read_archive
from .databases import database
from .make import make_backup
from .refusal import BackupRefused


@dataclass
class Restored:
    """What was done. ``saved``: the backup of what stood there before; ``older``: it had to be brought up to this version."""

    manifest: Manifest
    files: list[str]
    saved: Path | None = None
    older: bool = False
    erased_again: list[str] = field(default_factory=list)
    erasures_known: bool = False


def restore_backup(path, *, force=False):
    """Put the database and the files of an archive in place of what is there.

    Raises ``BackupRefused``, with nothing changed, for a damaged archive, one of another kind of
    database or of a newer program, and for a database that is not empty unless ``force``; then what
    is there is backed up first. Runs in a scope that sees all units.
    """
    path = Path(path)
    if not path.is_file():
        raise BackupRefused(f"Không có tệp {path}. Chưa thay đổi gì.")
    db = database()
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix=".restore-") as draft:
        folder = Path(draft)
        manifest = read_archive(path, folder)
        _check_kin(manifest)
        dump = folder / manifest.dump
        db.check(dump, manifest.tables)
        done = Restored(manifest, sorted(name.removeprefix(FILES) for name in manifest.parts if name.startswith(FILES)))
        newer = []
        if not is_empty():
            if not force:
                raise BackupRefused(
                    "Cơ sở dữ liệu này đã có dữ liệu; chưa thay đổi gì. Phục hồi vào một cơ sở dữ liệu trống, hoặc thêm --force "
                    "để thay toàn bộ (chương trình sao lưu cái đang có trước khi thay).")
            done.saved = _save_what_is_there()
            newer, done.erasures_known = _erasures_since(manifest)
        db.load(dump, manifest.tables)
        for name in done.files:
            _put(folder / FILES / name, settings.VAR_DIR / name)
        done.older = bool(_on_disk() - set(manifest.migrations))
        if done.older:
            call_command("migrate", verbosity=0)
        done.erased_again = _erase_again(newer)
    return done


def is_empty():
    """No unit and no user: a database that nobody has begun to work in."""
    there = set(connection.introspection.table_names())
    return not any(model._meta.db_table in there and model.objects.exists() for model in (Unit, User))


def _on_disk():
    return {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}


def _check_kin(manifest):
    if manifest.vendor != connection.vendor:
        raise BackupRefused(
            f"Bản sao lưu là của {manifest.server}, còn chương trình đang dùng {database().server} (DATABASE_URL). Chưa thay đổi gì. "
            "Trỏ DATABASE_URL về đúng loại cơ sở dữ liệu.")
    unknown = sorted(set(manifest.migrations) - _on_disk())
    if unknown:
        raise BackupRefused(
            f"Bản sao lưu là của một phiên bản chương trình mới hơn ({unknown[0]}). Chưa thay đổi gì. Cập nhật chương trình rồi phục hồi.")


def _save_what_is_there():
    folder = settings.VAR_DIR / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    return make_backup(folder)[0]


def _put(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(source, draft)
    draft.chmod(0o600)
    draft.replace(target)


# ── erasures that the backup does not know ──
def _erasures_since(manifest):
    """(rows, known): who was erased after the backup, by the database that is about to go; unknown in one of another version."""
    applied = {f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()}
    if not _on_disk() <= applied:
        return [], False
    return list(Erasure.objects.filter(at__gt=datetime.fromisoformat(manifest.made_at)).order_by("at")), True


def _erase_again(rows):
    return [again.pseudonym for again in (erase_again(row=row) for row in rows) if again]
