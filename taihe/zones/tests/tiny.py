"""A tiny Django behind the real front, for tests: ``granian --interface rsgi taihe.zones.tests.tiny:app``.

TINY=validated wraps a plain WSGI application in wsgiref's validator instead.
"""

import asyncio
import hashlib
import json
import os
import threading
import time
from io import BytesIO
from pathlib import Path
from typing import ClassVar
from wsgiref.validate import validator

from django.conf import settings
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path, re_path

from taihe.ground.natives import native
from taihe.zones.front import Front, django_application

GIVEN = json.loads(os.environ.get("TINY_SETTINGS", "{}"))
closed: list[str] = []


def configure():
    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        SECRET_KEY="only for tests",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["TINY_DB"]}},
        DATA_UPLOAD_MAX_MEMORY_SIZE=None,
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        **GIVEN,
    )


def echo(request):
    meta = {key: value for key, value in request.META.items() if isinstance(value, str) and "." not in key}
    return JsonResponse({"path": request.path, "method": request.method, "scheme": request.scheme, "meta": meta})


def digest(request):
    whole = hashlib.sha256()
    size = 0
    while piece := request.read(65536):
        whole.update(piece)
        size += len(piece)
    return JsonResponse({"size": size, "sha256": whole.hexdigest(), "length": request.META.get("CONTENT_LENGTH")})


def cookies(request):
    answer = HttpResponse("两个")
    answer.set_cookie("a", "1")
    answer.set_cookie("b", "2")
    return answer


class Pieces:
    """A stream that waits for a file before its second piece, and tells when it was closed."""

    def __init__(self, pieces, gate=None, fail=False):
        self.pieces, self.gate, self.fail = pieces, gate, fail

    def __iter__(self):
        for number, piece in enumerate(self.pieces):
            while number and self.gate and not os.path.exists(self.gate):
                time.sleep(0.01)
            yield piece
        if self.fail:
            raise RuntimeError("half-way")

    def close(self):
        closed.append("pieces")


def stream(request):
    return StreamingHttpResponse(Pieces([b"first;", b"second"], gate=request.GET.get("gate")))


def endless(request):
    return StreamingHttpResponse(Pieces(b"x" * 10000 for _ in iter(int, 1)))


def broken_stream(request):
    return StreamingHttpResponse(Pieces(["前半".encode()], fail=True), content_type="text/csv; charset=utf-8")


def file(request):
    if request.GET.get("memory"):
        return FileResponse(BytesIO(b"from memory"))
    return FileResponse(open(__file__, "rb"))


def status(request, code):
    return HttpResponse(status=code)


def wait(request):
    """Holds its thread until the named file appears."""
    while not os.path.exists(request.GET["gate"]):
        time.sleep(0.01)
    return HttpResponse("done")


def told(request):
    threads = [one.name for one in threading.enumerate() if one.name.startswith("web")]
    return JsonResponse({"closed": closed, "threads": len(threads)})


class Explosive(HttpResponse):
    def __iter__(self):
        raise RuntimeError("outside Django's own net")


urlpatterns = [
    path("digest", digest),
    path("cookies", cookies),
    path("stream", stream),
    path("endless", endless),
    path("broken-stream", broken_stream),
    path("file", file),
    path("wait", wait),
    path("told", told),
    path("explode", lambda request: Explosive()),
    path("status/<int:code>", status),
    re_path("^echo", echo),
    re_path("^太和", echo),
]


@native("/events")
async def events(scope, proto):
    """The smallest event stream: three events, then the end."""
    transport = proto.response_stream(200, [("content-type", "text/event-stream")])
    for number in range(3):
        await transport.send_str(f"data: {number}\n\n")
        await asyncio.sleep(0)


@native("/events/quiet")
async def quiet(scope, proto):
    proto.response_empty(204, [])


class Picky:
    """Answers one path, fails at another before or after it began to answer, and declines the rest."""

    life: ClassVar[list[str]] = []

    def start(self):
        self.life.append("started")

    def stop(self):
        Path(os.environ["TINY_DB"]).with_name("stopped").touch()

    async def __call__(self, scope, proto):
        if scope.path == "/echo-native":
            proto.response_str(200, [], ",".join(self.life))
        elif scope.path == "/echo-broken":
            raise RuntimeError("before it answered")
        elif scope.path == "/echo-late":
            proto.response_str(200, [], "whole")
            raise RuntimeError("after it answered")
        else:
            return False


native("/echo")(Picky())


def plain(environ, start_response):
    """Plain WSGI that reads its input and answers in two pieces; strict enough for wsgiref's validator."""
    data = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(data) + 6))])
    return [b"read: ", data]


def load():
    configure()
    application = django_application()
    return validator(plain) if os.environ.get("TINY") == "validated" else application


app = Front(load)
