"""Spreadsheets from outside, read as if every one of them were hostile, and our own written.

``guard`` looks at the shape of a file without building it, ``reader`` reads it in a child process
with limits and finds the table in it, ``writer`` writes workbooks. Nothing here knows Django.
"""
