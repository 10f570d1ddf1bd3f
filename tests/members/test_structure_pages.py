"""The steps of a change, from the first page to the proof: nothing is written before the last, and that once."""

from datetime import date

import pytest
from django.urls import reverse

from members.models import Membership, Unit, UnitChange, UnitRole, UnitSuccession, UnitVersion
from members.scoping import all_units
from tests.cast import enrolled
from tests.pages import Page

pytestmark = pytest.mark.django_db

START = reverse("members:structure_new")
LIST = reverse("members:structure")
PAPER = {"number": "12/QĐ-CCB", "signed_on": "20/06/2026", "authority": "Ban Thường vụ Hội CCB tỉnh Lam Giang", "effective_on": "01/07/2026"}
JULY = date(2026, 7, 1)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-20 05:00:00+00:00", tick=False)


@pytest.fixture
def people(tree):
    """Thôn Đông 3, Thôn Đoài 2, Xóm Bến 4."""
    return {
        unit.code: [enrolled(unit, f"Nguyễn Văn {letter}", born="1950", counted_from=date(2020, 1, 1)) for letter in letters]
        for unit, letters in ((tree.thon_dong, "ABC"), (tree.thon_doai, "DE"), (tree.xom_ben, "GHIK"))
    }


def written():
    with all_units("a test counts what was written"):
        return UnitChange.objects.count(), Unit.history.count(), Membership.history.count(), UnitRole.history.count()


def begin(client, kind, *units, codes="", **query):
    """The address of the second step."""
    answer = client.post(START, {"kind": kind, "units": [unit.pk for unit in units], "codes": codes}, query_params=query)
    assert answer.status_code == 302, Page(answer).texts(".error-summary li")
    return answer.headers["Location"]


def send(client, url, data):
    """The next address."""
    answer = client.post(url, data)
    assert answer.status_code == 302, Page(answer).texts(".error-summary li")
    return answer.headers["Location"]


def confirm(client, url):
    """Press the button of the preview; the change and the page that follows."""
    page = Page(client.get(url))
    assert page.texts(".error-summary li") == []
    answer = client.post(url, page.form())
    assert answer.status_code == 302
    with all_units("a test looks at the change"):
        change = UnitChange.objects.order_by("pk").last()
    assert answer.headers["Location"] == reverse("members:structure_change", args=[change.pk])
    return change, Page(client.get(answer.headers["Location"]))


def now(code):
    with all_units("a test looks at the unit"):
        return Unit.objects.get(code=code)


def living():
    """Open spells by unit."""
    found = {}
    with all_units("a test counts"):
        for code in Membership.objects.filter(ends_on=None).order_by("unit__code").values_list("unit__code", flat=True):
            found[code] = found.get(code, 0) + 1
    return found


# ── each kind of change, through its pages ─────────────────────────────────────────────────


def test_a_province_merges_two_communes_in_three_pages(enter, tree, people):
    client = enter("van_phong")
    before = written()
    details = begin(client, "sap_nhap", tree.thanh_son, tree.binh_minh)
    preview = send(client, details, PAPER | {"into": "moi", "name": "Hội CCB xã Thanh Bình", "unit_kind": "xa", "carry_roles": "on"})
    page = Page(client.get(preview))
    assert written() == before
    assert page.table() == [
        ["Hội CCB xã Thanh Sơn (LG-TS)", "kết thúc Hội CCB xã Thanh Bình kế thừa số liệu", "5", "0"],
        ["Hội CCB xã Bình Minh (LG-BM)", "kết thúc Hội CCB xã Thanh Bình kế thừa số liệu", "4", "0"],
        ["Hội CCB xã Thanh Bình (LG-TB)", "lập mới", "0", "9"],
    ]
    assert page.texts("[aria-labelledby=chi-hoi] li") == [
        "Chi hội Thôn Đông (3 hội viên) về Hội CCB xã Thanh Bình", "Chi hội Thôn Đoài (2 hội viên) về Hội CCB xã Thanh Bình",
        "Chi hội Xóm Bến (4 hội viên) về Hội CCB xã Thanh Bình",
    ]
    assert page.texts("[aria-labelledby=nguoi-dung] li")[0] == "Đồng chí Trần Đình Quế, chủ tịch Hội CCB xã Thanh Sơn: tiếp tục làm việc ở Hội CCB xã Thanh Bình"
    change, done = confirm(client, preview)
    assert done.table() == [["Hội CCB xã Thanh Sơn (LG-TS)", "5", "0"], ["Hội CCB xã Bình Minh (LG-BM)", "4", "0"], ["Hội CCB xã Thanh Bình (LG-TB)", "0", "9"]]
    assert (change.unit, change.proof["total"], change.effective_on, change.decision_number) == (tree.lam_giang, 9, JULY, "12/QĐ-CCB")
    assert done.texts("[aria-labelledby=kt] li") == [
        "Hội CCB xã Thanh Sơn: kết thúc, số liệu do Hội CCB xã Thanh Bình kế thừa", "Hội CCB xã Bình Minh: kết thúc, số liệu do Hội CCB xã Thanh Bình kế thừa",
    ]
    assert [(u.closes_on, u.is_within(now("LG-TB"))) for u in (now("LG-TS"), now("LG-BM"))] == [(JULY, True)] * 2
    assert now("LG-TS-01").parent.code == "LG-TB"


