"""What the tests of the workbook pages share: workbooks as a secretary fills them, and sending them."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from members.models import Unit
from reports.services.import_columns import LABELS
from reports.workbooks.writer import Column, write_workbook
from tests.pages import Page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = [*LABELS.values()]
KEYS = {label: key for key, label in LABELS.items()}


@pytest.fixture
def folder(settings, tmp_path):
    """Uploads of a test lie in a folder of their own."""
    settings.VAR_DIR = tmp_path
    return tmp_path / "imports"


@pytest.fixture
def client(enter, folder, years):
    return enter("thu_ky")


def line(unit, code, value, denominator="", note="", part="", first="01/01/2026", last="30/11/2026", **more):
    row = dict.fromkeys(HEADER, "") | {
        "Mã đơn vị": unit.code if isinstance(unit, Unit) else unit, "Từ ngày": first, "Đến ngày": last, "Mã chỉ tiêu": code,
        "Giá trị": value, "Mẫu số": denominator, "Ghi chú": note, "Phân tổ": part,
    } | {name.replace("_", " "): text for name, text in more.items()}
    return [row[name] for name in HEADER]


def book(*lines, header=HEADER):
    buffer = io.BytesIO()
    write_workbook(buffer, [Column(label) for label in header], lines)
    return buffer.getvalue()


def files(*datas, names=()):
    names = names or [f"so-lieu-{i}.xlsx" for i in range(1, len(datas) + 1)]
    return [SimpleUploadedFile(name, data, XLSX) for name, data in zip(names, datas, strict=True)]


def upload(client, *datas, names=(), **more):
    return client.post(reverse("reports:import"), {"files": files(*datas, names=names)} | more)


def counts(answer):
    """["ô mới", "ô sửa", "ô giữ nguyên", "ô bị từ chối"] of a preview, as numbers."""
    return [int(text) for text in Page(answer).texts(".stats dd")]


def token_of(answer):
    (token,) = Page(answer).values('button[name="xac-nhan"]', "value")
    return token


def confirm(client, answer):
    return client.post(reverse("reports:import"), {"xac-nhan": token_of(answer)}, follow=True)


def template(client, unit, period, **choices):
    query = "&".join(f"{name}={value}" for name, value in choices.items())
    answer = client.get(reverse("reports:import_template") + f"?don-vi={unit.pk}&ky={period.pk}&{query}")
    return answer, answer.content


def sheet_of(data, index=0):
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[index]


def rows_of(data):
    """The rows of the first sheet under its header, each a dict by heading."""
    header, *rows = sheet_of(data).iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]
