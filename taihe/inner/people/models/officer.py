"""Officers (人员): one row per person who signs in, however many posts the person holds."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q

from taihe.ground.vault.fields import BlindIndex, VaultField, VaultRow


class OfficerManager(BaseUserManager["Officer"]):
    """Finds officers by the name they sign in with."""

    def get_by_natural_key(self, username: str | None) -> Officer:
        """The officer with this sign-in name, whatever its letter case."""
        return self.get(sign_in_name=(username or "").strip().lower())


class Officer(VaultRow, AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """One person who works for the county.

    There is no superuser: rights come from posts, roles and administrators' duties alone.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", "在用"
        LOCKED = "locked", "已停用"
        LEFT = "left", "已离岗"

    sign_in_name = models.CharField("登录名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=80)
    pinyin = models.CharField("全拼", max_length=160, blank=True, db_index=True, help_text="查找用，由姓名生成")
    initials = models.CharField("首字母", max_length=40, blank=True, db_index=True, help_text="查找用，由姓名生成")
    phone = VaultField("手机号", kind="phone", blank=True, default="")
    phone_index = BlindIndex("phone")
    email = models.EmailField("电子邮箱", blank=True)
    status = models.CharField("账号状态", max_length=8, choices=Status, default=Status.ACTIVE)
    is_active = models.BooleanField("可以登录", default=True, help_text="随账号状态，由数据库约束保证一致")
    left_on = models.DateField("离岗日期", null=True, blank=True)
    locked_reason = models.CharField("停用原因", max_length=200, blank=True)
    must_change_password = models.BooleanField("登录后须改密码", default=False)
    password_set_at = models.DateTimeField("密码设定时间", null=True, blank=True)
    password_expires_at = models.DateTimeField(
        "临时密码失效时间", null=True, blank=True, help_text="仅一次性密码有；本人改密后清空"
    )
    note = models.CharField("备注", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = OfficerManager()
    USERNAME_FIELD = "sign_in_name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "人员"
        constraints = [
            models.CheckConstraint(condition=Q(is_superuser=False), name="officer_no_superuser"),
            models.CheckConstraint(
                condition=Q(is_active=True, status="active") | (Q(is_active=False) & ~Q(status="active")),
                name="officer_active_by_status",
            ),
            models.CheckConstraint(condition=~Q(status="left") | Q(left_on__isnull=False), name="officer_left_has_day"),
        ]

    def __str__(self) -> str:
        return self.name

    def become(self, status: str) -> None:
        """Set the account's status and, with it, whether it may sign in (not saved)."""
        self.status = status
        self.is_active = status == self.Status.ACTIVE

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
