"""Pages of the members app."""

from django.urls import path

from .views import help as help_views
from .views import members, session, units

app_name = "members"
urlpatterns = [
    path("dang-nhap/", session.Login.as_view(), name="login"),
    path("dang-nhap/ma/", session.code_login, name="code_login"),
    path("dang-xuat/", session.Logout.as_view(), name="logout"),
    path("mat-khau/", session.password_change, name="password_change"),
    path("doi-don-vi/", session.switch_unit, name="switch_unit"),
    path("nguoi-dung/<int:pk>/ma-dang-nhap/", session.issue_code_for, name="issue_code"),
    path("don-vi/", units.units, name="units"),
    path("don-vi/<int:pk>/", units.unit, name="unit"),
    path("hoi-vien/", members.members, name="members"),
    path("hoi-vien/them/", members.member_add, name="member_add"),
    path("hoi-vien/<int:pk>/", members.member_edit, name="member_edit"),
    path("tro-giup/<slug:chapter>/", help_views.help_page, name="help"),
]
