"""A tiny office: sign-in, notes that are added, a notice that is edited, and the public's letter."""

from __future__ import annotations

from django import forms
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput
from taihe.ground.formsafety.actions import set_result, use_key
from taihe.ground.formsafety.decorators import login_required_keeping_form
from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.ground.formsafety.submission import submit_once
from taihe.ground.formsafety.tests.models import Notice
from taihe.ground.formsafety.versions import check_version

PAGE = """{% load gov formsafety %}{% include 'gov/_messages.html' %}<form method="post">{% csrf_token %}
{% form_safety form %}{% error_summary form %}{{ form.as_p }}</form>"""
CLERK = Actor(kind="officer", person_id="7", person_name="演示甲")
notes: list[str] = []


class NoteForm(SafeFormMixin, forms.Form):
    form_name = "test.note"
    form_title = "便笺"
    never_parked = ("remark",)

    title = forms.CharField(label="标题", max_length=20)
    text = forms.CharField(label="正文", widget=forms.Textarea, required=False)
    day = forms.DateField(label="日期", required=False)
    kinds = forms.MultipleChoiceField(label="类别", choices=[("a", "甲"), ("b", "乙")], required=False)
    urgent = forms.BooleanField(label="加急", required=False, initial=True)
    more = forms.JSONField(label="其他", required=False)
    moment = forms.SplitDateTimeField(label="时间", required=False)
    attachment = forms.FileField(label="附件", required=False)
    phrase = forms.CharField(label="口令", widget=forms.PasswordInput, required=False)
    sms_code = forms.CharField(label="短信码", required=False)
    remark = forms.CharField(label="密注", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["late"] = forms.CharField(label="后加的项目", required=False)

    def clean_title(self):
        if AuditEntry.objects.filter(
            action="test.note", outcome="done", subject_id=self.cleaned_data["title"]
        ).exists():
            raise forms.ValidationError("标题已存在。")
        return self.cleaned_data["title"]


class NoticeForm(SafeFormMixin, forms.ModelForm):
    form_name = "test.notice"

    class Meta:
        model = Notice
        fields = ["title", "urgency", "public", "day"]


@action("test.note")
def add_note(actor: Actor, title: str) -> str:
    if title == "不行":
        raise BadInput(what="标题不能是“不行”。")
    record(("note", title, title))
    notes.append(title)
    return title


@action("test.notice")
def edit_notice(actor: Actor, pk: int, version: int | None, values: dict) -> Notice:
    row = Notice._default_manager.select_for_update().get(pk=pk)
    check_version(row, version)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    record(row)
    return row


@action("test.direct")
def add_direct(actor: Actor, key: str, title: str) -> str:
    """An action that claims its key itself, as machines' interfaces do."""
    claim = use_key(actor, key, "test.direct")
    record(("note", title, title))
    notes.append(title)
    set_result(claim, f"/listing/?last={title}")
    return title


def draw(request: HttpRequest, form: forms.BaseForm) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(PAGE).render({"form": form}, request))


def note(request: HttpRequest) -> HttpResponse:
    form = NoteForm(request.POST or None, request.FILES or None, request=request)
    answer = submit_once(
        request,
        form,
        lambda actor: add_note(actor, form.cleaned_data["title"]),
        to=lambda title: f"/listing/?last={title}",
        done="已保存。",
        actor=CLERK,
    )
    return answer or draw(request, form)


def notice(request: HttpRequest, pk: int) -> HttpResponse:
    form = NoticeForm(request.POST or None, request=request, instance=Notice._default_manager.get(pk=pk))
    answer = submit_once(
        request,
        form,
        lambda actor: edit_notice(actor, pk, form.posted_version, form.cleaned_data),
        to=lambda row: f"/listing/?last={row.version}",
        actor=CLERK,
    )
    return answer or draw(request, form)


def listing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string("{% include 'gov/_messages.html' %}").render({}, request))


@csrf_exempt
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        login(request, get_user_model()._default_manager.get(pk=request.POST["who"]))
        return HttpResponseRedirect(request.GET.get("next", "/listing/"))
    return listing(request)


@csrf_exempt
def upload(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.read())))


urlpatterns = [
    path("note/", login_required(note)),
    path("letter/", note),
    path("apply/", login_required_keeping_form(note)),
    path("notice/<int:pk>/", login_required(notice)),
    path("listing/", listing),
    path("sign-in/", sign_in),
    path("upload/", upload),
    path("form-safety/", include("taihe.ground.formsafety.urls")),
]
