"""Does the gate before locked periods stand? Asked by ``check --database`` and when the web server starts."""

import logging

from django.core.checks import Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections

from . import triggers

log = logging.getLogger(__name__)
MEND = "Chạy “manage.py migrate” để dựng lại rồi khởi động chương trình."


@register(Tags.database)
def gate_stands(app_configs, databases=None, **kwargs):
    """A warning, not an error: ``migrate``, which lays the triggers, asks it first."""
    found = []
    for alias in databases or ():
        if names := triggers.differences(connections[alias]):
            found.append(Warning(f"Cơ sở dữ liệu thiếu hoặc sai chốt khóa số liệu: {', '.join(names)}.", hint=MEND, id="members.W001"))
    return found


def refuse_without_gate():
    """Raise ``ImproperlyConfigured`` when figures that are locked could be changed. Tables not made yet need no gate."""
    try:
        names = triggers.differences(connections["default"])
    except OperationalError as error:
        log.warning("Chưa kiểm tra được chốt khóa số liệu: %s", error)
        return
    if names:
        raise ImproperlyConfigured(f"Cơ sở dữ liệu thiếu hoặc sai chốt khóa số liệu: {', '.join(names)}. {MEND}")
