from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


def make_cache_table(using: str, verbosity: int, **kwargs) -> None:
    call_command("createcachetable", database=using, verbosity=max(verbosity - 1, 0))


class CcbConfig(AppConfig):
    """The project itself; an app only so that `migrate` alone leaves a working database."""

    name = "ccb"

    def ready(self) -> None:
        post_migrate.connect(make_cache_table, sender=self)
