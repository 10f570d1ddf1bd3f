"""A change that is being prepared: kept in the session, as it was typed, until it is confirmed."""

from functools import cached_property

from django.http import QueryDict
from django.utils.crypto import get_random_string

from members.forms.structure import FoundForm, MergeForm, MoveForm, RenameForm
from members.forms.structure_share import FORMS, OneReceiver, ShareForm
from members.models import ChangeKind, Unit

SESSION_KEY = "structure_drafts"
KEPT = 5  # drafts of one session
DETAILS = {ChangeKind.FOUND: FoundForm, ChangeKind.RENAME: RenameForm, ChangeKind.MOVE: MoveForm, ChangeKind.MERGE: MergeForm, **FORMS}


class Draft:
    """Steps of one change. ``data``: kind, units, top; details and share as sent; ``done``: the change it became."""

    def __init__(self, session, key, data):
        self.session, self.key, self.data = session, key, data

    @classmethod
    def begin(cls, session, *, kind, units, top, before=None):
        """A new draft; with ``before`` the same one, whose further steps stay when the first is as it was."""
        start = {"kind": kind, "units": [unit.pk for unit in units], "top": top.pk}
        kept = before.data if before and not before.is_done and before.data["kind"] == kind else {}
        draft = cls(session, before.key if kept else get_random_string(12), kept | start)
        draft.save()
        return draft

    @classmethod
    def find(cls, session, key):
        data = session.get(SESSION_KEY, {}).get(key)
        return data and cls(session, key, data)

    def save(self):
        kept = self.session.get(SESSION_KEY, {})
        kept.pop(self.key, None)
        kept[self.key] = self.data
        self.session[SESSION_KEY] = dict(list(kept.items())[-KEPT:])

    def keep(self, step, sent):
        """Remember what was typed in a step. Empty answers are left out: most of those about people are."""
        self.data[step] = {name: values for name, values in sent.lists() if name != "csrfmiddlewaretoken" and any(values)}
        self.save()

    def finish(self, change):
        self.data = {"done": change.pk}
        self.save()

    @property
    def is_done(self):
        return "done" in self.data

    @property
    def kind(self):
        return ChangeKind(self.data["kind"])

    @cached_property
    def units(self):
        """The chosen units in scope, in the order of their choice."""
        found = {unit.pk: unit for unit in Unit.objects.select_related("parent").filter(pk__in=self.data["units"])}
        return [found[pk] for pk in self.data["units"] if pk in found]

    @cached_property
    def top(self):
        return Unit.objects.select_related("parent").filter(pk=self.data["top"]).first()

    @property
    def is_whole(self):
        """Whether everything that was chosen is still in reach."""
        return self.top is not None and len(self.units) == len(self.data["units"])

    def sent(self, step):
        """What was typed in a step, as a form reads it; None when the step was not sent."""
        if step not in self.data:
            return None
        query = QueryDict(mutable=True)
        for name, values in self.data[step].items():
            query.setlist(name, values)
        return query

    # ── the forms of the steps ──
    def details(self, sent=None):
        """The form of the second step, with what was typed before."""
        return DETAILS[self.kind](sent if sent is not None else self.sent("details"), units=self.units, top=self.top)

    def share(self, details, sent=None):
        """The form of the third step; None when the change has none. Bound by itself when nothing is to be decided."""
        if not details.shares:
            return None
        form = ShareForm(sent if sent is not None else self.sent("share"), details=details)
        if form.is_needed:
            return form
        alone = OneReceiver(details=details)
        return alone if alone.is_valid() else form

    def plan(self):
        """The plan of a draft whose steps are all valid, else None."""
        details = self.details()
        if not details.is_bound or not details.is_valid():
            return None
        share = self.share(details)
        if share is None:
            return details.plan()
        return share.plan() if share.is_bound and share.is_valid() else None
