from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Số liệu và báo cáo"

    def ready(self):
        from . import triggers  # noqa: F401 - registers its tables
