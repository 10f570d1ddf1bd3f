"""The cache is a table: throttles and "sent before" notes are shared by all workers."""

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db
def test_migrating_alone_leaves_a_working_cache():
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE ccb_cache")
    call_command("migrate", verbosity=0)
    assert (cache.add("note", 1, 60), cache.add("note", 2, 60), cache.get("note")) == (True, False, 1)