def test_a_commune_is_merged_into_one_that_stands(enter, tree, people):
    client = enter("van_phong")
    details = begin(client, "sap_nhap", tree.thanh_son, tree.binh_minh)
    change, _ = confirm(client, send(client, details, PAPER | {"into": str(tree.thanh_son.pk)}))
    assert (now("LG-TS").closes_on, now("LG-BM").closes_on, now("LG-TS-01").parent.code, now("LG-BM-01").parent.code) == (None, JULY, "LG-TS", "LG-TS")
    assert change.proof["roles"] == 0


def test_a_commune_splits_a_chi_hoi_by_person(enter, tree, people):
    """Three people: one ticked for the first new chi hội, one for the second, the rest stays."""
    client = enter("thu_ky")
    details = begin(client, "tach", tree.thon_dong)
    share = send(client, details, PAPER | {"name_0": "Chi hội Xóm Đình", "name_1": "Chi hội Xóm Chùa", f"after_{tree.thon_dong.pk}": "con"})
    page = Page(client.get(share))
    assert page.texts("table tbody th") == ["Nguyễn Văn A", "Nguyễn Văn B", "Nguyễn Văn C"]
    assert page.texts("table tbody tr:first-child label") == ["Còn lại", "Chi hội Xóm Đình", "Chi hội Xóm Chùa"]
    a, b, _ = people["LG-TS-01"]
    change, done = confirm(client, send(client, share, {f"person_{a.pk}": "moi_0", f"person_{b.pk}": "moi_1"}))
    assert living() == {"LG-BM-01": 4, "LG-TS-01": 1, "LG-TS-02": 2, "LG-TS-03": 1, "LG-TS-04": 1}
    assert done.table()[:3] == [["Chi hội Thôn Đông (LG-TS-01)", "3", "1"], ["Chi hội Xóm Đình (LG-TS-03)", "0", "1"], ["Chi hội Xóm Chùa (LG-TS-04)", "0", "1"]]
    assert change.unit == tree.thanh_son
    with all_units("a test looks at the successions"):
        assert sorted(UnitSuccession.objects.values_list("old__code", "new__code", "is_heir")) == [
            ("LG-TS-01", "LG-TS-03", False), ("LG-TS-01", "LG-TS-04", False)]


def test_two_chi_hoi_end_and_their_people_go_to_three(enter, tree, people):
    client = enter("thu_ky")
    details = begin(client, "tach", tree.thon_dong, tree.thon_doai)
    ends = {f"after_{unit.pk}": "het" for unit in (tree.thon_dong, tree.thon_doai)}
    share = send(client, details, PAPER | ends | {"name_0": "Chi hội Một", "name_1": "Chi hội Hai", "code_1": "LG-TS-HAI"})
    a = people["LG-TS-01"][0]
    sent = {f"heir_{tree.thon_dong.pk}": "moi_0", f"rest_{tree.thon_dong.pk}": "moi_0", f"person_{a.pk}": "moi_1",
            f"heir_{tree.thon_doai.pk}": "moi_1", f"rest_{tree.thon_doai.pk}": "moi_1"}
    change, _ = confirm(client, send(client, share, sent))
    assert living() == {"LG-BM-01": 4, "LG-TS-03": 2, "LG-TS-HAI": 3}
    assert (change.proof["cut"], now("LG-TS-01").closes_on) == (5, JULY)


