"""Django's half of the front: one HTTP request as WSGI, and its answer back.

Runs in a worker thread with the whole body at hand, so that an official's page never waits for
somebody else's slow line.  What goes wrong here is told in Chinese and logged with the request's id.
"""

from __future__ import annotations

import asyncio
import html
import io
import ipaddress
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from types import TracebackType
from typing import TYPE_CHECKING, Any
from wsgiref.util import FileWrapper

from django.core.files import File
from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope  # type: ignore[attr-defined]  # not marked as re-exports

from taihe.ground.errors import CountyError

from .intake import Body

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger(__name__)

Headers = list[tuple[str, str]]
NO_BODY = frozenset({204, 304})
# Set by the bridge itself, or meaningless once the body has been received.
OWN_HEADERS = frozenset({"content-length", "content-type", "transfer-encoding", "x-request-id", "expect"})
FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"})


class FrontFailed(CountyError):
    """The application raised; details are in the log under the request id."""

    code = "front.failed"
    http_status = 500
    happened = "系统处理您的请求时出错。"
    done = "出错情况已记入日志，未完成的改动不会保存。"
    next_step = "请返回上一页重试；仍不成功的，请把下面的请求编号告知系统管理员。"


def _page(refusal: CountyError, request_id: str) -> str:
    happened, *rest = (html.escape(one) for one in refusal.sentences())
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{happened}</title>'
        f"<h1>{happened}</h1><p>{'</p><p>'.join(rest)}</p>"
        f"<p>错误代码：{refusal.code}　请求编号：{html.escape(request_id)}</p></html>"
    )


def refuse(proto: HTTPProtocol, refusal: CountyError, accept: str, headers: Headers, request_id: str) -> None:
    """Answer with a refusal: a page for browsers, one line for everything else."""
    kind, text = "text/plain", f"{refusal.sentence()} 请求编号：{request_id}\n"
    if "text/html" in accept:
        kind, text = "text/html", _page(refusal, request_id)
    fixed = [("content-type", f"{kind}; charset=utf-8"), ("cache-control", "no-store"), ("x-request-id", request_id)]
    proto.response_bytes(refusal.http_status, [*fixed, *headers], text.encode())


def _as_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


class Proxies:
    """Who may say, in X-Forwarded-For and -Proto, on whose behalf a request comes (TAIHE_TRUSTED_PROXIES)."""

    def __init__(self, networks: Iterable[str]) -> None:
        self.networks = [ipaddress.ip_network(one) for one in networks]
        self.trusts = lru_cache(maxsize=1024)(self._trusts)

    def _trusts(self, address: str) -> bool:
        host = _as_address(address)
        return host is not None and any(host in network for network in self.networks)

    def origin(self, scope: Scope, peer: str) -> tuple[str, str]:
        """Address and scheme of the true client: the last hop that is not one of ours."""
        address, scheme = peer, scope.scheme
        if not self.trusts(peer):
            return address, scheme
        said = [value for name, value in scope.headers.items() if name == "x-forwarded-for"]
        for hop in reversed([one.strip() for one in ",".join(said).split(",")]):
            if not self.trusts(address) or _as_address(hop) is None:
                break
            address = hop
        said_scheme = scope.headers.get("x-forwarded-proto", "")
        return address, said_scheme if said_scheme in ("http", "https") else scheme


def split_address(joined: str) -> tuple[str, str]:
    """``address:port`` as Granian gives it, also with an IPv6 address in brackets."""
    host, _, port = joined.rpartition(":")
    return host.strip("[]"), port


@lru_cache(maxsize=256)
def _variable(header: str) -> str:
    return "HTTP_" + header.upper().replace("-", "_")


