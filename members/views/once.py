"""A form that is sent twice is saved once."""

import hashlib

from django.core.cache import cache
from django.db import OperationalError, transaction
from django.utils.crypto import get_random_string

REMEMBERED = 24 * 3600  # seconds


def new_token():
    return get_random_string(20)


def note_of(request):
    """The name under which this form with this content is remembered; empty when it bears no token."""
    if not request.POST.get("token"):
        return ""
    sent = sorted((key, value) for key, values in request.POST.lists() if key != "csrfmiddlewaretoken" for value in values)
    return "sent:" + hashlib.sha256(repr((request.user.pk, request.path, sent)).encode()).hexdigest()


def was_saved(request):
    """Whether this very form was saved before. Ask after validating, which the first saving may have changed."""
    note = note_of(request)
    return bool(note) and cache.get(note) is not None


def save_once(request, save):
    """``save()``, unless this very form with this very content was saved before: then None.

    The note that it was sent commits or rolls back with the row itself, so a form whose saving
    failed may be sent again. Two at the same moment: the second waits, then finds the note.
    Raises ``OperationalError`` when it waits too long.
    """
    note = note_of(request)
    with transaction.atomic():
        if note and not cache.add(note, True, REMEMBERED):
            if cache.get(note) is None:  # the cache says the same when the database refuses the note
                raise OperationalError("due to lock timeout: another form holds the note of this one")
            return None
        return save()
