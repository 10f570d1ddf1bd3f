"""Bring a workbook of figures in: all rows or none."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from members.scoping import all_units
from reports.services.imports import import_figures
from reports.workbooks.refusal import WorkbookRefused


class Command(BaseCommand):
    help = "Nhập số liệu từ tệp Excel (.xlsx): lưu tất cả hoặc không lưu gì."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="TỆP.xlsx")
        parser.add_argument("--create-units", action="store_true", help="lập đơn vị chưa có, theo các cột Tên, Cấp, Mã cấp trên")
        parser.add_argument("--create-indicators", action="store_true", help="lập chỉ tiêu chưa có; nhận cả phân tổ mới")
        parser.add_argument("--dry-run", action="store_true", help="xem trước, không lưu")

    def handle(self, *args, file, create_units, create_indicators, dry_run, **options):
        path = Path(file)
        if not path.is_file():
            raise CommandError(f"Không có tệp “{file}”. Hãy kiểm tra lại tên và thư mục.")
        try:
            with all_units("the command line answers for every unit"):
                result = import_figures(
                    path, create_units=create_units, create_indicators=create_indicators, dry_run=dry_run
                )
        except WorkbookRefused as refused:
            raise CommandError(str(refused)) from refused
        self._report(result, dry_run)
        if result.refused:
            raise CommandError(f"Có {len(result.refused)} chỗ bị từ chối; chưa lưu gì. Hãy sửa các chỗ trên rồi nhập lại cả tệp.")

    def _report(self, result, dry_run):
        for title, lines in (("Đơn vị mới", result.new_units), ("Chỉ tiêu mới", result.new_indicators), ("Lưu ý", result.warnings)):
            for line in lines:
                self.stdout.write(f"{title}: {line}")
        for refusal in result.refused:
            self.stdout.write(f"Từ chối: {refusal}")
        self.stdout.write(
            f"Tạo mới {result.created}, thay đổi {result.changed}, giữ nguyên {result.same}, "
            f"ô trống {result.empty}, từ chối {len(result.refused)}."
        )
        if dry_run and not result.refused:
            self.stdout.write("Xem trước: chưa lưu gì.")
