"""What a password of this county may be; every figure comes from the rules (config rules/signin.yaml)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError

from taihe.ground import clock
from taihe.ground.rules import rule

from ..models import Officer
from .errors import UnfitPassword, WrongPassword
from .queries import used_passwords

KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
# Signs people put in a letter's place; a password is looked at both as typed and with them undone.
_LOOKALIKE = str.maketrans("@01345$7!|", "aoleassttl")
_NAME_PART = 4
_YEAR = re.compile(r"(19|20)\d\d((0[1-9]|1[0-2])([0-2]\d|3[01])?)?")


class _Rule:
    """The shape Django asks of a validator: check, and say what is asked."""

    def validate(self, password: str, user: Officer | None = None) -> None:
        """Raise ValidationError when the password does not do."""
        if self.fails(password, user):
            raise ValidationError(self.get_help_text(), code=type(self).__name__)

    def fails(self, password: str, user: Officer | None) -> bool:
        """Whether the password breaks this rule."""
        raise NotImplementedError

    def get_help_text(self) -> str:
        """What is asked, as a sentence."""
        raise NotImplementedError


class LongEnough(_Rule):
    """At least so many characters."""

    def fails(self, password: str, user: Officer | None) -> bool:
        return len(password) < int(rule("signin.password_min_characters"))

    def get_help_text(self) -> str:
        return f"不少于 {rule('signin.password_min_characters')} 个字符。"


class MixedKinds(_Rule):
    """Several of small letters, capitals, digits and signs."""

    def fails(self, password: str, user: Officer | None) -> bool:
        return sum(bool(re.search(kind, password)) for kind in KINDS) < int(rule("signin.password_kinds"))

    def get_help_text(self) -> str:
        return f"小写字母、大写字母、数字、符号至少包含 {rule('signin.password_kinds')} 种。"


class NotTheName(_Rule):
    """Not built from the sign-in name, the name or its spelling."""

    def fails(self, password: str, user: Officer | None) -> bool:
        if user is None:
            return False
        typed = _foldings(password)
        own = [user.sign_in_name, *re.split(r"[._-]", user.sign_in_name), user.name, *user.pinyin.split()]
        long_enough = [one.lower() for one in own if len(one) >= _NAME_PART or not one.isascii()]
        return any(one in form for form in typed for one in long_enough if one)

    def get_help_text(self) -> str:
        return "不得包含登录名、姓名或姓名的拼音。"


class NotCountyWords(_Rule):
    """Not a word everybody here would guess first, dressed up with a year or a sign."""

    def fails(self, password: str, user: Officer | None) -> bool:
        return len(unguessed(password)) < int(rule("signin.password_min_characters")) // 2

    def get_help_text(self) -> str:
        return "不得主要由地名、单位名、年份、连续或重复的字符等常见内容组成。"


def _foldings(password: str) -> set[str]:
    plain = password.lower()
    return {plain, plain.translate(_LOOKALIKE)}


def unguessed(password: str) -> str:
    """Letters and digits left when guessable pieces are out: words, years, repeated and running characters."""
    weak = sorted(rule("signin.weak_words"), key=len, reverse=True)
    plain = re.sub(r"(.)\1{2,}", "", _without_runs(password.lower()))
    folded = _YEAR.sub("", _out(plain, weak)).translate(_LOOKALIKE)
    return "".join(filter(str.isalnum, _out(folded, weak)))


def _out(form: str, words: list[str]) -> str:
    for word in words:
        form = form.replace(word, "")
    return form


def _without_runs(form: str) -> str:
    """Without stretches of four or more neighbours, up or down (abcd, 9876)."""
    kept, run = "", form[:1]
    step = 0
    for before, after in pairwise(form):
        here = ord(after) - ord(before)
        if here in (1, -1) and (here == step or len(run) == 1):
            run, step = run + after, here
        else:
            kept, run, step = kept + (run if len(run) < 4 else ""), after, 0
    return kept + (run if len(run) < 4 else "")


class NotCommon(CommonPasswordValidator):
    """Not among the twenty thousand commonest (the list comes with Django)."""

    def get_error_message(self) -> str:
        """What is wrong, as a sentence."""
        return self.get_help_text()

    def get_help_text(self) -> str:
        """What is asked, as a sentence."""
        return "不得是常见密码。"


class NotUsedBefore(_Rule):
    """Not the current password, nor one of those before it."""

    def fails(self, password: str, user: Officer | None) -> bool:
        if user is None or user.pk is None:
            return False
        count = int(rule("signin.password_history"))
        return any(check_password(password, one) for one in used_passwords(user, count))

    def get_help_text(self) -> str:
        return f"不得与最近 {rule('signin.password_history')} 次的密码相同。"


@dataclass(frozen=True)
class Fresh:
    """A password checked and hashed outside any transaction; `replaces` is the hash it was checked against."""

    officer: int
    hash: str
    replaces: str


def prepare_password(officer: Officer, old: str, new: str, confirm: Callable[[str], bool]) -> Fresh:
    """Check the old and the new password and hash the new one: slow on purpose, so outside the transaction.

    `confirm` checks the old one under the failure counts.  Raises WrongPassword, or UnfitPassword
    naming every rule the new one breaks (GB/T 22239-2019 8.1.4.1 a).
    """
    if not confirm(old):
        raise WrongPassword
    check_new(officer, new)
    return Fresh(officer.pk, make_password(new), officer.password)


def check_new(officer: Officer, new: str) -> None:
    """Raises UnfitPassword naming every rule the password breaks."""
    try:
        validate_password(new, officer)
    except ValidationError as bad:
        raise UnfitPassword(why="".join(bad.messages)) from bad


def is_too_old(officer: Officer) -> bool:
    """Whether the password was set longer ago than the rule allows; unknown when it was never noted."""
    set_at = officer.password_set_at
    return set_at is not None and clock.now() - set_at > timedelta(days=rule("signin.password_max_days"))


def has_lapsed(officer: Officer) -> bool:
    """Whether this is a one-time password whose time is over."""
    return officer.password_expires_at is not None and clock.now() >= officer.password_expires_at