def test_a_commune_is_split_and_its_chi_hoi_are_given_out(enter, tree, people):
    client = enter("van_phong")
    details = begin(client, "tach", tree.thanh_son)
    share = send(client, details, PAPER | {"name_0": "Hội CCB xã Sơn Đông", "unit_kind_0": "xa", "standing": [tree.binh_minh.pk], f"after_{tree.thanh_son.pk}": "het"})
    page = Page(client.get(share))
    assert page.values("select", "name") == [f"heir_{tree.thanh_son.pk}", f"branch_{tree.thon_dong.pk}", f"branch_{tree.thon_doai.pk}"]
    sent = {f"heir_{tree.thanh_son.pk}": "moi_0", f"branch_{tree.thon_dong.pk}": "moi_0", f"branch_{tree.thon_doai.pk}": str(tree.binh_minh.pk)}
    confirm(client, send(client, share, sent))
    assert [now(code).parent.code for code in ("LG-TS-01", "LG-TS-02")] == ["LG-SD", "LG-BM"]


def test_a_chi_hoi_is_dissolved_into_another(enter, tree, people):
    client = enter("thu_ky")
    details = begin(client, "giai_the", tree.thon_doai)
    preview = send(client, details, PAPER | {"standing": [tree.thon_dong.pk]})
    assert preview.endswith("/xem/")  # all go to the only one that receives: nothing is asked
    confirm(client, preview)
    assert living() == {"LG-BM-01": 4, "LG-TS-01": 5}


def test_a_chi_hoi_moves_to_another_commune(enter, tree, people):
    client = enter("van_phong")
    details = begin(client, "chuyen", tree.thon_doai, tren=tree.thanh_son.pk)
    options = Page(client.get(details)).texts("select[name=parent] option")
    assert options == ["Chọn đơn vị", "Hội CCB Sở Nội vụ (LG-K-01)", "Hội CCB Sở Y tế (LG-K-02)", "Hội CCB xã Bình Minh (LG-BM)", "Hội CCB xã Thanh Sơn (LG-TS)"]
    change, _ = confirm(client, send(client, details, PAPER | {"parent": tree.binh_minh.pk}))
    assert (now("LG-TS-02").parent.code, change.proof["cut"]) == ("LG-BM", 2)


def test_a_rename_and_a_founding(enter, tree, people):
    client = enter("thu_ky")
    confirm(client, send(client, begin(client, "doi_ten", tree.thon_dong), PAPER | {"name": "Chi hội Tổ 1"}))
    details = begin(client, "lap")
    assert Page(client.get(details)).texts("select[name=unit_kind] option") == ["Chi hội", "Phân hội"]
    change, page = confirm(client, send(client, details, PAPER | {"name": "Chi hội Xóm Mới", "unit_kind": "chi_hoi", "parent": tree.thanh_son.pk}))
    assert (now("LG-TS-01").name, now("LG-TS-03").name, now("LG-TS-03").opens_on) == ("Chi hội Tổ 1", "Chi hội Xóm Mới", JULY)
    assert page.text("h1") == "Thành lập: Chi hội Xóm Mới"
    rows = Page(client.get(LIST)).table()
    assert rows == [["01/07/2026, thành lập", "Thành lập", "Chi hội Xóm Mới", "12/QĐ-CCB"], ["01/07/2026, đổi tên", "Đổi tên", "Chi hội Tổ 1", "12/QĐ-CCB"]]
    assert change.unit == tree.thanh_son


# ── once, and only the last step ───────────────────────────────────────────────────────────


def test_a_confirmation_sent_twice_is_done_once(enter, tree, people):
    client = enter("thu_ky")
    preview = send(client, begin(client, "doi_ten", tree.thon_dong), PAPER | {"name": "Chi hội Tổ 1"})
    form = Page(client.get(preview)).form()
    first, second = client.post(preview, form), client.post(preview, form)
    assert (first.status_code, second.status_code, second.headers["Location"]) == (302, 302, first.headers["Location"])
    assert Page(client.get(second.headers["Location"])).texts(".notice")[-1] == "Quyết định này đã ghi ở lần gửi trước, không ghi thêm lần nữa."
    assert written()[0] == 1


