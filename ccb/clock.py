"""The only "today" of the program.

Every other module asks here, so that a test can stop the clock in one place and no query
depends on the time zone of a database server.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

HO_CHI_MINH = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """This moment, aware, in Asia/Ho_Chi_Minh."""
    return timezone.now().astimezone(HO_CHI_MINH)


def today() -> date:
    """The calendar day in Việt Nam, whatever the zone of the server."""
    return now().date()
