"""A person's data: handed out as a file, and erased at his request without changing a figure."""

import io

import openpyxl
import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.urls import reverse

from members.models import (
    Erasure,
    ExportLog,
    FileView,
    Household,
    ImportJob,
    ImportRow,
    Member,
    MemberPrivate,
    Membership,
)
from members.scoping import scope_for
from members.services import Held, StaleVersion, change_member
from members.services.attachments import attach
from members.services.erasure import erase
from members.services.households import set_household
from members.services.lifecycle import end_membership
from members.services.posts import save_decoration
from members.services.private import change_private
from members.services.requests import release, withdraw
from members.vietnamese import PartialDate
from tests.cast import enrolled
from tests.pages import Page

P = PartialDate
# Everything that says who he is; each word stands nowhere else.
WORDS = ["Zqtenzq", "Zqtencuzq", "Zqquezq", "Zqnoiozq", "0977111222", "LG-ZQ77", "Zqgiaytozq", "Zqdonvizq", "Zqlydozq", "038054001234", "Zqdantoczq", "Zqhuychuongzq"]


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-12-01 10:32 +0700", tick=False)


@pytest.fixture
def an(tree, cast):
    """A former member with something in every table."""
    member = enrolled(tree.thon_dong, "Bùi Văn Zqtencuzq", "15/08/1948", "12/1990", is_party=True, card_number="LG-ZQ77")
    by = cast.thu_ky

    def fresh():
        return Member.objects.get(pk=member.pk)

    with scope_for(by):
        change_member(member=fresh(), version=1, by=by, name="Bùi Văn Zqtenzq", hometown="Zqquezq", address="Zqnoiozq", phone="0977111222", military_unit="Zqdonvizq")
        change_private(member=fresh(), version=2, by=by, cccd="038054001234", ethnicity="Zqdantoczq", held={"thuong_binh": Held(True, P(1973), None, "2/4", 61)})
        save_decoration(member=fresh(), version=3, decoration=None, by=by, kind="huy_chuong", name="Zqhuychuongzq", year=1985, decision="")
        set_household(member=fresh(), version=4, household=Household(unit=tree.thon_dong), head=False, head_name="Bùi Văn Zqtenzq", by=by)
        attach(member=fresh(), kind="giay_to", title="Zqgiaytozq", content=b"%PDF-1.4 Zqgiaytozq %%EOF", by=by)
        withdraw(request=release(member=fresh(), to_unit=tree.kim_bai, reason="Zqlydozq", left_on=P(2026, 5), by=by), version=1, by=by)
        end_membership(member=fresh(), reason="xin_ra", true_end=P(2026, 11, 20), note="Zqlydozq", by=by)
        return fresh()


def everything():
    """Every text of every row of the members app, history included."""
    for model in apps.get_app_config("members").get_models():
        for row in model._base_manager.all():
            for column in model._meta.fields:
                value = getattr(row, column.attname)
                yield model.__name__, bytes(value).decode(errors="replace") if isinstance(column, models.BinaryField) else str(value)


def where(words):
    return sorted({(table, word) for table, text in everything() for word in words if word.lower() in text.lower()})


def figures(tree):
    with_party = Membership.objects.filter(starts_on__lte="2025-12-31").of_party_on("2025-12-31")
    spells = Membership.objects.order_by("pk").values_list(
        "unit", "co_so", "category", "birth_year", "starts_on", "ends_on", "reason_in", "reason_out", "member__sex", "member__admitted_on")
    statuses = apps.get_model("members", "MemberStatus").objects.order_by("pk").values_list("member", "kind", "grade", "rate", "starts_on", "ends_on")
    minority = MemberPrivate.objects.exclude(ethnicity__in=["", "Kinh"]).count()
    return list(spells), list(statuses), with_party.count(), minority


