"""The flows' own permissions; those of a matter belong to its module."""

from __future__ import annotations

from taihe.inner.people.permissions import register_permission

MANAGE = register_permission("workflow.manage", "管理流程（暂停、恢复、撤销、改派）")
RECORD_FOR = register_permission("workflow.record_for", "代录领导意见")
