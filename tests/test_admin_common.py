"""Tables common to the whole association: written by the administrator at its top, read by the others."""

import pytest

from members.models import Period
from reports import indicators
from reports.models import Indicator, IndicatorConcern
from tests.administration import COMMON, administrator_of, page
from tests.administration import chief as chief
from tests.administration import common as common
from tests.pages import Page

pytestmark = pytest.mark.django_db

PERIOD = {"kind": "nam", "year": "2026", "number": "0", "label": "năm 2026", "starts_on": "01/01/2026", "ends_on": "31/12/2026", "due_on": "",
          "branch_dates-TOTAL_FORMS": "0", "branch_dates-INITIAL_FORMS": "0"}


@pytest.mark.parametrize("unit", ["lam_giang", "cum_thi_dua", "thanh_son", "thon_dong"])
def test_below_the_top_the_common_tables_are_read_only(unit, tree, cast, common):
    client = administrator_of(getattr(tree, unit), cast.khong_vai)
    asked = [(model, row) for model in COMMON for row in [common[model._meta.label_lower]]]
    read = [client.get(page(model, name, row.pk)) for model, row in asked for name in ("change", "history")]
    assert [answer.status_code for answer in read] == [200] * len(read)
    assert [Page(answer).all("input[type=submit], input[type=text], select, textarea") for answer in read] == [[]] * len(read)
    written = [client.post(page(model, name, row.pk), {"post": "yes"}).status_code for model, row in asked for name in ("change", "delete")]
    added = [client.post(page(model, "add"), NEW | PERIOD).status_code for model, _ in asked]
    assert (written, added) == ([403] * 6, [403] * 3)


def test_whoever_reads_a_common_table_reads_words(enter, common):
    client = enter("quan_tri")
    indicator = Page(client.get(page("reports.indicator", "change", common["reports.indicator"].pk)))
    assert indicator.texts(".field-concerned .readonly, .field-open_parts_ .readonly") == ["có", "Cơ sở, mọi nơi"]
    concern = Page(client.get(page("reports.indicatorconcern", "change", common["reports.indicatorconcern"].pk)))
    assert concern.texts(".field-concerned .readonly") == ["Tỉnh, thành phố, mọi nơi"]


def test_a_unit_without_one_above_is_the_top_whatever_its_level_and_a_cluster_never(tree, cast, common, everywhere):
    for unit, status in ((tree.lam_giang, 200), (tree.cum_thi_dua, 403)):
        unit.parent = None
        unit.save()
        client = administrator_of(unit, cast.khong_vai)
        cast.khong_vai.unit_roles.exclude(unit=unit).delete()
        assert [client.get(page(model, "add")).status_code for model in COMMON] == [status] * 3


def test_the_administrator_at_the_top_adds_a_period(chief):
    assert chief.post(page("members.period", "add"), PERIOD).status_code == 302
    assert (Period.objects.get().label, Period.history.get().history_user.username) == ("năm 2026", "khong_vai")


NEW = {"code": "cay_nghia_tinh", "name": "Số cây nghĩa tình đã trồng", "unit": "cây", "kind": "flow", "section": "3",
       "direction": "up", "rule": "", "open_parts": "on", "levels": ["CO_SO", "CHI_HOI"], "place": "territorial", "needs": ["bien_gioi"]}


def test_an_added_indicator_stands_last_in_its_section_at_once(chief):
    assert chief.post(page("reports.indicator", "add"), NEW).status_code == 302
    entries = indicators.lookup()
    entry = entries["cay_nghia_tinh"]
    assert [e.code for e in entries.values() if e.section == "3"][-1] == "cay_nghia_tinh"
    assert (entry.name, entry.unit, entry.builtin) == ("Số cây nghĩa tình đã trồng", "cây", False)
    assert entry.concerns == Indicator.objects.get().as_concerns()
    assert (entry.concerns.levels, entry.concerns.place, entry.concerns.needs) == ({"CO_SO", "CHI_HOI"}, "territorial", {"bien_gioi"})
    assert Indicator.history.get().history_user.username == "khong_vai"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"code": "members_total"}, "Mã này đã là chỉ tiêu có sẵn của chương trình."),
        ({"code": "Cây Xanh"}, "Mã chỉ tiêu gồm chữ không dấu, số và các dấu _ -, bắt đầu bằng chữ hoặc số."),
        ({"levels": []}, "Ô này không được để trống."),
        ({"levels": ["PHAN_HOI"]}, None),
    ],
    ids=["builtin", "marks", "no level", "no such level"],
)
def test_a_wrong_indicator_is_explained_and_not_kept(wrong, words, chief):
    answer = Page(chief.post(page("reports.indicator", "add"), NEW | wrong))
    errors = answer.texts(".errorlist li")
    assert (answer.status, len(errors), Indicator.objects.count()) == (200, 1, 0)
    assert words is None or errors == [words]


def test_the_code_of_an_indicator_does_not_change(chief, common):
    row = common["reports.indicator"]
    chief.post(page("reports.indicator", "change", row.pk), NEW)
    assert Indicator.objects.values_list("code", "name").get() == ("vuon_mau", "Số cây nghĩa tình đã trồng")


def test_a_concern_is_chosen_by_name_and_changes_whom_an_entry_concerns(chief):
    add = page("reports.indicatorconcern", "add")
    offered = dict(zip(*[iter(x) for x in (Page(chief.get(add)).values("#id_code option", "value"), Page(chief.get(add)).texts("#id_code option"))], strict=True))
    assert offered["border_patrols"] == "Số lần phối hợp tuần tra biên giới – mọi cấp, địa bàn dân cư, chỉ đơn vị có đường biên giới quốc gia"
    before = indicators.lookup()["border_patrols"]
    assert chief.post(add, {"code": "border_patrols", "levels": ["CO_SO"], "place": "any"}).status_code == 302
    after = indicators.lookup()["border_patrols"]
    asked = [entry.concerns_unit("CO_SO", "workplace", set()) for entry in (before, after)]
    assert (asked, after.concerns.levels, after.concerns.needs) == ([False, True], {"CO_SO"}, set())
    row = IndicatorConcern.objects.get()
    shown = Page(chief.get(page("reports.indicatorconcern", "change", row.pk)))
    assert shown.texts(".field-shipped .readonly") == ["mọi cấp, địa bàn dân cư, chỉ đơn vị có đường biên giới quốc gia"]
    chief.post(page("reports.indicatorconcern", "delete", row.pk), {"post": "yes"})
    assert indicators.lookup()["border_patrols"] == before


def test_history_tells_levels_by_their_names(chief, common):
    row = common["reports.indicatorconcern"]
    chief.post(page("reports.indicatorconcern", "change", row.pk), {"levels": ["TINH", "CO_SO"], "place": "any", "needs": ["uy_thac"]})
    assert Page(chief.get(page("reports.indicatorconcern", "history", row.pk))).texts("#change-history li") == [
        "Các cấp có số: Tỉnh, thành phố → Tỉnh, thành phố; Cơ sở",
        "Chỉ đơn vị: mọi đơn vị → đơn vị nhận ủy thác của Ngân hàng Chính sách xã hội",
    ]
