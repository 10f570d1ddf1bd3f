"""The house rules, held by reading the code: who imports whom, and what is done in one place only."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from members.models import Unit
from members.scoping import InScope, ScopedHistoryManager, ScopedManager, UnitOwned

ROOT = Path(__file__).resolve().parents[1]
APPS = ["members", "emulation", "reports"]  # each may import those before it
LAYERS = ["scoping", "models", "services", "forms", "views", "admin"]
LONGEST_FILE = 450
NOT_OURS = {".git", ".venv", "var", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis"}
VENDORED = {"static/vendor", "tests/vendor"}
TEXT = {".py", ".html", ".js", ".css", ".json", ".toml", ".md", ".txt", ".po", ".lock", ".svg", ".cfg", ".yml", ".yaml", ".conf", ".service", ""}


@cache
def files():
    """Every file of the project as a path from its root, none vendored or generated."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if path.is_file() and not NOT_OURS & set(inside.parts) and not any(inside.as_posix().startswith(f"{v}/") for v in VENDORED):
            found.append(inside)
    return found


@cache
def product():
    """The Python files that run for people: apps and project, without tests and migrations."""
    return [f for f in files() if f.suffix == ".py" and f.parts[0] in {"ccb", *APPS} and "migrations" not in f.parts]


@cache
def tree(file):
    return ast.parse((ROOT / file).read_text("utf-8"))


@cache
def templates():
    return [f for f in files() if f.suffix == ".html" and f.parts[0] != "tests"]


