"""Dumping and loading the database: SQLite by itself, PostgreSQL with its own tools.

Both dumps are of one moment, and the counts are of the same moment. Loading is one transaction:
all of it, with the counts compared, or nothing.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing

from django.db import connection, transaction

from .refusal import BackupRefused

LOADING_WAITS = 30  # seconds for another program that writes to a SQLite file
TOOLS = {"pg_dump", "pg_restore", "psql"}


def database():
    return {"sqlite": Sqlite, "postgresql": Postgres}[connection.vendor]()


def differences(expected, found):
    """What to say of tables whose counts differ; "" when none does."""
    wrong = [f"{name} có {found.get(name)} dòng, lẽ ra {count}" for name, count in expected.items() if found.get(name) != count]
    return "; ".join(wrong[:5])


class Sqlite:
    dump_name = "database.sqlite3"

    @property
    def server(self):
        return f"SQLite {sqlite3.sqlite_version}"

    def dump(self, target):
        """Copy the database to ``target``; returns the rows of each table in that copy."""
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
        with closing(_read_only(target)) as copy:
            return _count_sqlite(copy)

    def check(self, dump, tables):
        """Raises ``BackupRefused`` unless the dump is sound and has these counts."""
        try:
            with closing(_read_only(dump)) as copy:
                sound = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
                wrong = differences(tables, _count_sqlite(copy))
        except sqlite3.DatabaseError as error:
            raise BackupRefused(f"Cơ sở dữ liệu trong tệp sao lưu không mở được ({error}). Chưa thay đổi gì.") from error
        if wrong or not sound:
            raise BackupRefused(f"Cơ sở dữ liệu trong tệp sao lưu không đúng như lúc lưu ({wrong or 'hỏng bên trong'}). Chưa thay đổi gì.")

    def load(self, dump, tables):
        """Put the dump in place of what is there. Other programs see the old or the new, never a half."""
        connection.ensure_connection()
        began = time.monotonic()

        def wait(status, remaining, total):
            if time.monotonic() - began > LOADING_WAITS:
                raise BackupRefused("Có chương trình khác đang ghi vào cơ sở dữ liệu. Dừng máy chủ web và db_worker rồi chạy lại. Chưa thay đổi gì.")

        with closing(_read_only(dump)) as source:
            source.backup(connection.connection, progress=wait)
        found = _count_sqlite(connection.connection)
        if wrong := differences(tables, found):
            raise BackupRefused(f"Sau khi phục hồi, số dòng không khớp: {wrong}.")


def _read_only(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def _count_sqlite(copy):
    """Rows of every plain table; what full-text indexes keep for themselves is left out."""
    names = [row[1] for row in copy.execute("PRAGMA table_list") if row[2] == "table" and row[0] == "main" and not row[1].startswith("sqlite_")]
    return {name: copy.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}").fetchone()[0] for name in sorted(names)}  # noqa: S608 - names come from the database itself


class Postgres:
    dump_name = "database.pgdump"

    @property
    def server(self):
        version = str(connection.pg_version)
        return f"PostgreSQL {version[:-4]}.{int(version[-4:])}"

    def dump(self, target):
        """As for SQLite; dump and counts share one snapshot."""
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            self._run("pg_dump", [f"--snapshot={cursor.fetchone()[0]}", "-Fc", "--no-owner", "--no-privileges", "--no-comments", "-f", str(target)])
            return _count_postgres(cursor)

    def check(self, dump, tables):
        """Whether the tools can read the dump; its counts are compared inside the transaction of ``load``."""
        self._run("pg_restore", ["--list", str(dump)], connects=False)

    def load(self, dump, tables):
        script = dump.with_suffix(".sql")
        self._run("pg_restore", ["--no-owner", "--no-privileges", "--no-comments", "-f", str(script), str(dump)], connects=False)
        before, after = dump.with_suffix(".before.sql"), dump.with_suffix(".after.sql")
        before.write_text(EMPTY_SCHEMA, encoding="utf-8")
        after.write_text(COMPARISON.replace("{tables}", _literal(json.dumps(tables))), encoding="utf-8")
        connection.close()
        self._run("psql", ["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", str(before), "-f", str(script), "-f", str(after)])

    @staticmethod
    def _run(tool, arguments, connects=True):
        program = shutil.which(tool)
        if program is None:
            raise BackupRefused(
                f"Máy này không có {tool}. Cài gói postgresql-client cùng phiên bản với máy chủ PostgreSQL rồi chạy lại. Chưa thay đổi gì.")
        env = None
        if connects:
            given, env = connection.client.settings_to_cmd_args_env(connection.settings_dict, arguments)
            arguments = given[1:]
        done = subprocess.run([program, *arguments], env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments, no shell
        if done.returncode:
            raise BackupRefused(f"{tool} báo lỗi: {done.stderr.strip()[-600:]}. Chưa thay đổi gì.")


def _literal(text):
    return "'" + text.replace("'", "''") + "'"


def _count_postgres(cursor):
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    counts = {}
    for (name,) in cursor.fetchall():
        cursor.execute(f"SELECT count(*) FROM public.{connection.ops.quote_name(name)}")  # noqa: S608 - as above
        counts[name] = cursor.fetchone()[0]
    return counts


# What the dump makes must not be there; extensions stay, they belong to the server's administrator.
EMPTY_SCHEMA = """
SET lock_timeout = '20s';
DO $ccb$
DECLARE thing text;
BEGIN
  FOR thing IN
    SELECT format('DROP TABLE IF EXISTS public.%I CASCADE', tablename) FROM pg_tables WHERE schemaname = 'public'
    UNION ALL
    SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e')
  LOOP
    EXECUTE thing;
  END LOOP;
END $ccb$;
"""

# Fails, and with it the whole transaction, when a table has other than its rows.
COMPARISON = """
DO $ccb$
DECLARE thing record; found bigint;
BEGIN
  FOR thing IN SELECT key AS name, value::bigint AS expected FROM json_each_text({tables}) LOOP
    EXECUTE format('SELECT count(*) FROM public.%I', thing.name) INTO found;
    IF found <> thing.expected THEN
      RAISE EXCEPTION 'bảng % có % dòng, lẽ ra %', thing.name, found, thing.expected;
    END IF;
  END LOOP;
END $ccb$;
"""
