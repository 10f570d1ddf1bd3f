"""Pages of the reports app."""

from django.urls import path

from reports.views import figure, report

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
writing = []

urlpatterns = [*writing, *reading]