def module_of(file):
    parts = list(file.with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(file):
    """Dotted names that a file imports, relative ones resolved; "from a import b" gives a.b."""
    package = list(file.parts[:-1])
    found = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*base, *([node.module] if node.module else [])])
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def calls(file):
    """(name of what is called, the call), as "a.b" for attributes of names."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def calling(*names):
    """Product files that call one of ``names``, plain or as the last attribute."""
    return {
        f.as_posix() for f in product() for name, _ in calls(f) if name.rpartition(".")[2] in names
    }


# ── Who imports whom ───────────────────────────────────────────────────────────────────────


def test_apps_import_only_the_apps_below_them():
    wrong = []
    for file in product():
        if file.parts[0] in APPS:
            allowed = APPS[: APPS.index(file.parts[0]) + 1]
            wrong += [(file.as_posix(), name) for name in imports(file) if name.partition(".")[0] in APPS and name.partition(".")[0] not in allowed]
    assert wrong == []


def test_of_the_project_package_the_apps_import_the_clock_alone():
    wrong = {(f.as_posix(), name) for f in product() if f.parts[0] in APPS for name in imports(f) if name.partition(".")[0] == "ccb" and name != "ccb.clock"}
    assert wrong == set()


def test_nothing_imports_the_tests():
    assert [(f.as_posix(), n) for f in product() for n in imports(f) if n.partition(".")[0] == "tests"] == []


def layer(module):
    """"reports.views.figure" → ("reports", 4); None for a module that stands beside the layers."""
    app, _, rest = module.partition(".")
    name = rest.partition(".")[0]
    return (app, LAYERS.index(name)) if app in APPS and name in LAYERS else None


def test_inside_an_app_each_layer_imports_those_below_it():
    wrong = []
    for file in product():
        here = layer(module_of(file))
        for name in imports(file):
            there = layer(name)
            if here and there and here[0] == there[0] and (there[1] > here[1] or {here[1], there[1]} == {LAYERS.index("views"), LAYERS.index("admin")}):
                wrong.append((file.as_posix(), name))
    assert wrong == []


def test_forms_are_imported_by_views_and_admin_and_these_by_urls_alone():
    wrong = []
    for file in product():
        here = layer(module_of(file))
        rank = here[1] if here else 2  # what stands beside the layers is domain
        for name in imports(file):
            there = layer(name)
            if there and there[1] >= 3 and there[1] > rank and file.name != "urls.py":
                wrong.append((file.as_posix(), name))
    assert wrong == []


@pytest.mark.parametrize(
    ("package", "but"),
    [("members/vietnamese", ()), ("reports/workbooks", ()), ("reports/catalogue", ("reports/catalogue/counted.py",))],
)
def test_plain_python_stays_plain(package, but):
    """Numbers, workbooks and the catalogue can be used, and tested, without Django."""
    inside = [f for f in product() if f.as_posix().startswith(f"{package}/") and f.as_posix() not in but]
    assert inside
    wrong = [(f.as_posix(), n) for f in inside for n in imports(f) if n.partition(".")[0] in {"django", "simple_history"} or n.partition(".")[2].startswith("models")]
    assert wrong == []


def test_sentences_and_pages_ask_no_table():
    """Prose and rendering get figures and content; only what builds them reads the database."""
    wrong = [
        (f.as_posix(), n) for f in product() if f.as_posix().startswith(("reports/prose/", "reports/rendering/"))
        for n in imports(f) if re.match(r"(members|emulation|reports)\.(models|scoping|services)\b", n) and not re.match(r"members\.models\.(Level|Kind)$", n)
    ]
    assert wrong == []


def test_weasyprint_is_imported_in_one_file_and_only_when_a_pdf_is_made():
    users = {f.as_posix() for f in files() if f.suffix == ".py" and f.parts[0] != "tests" for n in imports(f) if n.partition(".")[0] == "weasyprint"}
    assert users == {"reports/rendering/pdf.py"}
    top = [n for n in tree(Path("reports/rendering/pdf.py")).body if isinstance(n, ast.Import | ast.ImportFrom)]
    assert "weasyprint" not in "\n".join(ast.unparse(n) for n in top)


def test_no_domain_effect_hides_in_a_signal():
    wrong = [(f.as_posix(), n) for f in product() if f.parts[0] in APPS for n in imports(f) if n.startswith(("django.dispatch", "django.db.models.signals"))]
    assert wrong == []


# ── Whose rows: one place, and doors that are known ────────────────────────────────────────


def test_every_file_that_leaves_the_scope_is_known():
    assert calling("all_units") == {
        "members/effective.py", "members/models/user.py", "members/scoping.py", "members/services.py",
        "reports/asked.py", "reports/figures.py", "reports/services/periods.py", "reports/structure.py", "reports/todo.py",
        "reports/management/commands/demo.py", "reports/management/commands/explain_figure.py",
        "reports/management/commands/import_figures.py", "reports/management/commands/render_report.py",
    }


def test_the_scope_is_opened_by_its_two_doors_alone():
    assert calling("scope_for") == {"members/middleware.py"}
    assert calling("_open", "Scope") == {"members/scoping.py"}


def test_every_use_of_the_unscoped_manager_is_known():
    users = {f.as_posix() for f in product() for n in ast.walk(tree(f)) if isinstance(n, ast.Attribute) and n.attr == "_base_manager"}
    assert users == {"members/scoping.py", "members/models/member.py", "members/admin/reach.py"}


OURS = [m for app in APPS for m in apps.get_app_config(app).get_models()]
HISTORY = [m for m in OURS if hasattr(m, "instance_type")]
TABLES = [m for m in OURS if m not in HISTORY]
OWNED = [m for m in TABLES if issubclass(m, UnitOwned)]


def test_every_table_that_points_at_a_unit_is_owned_by_one():
    pointing = {m for m in TABLES if any(f.related_model is Unit for f in m._meta.get_fields() if f.many_to_one or f.one_to_one or f.many_to_many)}
    assert pointing - set(OWNED) == set()
    assert {m.__name__ for m in OWNED} - {m.__name__ for m in pointing} == {"MemberStatus"}  # by its member


def is_scoped(queryset, lookup):
    conditions = [getattr(c, "lhs", c) for c in queryset.query.where.children]
    return any(isinstance(c, InScope) for c in conditions) and queryset.model.unit_path_lookup == lookup


@pytest.mark.parametrize("model", OWNED, ids=lambda m: m.__name__)
def test_every_manager_of_an_owned_table_is_scoped(model):
    assert isinstance(model._default_manager, ScopedManager)
    for manager in model._meta.managers:
        assert is_scoped(manager.all(), model.unit_path_lookup), manager.name


def test_every_history_of_an_owned_table_is_scoped():
    scoped = {m.instance_type for m in HISTORY if issubclass(m.instance_type, UnitOwned)}
    assert scoped
    for history in HISTORY:
        if issubclass(history.instance_type, UnitOwned):
            lookup = history.instance_type.unit_path_lookup
            assert is_scoped(history._default_manager.all(), lookup), history
            assert is_scoped(history.instance_type.history.all(), lookup), history
            assert isinstance(history.instance_type.history, ScopedHistoryManager), history


def test_no_row_changes_its_unit_through_a_related_manager():
    """``unit.members.add(…)`` goes by the base manager, round the scope."""
    accessors = {r.get_accessor_name() for m in OWNED for r in m._meta.related_objects if r.related_model in OWNED}
    accessors |= {r.get_accessor_name() for r in Unit._meta.related_objects} - {None}
    wrong = []
    for file in product():
        for name, call in calls(file):
            holder, _, last = name.rpartition(".")
            if last in {"add", "set", "remove", "clear"} and holder.rpartition(".")[2] in accessors and isinstance(call.func.value, ast.Attribute):
                wrong.append((file.as_posix(), name))
    assert wrong == []


def test_sql_is_written_by_django_alone():
    by_name = {f.as_posix() for f in product() for n in imports(f) if n.rpartition(".")[2] in {"RawSQL", "RunSQL"}}
    assert (by_name, calling("raw", "extra", "RawSQL", "executemany")) == (set(), set())
    assert calling("cursor", "execute") == {"ccb/health.py"}


def test_no_query_takes_its_conditions_from_the_request():
    wrong = [
        (f.as_posix(), name) for f in product() for name, call in calls(f)
        if name.rpartition(".")[2] in {"filter", "exclude", "get", "order_by"}
        and any("request." in ast.unparse(k.value) for k in call.keywords if k.arg is None)
    ]
    wrong += [(f.as_posix(), name) for f in product() for name, call in calls(f) if name.endswith(".order_by") and any("request." in ast.unparse(a) for a in call.args)]
    assert wrong == []


# ── Forms, pages, text ─────────────────────────────────────────────────────────────────────


def test_forms_name_their_fields_one_by_one():
    wrong = []
    for file in product():
        if layer(module_of(file)) and layer(module_of(file))[1] >= LAYERS.index("forms"):
            for node in ast.walk(tree(file)):
                names = [t.id for t in node.targets if isinstance(t, ast.Name)] if isinstance(node, ast.Assign) else []
                everything = isinstance(node, ast.Constant) and node.value == "__all__"
                left_out = "exclude" in names or (isinstance(node, ast.keyword) and node.arg == "exclude")
                if everything or left_out:
                    wrong.append((file.as_posix(), ast.unparse(node)))
    assert wrong == []


def test_text_is_declared_safe_only_where_its_pieces_are_escaped():
    assert calling("mark_safe", "SafeString", "SafeText") == {"reports/rendering/html.py", "reports/rendering/text.py"}
    unsafe = re.compile(r"\|\s*safe(seq)?\b|autoescape\s+off")
    assert [f.as_posix() for f in templates() if unsafe.search((ROOT / f).read_text("utf-8"))] == []


def test_pages_hold_no_code_and_no_style_of_their_own():
    """The policy forbids it; a file for paper has its stylesheet inside."""
    inline = re.compile(r"<style\b|<script\b(?![^>]*\bsrc=)|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|(src|href)\s*=\s*[\"']data:", re.IGNORECASE)
    found = {f.as_posix() for f in templates() if inline.search((ROOT / f).read_text("utf-8"))}
    assert found == {"templates/reports/document/print.html", "templates/reports/document/print_table.html"}


def test_no_user_text_is_a_format_or_a_template():
    assert calling("format_map", "from_string", "Template") == set()
    wrong = [(f.as_posix(), name) for f in product() for name, call in calls(f) if name.endswith(".format") and not name.startswith(("'", '"'))]
    assert wrong == []


# ── One clock, exact money, nothing from outside ───────────────────────────────────────────


def test_today_comes_from_one_clock():
    asks = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|timezone\.(now|localdate|localtime)|time\.time|time_ns|(Now|TruncDate))$")
    plain = {(f.as_posix(), name) for f in product() for name, call in calls(f) if asks.search(name) and not call.args}
    assert plain == {("ccb/clock.py", "timezone.now")}
    handed_over = {f.as_posix() for f in product() for n in ast.walk(tree(f)) if isinstance(n, ast.keyword) and n.arg == "default" and asks.search(ast.unparse(n.value))}
    assert handed_over == set()


def test_numbers_are_whole_or_decimal_and_never_floats():
    assert [(m.__name__, f.name) for m in OURS for f in m._meta.get_fields() if isinstance(f, models.FloatField)] == []
    assert calling("float") == set()


def test_the_program_never_reads_what_lies_beside_it():
    outside = re.compile(r"\.\./shared|shared/|[\"']shared[\"']")
    assert [f.as_posix() for f in files() if f.parts[0] != "tests" and is_text(f) and outside.search((ROOT / f).read_text("utf-8"))] == []


def is_text(file):
    return file.suffix in TEXT and file.parts[:2] != ("static", "fonts")


def test_no_file_names_a_machine_or_a_registry():
    hosts = ["py" + "pi", "python" + "hosted", "npm" + "js", "proxy." + "golang", "crates" + ".io", "docker" + ".io", "ghcr" + ".io", "arti" + "factory", "deb." + "debian"]
    folders = ["work", "home", "root", "Users", "tmp", "opt"]
    named = re.compile("|".join([*map(re.escape, hosts), rf"(?<![\w.}}$/-])/(?:{'|'.join(folders)})/[\w.]"]))
    found = {}
    for file in files():
        if is_text(file) and (hit := named.search((ROOT / file).read_text("utf-8"))):
            found[file.as_posix()] = hit[0]
    assert found == {}


# ── Size ───────────────────────────────────────────────────────────────────────────────────


def test_no_file_of_code_is_too_long_to_read():
    long = {}
    for file in files():
        if file.suffix == ".py" and "migrations" not in file.parts:
            lines = len((ROOT / file).read_text("utf-8").splitlines())
            if lines > LONGEST_FILE:
                long[file.as_posix()] = lines
    assert long == {}


def test_every_module_of_the_program_says_what_it_is_for():
    silent = [f.as_posix() for f in product() if tree(f).body and not ast.get_docstring(tree(f)) and f.name not in {"__init__.py", "apps.py", "urls.py"}]
    assert silent == []
