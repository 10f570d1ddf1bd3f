"""Short chapters of help, one for each area of the menu."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from .access import anybody_logged_in

CHAPTERS = {
    "dang-nhap": "Đăng nhập và mật khẩu",
    "viec-can-lam": "Việc cần làm",
    "hoi-vien": "Hội viên",
    "so-lieu": "Số liệu",
    "bao-cao": "Báo cáo",
    "don-vi": "Đơn vị",
}


@require_GET
@anybody_logged_in
def help_page(request, chapter):
    if chapter not in CHAPTERS:
        raise Http404
    return render(
        request, "members/help.html",
        {"chapter": chapter, "title": CHAPTERS[chapter], "chapters": CHAPTERS.items(), "text": f"members/help/{chapter}.html"},
    )
