"""Lists of members read in from workbooks and taken out as workbooks.

``columns`` names what a list may hold, ``read`` finds the table in a sheet, ``encodings`` the old fonts in it,
``values`` reads cells, ``match`` tells who is in the register already, ``plan`` says what a list would change,
``write`` does it and undoes it, ``jobs`` leads an upload from one step to the next, ``out`` writes workbooks.
"""
