"""What stands around every page: the menu of jobs, the chapter of help, the words of a role."""

from dataclasses import dataclass

from django import template
from django.urls import reverse

from members.models import Level

register = template.Library()


@dataclass(frozen=True)
class Job:
    """A page of the menu, shown to those who have its permission."""

    words: str
    view: str
    needs: str = ""


@dataclass(frozen=True)
class Area:
    """An area of the menu, its jobs on the second level, and the pages that lie inside it."""

    words: str
    view: str
    chapter: str
    needs: str = ""
    jobs: tuple[Job, ...] = ()
    pages: frozenset[str] = frozenset()

    def holds(self, view):
        return view == self.view or view in self.pages or any(view == job.view for job in self.jobs)


MENU = (
    Area("Việc cần làm", "reports:home", "viec-can-lam"),
    Area(
        "Hội viên", "members:members", "hoi-vien", "members.view_member",
        (
            Job("Danh sách hội viên", "members:members", "members.view_member"),
            Job("Thêm hội viên", "members:member_add", "members.add_member"),
        ),
        frozenset({"members:member_edit"}),
    ),
    Area(
        "Số liệu", "reports:entry", "so-lieu", "reports.view_enteredfigure",
        (
            Job("Nhập số liệu", "reports:entry", "reports.view_enteredfigure"),
            Job("Nhập từ tệp Excel", "reports:import", "reports.import_figures"),
            Job("Thêm kỳ báo cáo", "reports:period_add", "reports.import_figures"),
        ),
        frozenset({"reports:entry_section", "reports:entry_grid", "reports:confirm_section", "reports:import_template"}),
    ),
    Area(
        "Báo cáo", "reports:reports", "bao-cao", "reports.view_enteredfigure",
        pages=frozenset({"reports:report", "reports:report_text", "reports:figure"}),
    ),
    Area("Đơn vị", "members:units", "don-vi", "members.view_unit", pages=frozenset({"members:unit", "members:issue_code"})),
    Area("Quản trị", "admin:index", "don-vi", "staff"),
)


def allowed(user, needs):
    return user.is_staff if needs == "staff" else not needs or user.has_perm(needs)


def link(words, view, current):
    return {"words": words, "url": reverse(view), "current": current}


@register.inclusion_tag("includes/menu.html", takes_context=True)
def menu(context):
    """The areas and, on the second level, the jobs of the current area."""
    request = context["request"]
    user, here = request.user, getattr(request.resolver_match, "view_name", "")
    areas, jobs, area_words = [], [], ""
    for area in MENU:
        if not allowed(user, area.needs):
            continue
        inside = area.holds(here)
        areas.append(link(area.words, area.view, "page" if here == area.view and not area.jobs else "true" if inside else ""))
        if inside and area.jobs:
            area_words = area.words
            jobs = [link(job.words, job.view, "page" if here == job.view else "") for job in area.jobs if allowed(user, job.needs)]
    return {
        "areas": areas,
        "jobs": jobs,
        "area_words": area_words,
        "user": user,
        "request": request,
    }


@register.simple_tag(takes_context=True)
def help_url(context):
    """The address of the chapter about the page being shown."""
    here = getattr(context["request"].resolver_match, "view_name", "")
    chapter = next((area.chapter for area in MENU if area.holds(here)), "dang-nhap")
    return reverse("members:help", args=[chapter])


@register.filter
def group_name(unit):
    """ "Chi hội Thôn Đông" → "Thôn Đông": under a heading that says "Chi hội" already."""
    return unit.short_name.removeprefix("Chi hội ").removeprefix("Phân hội ")


@register.filter
def children_words(branch):
    """ "16 chi hội", "3 đơn vị trực thuộc": what stands directly below."""
    levels = {child.unit.level for child in branch.children}
    noun = Level(levels.pop()).noun if len(levels) == 1 else "đơn vị trực thuộc"
    return f"{len(branch.children)} {noun}" if branch.children else ""


@register.filter
def role_words(role):
    """ "Thư ký (soạn)" → "thư ký": as it stands behind a name."""
    words = role.get_role_display().partition(" (")[0]
    return words[0].lower() + words[1:]
