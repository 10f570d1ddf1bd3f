"""Writes of the reports app, split by noun: cells, imports, texts, periods."""
