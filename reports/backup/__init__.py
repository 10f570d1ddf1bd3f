"""One file that holds the database, the uploaded files and the keys, and the way back from it.

``make_backup`` and ``restore_backup`` are what the commands call; nothing in ``restore_backup`` is
written before every hash and every count of rows has been compared.
"""

from .make import make_backup
from .refusal import BackupRefused
from .restore import restore_backup

__all__ = ["BackupRefused", "make_backup", "restore_backup"]
