"""Figures and documents; reads every other app. What stands beside the layers, from the cell to the paper:

indicators  the catalogue of today: built-in entries and those of administrators
asked       which of them a unit is asked for in a period, and how far each section is
structure   which units stand under a unit in a period, with which dates
records     all that the figures of one subtree are made of, loaded once
resolve     the rules of a unit's value; figures: the only way to a number (``FigureSet``)
explain     where a number comes from; todo: what waits for a unit on its home page
spoken      the figures as sentences say them; prose/ writes the sentences
outlines    the annual report: its sections in order; appendices: the tables behind it
wording     how a unit and a period are called in a document
"""
