"""The key of a trial installation."""

import os
import secrets
from pathlib import Path


def read_or_create(path: Path) -> str:
    """The key kept in `path`; made there, readable by its owner alone, when there is none.

    Two processes that start together end up with the same key: a new key becomes visible
    only when it is complete, and the first one wins.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
