"""No tables, on purpose: Django announces the end of a migration only to apps with a models module."""
