"""Workbooks of figures as people type them, for tests of the import and of the commands."""

import io

import openpyxl

from reports.services.imports import HEADERS

TITLES = {key: labels[0] for key, labels in HEADERS.items()}
DEFAULTS = {"unit_code": "K01", "first": "01/01/2022", "last": "30/11/2022"}
KHOI = {"unit_code": "K01", "unit_name": "Hội CCB Khối cơ quan", "level": "khối"}


def workbook(*rows, without=(), titles=TITLES):
    """The bytes of an .xlsx: a header and one line a row; row 2 is the first. A row is a dict of columns."""
    book = openpyxl.Workbook()
    sheet = book.active
    columns = [key for key in titles if key not in without]
    sheet.append([titles[key] for key in columns])
    for row in rows:
        cells = DEFAULTS | row
        sheet.append([cells.get(key) for key in columns])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
