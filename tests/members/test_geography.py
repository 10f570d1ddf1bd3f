"""The table of provinces and communes beside the units: found, renamed or marked by decision; bad tables are refused in words."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from members import geography
from members.geography import COMMUNES, PROVINCES, TableRefused
from members.models import Kind, Level, Unit, UnitChange
from members.scoping import all_units
from members.services import correct_unit, found_unit
from members.services.geography import compare
from tests.pages import Page

pytestmark = pytest.mark.django_db

PAGE = reverse("members:geography")
PAPER = {"number": "1/QĐ", "authority": "Ban Thường vụ Trung ương Hội", "effective_on": "01/07/2025"}


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-20 05:00:00+00:00", tick=False)


@pytest.fixture
def ha_tinh(tree):
    """Hội CCB tỉnh Hà Tĩnh, without its place code, and one commune under another name."""
    with all_units("a test founds a province"):
        tinh = found_unit(code="HT", name="Hội CCB tỉnh Hà Tĩnh", level=Level.TINH, kind=Kind.TINH, parent=tree.trung_uong)
        found_unit(code="HT-CX", name="Hội CCB xã Cẩm Xuyên cũ", level=Level.CO_SO, kind=Kind.XA, parent=tinh, place_code="18673")
        found_unit(code="HT-KA", name="Hội CCB xã Kỳ Anh", level=Level.CO_SO, kind=Kind.XA, parent=tinh)
        return tinh


def csv(*rows, header=COMMUNES, encoding="utf-8"):
    return "\n".join([",".join(header), *rows]).encode(encoding)


def table(content):
    return SimpleUploadedFile("danh-muc.csv", content)


def commune_of(province, index=0):
    return [place for place in geography.shipped() if place.province == province][index]


# ── the shipped table ──────────────────────────────────────────────────────────────────────


def test_the_shipped_table_has_every_province_and_commune_of_2025():
    places = geography.shipped()
    assert (sum(not place.province for place in places), sum(bool(place.province) for place in places)) == (34, 3321)
    assert places[0] == geography.Place("01", "Thành phố Hà Nội", "thanh_pho")
    assert {place.province for place in places if place.province} == {place.code for place in places if not place.province}
    assert [geography.from_text(geography.as_text(place)) for place in places] == list(places)


# ── tables from outside ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("content", "words"), [
    (b"x" * 1_000_001, "Tệp lớn hơn 1 MB"),
    (csv("42,Tỉnh Hà Tĩnh,18073,Phường Thành Sen,Phường", encoding="utf-16"), r"không phải UTF-8 \(byte thứ 1\)"),
    (b"a,b,c\n1,2,3", "Dòng đầu phải là “ma_tinh,tinh,ma_xa,ten,loai”"),
    (b"", "Dòng đầu phải là"),
    (csv(), "Tệp chỉ có dòng đầu"),
    (csv("42,Tỉnh Hà Tĩnh,18073,Phường Thành Sen"), "Dòng 2 có 4 ô, phải có 5"),
    (csv("42,T,18073,Phường A,Phường", "42,T,18073,Phường B,Phường"), "Dòng 3: mã 18073 đã có ở dòng 2"),
    (csv("42,T,8073,Phường A,Phường"), "Dòng 2: mã xã “8073” phải gồm 5 chữ số. Excel hay bỏ số 0"),
    (csv("4,T,18073,Phường A,Phường"), "Dòng 2: mã tỉnh “4” phải gồm 2 chữ số"),
    (csv("42,T,18073,Phường A,Thị trấn"), "Dòng 2: loại “Thị trấn” phải là"),
    (csv("42,T,18073,Thành Sen,Phường"), "Dòng 2: tên “Thành Sen” phải bắt đầu bằng"),
    (csv("42,T,180\0 3,Phường A,Phường"), "ký tự lạ"),
    (csv('42,T,18073,"Phường A,Phường'), "dấu nháy mở mà không đóng"),
    (csv("42,Hà Tĩnh,Hà Tĩnh,x", header=PROVINCES), "tên “Hà Tĩnh” phải bắt đầu bằng Tỉnh hoặc Thành phố"),
    (csv(*(f"42,T,{n:05},Phường A,Phường" for n in range(20_001))), "nhiều hơn 20000"),
])
def test_a_bad_table_is_refused_with_the_line_and_the_mend(content, words):
    with pytest.raises(TableRefused, match=words):
        geography.read(content)


def test_a_table_from_excel_with_its_mark_and_empty_lines_is_read():
    places = geography.read(b"\xef\xbb\xbf" + csv("42,Tỉnh Hà Tĩnh, 18073 ,Phường Thành Sen,Phường", "", ",,,,"))
    assert places == [geography.Place("18073", "Phường Thành Sen", "phuong", "42")]


# ── comparing ──────────────────────────────────────────────────────────────────────────────


def test_what_is_new_renamed_unmarked_and_missing(tree, ha_tinh, everywhere):
    rows, missing = compare([place for place in geography.shipped() if "42" in (place.code, place.province)], tree.trung_uong)
    by_name = {row.place.name: (row.state, row.unit and row.unit.code) for row in rows}
    assert by_name["Tỉnh Hà Tĩnh"] == ("ma", "HT")
    assert by_name["Xã Cẩm Xuyên"] == ("doi", "HT-CX")
    assert by_name["Xã Kỳ Anh"] == ("ma", "HT-KA")
    assert by_name["Phường Thành Sen"] == ("moi", None)
    assert sorted(unit.code for unit in missing) == ["HD", "LG"]


def test_communes_of_a_province_that_is_not_there_wait(tree, everywhere):
    rows, _ = compare([place for place in geography.shipped() if place.province == "42"], tree.trung_uong)
    assert {row.state for row in rows} == {"cho"}


# ── the page ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("who", "status"), [("quan_tri", 200), ("superuser", 200), ("van_phong", 403), ("thu_ky", 403), ("kiem_tra", 403)])
def test_administrators_of_a_province_or_above_compare(enter, who, status):
    assert enter(who).get(PAGE).status_code == status


def test_provinces_are_founded_by_decision(enter, tree):
    client = enter("superuser")
    page = Page(client.get(PAGE))
    assert len(page.table()) == 34
    sent = {"token": page.values("input[name=token]", "value")[0], "ghi": "1", "bang": page.values("input[name=bang]", "value"), "chon": ["42", "40"]}
    answer = client.post(PAGE, sent)
    assert (answer.status_code, Page(answer).values("input[name=chon][checked]", "value")) == (422, ["40", "42"])
    assert Page(answer).texts(".error-summary li")[0] == "Phải sửa. Chưa ghi số quyết định."
    assert client.post(PAGE, sent | PAPER).status_code == 302
    assert client.post(PAGE, sent | PAPER).status_code in (302, 422)  # sent twice, done once
    with all_units("a test looks at what was founded"):
        assert list(Unit.objects.filter(place_code__in=["40", "42"]).order_by("code").values_list("code", "name", "kind", "parent__code")) == [
            ("40", "Hội CCB tỉnh Nghệ An", "tinh", "VN"), ("42", "Hội CCB tỉnh Hà Tĩnh", "tinh", "VN")]
        assert UnitChange.objects.count() == 1


def test_communes_are_founded_renamed_and_marked_in_one_go(enter, tree, ha_tinh):
    client = enter("superuser")
    page = Page(client.get(PAGE, {"tinh": "42"}))
    new = commune_of("42")
    sent = {"token": "x", "ghi": "1", "bang": page.values("input[name=bang]", "value"), "chon": ["42", new.code, "18673", "18775"]} | PAPER
    assert client.post(PAGE, sent).status_code == 302
    with all_units("a test looks at what was done"):
        found = {unit.place_code: unit for unit in Unit.objects.exclude(place_code="")}
        assert (found["42"].pk, found["18673"].name, found["18673"].versions.count()) == (ha_tinh.pk, "Hội CCB xã Cẩm Xuyên", 2)
        assert (found[new.code].parent, found[new.code].kind, found["18775"].code) == (ha_tinh, new.kind, "HT-KA")
        assert sorted(UnitChange.objects.values_list("kind", flat=True)) == ["doi_ten", "lap"]


def test_all_lines_can_be_ticked_at_once(enter, tree, ha_tinh):
    page = Page(enter("superuser").get(PAGE, {"tinh": "42", "chon": "tat-ca"}))
    boxes = page.values("input[name=chon]", "value")
    assert page.values("input[name=chon][checked]", "value") == boxes
    assert len(boxes) == 70


def test_a_newer_table_is_compared_and_loaded(enter, tree, ha_tinh):
    client = enter("superuser")
    with all_units("a test marks the province"):
        correct_unit(unit=ha_tinh, name=ha_tinh.name, kind=ha_tinh.kind, place_code="42")
    page = Page(client.post(PAGE, {"tep": "1", "table": table(csv("42,Tỉnh Hà Tĩnh,99001,Phường Mới,Phường", "42,Tỉnh Hà Tĩnh,18673,Xã Cẩm Xuyên cũ,Xã"))}))
    assert page.table() == [["Phường Mới", "99001", "chưa có", "lập mới"]]
    assert page.texts("[aria-labelledby=thieu] li") == ["Hội CCB xã Kỳ Anh (HT-KA)"]
    sent = {"token": "x", "ghi": "1", "uploaded": "1", "bang": page.values("input[name=bang]", "value"), "chon": ["99001"]} | PAPER
    assert client.post(PAGE, sent).status_code == 302
    with all_units("a test looks at what was founded"):
        assert Unit.objects.get(place_code="99001").name == "Hội CCB phường Mới"


def test_a_table_that_is_refused_says_why(enter, cast):
    answer = enter("quan_tri").post(PAGE, {"tep": "1", "table": table(csv("42,T,18073,Thành Sen,Phường"))})
    assert (answer.status_code, Page(answer).texts(".error-summary li")) == (
        422, ["Phải sửa. Tệp “danh-muc.csv” bị từ chối. Dòng 2: tên “Thành Sen” phải bắt đầu bằng Xã, Phường hoặc Đặc khu."])


def test_an_administrator_of_a_province_loads_his_own_communes_only(enter, tree, everywhere):
    correct_unit(unit=tree.lam_giang, name=tree.lam_giang.name, kind=tree.lam_giang.kind, place_code="42")
    correct_unit(unit=tree.ha_dong, name=tree.ha_dong.name, kind=tree.ha_dong.kind, place_code="40")
    client = enter("quan_tri")
    page = Page(client.get(PAGE))
    assert {place.province for place in map(geography.from_text, page.values("input[name=bang]", "value"))} == {"42"}
    stranger, own = commune_of("40"), commune_of("42")
    sent = {"token": "x", "ghi": "1", "bang": [geography.as_text(stranger), geography.as_text(own)], "chon": [stranger.code, own.code]} | PAPER
    assert client.post(PAGE, sent).status_code == 302
    assert set(Unit.objects.exclude(place_code="").values_list("place_code", flat=True)) == {"40", "42", own.code}
    assert UnitChange.objects.get().unit == tree.lam_giang


@pytest.mark.parametrize("text", ["", "42", "42|abc|Xã A", "|1|Tỉnh A", "42|18073|Thị trấn A", "x|y|z"])
def test_a_line_that_no_page_of_ours_wrote_is_refused(enter, cast, text):
    answer = enter("quan_tri").post(PAGE, {"ghi": "1", "bang": [text], "chon": ["18073"]} | PAPER)
    assert (answer.status_code, answer.headers["Location"], UnitChange._base_manager.count()) == (302, PAGE, 0)


def test_two_open_units_never_have_one_place(tree, everywhere):
    correct_unit(unit=tree.lam_giang, name=tree.lam_giang.name, kind=tree.lam_giang.kind, place_code="42")
    with pytest.raises(ValidationError, match="Địa bàn này đã có một đơn vị đang hoạt động"):
        found_unit(code="X", name="Hội CCB tỉnh X", level=Level.TINH, kind=Kind.TINH, parent=tree.trung_uong, place_code="42")