def _latin(text: str) -> str:
    """Text as WSGI carries it: its bytes, each as one character."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def environ_of(scope: Scope, body: Body, request_id: str, proxies: Proxies) -> dict[str, Any]:
    """The request as a WSGI environ (PEP 3333).

    Headers with an underscore are dropped: they would pass for others.  A path that is not UTF-8
    has its bad bytes already replaced by Granian.
    """
    peer, _ = split_address(scope.client)
    server, port = split_address(scope.server)
    address, scheme = proxies.origin(scope, peer)
    path = scope.path
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _latin(path if path.startswith("/") else "/" + path),
        "QUERY_STRING": _latin(scope.query_string),
        "REMOTE_ADDR": address,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/" + scope.http_version,
        "HTTP_X_REQUEST_ID": request_id,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": body.file,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    if body.size is not None:
        environ["CONTENT_LENGTH"] = str(body.size)
    _add_headers(environ, scope, trusted=proxies.trusts(peer))
    return environ


def _add_headers(environ: dict[str, Any], scope: Scope, *, trusted: bool) -> None:
    for name, value in scope.headers.items():
        if name in OWN_HEADERS or "_" in name or (name in FORWARDED and not trusted):
            continue
        key = _variable(name)
        if key in environ:
            environ[key] += ("; " if name == "cookie" else ",") + _latin(value)
        else:
            environ[key] = _latin(value)
    if kind := scope.headers.get("content-type"):
        environ["CONTENT_TYPE"] = _latin(kind)
    if scope.authority:  # an absolute address, or HTTP/2
        environ["HTTP_HOST"] = scope.authority


def _plain_file(wrapper: FileWrapper) -> str | None:
    """Path of a file that Granian may send by itself: one opened by name, from its beginning."""
    inner: Any = wrapper.filelike
    if isinstance(inner, File):
        inner = inner.file
    # Exactly a buffered reader: temporary files are another type, and vanish when closed.
    named = type(inner) is io.BufferedReader and isinstance(inner.name, str)
    return str(inner.name) if named and inner.tell() == 0 else None


async def _send(transport: Any, chunk: bytes) -> None:
    await transport.send_bytes(chunk)


class Exchange:
    """One request and its answer, inside a worker thread."""

    def __init__(self, proto: HTTPProtocol, loop: asyncio.AbstractEventLoop, environ: dict[str, Any]) -> None:
        self.proto = proto
        self.loop = loop
        self.environ = environ
        self.request_id = str(environ["HTTP_X_REQUEST_ID"])
        self.status = 0
        self.headers: Headers = []
        self.written: list[bytes] = []
        self.begun = False

    def run(self, application: WSGIApplication) -> None:
        """Call the application and send what it answers; never raises."""
        result: Any = ()
        try:
            try:
                result = application(self.environ, self.start)
                self._answer(result)
            finally:
                if close := getattr(result, "close", None):
                    close()
        except ProtocolClosed:
            logger.info("client left [%s] %s", self.request_id, self.environ["PATH_INFO"])
        except Exception:  # the last net: whatever an application raises becomes a page
            logger.exception("request failed [%s] %s", self.request_id, self.environ["PATH_INFO"])
            if not self.begun:
                refuse(self.proto, FrontFailed(), self.environ.get("HTTP_ACCEPT", ""), [], self.request_id)

    def start(
        self,
        status: str,
        headers: Headers,
        exc_info: tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None = None,
        /,
    ) -> Callable[[bytes], object]:
        """WSGI's start_response."""
        if exc_info and exc_info[1] and self.begun:
            raise exc_info[1]
        if self.status and not exc_info:
            raise RuntimeError("start_response was called twice")
        self.status = int(status[:3])
        self.headers = [(name.lower(), value) for name, value in headers]
        self.headers.append(("x-request-id", self.request_id))
        return self.written.append

    def _answer(self, result: Iterable[bytes]) -> None:
        if isinstance(result, FileWrapper) and self.status == 200 and (path := _plain_file(result)):
            self.begun = True
            self.proto.response_file(self.status, self.headers, path)
        elif isinstance(result, list | tuple) or getattr(result, "streaming", None) is False:
            self._whole(b"".join(chain(self.written, result)))
        else:
            self._stream(chain(self.written, result))

    def _whole(self, body: bytes) -> None:
        if not self.status:
            raise RuntimeError("the application did not call start_response")
        self.begun = True
        if self.status in NO_BODY:
            self.proto.response_empty(self.status, self.headers)
        else:  # Granian leaves the body of a HEAD answer out and keeps its length
            self.proto.response_bytes(self.status, self.headers, body)

    def _stream(self, chunks: Iterator[bytes]) -> None:
        """Pass chunks on as they are made.

        Granian queues what the client has not yet read in memory: large things are sent as files.
        """
        first = next(filter(None, chunks), None)
        if first is None or self.status in NO_BODY:
            self._whole(b"")
            return
        if not self.status:
            raise RuntimeError("the application did not call start_response")
        self.begun = True
        transport = self.proto.response_stream(self.status, self.headers)
        if self.environ["REQUEST_METHOD"] == "HEAD":
            return
        try:
            for chunk in chain((first,), filter(None, chunks)):
                asyncio.run_coroutine_threadsafe(_send(transport, chunk), self.loop).result()
        except ProtocolClosed:
            raise
        except Exception:
            self._say_cut_off(transport)
            raise

    def _say_cut_off(self, transport: Any) -> None:
        """A stream that fails half-way ends like a whole one: say in the text that it is not."""
        if any(name == "content-type" and value.startswith("text/") for name, value in self.headers):
            note = f"\n【内容不完整：生成过程出错，请重新获取。请求编号：{self.request_id}】\n"
            asyncio.run_coroutine_threadsafe(_send(transport, note.encode()), self.loop).result()
