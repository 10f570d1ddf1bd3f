"""Workbooks as offices keep them, made in memory; and a list led from upload to register."""

import datetime
import io

import xlsxwriter

from members.models import ImportJob
from members.services.lists import jobs

HEAD = ["STT", "Họ và tên", "Ngày sinh", "Giới tính"]


def book(rows, *, merges=(), name="Danh sách"):
    """``rows`` of plain values; a date is written as a day of Excel."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as made:
        sheet = made.add_worksheet(name)
        day = made.add_format({"num_format": "dd/mm/yyyy"})
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if isinstance(value, datetime.date):
                    sheet.write_datetime(i, j, datetime.datetime.combine(value, datetime.time()), day)
                elif isinstance(value, str):
                    sheet.write_string(i, j, value)
                elif value is not None:
                    sheet.write_number(i, j, value)
        for first, left, last, right, text in merges:
            sheet.merge_range(first, left, last, right, text)
    return kept.getvalue()


def checked(content, unit, by, *, sex="", columns=None):
    """A job after stage 1, its columns as guessed."""
    job = jobs.upload(unit=unit, file_name="danh sách.xlsx", content=content, by=by)
    chosen = {int(i): key for i, key in job.mapping["columns"].items()} | (columns or {})
    encodings = {int(i): found for i, found in job.mapping["encodings"].items()}
    jobs.choose(job=job, columns=chosen, encodings=encodings, sex=sex or job.mapping["sex"], by=by)
    jobs.check(job=job, by=by)
    return ImportJob.objects.get(pk=job.pk)


def written(content, unit, by, **options):
    """A job after stage 2."""
    job = checked(content, unit, by, **options)
    jobs.confirm(job=job, by=by)
    jobs.write(job=job, by=by)
    return ImportJob.objects.get(pk=job.pk)


def counts(job):
    return tuple(job.counts[name] for name in ("read", "new", "changed", "same", "wrong"))
