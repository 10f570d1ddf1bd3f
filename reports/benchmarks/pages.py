"""Pages through the whole middleware, against a page that says hello."""

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path, reverse

from ccb import clock
from members.models import Member, Membership
from members.scoping import scope_for

from .registry import Measured, NotMeasured, best_of, row

AT_ONCE = 10  # requests a run
DEEP = 0.8  # of the list lies before the deep page
BACKEND = "members.backends.RoleBackend"


def hello(request):
    return HttpResponse("Chào đồng chí.")


urlpatterns = [path("chao/", hello), path("", include("ccb.urls"))]


class Visitor:
    """A logged-in browser."""

    def __init__(self, user):
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(user, backend=BACKEND)

    def open(self, url):
        answer = self.client.get(url)
        if answer.status_code != 200:
            raise NotMeasured(f"{url} trả lời {answer.status_code}")
        return answer

    def time(self, url):
        """Seconds for one request of ``url``."""
        return best_of(3, lambda: [self.open(url) for _ in range(AT_ONCE)]) / AT_ONCE


def deep_page(world):
    """Address of a page of the list with most members before it."""
    with scope_for(world.user):
        rows = Member.objects.filter(pk__in=Membership.objects.active_on(clock.today()).values("member")).order_by("sort_key", "pk")
        before = rows[int(world.members * DEEP)]
    return f"{reverse('members:members')}?sau={before.sort_key}-{before.pk}"


def visits(measure):
    """A measure that opens pages: with ``urlpatterns`` above, and a browser."""
    def run(world):
        with override_settings(ROOT_URLCONF=__name__):
            return measure(world, Visitor(world.user))

    return run


@row("members", "trang-danh-sach", "danh sách 50 hội viên, 3 quan hệ (tốc độ)", "trang chào, cùng middleware", at_least=0.03, faster=True)
@visits
def list_page(world, visitor):
    return Measured(visitor.time(reverse("members:members")), visitor.time("/chao/"))


@row("members", "trang-sau", "trang cách đầu danh sách 80 %", "trang đầu của danh sách", at_most=3)
@visits
def deep_list_page(world, visitor):
    return Measured(visitor.time(deep_page(world)), visitor.time(reverse("members:members")))


@row("members", "so-truy-van", "truy vấn của trang danh sách, ngoài của trang chào", "–", at_most=3)
@visits
def queries_of_the_list(world, visitor):
    return Measured(queries(visitor, reverse("members:members")) - queries(visitor, "/chao/"), unit="truy vấn")


@row("members", "pham-vi", "truy vấn để xét phạm vi của một trang", "–", at_most=0)
@visits
def queries_of_the_scope(world, visitor):
    """A scope is known when it opens: a query in it is one query."""
    with CaptureQueriesContext(connection) as sent, scope_for(world.user):
        list(Member.objects.order_by("pk")[:50])
    return Measured(len(sent) - 1, unit="truy vấn")


def queries(visitor, url):
    visitor.open(url)
    with CaptureQueriesContext(connection) as sent:
        visitor.open(url)
    return len(sent)
