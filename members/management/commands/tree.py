"""Print the tree of units as it stood on a day."""

from datetime import datetime

from django.core.management.base import BaseCommand, CommandError

from ccb import clock
from members.models import Unit
from members.past import count_of, forerunners, tree_on
from members.scoping import all_units


def read_day(text):
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    raise CommandError(f"--at: “{text}” không phải một ngày có trong lịch. Ghi năm-tháng-ngày, như 2025-06-30.")


class Command(BaseCommand):
    help = "In cây đơn vị của một ngày: tên và loại lúc đó, số hội viên cuối ngày ấy."

    def add_arguments(self, parser):
        parser.add_argument("--at", metavar="YYYY-MM-DD", help="ngày nào (hôm nay)")
        parser.add_argument("--unit", metavar="MÃ", help="chỉ in từ đơn vị này trở xuống")

    def handle(self, *args, at, unit, **options):
        day = read_day(at) if at else clock.today()
        with all_units("the command line answers for every unit"):
            roots = self._below(unit, day) if unit else tree_on(day)
            self._draw(roots, 0)
            self.stdout.write(f"Ngày {day:%d/%m/%Y}: {count_of(roots)} đơn vị, {sum(root.total for root in roots)} hội viên.")

    def _below(self, code, day):
        top = Unit.objects.filter(code=code).first()
        if top is None:
            raise CommandError(f"--unit: không có đơn vị mang mã “{code}”. Xem mã ở trang đơn vị.")
        roots = tree_on(day, top)
        if not roots:
            before = ", ".join(f"{old.name} ({old.code})" for old in forerunners(top, day))
            came = f" Trước đó là: {before}." if before else ""
            raise CommandError(f"Ngày {day:%d/%m/%Y} không có {top.name} ({code}).{came}")
        return roots

    def _draw(self, nodes, depth):
        for node in nodes:
            self.stdout.write(f"{'  ' * depth}{node.name} ({node.unit.code}), {node.kind_words}: {node.total}")
            self._draw(node.children, depth + 1)
