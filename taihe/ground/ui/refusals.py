"""How a refusal reaches the person: the three sentences and the code, on a page that wears the county's frame.

`RefusalMiddleware` turns every CountyError a view lets through into that page; the handlers below do
the same for Django's own 400, 403, 404, 500 and for a form whose protection token no longer holds.
An htmx request gets the bare notice instead of a whole page, a program that asks for JSON gets JSON.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import ClassVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from taihe.ground.errors import CountyError, DiskFull
from taihe.ground.fulldisk import is_full

log = logging.getLogger(__name__)

TITLES = {
    400: "请求无法处理",
    403: "没有权限",
    404: "没有找到",
    409: "现在不能办理",
    422: "内容需要修改",
    429: "操作过于频繁",
    500: "系统出现故障",
    503: "功能暂时不可用",
    507: "存储空间已满",
}


class BadRequest(CountyError):
    """The request itself is malformed."""

    code = "ui.bad_request"
    http_status = 400
    happened = "浏览器发来的请求不完整或格式有误。"
    done = "系统未作任何改动。"
    next_step = "请返回上一页刷新后重试。"


class Forbidden(CountyError):
    """The asker may not open this page."""

    code = "ui.forbidden"
    http_status = 403
    happened = "您当前的岗位不能使用这个页面。"
    done = "系统没有显示任何内容。"
    next_step = "请切换到有权限的岗位，或联系系统管理员申请授权。"


class NotFound(CountyError):
    """No page lives at this address."""

    code = "ui.not_found"
    http_status = 404
    happened = "没有找到您要打开的页面，它可能已被移走，或者网址有误。"
    done = "系统未作任何改动。"
    next_step = "请核对网址，或从首页和菜单重新进入。"


class Broken(CountyError):
    """A fault of ours."""

    code = "ui.broken"
    http_status = 500
    happened = "系统处理您的请求时出现故障。"
    done = "本次操作没有生效，故障已记入系统日志。"
    next_step = "请稍后重试；仍不成功的，请将错误代码和时间告知系统管理员。"


class FormExpired(CountyError):
    """The form's protection token is missing or old."""

    code = "ui.form_expired"
    http_status = 403
    happened = "页面停留时间过长或登录状态已变化，表单的安全校验没有通过。"
    done = "内容没有提交。"
    next_step = "请返回上一页刷新，重新登录后再次提交。"


def request_id(request: HttpRequest) -> str:
    """The number that the front gave this request; the log and the answer carry it too."""
    return request.headers.get("X-Request-ID", "")


def _wants_json(request: HttpRequest) -> bool:
    if request.content_type == "application/json":
        return True
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def wants_page(request: HttpRequest) -> bool:
    """Whether a whole page is expected: neither a fragment nor JSON."""
    return request.headers.get("HX-Request") != "true" and not _wants_json(request)


def refusal_response(request: HttpRequest, error: CountyError) -> HttpResponse:
    """The refusal as a page with its own status code; as a notice for htmx, as JSON for programs."""
    happened, done, next_step = error.sentences()
    known: dict[str, object] = {"happened": happened, "done": done, "next_step": next_step}
    known["request_id"] = request_id(request)
    answer: HttpResponse
    if _wants_json(request):
        answer = JsonResponse(
            {"code": error.code, **known}, status=error.http_status, json_dumps_params={"ensure_ascii": False}
        )
    else:
        known |= {"error": error, "title": TITLES.get(error.http_status, "操作没有完成")}
        name = "gov/refusal.html" if wants_page(request) else "gov/refusal_notice.html"
        answer = HttpResponse(render_to_string(name, known, request), status=error.http_status)
    answer["X-Error-Code"] = error.code
    return answer


def standalone_response(error: CountyError) -> HttpResponse:
    """The refusal on a page that needs nothing of the system: for faults in the middle of drawing."""
    happened, done, next_step = error.sentences()
    known = {"error": error, "title": TITLES[error.http_status]}
    known |= {"happened": happened, "done": done, "next_step": next_step}
    return HttpResponse(render_to_string("gov/standalone.html", known), status=error.http_status)


class RefusalMiddleware:
    """Draws the refusals that views raise."""

    sync_capable: ClassVar[bool] = True
    async_capable: ClassVar[bool] = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; refusals arrive by process_exception."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A CountyError becomes its page, a full disk too; anything else is a fault and goes on to handler500."""
        if is_full(exception) and not isinstance(exception, CountyError):
            log.error("disk full %s %s: %s", request.method, request.path, exception)
            exception = DiskFull()
        if isinstance(exception, CountyError):
            log.info("refused %s %s: %s %s", request.method, request.path, exception.code, request_id(request))
            return refusal_response(request, exception)
        return None


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Malformed request."""
    return refusal_response(request, BadRequest())


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Permission refused by Django itself."""
    return refusal_response(request, Forbidden())


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page."""
    return refusal_response(request, NotFound())


def handler500(request: HttpRequest) -> HttpResponse:
    """A fault; the page depends on neither database nor session."""
    fault = sys.exception()
    return standalone_response(DiskFull() if fault is not None and is_full(fault) else Broken())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For settings.CSRF_FAILURE_VIEW."""
    log.info("csrf refused %s: %s", request.path, reason)
    return refusal_response(request, FormExpired())
