"""Say where a number comes from: value, rule in words, parts, rows."""

from django.core.management.base import BaseCommand, CommandError

from members.scoping import all_units
from reports.explain import explain
from reports.figures import FigureSet
from reports.management.arguments import add_unit_and_dates, in_days, read_unit_and_period


class Command(BaseCommand):
    help = "Giải thích một số liệu: giá trị, cách tính, các phần, các dòng phía sau."

    def add_arguments(self, parser):
        parser.add_argument("code", metavar="MÃ_CHỈ_TIÊU")
        parser.add_argument("--part", default="", metavar="PHÂN_TỔ")
        add_unit_and_dates(parser)

    def handle(self, *args, code, part, **options):
        with all_units("the command line answers for every unit"):
            unit, period = read_unit_and_period(options)
            figures = FigureSet(unit, period)
            if code not in figures.entries:
                raise CommandError(f"Không có chỉ tiêu “{code}” trong danh mục.")
            self._print(explain(figures, code, part), unit, figures)

    def _print(self, said, unit, figures):
        out = self.stdout.write
        out(f"{said.entry.name} ({said.entry.code}{', ' + said.part if said.part else ''})")
        out(f"Đơn vị: {unit.name} ({unit.code}); kỳ: {figures.period.label}, {in_days(figures.first, figures.last)}")
        out(f"Giá trị: {said.value}")
        out(f"Cách tính: {said.rule}")
        out(f"Nguồn: {said.source}")
        for line in said.remarks:
            out(f"Lưu ý: {line}")
        for title, lines in (("Các phần", said.parts), ("Theo đơn vị trực thuộc", said.below)):
            if lines:
                out(f"{title}:")
                for name, value in lines:
                    out(f"  {name}: {value}")
        if said.typed:
            out("Số đã nhập:")
            for row in said.typed:
                out(f"  {row.unit_name}{', ' + row.part if row.part else ''}: {row.value} ({row.who})")
        if said.rows is not None:
            out(f"Các dòng phía sau: {said.row_count}")
            for line in said.rows:
                out(f"  {line}")
