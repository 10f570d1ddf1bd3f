"""Workbooks that were sent and previewed, kept until they are confirmed, mended or given up.

Files lie in ``VAR_DIR/imports/TOKEN/`` with what their preview said, a token begins with the second
it was made, and belong to the session that sent them: nothing else knows the token. They are
deleted when confirmed or given up, and after a day.
"""

import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from django.conf import settings

from ccb import clock
from reports.services.import_batch import Workbook
from reports.services.import_columns import Refusal

KEPT_SECONDS = 24 * 3600
SESSION_KEY = "reports_uploads"
PREVIEWS_AT_ONCE = 5
FILES_AT_ONCE = 20
TAKEN = ".luu"
STORING_SECONDS = 15 * 60  # longer than any request lives: whoever took it is gone, and nothing of it is stored


@dataclass(frozen=True)
class Upload:
    """Workbooks waiting for confirmation, in the order they were sent; ``previewed`` in seconds."""

    token: str
    workbooks: list[Workbook]
    create_units: bool
    create_indicators: bool
    previewed: float

    @property
    def previewed_at(self):
        return datetime.fromtimestamp(self.previewed, tz=UTC)

    @property
    def choices(self):
        return {"create_units": self.create_units, "create_indicators": self.create_indicators}

    @property
    def bad_groups(self):
        return {w.group for w in self.workbooks if w.unreadable or w.refusals}

    @property
    def good(self):
        """The workbooks that may be confirmed."""
        return [w for w in self.workbooks if w.group not in self.bad_groups]

    @property
    def mendable(self):
        """The workbooks of which some rows must be mended first; one that cannot be read has no rows."""
        unreadable = {w.group for w in self.workbooks if w.unreadable}
        return [w for w in self.workbooks if w.group in self.bad_groups - unreadable]


def _root():
    return settings.VAR_DIR / "imports"


def keep(session, workbooks, *, create_units=False, create_indicators=False, instead_of=""):
    """Keep previewed ``workbooks`` for this session, ``instead_of`` those of another token; returns the token."""
    sweep()
    now = clock.now().timestamp()
    token = f"{int(now)}-{secrets.token_urlsafe(24)}"
    folder = _root() / token
    folder.mkdir(parents=True, mode=0o700)
    about = [
        {
            "name": w.name, "group": w.group, "mends": w.mends, "left_out": sorted(w.left_out), "unreadable": w.unreadable,
            "refusals": [asdict(r) for r in w.refusals],
        }
        for w in workbooks
    ]
    choices = {"create_units": create_units, "create_indicators": create_indicators, "previewed": now}
    _write(folder / "about.json", json.dumps({"workbooks": about} | choices).encode())
    for i, workbook in enumerate(workbooks):
        _write(folder / f"{i}.xlsx", workbook.data)
    forget(session, instead_of)
    tokens = session.get(SESSION_KEY, [])
    while len(tokens) >= PREVIEWS_AT_ONCE:
        shutil.rmtree(_root() / tokens.pop(0), ignore_errors=True)
    session[SESSION_KEY] = [*tokens, token]
    return token


def _write(path, data):
    path.touch(mode=0o600)
    path.write_bytes(data)


def kept(session, token):
    """The ``Upload`` of this session with that token, or None when it is no longer there."""
    _recover(session)
    return _read(token, _root() / token) if token in session.get(SESSION_KEY, []) else None


def waiting(session):
    """[(token, names of its files, when)] of what this session has neither confirmed nor given up, the newest first."""
    _recover(session)
    found = []
    for token in reversed(session.get(SESSION_KEY, [])):
        about = _about(_root() / token)
        if about:
            names = [w["name"] for w in about["workbooks"] if not w["mends"]]
            found.append((token, names, datetime.fromtimestamp(about["previewed"], tz=UTC)))
    return found


def take(session, token):
    """Like ``kept``, once: of two clicks on one button, and of two tabs, the second gets None.

    Whoever took it forgets it when its numbers are stored, or puts it back.
    """
    if token not in session.get(SESSION_KEY, []):
        return None
    _recover(session)
    try:
        (_root() / token).rename(_taken(token))
    except FileNotFoundError:
        return None
    os.utime(_taken(token), times=(clock.now().timestamp(),) * 2)
    return _read(token, _taken(token))


def _recover(session):
    """What a server took and was killed over waits again: a batch is stored whole or not at all."""
    for token in session.get(SESSION_KEY, []):
        taken = _taken(token)
        if taken.is_dir() and clock.now().timestamp() - taken.stat().st_mtime > STORING_SECONDS:
            put_back(token)


def put_back(token):
    """What was taken waits again."""
    _taken(token).rename(_root() / token)


def _taken(token):
    return _root() / f"{token}{TAKEN}"


def _about(folder):
    try:
        return json.loads((folder / "about.json").read_bytes())
    except FileNotFoundError:
        return None


def _read(token, folder):
    about = _about(folder)
    if about is None:
        return None
    workbooks = [
        Workbook(
            w["name"], (folder / f"{i}.xlsx").read_bytes(), w["group"], w["mends"], frozenset(w["left_out"]), unreadable=w["unreadable"],
            refusals=tuple(Refusal(**{**r, "related": tuple(r["related"])}) for r in w["refusals"]),
        )
        for i, w in enumerate(about["workbooks"])
    ]
    return Upload(token, workbooks, about["create_units"], about["create_indicators"], about["previewed"])


def forget(session, token):
    """Delete the files of an upload; nothing happens when this session has no such upload."""
    tokens = session.get(SESSION_KEY, [])
    if token in tokens:
        for folder in (_root() / token, _taken(token)):
            shutil.rmtree(folder, ignore_errors=True)
        session[SESSION_KEY] = [other for other in tokens if other != token]


def sweep():
    """Delete what nobody confirmed within a day."""
    if not _root().is_dir():
        return
    oldest = clock.now().timestamp() - KEPT_SECONDS
    for folder in _root().iterdir():
        sent = folder.name.split("-")[0]
        if folder.is_dir() and sent.isdigit() and int(sent) < oldest:
            shutil.rmtree(folder, ignore_errors=True)
