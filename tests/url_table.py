"""What every address answers to everybody: one table, read by the tests that walk the resolver.

A row is the name of an address (or its route, where it has no name) and one or more ``Ask``s, ways
to ask for it. ``get`` and ``post`` say who gets which status for an object within reach; whoever is
not named gets 403. For an object out of reach, and for one that does not exist, the runner expects
404 from those who are named (in the admin: its redirect to the index). A number instead of a
mapping is the answer to everybody who is logged in, whatever is asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.urls import get_resolver, reverse

from tests.url_world import CODE, CONFIRMED, MISSING, SECTION, WRITTEN

# actor → the unit acted for. Not logged in at all: anonymous, bi_khoa (whose session is dead).
UNIT_OF = {
    "chi_hoi_truong": "thon_dong", "thu_ky": "thanh_son", "thu_ky_ben_canh": "binh_minh", "van_phong": "lam_giang",
    "kiem_tra": "lam_giang", "quan_tri": "lam_giang", "van_phong_ha_dong": "ha_dong",
}
OUTSIDE = ("anonymous", "bi_khoa")
NO_ROLE = "khong_vai"
SUPERUSER = "superuser"
ACTORS = (*OUTSIDE, NO_ROLE, *UNIT_OF, SUPERUSER)

PLACES = {
    "thon_dong": {"own": "thon_dong", "sibling": "thon_doai", "parent": "thanh_son", "stranger": "kim_bai"},
    "thanh_son": {"own": "thanh_son", "child": "thon_dong", "sibling": "binh_minh", "parent": "lam_giang", "stranger": "kim_bai"},
    "binh_minh": {"own": "binh_minh", "child": "xom_ben", "sibling": "thanh_son", "parent": "lam_giang", "stranger": "kim_bai"},
    "lam_giang": {"own": "lam_giang", "child": "thanh_son", "sibling": "ha_dong", "parent": "trung_uong", "stranger": "kim_bai"},
    "ha_dong": {"own": "ha_dong", "child": "kim_bai", "sibling": "lam_giang", "parent": "trung_uong", "stranger": "thanh_son"},
}
WITHIN = {"own", "child"}


def only(actors, status):
    return dict.fromkeys(actors, status)


ROLES = (*UNIT_OF, SUPERUSER)
WRITERS = ("chi_hoi_truong", "thu_ky", "thu_ky_ben_canh", "van_phong", "van_phong_ha_dong", SUPERUSER)
OFFICES = ("thu_ky", "thu_ky_ben_canh", "van_phong", "van_phong_ha_dong", SUPERUSER)  # may also import
HELPERS = (*OFFICES, "quan_tri")  # give a way in to those below
ABOVE_CO_SO = ("van_phong", "van_phong_ha_dong", SUPERUSER)
IN = (NO_ROLE, *ROLES)  # whoever is logged in
READ = only(ROLES, 200)


@dataclass(frozen=True)
class Spot:
    """The objects of one position, by model label; ``key`` is '' for those that do not exist."""

    key: str
    pks: dict
    period: int

    @property
    def unit(self):
        return self.pks["members.unit"]

    @property
    def user(self):
        return self.pks["members.user"]

    @property
    def role(self):
        return self.pks["members.unitrole"]

    @property
    def member(self):
        return self.pks["members.member"]


@dataclass(frozen=True)
class Ask:
    """``of``: whether an object is named. ``leads``: where a redirect goes. ``shows``: marks in the answer to GET.

    Those who are not logged in get ``outside`` and ``outside_post``; a 302 leads them to ``login``.
    """

    args: Callable = lambda at: []
    query: Callable = lambda at: {}
    data: Callable = lambda at: {}
    get: dict | int = 405
    post: dict | int = 405
    leads: Callable = lambda at: "/"
    shows: tuple = ()
    of: bool = False
    get_leads: str = ""  # where GET leads, if elsewhere
    login: str = "/dang-nhap/"
    leads_back: bool = True
    outside: int = 302  # the answer to those who are not logged in
    outside_post: int = 302
    other: int = 405  # to PUT and DELETE, where the object is within reach


def of_unit(**kwargs):
    return Ask(query=lambda at: {"don-vi": at.unit}, of=True, **kwargs)


def section(name, **kwargs):
    return Ask(args=lambda at: [at.unit, at.period, SECTION], leads=lambda at: reverse(name, args=[at.unit, at.period, SECTION]), of=True, **kwargs)


def report(**kwargs):
    return Ask(args=lambda at: [at.unit, at.period], get=READ, of=True, **kwargs)


def with_code(**kwargs):
    return Ask(args=lambda at: [at.unit, at.period, CODE], get=READ, of=True, **kwargs)


MEMBER = {"name": "Lê Văn Mẫu", "born": "1950", "sex": "nam", "category": "ccb", "admitted_on": "1990", "version": "1"}
TYPED = {f"v:{CODE}": "12", f"n:{CODE}": "1", "luu": "1"}

PROGRAM = {
    "health": [Ask(get=only(ACTORS, 200), outside=200, outside_post=405)],
    "quan-tri/login/": [Ask(get=only(IN, 302), post=only(IN, 302), leads=lambda at: reverse("members:login"), leads_back=False, other=302)],
    # --- members: coming and going ---
    "members:login": [Ask(get=only(IN, 302), post=only(IN, 302), outside=200, outside_post=200)],
    "members:code_login": [Ask(get=only(IN, 302), post=only(IN, 302), outside=200, outside_post=422)],
    "members:logout": [Ask(get=only(IN, 302), get_leads="/", post=only(IN, 302), leads=lambda at: reverse("members:login"))],
    "members:password_change": [Ask(get=only(IN, 200), post=only(IN, 422))],
    "members:switch_unit": [
        Ask(get=only(IN, 200), post=only(IN, 404)),
        Ask(get=only(IN, 200), post=only(IN, 404), data=lambda at: {"role": at.role}),  # somebody else's, wherever he is
    ],
    "members:issue_code": [Ask(
        args=lambda at: [at.user], of=True, shows=("user",),
        get=only(HELPERS, 200),
        post=only(HELPERS, 200) | {(who, "own"): 403 for who in OFFICES if who != SUPERUSER},
    )],
    # --- members: units and people ---
    "members:units": [
        Ask(get=READ),
        Ask(get=READ, query=lambda at: {"goc": at.unit}, of=True, shows=("unit",)),
        Ask(get=READ, query=lambda at: {"q": "zq"}),
    ],
    "members:unit": [Ask(args=lambda at: [at.unit], get=READ, of=True, shows=("unit", "user", "signer"))],
    "members:members": [Ask(get=READ), of_unit(get=READ, shows=("member",)), Ask(get=READ, query=lambda at: {"q": "nguyen"})],
    "members:member_add": [
        Ask(get=only(WRITERS, 200), post=only(WRITERS, 422) | only(ABOVE_CO_SO, 200)),
        of_unit(
            get=only(WRITERS, 200), shows=("unit",),
            post=only(WRITERS, 422) | {(who, "own"): 200 for who in ABOVE_CO_SO},  # a province first says for which commune
        ),
    ],
    "members:member_edit": [
        Ask(args=lambda at: [at.member], get=only(WRITERS, 200), post=only(WRITERS, 422), of=True, shows=("member", "card")),
        Ask(
            args=lambda at: [at.member], data=lambda at: MEMBER, get=only(WRITERS, 200), post=only(WRITERS, 302), of=True,
            leads=lambda at: reverse("members:members"),
        ),
    ],
    "members:help": [
        Ask(args=lambda at: ["hoi-vien"], get=only(IN, 200)),
        Ask(args=lambda at: ["khong-co"], get=only(IN, 404)),
    ],
    # --- reports: writing ---
    "reports:home": [Ask(get=only(IN, 200))],
    "reports:entry": [
        Ask(get=READ),
        Ask(get=READ, query=lambda at: {"don-vi": at.unit, "ky": at.period}, of=True, shows=("unit",)),
    ],
    "reports:period_add": [
        Ask(get=only(OFFICES, 200), post=only(OFFICES, 422)),
        Ask(
            get=only(OFFICES, 200), post=only(OFFICES, 302), data=lambda at: {"kind": "nam", "first": "01/12/2025", "last": "15/12/2026"},
            leads=lambda at: f"{reverse('reports:entry')}?ky={at.period}",
        ),
    ],
    "reports:import": [Ask(get=only(OFFICES, 200), post=only(OFFICES, 422))],
    "reports:import_template": [Ask(
        query=lambda at: {"don-vi": at.unit, "ky": at.period}, get=only(OFFICES, 200), of=True, shows=("unit", "amount"))],
    # Its key is known to nobody but who sent a workbook; the rest is held by tests/reports/test_import_mending.py.
    "reports:import_errors": [Ask(args=lambda at: ["khong-co", 0], get=only(OFFICES, 404))],
    "reports:entry_section": [
        section("reports:entry_section", get=READ, post=only(WRITERS, 302), data=lambda at: TYPED, shows=("amount", "note")),
        section("reports:entry_section", get=READ, post=only(WRITERS, 422), data=lambda at: TYPED | {f"v:{CODE}": "mười ? hai"}),
    ],
    "reports:entry_grid": [section("reports:entry_grid", get=READ, post=only(WRITERS, 302))],
    "reports:confirm_section": [Ask(
        args=lambda at: [at.unit, at.period, SECTION], get=only(WRITERS, 200), post=only(WRITERS, 302), of=True, shows=("amount",),
        leads=lambda at: f"{reverse('reports:entry')}?ky={at.period}&don-vi={at.unit}",
    ), Ask(
        args=lambda at: [at.unit, at.period, CONFIRMED], data=lambda at: {"rut-lai": "1"}, get=only(WRITERS, 200),
        post=only(WRITERS, 302), of=True, leads=lambda at: reverse("reports:entry_section", args=[at.unit, at.period, CONFIRMED]),
    )],
    # --- reports: reading ---
    "reports:reports": [Ask(get=READ)],
    "reports:report": [report(shows=("text", "amount", "signer"))],
    "reports:report_pdf": [report(shows=("text", "amount", "signer"))],
    "reports:report_html": [report(shows=("text", "amount", "signer"))],
    "reports:report_text": [Ask(
        args=lambda at: [at.unit, at.period, WRITTEN], get=only(WRITERS, 200), post=only(WRITERS, 302), of=True, shows=("text",),
        data=lambda at: {"text": "Một lời khác.", "version": "1"}, leads=lambda at: reverse("reports:report", args=[at.unit, at.period]),
    )],
    "reports:figure": [with_code(shows=("amount", "user"))],
    "reports:figure_rows_xlsx": [with_code(shows=("amount", "user"))],
}

# --- the admin: which pages of a table open for quan_tri and for the superuser -----------------

ALL = "view add change delete"
TABLES = {  # label: (what quan_tri may do, what the superuser may do)
    "members.member": ("view", "view"),
    "members.period": ("view", ALL),
    "members.perioddates": (ALL, ALL),
    "members.unit": ("view add change", "view add change"),
    "members.unitsettings": (ALL, ALL),
    "members.user": ("view add change", "view add change"),
    "members.unitrole": (ALL, ALL),
    "emulation.clusteryear": (ALL, ALL),
    "reports.indicator": ("view", "view add change"),
    "reports.indicatorconcern": ("view", ALL),
    "reports.enteredfigure": ("view", "view"),
    "reports.sectionconfirmation": ("view", "view"),
    "reports.reporttext": ("view", "view"),
}
COMMON = {"members.period", "reports.indicator", "reports.indicatorconcern"}  # rows that belong to no unit, written at its top only
WITHOUT_HISTORY = set()
PROTECTED = {"members.period"}  # in use: asked to delete it, the admin names what stands in the way


def who_may(label, action, status):
    return {who: status for who, may in zip(("quan_tri", SUPERUSER), TABLES[label], strict=True) if action in may.split()}


def pages_of(label):
    """The rows of the table for one model: name → asks. Admin pages know GET and POST; all else is GET to them."""
    stem = f"admin:{label.replace('.', '_')}"
    of = label not in COMMON

    def one(*more):
        return lambda at: [at.pks[label], *more]

    def row(name, args, get, post, **kwargs):
        return {f"{stem}_{name}": [Ask(args=args, get=get, post=post, of=of, other=200, **kwargs)]}

    view, change = who_may(label, "view", 200), who_may(label, "change", 200)
    changelist = reverse(f"{stem}_changelist")
    rows = {
        f"{stem}_changelist": [Ask(get=view, post=view, other=200)],
        f"{stem}_add": [Ask(get=who_may(label, "add", 200), post=who_may(label, "add", 200), other=200)],
        **row("change", one(), view, change),
        **row("history", one(), view, view),
        **row(
            "delete", one(), who_may(label, "delete", 200), who_may(label, "delete", 200 if label in PROTECTED else 302),
            data=lambda at: {"post": "yes"}, leads=lambda at: changelist,
        ),
        f"quan-tri/{label.replace('.', '/')}/<path:object_id>/": [Ask(
            args=one(), get=only(("quan_tri", SUPERUSER), 302), post=only(("quan_tri", SUPERUSER), 302), other=302,
            leads=lambda at: reverse(f"{stem}_change", args=one()(at)),
        )],
    }
    if label not in WITHOUT_HISTORY:
        rows |= row("simple_history", lambda at: [at.pks[label], at.pks.get(f"{label}.history", MISSING)], view, view)
    if label == "members.user":
        rows |= row("set_password", one(), change, change)
    return rows


STAFF = only(("quan_tri", SUPERUSER), 200)
NOT_ALLOWED = only(("quan_tri", SUPERUSER), 405)
TO_OURS = only(("quan_tri", SUPERUSER), 302)
OF_UNITS = {"app_label": "members", "model_name": "unitrole", "field_name": "unit", "term": "zq"}
ADMIN = {
    "admin:index": [Ask(get=STAFF, post=STAFF, other=200)],
    "admin:login": [Ask(get=only(IN, 302), post=only(IN, 302), leads=lambda at: reverse("members:login"), leads_back=False, other=302)],
    "admin:logout": [Ask(get=NOT_ALLOWED, post=only(("quan_tri", SUPERUSER), 302), leads=lambda at: reverse("members:login"))],
    **{name: [Ask(get=TO_OURS, post=TO_OURS, leads=lambda at: reverse("members:password_change"), other=302)]
       for name in ("admin:password_change", "admin:password_change_done")},
    "admin:view_on_site": [Ask(
        args=lambda at: [at.pks["content_type"], at.unit], get=only(("quan_tri", SUPERUSER), 404), post=only(("quan_tri", SUPERUSER), 404),
        of=True, other=404,
    )],
    "admin:autocomplete": [
        Ask(get={}, post=NOT_ALLOWED),
        Ask(get=STAFF, post=NOT_ALLOWED, query=lambda at: OF_UNITS),
    ],
    "admin:jsi18n": [Ask(get=STAFF, post=NOT_ALLOWED)],
    "admin:app_list": [
        *(Ask(args=lambda at, app=app: [app], get=STAFF, post=STAFF, other=200) for app in ("members", "emulation", "reports")),
    ],
    "quan-tri/<url>": [Ask(args=lambda at: ["khong-co"], get=only(("quan_tri", SUPERUSER), 404), post=only(("quan_tri", SUPERUSER), 404), other=404)],
}
# Django's own pages of the site name its login, which leads on to ours; the pages of tables name ours.
for _name, _asks in ADMIN.items():
    ADMIN[_name] = [replace(_ask, login="/quan-tri/login/" if _ask.leads_back else _ask.login) for _ask in _asks]
for _label in TABLES:
    ADMIN |= pages_of(_label)

TABLE = PROGRAM | ADMIN


# --- the resolver ---------------------------------------------------------------------------


def routes(resolver=None, before="", namespace=""):
    """(name or route, whole route) of every pattern, those of the admin and of every include too."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, route, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        else:
            yield (f"{namespace}{pattern.name}" if pattern.name else route.replace("(?P<url>.*)$", "<url>")), route


def address(name, args):
    """The path of a row for these arguments."""
    if "/" not in name:
        return reverse(name, args=args)
    path, given = f"/{name}", list(args)
    for part in ("<path:object_id>", "<url>"):
        if part in path:
            path = path.replace(part, str(given.pop(0)))
    return path
