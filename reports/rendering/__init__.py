"""One content model and its writers: web page, paper (HTML and PDF), spreadsheet.

Nothing here reads the database: figures and sentences arrive as finished text.
"""
