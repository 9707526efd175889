"""Series of documents (发文代字): under which head an organ issues, who may sign, whose seal is put."""

from __future__ import annotations

from django.db import models

from taihe.inner.people.models import Organ


class Series(models.Model):
    """One 代字 of one organ (条例第三十七条: no 发文立户, no document).  Its numbers are a ground register.

    Signers are named by the titles of posts in `sign_organ`; the principal (主要负责人) signs what goes up
    and what is important.
    """

    key = models.CharField("键", max_length=64, unique=True, help_text="登记簿的键，如 documents.ZF01.太政办")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="发文机关")
    code = models.CharField("代字", max_length=20, help_text="如 太政办")
    title = models.CharField("名称", max_length=80, help_text="如 县政府办公室文件")
    mark = models.JSONField("发文机关标志", default=list, help_text='逐行，如 ["太和县人民政府办公室文件"]')
    signature = models.CharField("署名", max_length=120, help_text="发文机关全称或规范化简称，与印章一致")
    genres = models.JSONField("可用文种", default=list, help_text="空为全部")
    sign_organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="签发人所在机关")
    signer_titles = models.JSONField("可签发的岗位", default=list)
    principal_titles = models.JSONField("主要负责人岗位", default=list)
    office = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="办公室（审核、复核、登记、分发）")
    seal_organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="用印机关")
    printed_by = models.CharField("印发机关", max_length=120)
    active_from = models.DateField("启用日期")
    active_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = "发文代字"
        ordering = ["organ__order", "code"]

    def __str__(self) -> str:
        return f"{self.code}（{self.title}）"
