"""Why a backup was not made or not restored."""


class BackupRefused(Exception):
    """In Vietnamese: what is wrong, and what to do. Nothing has been changed."""
