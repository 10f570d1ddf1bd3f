from .figure import EnteredFigure, SectionConfirmation, State
from .indicator import Indicator, IndicatorConcern
from .report import ReportText

__all__ = ["EnteredFigure", "Indicator", "IndicatorConcern", "ReportText", "SectionConfirmation", "State"]
