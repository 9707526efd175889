"""Who may do what with seals."""

from __future__ import annotations

from taihe.inner.people.permissions import register_permission

USE = register_permission("seals.use", "使用印章")
MANAGE = register_permission("seals.manage", "制发、停用和销毁印章")
