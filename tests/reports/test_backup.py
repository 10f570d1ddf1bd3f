"""A backup restores to the same rows, and one that is not exactly as it was written changes nothing."""

import io
import json
import shutil
import tarfile
from contextlib import contextmanager
from uuid import uuid4

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from members.models import Erasure, Member, Unit, UnitRole, User
from members.scoping import all_units
from members.services.erasure import erase
from members.services.lifecycle import end_membership
from members.vietnamese import PartialDate
from reports.backup import BackupRefused, databases, make, make_backup, restore_backup
from reports.backup.archive import Manifest
from tests.cast import enrolled
from tests.serving import manage

pytestmark = [pytest.mark.django_db(transaction=True)]

KEY, PICTURE = "secret.key", "files/anh/1.jpg"


@pytest.fixture(autouse=True)
def var(tmp_path, settings):
    """CCB_VAR of its own, with a key and an upload in it."""
    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = settings.VAR_DIR / "files"
    (settings.MEDIA_ROOT / "anh").mkdir(parents=True)
    (settings.VAR_DIR / KEY).write_text("khóa cũ")
    (settings.VAR_DIR / PICTURE).write_bytes(b"\xff\xd8 anh")
    (settings.VAR_DIR / "static").mkdir()
    (settings.VAR_DIR / "static/app.css").write_text("body {}")
    return settings.VAR_DIR


@pytest.fixture
def archive(cast, tree, var, tmp_path):
    """A backup of the cast and one member, with something of every kind changed since."""
    enrolled(tree.thon_dong, "Nguyễn Văn Một", born="1950")
    (tmp_path / "usb").mkdir()
    path, _ = make_backup(tmp_path / "usb")
    enrolled(tree.thon_dong, "Trần Văn Hai", born="1951")
    (var / KEY).write_text("khóa mới")
    return path


def names():
    with all_units("a test looks into the tables"):
        return sorted(Member.objects.values_list("name", flat=True))


def restore(path, **options):
    with all_units("a test restores"):
        return restore_backup(path, **options)


def counts():
    return databases._count_postgres(connection.cursor()) if connection.vendor == "postgresql" else databases._count_sqlite(connection.connection)


