"""Long work that the worker does; each task opens the scope of the user who asked for it."""

from django_tasks import task

from members.models import ImportJob, User
from members.scoping import scope_for
from members.services.lists import jobs

STEPS = {"check": jobs.check, "write": jobs.write, "undo": jobs.undo}


def acting_user(pk, role):
    """The user in the role in which he asked, if he still has it."""
    user = User.objects.get(pk=pk)
    user.acting_role = next((held for held in user.roles_today if held.pk == role), None)
    return user


@task()
def run_import(job, step, user, role):
    by = acting_user(user, role)
    with scope_for(by):
        STEPS[step](job=ImportJob.objects.select_related("unit").get(pk=job), by=by)