def test_two_people_who_prepared_the_same_merge_do_it_once(enter, tree, people):
    clients = [enter("thu_ky"), enter("chu_tich")]
    sent = PAPER | {"into": "moi", "name": "Chi hội Chung"}
    previews = [send(client, begin(client, "sap_nhap", tree.thon_dong, tree.thon_doai), sent) for client in clients]
    forms = [Page(client.get(url)).form() for client, url in zip(clients, previews, strict=True)]
    first, second = (client.post(url, form) for client, url, form in zip(clients, previews, forms, strict=True))
    assert (first.status_code, second.status_code, written()[0]) == (302, 422, 1)
    assert Page(second).texts(".error-summary li") == ["Chi hội Thôn Đông đã kết thúc hoạt động từ 01/07/2026. Chọn đơn vị đang hoạt động."]


def test_steps_may_be_gone_back_to_without_losing_what_was_typed(enter, tree, people):
    client = enter("thu_ky")
    details = begin(client, "sap_nhap", tree.thon_dong, tree.thon_doai)
    send(client, details, PAPER | {"into": "moi", "name": "Chi hội Chung", "note": "theo tờ trình"})
    page = Page(client.get(details))
    assert {name: value for name, value in page.form().items() if name in ("number", "name", "note", "effective_on")} == {
        "number": "12/QĐ-CCB", "name": "Chi hội Chung", "note": "theo tờ trình", "effective_on": "01/07/2026"}
    start = Page(client.get(page.link("Quay lại chọn việc, chọn đơn vị")))
    assert start.values("input[name=units][checked]", "value") == [str(tree.thon_doai.pk), str(tree.thon_dong.pk)]
    again = client.post(page.link("Quay lại chọn việc, chọn đơn vị"), {"kind": "sap_nhap", "units": [tree.thon_dong.pk, tree.thon_doai.pk], "codes": ""})
    assert Page(client.get(again.headers["Location"])).form()["name"] == "Chi hội Chung"


def test_a_step_that_was_never_begun_leads_to_the_beginning(enter, tree):
    client = enter("thu_ky")
    for name in ("structure_details", "structure_share", "structure_preview"):
        answer = client.get(reverse(f"members:{name}", args=["khong-co"]))
        assert (answer.status_code, answer.headers["Location"]) == (302, START)


def test_a_preview_before_its_time_leads_back(enter, tree):
    client = enter("thu_ky")
    details = begin(client, "sap_nhap", tree.thon_dong, tree.thon_doai)
    answer = client.get(f"{details}xem/")
    assert (answer.status_code, answer.headers["Location"]) == (302, details)


# ── what is refused, and in which words ────────────────────────────────────────────────────


def refused(client, url, data):
    answer = client.post(url, data)
    assert answer.status_code == 422
    return Page(answer).texts(".error-summary li")


@pytest.mark.parametrize(("kind", "units", "codes", "words"), [
    ("", ["thon_dong"], "", "Chưa chọn việc."),
    ("sap_nhap", [], "", "Chưa chọn đơn vị nào. Đánh dấu đơn vị trong danh sách, hoặc ghi mã ở ô dưới."),
    ("doi_ten", ["thon_dong", "thon_doai"], "", "Đổi tên mỗi lần một đơn vị; đồng chí đã chọn 2. Bỏ bớt, mỗi đơn vị ghi một lần."),
    ("lap", ["thon_dong"], "", "Thành lập đơn vị mới thì không chọn đơn vị nào ở đây. Bỏ đánh dấu, hoặc chọn việc khác."),
    ("sap_nhap", ["thon_dong"], "LG-BM-01", "Không có đơn vị mang mã “LG-BM-01” trong phạm vi của đồng chí. Xem mã ở trang đơn vị."),
])
def test_the_first_step_says_what_is_missing(enter, tree, kind, units, codes, words):
    sent = {"kind": kind, "units": [getattr(tree, key).pk for key in units], "codes": codes}
    assert refused(enter("thu_ky"), START, sent) == [f"Phải sửa. {words}"]