@contextmanager
def fresh_database(tmp_path):
    """DATABASE_URL of a database in which nothing has ever been."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/moi.sqlite3"
        return
    where = connection.settings_dict
    given = {"host": where["HOST"], "port": where["PORT"], "user": where["USER"], "password": where["PASSWORD"]}
    server = psycopg2.connect(dbname="postgres", **{k: v for k, v in given.items() if v})
    server.autocommit = True
    name = f"ccb_restore_{uuid4().hex[:8]}"
    try:
        with server.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        password = f":{where['PASSWORD']}" if where["PASSWORD"] else ""
        yield f"postgres://{where['USER']}{password}@{where['HOST']}:{where['PORT'] or 5432}/{name}"
    finally:
        with server.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.close()


# ── there and back ──


def test_an_archive_is_one_file_for_its_owner_alone_with_what_matters_in_it(archive):
    assert oct(archive.stat().st_mode & 0o777) == "0o600"
    assert [p.name for p in archive.parent.iterdir()] == [archive.name]
    with tarfile.open(archive) as tar:
        assert tar.getnames() == ["manifest.json", "manifest.json.sha256", databases.database().dump_name, f"files/{PICTURE}", f"files/{KEY}"]
        manifest = json.load(tar.extractfile("manifest.json"))
    assert manifest["tables"]["members_member"] == 1
    assert manifest["tables"]["members_user"] == User.objects.count()
    assert any(name.startswith("members.0001") for name in manifest["migrations"])


def test_restored_rows_and_files_are_those_of_the_moment_of_the_backup(archive, var):
    assert names() == ["Nguyễn Văn Một", "Trần Văn Hai"]
    (var / PICTURE).unlink()
    done = restore(archive, force=True)
    assert names() == ["Nguyễn Văn Một"]
    assert (var / KEY).read_text() == "khóa cũ"
    assert (var / PICTURE).read_bytes() == b"\xff\xd8 anh"
    assert oct((var / PICTURE).stat().st_mode & 0o777) == "0o600"
    assert {name: count for name, count in counts().items() if name in done.manifest.tables} == done.manifest.tables


def test_new_rows_can_be_written_after_a_restore(archive, tree):
    restore(archive, force=True)
    member = enrolled(tree.thon_doai, "Lê Văn Ba")
    assert names() == ["Lê Văn Ba", "Nguyễn Văn Một"] and member.pk


def test_a_restore_into_a_fresh_database_gives_the_same_counts(archive, tmp_path):
    with fresh_database(tmp_path) as url:
        env = {"DATABASE_URL": url, "CCB_VAR": str(tmp_path / "var2")}
        done = manage("restore", str(archive), **env)
        assert done.returncode == 0, done.stderr
        assert "khớp với lúc lưu; 2 tệp: files/anh/1.jpg, secret.key" in done.stdout
        again = manage("backup", "--to", str(tmp_path), **env)
        assert again.returncode == 0, again.stderr
    assert (tmp_path / "var2" / KEY).read_text() == "khóa cũ"

    def tables(path):
        with tarfile.open(path) as tar:
            return json.load(tar.extractfile("manifest.json"))["tables"]

    assert tables(next(tmp_path.glob("ccb-*.tar.gz"))) == tables(archive)


def test_the_commands_say_what_they_did(archive, var, capsys):
    call_command("backup")
    said = capsys.readouterr().out
    assert "Đã sao lưu vào" in said and "2 tệp" in said
    saved = next((var / "backups").iterdir())
    call_command("restore", str(archive), force=True)
    said = capsys.readouterr().out
    assert "Cái đang có đã được sao lưu vào" in said
    assert "Sau lúc lưu không có yêu cầu xóa dữ liệu cá nhân nào." in said
    call_command("restore", str(saved), force=True)
    assert names() == ["Nguyễn Văn Một", "Trần Văn Hai"]


# ── refusals: nothing is changed ──


def assert_refused(path, var, words, **options):
    before, rows = names(), counts()
    with pytest.raises(BackupRefused, match=words):
        restore(path, **options)
    assert (names(), counts(), (var / KEY).read_text()) == (before, rows, "khóa mới")
    assert list(var.glob(".restore-*")) == []


def test_a_database_in_use_is_not_replaced_without_force(archive, var):
    assert_refused(archive, var, "đã có dữ liệu; chưa thay đổi gì")
    with pytest.raises(CommandError, match="--force"):
        call_command("restore", str(archive))


def test_a_damaged_archive_is_refused_wherever_the_damage_is(archive, var):
    whole = archive.read_bytes()
    for place in [3, len(whole) // 7, len(whole) // 2, len(whole) - 20]:
        damaged = archive.with_name("hong.tar.gz")
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1:])
        assert_refused(damaged, var, "Chưa thay đổi gì", force=True)
    for short in [0, 100, len(whole) // 2, len(whole) - 9]:
        damaged.write_bytes(whole[:short])
        assert_refused(damaged, var, "Chưa thay đổi gì", force=True)


def rewritten(archive, change):
    """The archive with one part changed and no hash put right."""
    target = archive.with_name("sua.tar.gz")
    with tarfile.open(archive) as old, tarfile.open(target, "w:gz") as new:
        for member in old.getmembers():
            name, data = change(member.name, old.extractfile(member).read())
            info = tarfile.TarInfo(name)
            info.size = len(data)
            new.addfile(info, io.BytesIO(data))
    return target


def test_an_archive_that_somebody_has_rewritten_is_refused(archive, var):
    def another_count(name, data):
        return name, data.replace(b'"members_member": 1', b'"members_member": 7') if name == "manifest.json" else data

    def another_upload(name, data):
        return name, b"khac" if name.endswith("1.jpg") else data

    def outside(name, data):
        return name.replace("files/anh", "../../anh"), data

    assert_refused(rewritten(archive, another_count), var, "không khớp mã kiểm tra", force=True)
    assert_refused(rewritten(archive, another_upload), var, "không khớp mã kiểm tra", force=True)
    assert_refused(rewritten(archive, outside), var, "có phần lạ", force=True)


def test_counts_that_do_not_fit_are_found_before_anything_is_written(archive, var, monkeypatch):
    monkeypatch.setattr(databases.database().__class__, "check", wrong_counts(databases.database().__class__.check))
    monkeypatch.setattr(databases.database().__class__, "load", wrong_counts(databases.database().__class__.load))
    assert_refused(archive, var, "members_member", force=True)


def wrong_counts(method):
    return lambda self, dump, tables: method(self, dump, {**tables, "members_member": 99})


def test_a_backup_of_another_kind_of_database_or_of_a_newer_program_is_refused(archive, var, monkeypatch, tmp_path):
    other, _ = written_otherwise(monkeypatch, tmp_path, vendor="oracle", server="Oracle 23")
    assert_refused(other, var, "Bản sao lưu là của Oracle 23, còn chương trình đang dùng", force=True)
    newer, _ = written_otherwise(monkeypatch, tmp_path, migrations=["members.9999_later"])
    assert_refused(newer, var, r"phiên bản chương trình mới hơn \(members.9999_later\)", force=True)


def written_otherwise(monkeypatch, tmp_path, **said):
    with monkeypatch.context() as patch:
        patch.setattr(make, "Manifest", lambda **fields: Manifest(**(fields | said)))
        return make_backup(tmp_path / "usb")


def test_a_missing_file_or_folder_is_said(var, tmp_path):
    with pytest.raises(BackupRefused, match="Không có tệp"):
        restore_backup(tmp_path / "khong-co.tar.gz")
    with pytest.raises(BackupRefused, match="Không có thư mục"):
        make_backup(tmp_path / "khong-co")


@pytest.mark.postgres
def test_without_the_tools_of_postgresql_it_says_what_to_install(archive, var, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda tool: None)
    with pytest.raises(BackupRefused, match=r"không có pg_dump\. Cài gói postgresql-client"):
        make_backup(tmp_path / "usb")
    assert_refused(archive, var, "không có pg_restore", force=True)
    assert list((tmp_path / "usb").iterdir()) == [archive]


# ── erasures ──


def test_who_was_erased_after_the_backup_is_erased_again(cast, tree, var, tmp_path):
    member = enrolled(tree.thon_dong, "Nguyễn Văn Một", born="02/1950", admitted_on="1990")
    with all_units("a test ends a membership"):
        end_membership(member=member, reason="xin_ra", true_end=PartialDate(2026, 9, 30), by=cast.chu_tich)
    (tmp_path / "usb").mkdir()
    archive, _ = make_backup(tmp_path / "usb")
    with all_units("a test erases"):
        member.refresh_from_db()
        erase(member=member, version=member.version, reason="Đơn ngày 01/10/2026", by=cast.chu_tich)
    done = restore(archive, force=True)
    assert done.erased_again == [f"Hội viên đã xóa dữ liệu {member.pk}"]
    assert names() == done.erased_again
    with all_units("a test looks into the tables"):
        assert Erasure.objects.get().reason == "Đơn ngày 01/10/2026"
        assert Unit.objects.exists() and UnitRole.objects.exists()
