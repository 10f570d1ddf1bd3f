from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from . import triggers


def drop_gate(using, **kwargs):
    triggers.drop(using)


def lay_gate(using, **kwargs):
    triggers.lay(using)


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Tổ chức và hội viên"

    def ready(self):
        from . import checks  # noqa: F401 - registers itself

        pre_migrate.connect(drop_gate, sender=self)
        post_migrate.connect(lay_gate, sender=self)