@pytest.mark.parametrize(("change", "words"), [
    ({"number": ""}, "Chưa ghi số quyết định."),
    ({"effective_on": "01/07/2027"}, "Ngày 01/07/2027 chưa đến. Ghi vào chương trình từ ngày quyết định có hiệu lực."),
    ({"effective_on": "07/2026"}, "“07/2026” chưa đủ ngày. Ghi đủ ngày/tháng/năm, ví dụ 01/07/2026."),
    ({"signed_on": "31/06/2026"}, "31/06/2026"),
    ({"name": ""}, "Chưa ghi tên đơn vị mới."),
    ({"code": "có dấu"}, "Mã đơn vị chỉ gồm chữ không dấu"),
])
def test_the_second_step_says_what_to_mend(enter, tree, change, words):
    client = enter("thu_ky")
    details = begin(client, "sap_nhap", tree.thon_dong, tree.thon_doai)
    said = refused(client, details, PAPER | {"into": "moi", "name": "Chi hội Chung"} | change)
    assert len(said) == 1
    assert words in said[0]


def test_what_the_services_refuse_stands_on_the_preview_and_nothing_is_lost(enter, tree, people):
    client = enter("thu_ky")
    details = begin(client, "sap_nhap", tree.thon_dong, tree.thon_doai)
    preview = send(client, details, PAPER | {"into": "moi", "name": "Chi hội Chung", "code": "LG-BM-01"})
    page = Page(client.get(preview))
    assert page.texts(".error-summary li") == ["Mã LG-BM-01 đã có đơn vị khác dùng, kể cả khi đơn vị ấy đã kết thúc. Ghi mã khác cho Chi hội Chung."]
    answer = client.post(preview, page.form())
    assert (answer.status_code, written()[0]) == (422, 0)
    assert Page(client.get(details)).form()["name"] == "Chi hội Chung"


