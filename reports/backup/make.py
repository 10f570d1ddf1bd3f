"""Making a backup."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from ccb import clock

from .archive import FILES, Manifest, described, write_archive
from .databases import database
from .refusal import BackupRefused


def files_to_keep():
    """{path under CCB_VAR: path}: keys and uploads. What the program can make again is left out."""
    root = settings.VAR_DIR
    found = [*root.glob("*.key"), *settings.MEDIA_ROOT.rglob("*")]
    return {path.relative_to(root).as_posix(): path for path in sorted(found) if path.is_file() and not path.is_symlink()}


def make_backup(folder):
    """Write one archive into ``folder``; returns its path and its ``Manifest``.

    Raises ``BackupRefused`` when the folder is not there or a tool is missing.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise BackupRefused(f"Không có thư mục {folder}. Tạo thư mục ấy hoặc ghi thư mục khác ở --to.")
    db = database()
    with tempfile.TemporaryDirectory(dir=folder, prefix=".ccb-") as draft:  # readable by its owner alone
        dump = Path(draft) / db.dump_name
        tables = db.dump(dump)
        sources = {db.dump_name: dump} | {FILES + name: path for name, path in files_to_keep().items()}
        manifest = Manifest(
            made_at=clock.now().isoformat(timespec="microseconds"), vendor=connection.vendor, server=db.server, dump=db.dump_name,
            migrations=sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
            tables=tables, parts={name: described(path) for name, path in sources.items()},
        )
        target = folder / f"ccb-{clock.now():%Y%m%d-%H%M%S-%f}.tar.gz"
        write_archive(target, manifest, sources)
    return target, manifest
