"""One-time codes that the unit above prints instead of an e-mail."""

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from ccb import clock
from members.models import OneTimeCode, Role, User
from members.scoping import all_units, current_scope

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look alike on paper
# Two groups of five: 31**10 codes. Wrong tries are throttled by address and never end a code, or a
# stranger could take it from its owner: ten million of them find it with a chance below 1 in 10 million.
CODE_GROUP = 5
CODE_LIVES = timedelta(days=2)


def may_let_in(*, user, by):
    """Whether ``by`` may give ``user`` a way in, a one-time code or a first password: never an equal, never oneself.

    Every role of the user, in force or to come, lies within the scope and below the unit of ``by``;
    an administrator also helps the people of the own unit, but no other administrator there. A
    superuser is helped by nobody: there is a command for that.
    """
    with all_units("a role to come elsewhere counts too"):
        roles = list(user.unit_roles.filter(Q(ends_on=None) | Q(ends_on__gt=clock.today())).select_related("unit"))
    own = by.acting.unit.path if by.acting else None
    return not user.is_superuser and all(
        current_scope().contains(r.unit.path) and (own != r.unit.path or (by.is_staff and r.role != Role.QUAN_TRI)) for r in roles
    )


@transaction.atomic
def issue_code(*, user, by):
    """A one-time code for ``user``, shown once to ``by`` for printing; earlier codes stop working.

    Raises ``PermissionDenied`` unless ``may_let_in``, and for somebody without a role today.
    """
    if not user.roles_today or not may_let_in(user=user, by=by):
        raise PermissionDenied("Mã đăng nhập do đơn vị cấp trên của người dùng cấp.")
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(2 * CODE_GROUP))
    now = clock.now()
    user.one_time_codes.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
    OneTimeCode.objects.create(user=user, code_hash=make_password(code), issued_by=by, issued_at=now, expires_at=now + CODE_LIVES)
    return f"{code[:CODE_GROUP]}-{code[CODE_GROUP:]}"


def use_code(*, username, code):
    """The user whose valid code this is, who must then choose a password; None when it is not."""
    user = User.objects.filter(username=username, is_active=True).first()
    typed = "".join(ch for ch in code.upper() if ch.isalnum())
    now = clock.now()
    with transaction.atomic():
        row = user and user.one_time_codes.select_for_update().filter(used_at=None, expires_at__gt=now).first()
        if not row:
            make_password(typed)  # the same time as a real check
            return None
        if not check_password(typed, row.code_hash):
            return None
        row.used_at = now
        row.save(update_fields=["used_at"])
        user.must_change_password = True
        user.set_unusable_password()
        user.save()
    return user
