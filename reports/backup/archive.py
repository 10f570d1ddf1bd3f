"""The archive: a tar.gz of a manifest, its hash, the database and the files.

``manifest.json`` names every other part with size and sha256, and counts the rows of every table.
"""

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from .refusal import BackupRefused

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.json.sha256"
FILES = "files/"
UNREADABLE = (OSError, EOFError, tarfile.TarError, gzip.BadGzipFile, zlib.error, ValueError, KeyError, TypeError)


@dataclass(frozen=True)
class Manifest:
    """``migrations``: the applied ones as "app.name". ``parts``: name in the archive → size and sha256."""

    made_at: str
    vendor: str
    server: str
    dump: str
    migrations: list[str]
    tables: dict[str, int]
    parts: dict[str, dict]
    format: int = FORMAT


def sha256_of(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def described(path):
    return {"size": path.stat().st_size, "sha256": sha256_of(path)}


# ── out ──
def write_archive(target, manifest, sources):
    """Write ``sources`` (name in the archive → path) to ``target``: whole, for its owner alone, or not at all.

    Raises ``BackupRefused`` when a file changed after it was described.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as tar:
                text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
                _add(tar, MANIFEST, io.BytesIO(text), len(text))
                seal = f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n".encode()
                _add(tar, SEAL, io.BytesIO(seal), len(seal))
                for name, path in sources.items():
                    with path.open("rb") as part:
                        _add(tar, name, part, manifest.parts[name]["size"])
                    if described(path) != manifest.parts[name]:
                        raise BackupRefused(f"Tệp {name} vừa thay đổi trong khi sao lưu. Chạy lại lệnh.")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _add(tar, name, file, size):
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    tar.addfile(info, file)


# ── in ──
def read_archive(path, folder):
    """Unpack into ``folder``, every part compared with its hash; returns the ``Manifest``.

    Raises ``BackupRefused`` for whatever is not exactly as it was written.
    """
    try:
        return _unpack(path, folder)
    except UNREADABLE as error:
        raise BackupRefused(
            f"Tệp sao lưu {path.name} bị hỏng hoặc không phải tệp sao lưu của chương trình ({error}). Chưa thay đổi gì. Dùng bản sao lưu khác."
        ) from error


def _unpack(path, folder):
    with tarfile.open(path, mode="r:gz") as tar:
        text = _read(tar, MANIFEST)
        if _read(tar, SEAL).split()[:1] != [hashlib.sha256(text).hexdigest().encode()]:
            raise ValueError("danh mục của tệp không khớp mã kiểm tra")
        manifest = Manifest(**json.loads(text))
        if manifest.format != FORMAT:
            raise ValueError(f"dạng {manifest.format}, chương trình này đọc dạng {FORMAT}")
        missing = dict(manifest.parts)
        while (member := tar.next()) is not None:
            expected = missing.pop(member.name, None)
            if expected is None or not member.isreg() or not _is_inside(member.name):
                raise ValueError(f"có phần lạ “{member.name}”")
            target = folder / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(tar.extractfile(member), target)
            if described(target) != expected:
                raise ValueError(f"phần “{member.name}” không khớp mã kiểm tra")
        if missing:
            raise ValueError(f"thiếu {', '.join(missing)}")
        tar.fileobj.read()  # to the end, where gzip compares its own sum
    return manifest


def _read(tar, name):
    member = tar.next()
    if member is None or member.name != name:
        raise ValueError(f"thiếu {name}")
    return tar.extractfile(member).read()


def _is_inside(name):
    return ".." not in PurePosixPath(name).parts and not PurePosixPath(name).is_absolute()


def _copy(source, target: Path):
    with source, target.open("xb") as out:
        while block := source.read(1 << 20):
            out.write(block)
