"""Where a document, its sealing, a delivery and an incoming paper may stand, and which moves are allowed."""

from __future__ import annotations

from django.db.models import TextChoices


class State(TextChoices):
    """A document on its way out (发文)."""

    DRAFT = "draft", "起草中"
    IN_REVIEW = "in_review", "审核中"
    SIGNED = "signed", "已签发"
    NUMBERED = "numbered", "已编号"
    SEALED = "sealed", "已用印"
    ISSUED = "issued", "已印发"
    CANCELLED = "cancelled", "已撤销办理"


MOVES: dict[str, tuple[str, ...]] = {
    State.DRAFT: (State.IN_REVIEW, State.CANCELLED),
    State.IN_REVIEW: (State.SIGNED, State.DRAFT, State.CANCELLED),
    # 签发后有实质性修改，回到原签发人 (条例第二十五条); 重走 from any earlier step.
    State.SIGNED: (State.NUMBERED, State.IN_REVIEW, State.CANCELLED),
    State.NUMBERED: (State.SEALED, State.IN_REVIEW, State.CANCELLED),
    # Returned before distribution with the text unchanged: the sealed paper is put aside and sealed anew.
    State.SEALED: (State.ISSUED, State.NUMBERED, State.IN_REVIEW, State.CANCELLED),
    State.ISSUED: (),
    State.CANCELLED: (),
}


class Force(TextChoices):
    """What an issued document is worth (条例第三十四条)."""

    NONE = "", "尚未印发"
    IN_FORCE = "in_force", "有效"
    CORRECTED = "corrected", "已换版更正"
    REPEALED = "repealed", "已废止"
    REVOKED = "revoked", "已撤销"


class JobState(TextChoices):
    """One sealing: asked for by the keeper, done by the worker."""

    ASKED = "asked", "等待用印"
    DONE = "done", "已用印"
    FAILED = "failed", "未完成"


class DeliveryState(TextChoices):
    """One organ's copy of an issued document."""

    SENT = "sent", "待签收"
    SIGNED = "signed", "已签收"
    RETURNED = "returned", "已退文"
    RECALLED = "recalled", "已收回"
    REPLACED = "replaced", "已换版"


LIVE_DELIVERIES = (DeliveryState.SENT, DeliveryState.SIGNED, DeliveryState.RETURNED)


class IncomingState(TextChoices):
    """A paper that came in (收文)."""

    RECEIVED = "received", "待登记"
    HANDLING = "handling", "办理中"
    CLOSED = "closed", "已办结"
    RETURNED = "returned", "已退文"
    RECALLED = "recalled", "已被收回"
