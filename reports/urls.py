"""Pages of the reports app."""

from django.urls import path

from reports.views import entry, figure, grid, home, periods, report, workbook

app_name = "reports"

# ── reading: the report, its files, and where a number comes from ──
reading = [
    path("bao-cao/", report.report_list, name="reports"),
    path("bao-cao/<int:unit_pk>/<int:period_pk>/", report.report, name="report"),
    path("bao-cao/<int:unit_pk>/<int:period_pk>/bao-cao.pdf", report.report_pdf, name="report_pdf"),
    path("bao-cao/<int:unit_pk>/<int:period_pk>/bao-cao.html", report.report_html, name="report_html"),
    path("bao-cao/<int:unit_pk>/<int:period_pk>/viet/<slug:section>/", report.report_text, name="report_text"),
    path("bao-cao/<int:unit_pk>/<int:period_pk>/so/<slug:code>/", figure.figure, name="figure"),
    path("bao-cao/<int:unit_pk>/<int:period_pk>/so/<slug:code>/bang.xlsx", figure.figure_rows_xlsx, name="figure_rows_xlsx"),
]

# ── writing: home, entry, grid, workbooks, periods ──
writing = [
    path("", home.home, name="home"),
    path("so-lieu/", entry.entry, name="entry"),
    path("so-lieu/ky-moi/", periods.period_add, name="period_add"),
    path("so-lieu/tep-excel/", workbook.import_page, name="import"),
    path("so-lieu/tep-excel/mau.xlsx", workbook.import_template, name="import_template"),
    path("so-lieu/tep-excel/<slug:token>/phai-sua-<int:place>.xlsx", workbook.import_errors, name="import_errors"),
    path("so-lieu/<int:unit_pk>/<int:period_pk>/muc-<slug:section>/", entry.entry_section, name="entry_section"),
    path("so-lieu/<int:unit_pk>/<int:period_pk>/muc-<slug:section>/bang/", grid.entry_grid, name="entry_grid"),
    path("so-lieu/<int:unit_pk>/<int:period_pk>/muc-<slug:section>/xac-nhan/", entry.confirm_section, name="confirm_section"),
]

urlpatterns = [*writing, *reading]
