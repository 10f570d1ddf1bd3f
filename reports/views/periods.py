"""A period that is not there yet, so that an old report can be typed in."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from reports.forms.period import PeriodForm
from reports.services.periods import store_period


@require_http_methods(["GET", "POST"])
@permission_required("reports.import_figures", raise_exception=True)
def period_add(request):
    """"Nhập lại từ báo cáo cũ": make the period, or find it, and go on to its numbers."""
    acting = request.user.acting
    unit = acting.unit if acting else None
    form = PeriodForm(request.POST or None, unit=unit)
    if request.method == "POST" and form.is_valid():
        period, made = store_period(form.cleaned_data["period"], unit=unit)
        span = f"từ {period.starts_on:%d/%m/%Y} đến hết {period.ends_on:%d/%m/%Y}"
        messages.success(
            request,
            f"{'Đã lập kỳ' if made else 'Đã có sẵn kỳ'} {period.label}, {span}. Việc tiếp: chọn mục để nhập số liệu.",
            extra_tags=request.path,
        )
        return redirect(f"{reverse('reports:entry')}?ky={period.pk}")
    return render(request, "reports/period_add.html", {"form": form}, status=422 if form.is_bound else 200)