def test_a_change_in_a_locked_period_is_refused_before_it_is_tried(enter, tree, people, everywhere):
    from members.models import Period, PeriodLock

    period = Period.objects.create(kind="nam", year=2026, label="năm 2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    PeriodLock.objects.create(unit=tree.thanh_son, period=period, starts_on=period.starts_on, ends_on=period.ends_on, locked_at="2026-11-01T00:00Z")
    client = enter("thu_ky")
    preview = send(client, begin(client, "sap_nhap", tree.thon_dong, tree.thon_doai), PAPER | {"into": "moi", "name": "Chi hội Chung"})
    assert "đã khóa số liệu năm 2026" in Page(client.get(preview)).text(".error-summary li")


def test_a_unit_ended_by_a_split_needs_an_heir_and_a_place_for_everybody(enter, tree, people):
    client = enter("thu_ky")
    details = begin(client, "tach", tree.thon_dong)
    share = send(client, details, PAPER | {"name_0": "Chi hội Một", "name_1": "Chi hội Hai", f"after_{tree.thon_dong.pk}": "het"})
    assert refused(client, share, {}) == ["Phải sửa. Chưa chọn đơn vị kế thừa.", "Phải sửa. Chưa chọn nơi đến của những người còn lại."]


def test_a_split_that_moves_nobody_is_no_split(enter, tree, people):
    client = enter("thu_ky")
    details = begin(client, "tach", tree.thon_dong)
    share = send(client, details, PAPER | {"name_0": "Chi hội Một", f"after_{tree.thon_dong.pk}": "con"})
    assert refused(client, share, {}) == ["Chưa có chi hội hay hội viên nào chuyển đi. Chọn nơi đến cho ít nhất một chi hội hoặc một người."]


def test_people_do_not_end_up_with_a_province(enter, tree, people):
    client = enter("van_phong")
    enrolled(tree.thanh_son, "Nguyễn Văn Xã", born="1950")
    details = begin(client, "giai_the", tree.thanh_son)
    answer = client.get(send(client, details, PAPER | {"standing": [tree.lam_giang.pk]}))
    assert answer.status_code == 200
    assert refused(client, f"{details}chia/", {})[0].startswith("Hội CCB xã Thanh Sơn có 1 hội viên mà không đơn vị nhận nào giữ danh sách")


# ── who, and where ─────────────────────────────────────────────────────────────────────────


def test_a_unit_changes_what_stands_below_it_and_not_itself(enter, tree, people):
    client = enter("thu_ky")
    assert Page(client.get(START)).texts(".choice input[name=units]") == ["", ""]
    answer = client.post(START, {"kind": "doi_ten", "units": [], "codes": "LG-TS"})
    preview = send(client, answer.headers["Location"], PAPER | {"name": "Hội CCB xã Khác", "unit_kind": "xa"})
    page = Page(client.get(preview))
    assert (page.status, page.texts(".error-summary li")) == (403, ["Việc tổ chức lại do đơn vị cấp trên của các đơn vị ấy thực hiện."])
    assert (client.post(preview, {"token": "x"}).status_code, written()[0]) == (403, 0)


@pytest.mark.parametrize(("who", "status"), [("chi_hoi_truong", 403), ("kiem_tra", 403), ("thu_ky", 200), ("chu_tich", 200), ("van_phong", 200), ("quan_tri", 200)])
def test_who_may_begin_a_change(enter, who, status):
    assert enter(who).get(START).status_code == status


def test_a_superuser_first_says_below_which_unit(enter, tree):
    client = enter("superuser")
    page = Page(client.get(START))
    assert page.texts(".quick a") == ["Hội CCB Việt Nam"]
    assert Page(client.get(f"{START}?tren={tree.thanh_son.pk}")).texts(".choices label")[-2:] == ["Chi hội Thôn Đoài, 0 hội viên", "Chi hội Thôn Đông, 0 hội viên"]


def test_changes_above_are_told_on_the_page_of_the_unit_but_not_opened(enter, tree, people):
    """The secretary of the new commune reads the decision; the list of the province is not his."""
    office = enter("van_phong")
    details = begin(office, "sap_nhap", tree.thanh_son, tree.binh_minh)
    confirm(office, send(office, details, PAPER | {"into": "moi", "name": "Hội CCB xã Thanh Bình", "unit_kind": "xa", "carry_roles": "on"}))
    client = enter("thu_ky")
    unit = now("LG-TB")
    page = Page(client.get(reverse("members:unit", args=[unit.pk])))
    assert page.texts("ol.history li") == [
        "Từ 01/07/2026 Hội CCB xã Thanh Bình (xã), trực thuộc Hội CCB tỉnh Lam Giang. "
        "Sáp nhập theo quyết định 12/QĐ-CCB ngày 20/06/2026 của Ban Thường vụ Hội CCB tỉnh Lam Giang."]
    assert page.texts("[aria-labelledby=ls] ul a") == ["Hội CCB xã Thanh Sơn", "Hội CCB xã Bình Minh"]
    assert page.values("ol.history a", "href") == []
    assert Page(office.get(reverse("members:unit", args=[unit.pk]))).texts("ol.history a") == ["Sáp nhập"]
    then = Page(client.get(page.link("Theo tổ chức lúc đó")))
    assert then.texts(".tree a") == ["Xã Thanh Sơn", "Chi hội Thôn Đông", "Chi hội Thôn Đoài", "Xã Bình Minh", "Chi hội Xóm Bến"]
    assert then.texts(".tree span") == ["5", "3", "2", "4", "4"]
    wrong = Page(client.get(reverse("members:unit", args=[unit.pk]), {"luc": "31/02/2026"}))
    assert (len(wrong.texts(".error-text")), wrong.values("#luc", "value")) == (1, ["31/02/2026"])


def test_a_version_keeps_the_name_that_its_parent_bore(enter, tree, people):
    client = enter("van_phong")
    confirm(client, send(client, begin(client, "doi_ten", tree.thanh_son), PAPER | {"name": "Hội CCB phường Thanh Sơn", "unit_kind": "phuong"}))
    lines = Page(client.get(reverse("members:unit", args=[tree.thon_dong.pk]))).texts("ol.history li")
    assert lines == ["Từ khi có trong sổ Chi hội Thôn Đông (chi hội), trực thuộc Hội CCB xã Thanh Sơn."]
    with all_units("a test looks at the versions"):
        assert UnitVersion.objects.filter(unit=tree.thanh_son).count() == 2
