"""The entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ccb.settings")

application = get_wsgi_application()

from members.checks import refuse_without_gate  # noqa: E402 - the applications must be loaded first

refuse_without_gate()
