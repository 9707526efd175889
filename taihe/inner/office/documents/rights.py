"""Who may do what with documents: permissions that roles give over an organ and all below it."""

from __future__ import annotations

from taihe.inner.people.permissions import register_permission

DRAFT = register_permission("documents.draft", "起草公文")
READ = register_permission("documents.read", "查看本范围内的公文")
REGISTER = register_permission("documents.register", "公文审核、登记编号和分发")
NUMBERS = register_permission("documents.numbers", "管理发文登记簿（预留、作废、补编）")
RECEIVE = register_permission("documents.receive", "签收和登记来文")
