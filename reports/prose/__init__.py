"""Turns the figures of one section into Vietnamese report sentences.

The sentence patterns are data (``data/*.json``); the engine only chooses,
joins and prints them.  The same figures always give the same text.
"""

from .context import Context
from .engine import write_section

__all__ = ["Context", "write_section"]
