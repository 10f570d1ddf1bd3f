"""Who may open a page, beyond what the scope decides about rows."""

from django.contrib.auth.decorators import permission_required

from members.models import Level

# Every view states its permission; this is the statement of those that ask for a login only.
anybody_logged_in = permission_required((), raise_exception=True)


def sees_party(user):
    """Party membership is sensitive: shown by person to the unit's own people, never above the cơ sở."""
    return user.acting is not None and Level(user.acting.unit.level).rank >= Level.CO_SO.rank
