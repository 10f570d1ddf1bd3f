"""``manage.py benchmark members``: costs as ratios to named peers, in one run."""

import platform
import time
from importlib import import_module

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from ccb import clock
from members.models import Unit
from members.scoping import all_units
from members.vietnamese import format_number
from reports.backup.databases import database
from reports.benchmarks.registry import ROWS, NotMeasured, World

SUBJECTS = {"members": ["figures", "pages", "search", "lists"]}  # modules of reports.benchmarks, in printed order
HEADS = ["Mã", "Đo gì", "So với", "Của ta", "Đối chứng", "Tỷ lệ", "Mục tiêu", "Kết quả"]


class Command(BaseCommand):
    help = "Đo tốc độ so với các đối chứng nêu tên, trong cùng một lần chạy. Cơ sở dữ liệu trống thì lập một hội minh họa trước."

    def add_arguments(self, parser):
        parser.add_argument("suite", choices=list(SUBJECTS))
        parser.add_argument("--strict", action="store_true", help="mã thoát 1 khi có mục tiêu không đạt")
        parser.add_argument("--members", type=int, default=250_000, metavar="N", help="cỡ hội minh họa khi cơ sở dữ liệu trống")
        parser.add_argument("--rows", type=int, default=100_000, metavar="N", help="số dòng của danh sách nhập thử")
        parser.add_argument("--only", nargs="+", metavar="MÃ", help="chỉ đo các dòng này")

    def handle(self, *, suite, strict, members, rows, only, **options):
        for name in SUBJECTS[suite]:
            import_module(f"reports.benchmarks.{name}")
        lines = [row for row in ROWS[suite] if not only or row.key in only]
        unknown = set(only or ()) - {row.key for row in ROWS[suite]}
        if unknown:
            raise CommandError(f"--only: không có dòng {', '.join(sorted(unknown))}. Các dòng: {', '.join(row.key for row in ROWS[suite])}.")
        with all_units("costs are measured over all rows"):
            if not Unit.objects.exists():
                call_command("make_association", members=members, stdout=self.stdout)
            try:
                world = World.look(rows)
            except NotMeasured as why:
                raise CommandError(f"Không đo được: {why}.") from why
            self._head(world)
            missed = self._table(lines, world)
        if missed and strict:
            raise CommandError(f"Không đạt: {', '.join(missed)}.")

    def _head(self, world):
        self.stdout.write(f"{clock.now():%d/%m/%Y %H:%M}, {database().server}, Python {platform.python_version()}, {platform.machine()}")
        self.stdout.write(
            f"{format_number(world.members)} hội viên, {format_number(world.units)} đơn vị; {world.tinh.name}; "
            f"{world.co_so.name}; {world.period.label}" + ("; DEBUG bật, số đo không đúng" if settings.DEBUG else ""))

    def _table(self, rows, world):
        """Prints each line when it is known; returns the keys of those that missed their goal."""
        texts = [HEADS[:3], *([row.key, row.what, row.against] for row in rows)]
        widths = [*(max(map(len, column)) for column in zip(*texts, strict=True)), 13, 11, 7, 8, 0]
        self._line(HEADS, widths)
        missed, began = [], time.monotonic()
        for row in rows:
            (ours, peer, ratio, goal, verdict), is_missed = row.run(world)
            self._line([row.key, row.what, row.against, ours, peer, ratio, goal, verdict], widths)
            missed += [row.key] if is_missed else []
        self.stdout.write(f"{len(rows)} dòng, {len(missed)} không đạt, {time.monotonic() - began:.0f} giây, {connection.vendor}.")
        return missed

    def _line(self, cells, widths):
        self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
