"""Who may open a page, beyond what the scope decides about rows."""

from django.contrib.auth.decorators import permission_required

# Every view states its permission; this is the statement of those that ask for a login only.
anybody_logged_in = permission_required((), raise_exception=True)
