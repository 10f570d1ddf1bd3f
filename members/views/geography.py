"""The table of provinces and communes beside the units: what is new, renamed or missing, and bringing it in line."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from members.forms.geography import TableForm
from members.forms.structure import PaperForm
from members.geography import TableRefused, as_text, from_text, shipped
from members.models import Level
from members.services.geography import State, bring_in_line, compare

from .access import permission_required
from .once import new_token, save_once

SHOWN = 400
CHANGEABLE = {State.NEW, State.RENAMED, State.UNLINKED}


@require_http_methods(["GET", "POST"])
@permission_required("members.load_geography", raise_exception=True)
def geography(request):
    """GET: the shipped table, of one province with ``tinh``. POST: another table (``tep``), or what is ticked (``ghi``)."""
    top = request.user.acting.unit if request.user.acting else None
    if request.method == "GET":
        code = request.GET.get("tinh", "")
        return _show(request, top, _wanted(code, top), TableForm(), PaperForm(), chosen=code, every=request.GET.get("chon") == "tat-ca")
    if "ghi" in request.POST:
        return _write(request, top)
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, top, _wanted("", top), form, PaperForm(), status=422)
    return _show(request, top, form.cleaned_data["table"], TableForm(), PaperForm(), uploaded=True)


def _wanted(code, top):
    """Of the shipped table: a province with its communes; without one the provinces, or those of one's own province."""
    places = shipped()
    if code:
        found = [place for place in places if code in (place.province, place.code)]
        if len(code) != 2 or not found:
            raise Http404
        return found
    if top is None or Level(top.level).rank < Level.TINH.rank:
        return [place for place in places if not place.province]
    return list(places)


def _write(request, top):
    """Do what is ticked, all or nothing; everything that was shown and typed stands there again when it is refused."""
    try:
        places = [from_text(text) for text in request.POST.getlist("bang")]
    except TableRefused as refused:
        messages.error(request, str(refused))
        return redirect("members:geography")
    ticked = set(request.POST.getlist("chon"))
    rows, _ = compare(places, top, _left_out(places))
    wanted = [row for row in rows if row.place.code in ticked and row.state in CHANGEABLE]
    paper = PaperForm(request.POST)
    again = {"ticked": ticked, "uploaded": "uploaded" in request.POST, "status": 422}
    needs = any(row.state in (State.NEW, State.RENAMED) for row in wanted)
    if not wanted:
        return _show(request, top, places, TableForm(), PaperForm(initial=request.POST.dict()), ["Chưa đánh dấu dòng nào. Đánh dấu những dòng cần lập, đổi tên hoặc ghi mã."], **again)
    if needs and not paper.is_valid():
        return _show(request, top, places, TableForm(), paper, **again)
    try:
        done = save_once(request, lambda: bring_in_line(rows=wanted, decision=paper.decision if needs else None, by=request.user))
    except ValidationError as refused:
        return _show(request, top, places, TableForm(), paper, refused.messages, **again)
    except PermissionDenied as refused:
        return _show(request, top, places, TableForm(), paper, [str(refused)], **(again | {"status": 403}))
    if done is None:
        messages.info(request, "Danh mục này đã ghi ở lần gửi trước, không ghi thêm lần nữa.")
    else:
        _tell(request, wanted)
    province = next((place.province or place.code for place in places), "")
    return redirect(f"{reverse('members:geography')}?tinh={province}" if any(place.province for place in places) else "members:geography")


def _left_out(places):
    """Provinces that a table of communes does not name: the shipped table knows them."""
    named = {place.code for place in places if not place.province}
    needed = {place.province for place in places if place.province} - named
    return [place for place in shipped() if not place.province and place.code in needed]


def _tell(request, rows):
    done = [(State.NEW, "lập {} đơn vị"), (State.RENAMED, "đổi tên {} đơn vị"), (State.UNLINKED, "ghi mã cho {} đơn vị")]
    counts = [(sum(row.state == state for row in rows), words) for state, words in done]
    messages.success(request, f"Đã {', '.join(words.replace('{}', str(n)) for n, words in counts if n)}. Việc tiếp: giao người dùng cho đơn vị mới trong phần Quản trị.")


def _show(request, top, places, table, paper, problems=(), *, ticked=(), every=False, uploaded=False, chosen="", status=200):
    rows, missing = compare(places, top, _left_out(places))
    counts = {state: sum(row.state == state for row in rows) for state in State}
    different = [row for row in rows if row.state != State.SAME]
    drawn = [(row, as_text(row.place), row.state in CHANGEABLE, every or row.place.code in ticked) for row in different[:SHOWN]]
    provinces = [place for place in shipped() if not place.province]
    context = {
        "top": top, "table": table, "paper": paper, "problems": problems, "rows": drawn, "more": max(0, len(different) - SHOWN), "missing": missing[:SHOWN],
        "counts": [(state.label, counts[state]) for state in State if counts[state]], "uploaded": uploaded, "token": new_token(), "chosen": chosen,
        "provinces": provinces if top is None or Level(top.level).rank < Level.TINH.rank else [], "can_write": any(row[2] for row in drawn),
        "every": every, "needs_paper": any(row.state in (State.NEW, State.RENAMED) for row in different),
    }
    return render(request, "members/geography.html", context, status=status)
