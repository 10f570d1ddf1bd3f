"""A form that is sent twice is saved once."""

import hashlib

from django.core.cache import cache
from django.db import transaction
from django.utils.crypto import get_random_string

REMEMBERED = 24 * 3600  # seconds


def new_token():
    return get_random_string(20)


def save_once(request, save):
    """``save()``, unless this very form with this very content was saved before: then None.

    The note that it was sent commits or rolls back with the row itself, so a form whose saving
    failed may be sent again. Two at the same moment: the second waits, then finds the note.
    """
    sent = sorted((key, value) for key, values in request.POST.lists() if key != "csrfmiddlewaretoken" for value in values)
    name = hashlib.sha256(repr((request.user.pk, request.path, sent)).encode()).hexdigest()
    with transaction.atomic():
        if request.POST.get("token") and not cache.add(f"sent:{name}", True, REMEMBERED):
            return None
        return save()
