"""What sign-in remembers: failures that lead to a pause, sessions, and passwords that may not return."""

from __future__ import annotations

from django.db import models

from .officer import Officer


class SignInGuard(models.Model):
    """Failed attempts on one account or from one address, and the pause they led to.

    A sign-in name that belongs to nobody is counted like any other, so that a pause tells nothing
    about who exists; it is kept as a keyed digest, since people type passwords into the wrong box.
    """

    class Kind(models.TextChoices):
        ACCOUNT = "account", "账号"
        ADDRESS = "address", "地址"

    kind = models.CharField("对象", max_length=8, choices=Kind)
    key = models.CharField("标识", max_length=64, help_text="账号为登录名的摘要；地址为网络地址")
    officer = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="sign_in_guards", verbose_name="人员"
    )
    failures = models.PositiveIntegerField("失败次数", default=0, help_text="含正在核对的尝试")
    window_began_at = models.DateTimeField("统计起点")
    last_at = models.DateTimeField("最近一次尝试", db_index=True)
    locks = models.PositiveIntegerField("已暂停次数", default=0)
    locked_at = models.DateTimeField("暂停时间", null=True, blank=True)
    locked_until = models.DateTimeField("暂停至", null=True, blank=True)
    turned_away = models.PositiveIntegerField("暂停期间被拒次数", default=0)
    lifted_at = models.DateTimeField("解除时间", null=True, blank=True)
    lifted_by_name = models.CharField("解除人", max_length=80, blank=True)

    class Meta:
        verbose_name = "登录失败记录"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="sign_in_guard_once")]
        indexes = [models.Index(fields=["locked_until"], name="sign_in_guard_locked")]

    def __str__(self) -> str:
        if self.kind == self.Kind.ADDRESS:
            return f"地址 {self.key}"
        return self.officer.name if self.officer else f"未知登录名（{self.key[:8]}）"


class SessionNote(models.Model):
    """One signed-in browser: since when, from where, last seen, and how it ended."""

    class Ended(models.TextChoices):
        SIGNED_OUT = "signed_out", "本人退出"
        IDLE = "idle", "长时间未操作"
        EXPIRED = "expired", "超过最长登录时间"
        ELSEWHERE = "elsewhere", "本人在另一处结束"
        CROWDED = "crowded", "同时登录的设备过多"
        PASSWORD = "password", "密码已更改"
        ADMIN = "admin", "管理员结束"
        LOCKED = "locked", "账号已停用"
        LEFT = "left", "已办理离岗"

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="session_notes", verbose_name="人员")
    session_key = models.CharField("会话", max_length=40, unique=True)
    began_at = models.DateTimeField("登录时间")
    seen_at = models.DateTimeField("最近使用", help_text="最多每分钟记一次")
    address = models.CharField("地址", max_length=64, blank=True)
    device = models.CharField("设备", max_length=200, blank=True, help_text="浏览器自报")
    method = models.CharField("登录方式", max_length=20)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_why = models.CharField("结束原因", max_length=10, choices=Ended, blank=True)

    class Meta:
        verbose_name = "登录会话"
        indexes = [models.Index(fields=["officer", "ended_at"], name="session_note_of")]

    def __str__(self) -> str:
        return f"{self.officer}的会话"


class PasswordHistory(models.Model):
    """A password once used, as its hash, so that it does not come back too soon."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="password_history", verbose_name="人员")
    password = models.CharField("密码摘要", max_length=128)
    replaced_at = models.DateTimeField("更换时间")

    class Meta:
        verbose_name = "用过的密码"
        indexes = [models.Index(fields=["officer", "replaced_at"], name="password_history_of")]

    def __str__(self) -> str:
        return f"{self.officer}用过的密码"