def test_erasure_leaves_no_word_in_any_table_and_every_figure_as_it_was(tree, cast, an, everywhere):
    job = ImportJob.objects.create(unit=tree.thanh_son, user=cast.thu_ky, file_name="x.xlsx", content=b"", created_at="2026-11-01T00:00Z")
    for row, after in ((an, {"name": "Bùi Văn Zqtenzq"}), (MemberPrivate.objects.get(), {"cccd": "038054001234"})):
        ImportRow.objects.create(job=job, model=row._meta.label, row_pk=row.pk, before=None, after=after)
    assert {word for _, word in where(WORDS)} == {*WORDS}
    before = figures(tree)
    erase(member=an, version=an.version, reason="Đơn ngày 30/11/2026", by=cast.chu_tich)
    assert (where(WORDS), figures(tree)) == ([], before)
    stored = Member.objects.get()
    assert (stored.name, stored.born, stored.sex, stored.admitted_on, stored.hometown, stored.phone) == (
        f"Hội viên đã xóa dữ liệu {an.pk}", P(1948), "nam", P(1990, 12), "đã xóa", "")
    assert (stored.folded_name, Membership.objects.get().member_name) == (f" hoi vien da xoa du lieu {an.pk} ", stored.name)
    assert (MemberPrivate.objects.get().ethnicity, Erasure.objects.values_list("pseudonym", "reason", "by__username").get()) == (
        "Dân tộc thiểu số", (stored.name, "Đơn ngày 30/11/2026", "chu_tich"))


def test_who_still_is_a_member_is_not_erased(tree, cast, everywhere):
    member = enrolled(tree.thon_dong, "Bùi Văn An", "1948")
    with pytest.raises(ValidationError, match="đang sinh hoạt"):
        erase(member=member, version=1, reason="x", by=cast.chu_tich)


def test_the_chairman_of_the_co_so_erases_and_nobody_else(cast, an, everywhere):
    for who in (cast.thu_ky, cast.chi_hoi_truong, cast.van_phong, cast.quan_tri, cast.superuser):
        with pytest.raises(PermissionDenied):
            erase(member=an, version=an.version, reason="x", by=who)
    with pytest.raises(StaleVersion):
        erase(member=an, version=1, reason="x", by=cast.chu_tich)
    assert Erasure.objects.count() == 0


def test_the_page_asks_for_the_name_again_and_the_ground(enter, an, everywhere):
    client = enter("chu_tich")
    path = reverse("members:member_erase", args=[an.pk])
    page = Page(client.post(path, {"version": an.version, "reason": "", "name_again": "Bùi Văn Ai"}))
    assert (page.status, page.texts(".error-text")) == (422, [
        "Chưa ghi căn cứ, như đơn yêu cầu ngày nào của ai.", "“Bùi Văn Ai” không phải tên trong hồ sơ này. Ghi đúng như tên ở đầu trang."])
    assert client.post(path, {"version": an.version, "reason": "Đơn", "name_again": "bùi văn zqtenzq"}).status_code == 302
    assert Erasure.objects.count() == 1


# --- a person's data -----------------------------------------------------------------------


def test_everything_kept_on_a_person_is_handed_out_and_the_handing_out_is_written_down(enter, an, everywhere):
    client = enter("thu_ky")
    path = reverse("members:member_data", args=[an.pk])
    assert Page(client.post(path, {})).texts(".error-text") == ["Chưa ghi lý do lấy dữ liệu."]
    answer = client.post(path, {"reason": "Đơn ngày 30/11/2026"})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="du-lieu-hoi-vien-{an.pk}-20261201.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert [word for word in WORDS if not any(word in cell for cell in cells)] == []
    assert {"Đảng viên", "2/4", "61", "Nguyễn Thị Hòa", "20/11/2026"} - {*cells} == set()
    assert ExportLog.objects.values_list("user__username", "rows", "reason").get() == ("thu_ky", 1, "Đơn ngày 30/11/2026")
    assert FileView.objects.values_list("member", "purpose").get() == (an.pk, "Lấy dữ liệu cá nhân: Đơn ngày 30/11/2026")


def test_nothing_typed_becomes_a_formula(enter, tree, everywhere):
    member = enrolled(tree.thon_dong, "Bùi Văn An", "1948", hometown='=HYPERLINK("http://x")', note="@SUM(1)")
    answer = enter("thu_ky").post(reverse("members:member_data", args=[member.pk]), {"reason": "x"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert {cell.data_type for row in book["Hồ sơ"].iter_rows() for cell in row if cell.value is not None} == {"s"}
