"""Write a unit's report to a file, as HTML or PDF."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from members.scoping import all_units
from reports.management.arguments import add_unit_and_dates, read_unit_and_period
from reports.outlines import AnnualReport
from reports.rendering.html import render_print
from reports.rendering.pdf import PdfUnavailable, render_pdf


class Command(BaseCommand):
    help = "Lập báo cáo của một đơn vị thành tệp HTML hoặc PDF."

    def add_arguments(self, parser):
        add_unit_and_dates(parser)
        parser.add_argument("--kind", default="annual", choices=["annual"], help="loại báo cáo")
        parser.add_argument("--format", required=True, choices=["html", "pdf"])
        parser.add_argument("--output", required=True, metavar="TỆP")

    def handle(self, *args, **options):
        target = Path(options["output"])
        if not target.parent.is_dir():
            raise CommandError(f"--output: không có thư mục “{target.parent}”.")
        with all_units("the command line answers for every unit"):
            unit, period = read_unit_and_period(options)
            document = AnnualReport(unit, period).document()
        try:
            data = render_pdf(document) if options["format"] == "pdf" else render_print(document).encode()
        except PdfUnavailable as error:
            raise CommandError(str(error)) from error
        target.write_bytes(data)
        self.stdout.write(f"Đã lập {target}: {document.full_title} ({unit.name}).")
