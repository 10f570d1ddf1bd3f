"""The program as people run it: gunicorn in a process of its own, on a free port."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
OURS = ("CCB_", "SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS", "DEBUG", "STATIC_ROOT", "DJANGO_", "PYTEST_")
PRODUCTION = {
    "CCB_PRODUCTION": "1",
    "SECRET_KEY": "k" * 25 + "-chỉ-dùng-trong-kiểm-thử-" + "z" * 25,
    "ALLOWED_HOSTS": "hoi.example,www.hoi.example",
}


def environment(**given: str) -> dict[str, str]:
    """This process's environment with none of the program's variables but those given."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    return inherited | given


def manage(*arguments: str, **env: str) -> subprocess.CompletedProcess:
    """`manage.py` in a process of its own; the exit code is for the caller to judge."""
    return python("manage.py", *arguments, **env)


def python(*arguments: str, **env: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=environment(**env), capture_output=True, text=True, timeout=120,
    )


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def set_cookies(self) -> dict[str, str]:
        """Every Set-Cookie of this answer, whole, by the name of the cookie."""
        return {line.split("=")[0]: line for line in self.headers.get_all("Set-Cookie", [])}


@dataclass
class Visitor:
    """A browser without a screen: keeps cookies, sends the CSRF token, follows nothing."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        sent = self.headers | {key.replace("_", "-"): value for key, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        for name, line in answer.set_cookies().items():
            self.cookies[name] = SimpleCookie(line)[name].value
        if found := re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', answer.body):
            self.token = found[1].decode()
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def post(self, path: str, **fields: str) -> Answer:
        body = urlencode({"csrfmiddlewaretoken": self.token} | fields).encode()
        return self.request("POST", path, body, Content_Type="application/x-www-form-urlencoded")


@dataclass
class Server:
    port: int
    log: Path

    def visitor(self, **headers: str) -> Visitor:
        return Visitor(self.port, {key.replace("_", "-"): value for key, value in headers.items()})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(folder: Path, **env: str):
    """Gunicorn with the given environment; its output goes to `folder`/server.log."""
    port, log = free_port(), folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "ccb.wsgi"],
            cwd=ROOT, env=environment(PORT=str(port), **env),
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )
        try:
            wait_for(port, process, log)
            yield Server(port, log)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def wait_for(port: int, process: subprocess.Popen, log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start:\n" + log.read_text())
