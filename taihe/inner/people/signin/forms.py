"""The forms of sign-in; what they ask is examined in proofs.py, under the failure counts."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms

_PASSWORD_MAX = 128  # longer ones only feed the hash


class _PlainText(forms.CharField):
    """Text whose full-width letters and digits, as Chinese keyboards type them, count as the plain ones."""

    def to_python(self, value: Any) -> str:
        """NFKC, then as usual."""
        return str(super().to_python(unicodedata.normalize("NFKC", value) if isinstance(value, str) else value))


def _password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"})
    return forms.CharField(
        label=label, max_length=_PASSWORD_MAX, strip=False, widget=widget, help_text=help_text,
        error_messages={"required": f"请输入{label}。"},
    )  # fmt: skip


class SignInForm(forms.Form):
    """Name and password."""

    name = _PlainText(
        label="登录名",
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
        error_messages={"required": "请输入登录名。"},
    )
    password = _password("密码", "current-password")


class CodeForm(forms.Form):
    """A TOTP code."""

    code = _PlainText(
        label="动态口令",
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "class": "gv-code"}
        ),
        help_text="手机验证器中正在显示的 6 位数字，约 30 秒更换一次。",
        error_messages={"required": "请输入动态口令。"},
    )


class RecoveryForm(forms.Form):
    """One of the printed recovery codes."""

    code = _PlainText(
        label="恢复码",
        max_length=24,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "autofocus": True, "class": "gv-code"}
        ),
        help_text="开通第二验证时打印保存的 8 位数字，每个只能用一次。",
        error_messages={"required": "请输入恢复码。"},
    )


class SecondForm(CodeForm):
    """The second proof: a code typed, or what the browser answers for a passkey."""

    credential = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False

    def clean(self) -> dict[str, Any]:
        """One of the two is there."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("code") and not cleaned.get("credential") and not self.errors:
            self.add_error("code", "请输入动态口令。")
        return cleaned


class PasswordForm(forms.Form):
    """The old password once, the new one twice."""

    old = _password("当前密码", "current-password")
    new = _password("新密码", "new-password")
    again = _password("确认新密码", "new-password", "再输入一次，防止打错。")

    def clean_again(self) -> str:
        """Both spellings of the new password agree."""
        again = str(self.cleaned_data["again"])
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise forms.ValidationError("两次输入的新密码不一致。")
        return again


class ConfirmForm(forms.Form):
    """One's own password again, before something that guards the account changes."""

    password = _password("当前密码", "current-password", "为防他人代为操作，请再次输入您的登录密码。")


class TotpForm(CodeForm, ConfirmForm):
    """The first code of a newly bound app, and the password."""

    field_order = ("code", "password")


class PasskeyForm(ConfirmForm):
    """A new passkey: its name, the browser's answer, and the password."""

    credential = forms.JSONField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label="名称",
        max_length=40,
        help_text="便于日后辨认，如“办公室电脑”。",
        error_messages={"required": "请填写名称。"},
    )
    field_order = ("name", "password", "credential")
