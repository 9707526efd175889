"""撤稿, and the signatures: what stands in the database is shown only if it is what was reviewed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from taihe.ground.audit import triggers
from taihe.ground.errors import BadInput, NotAllowed
from taihe.ground.outbox.models import OutboxMessage

from .. import actions
from ..errors import NotOnline, SamePerson, StillBelow
from ..models import Approval, Submission, Withdrawal
from ..queries.approved import Tampered, approved_now, approved_page, unsound_withdrawals, withdrawn_pages

pytestmark = pytest.mark.django_db


def raw(sql: str, *args: int) -> None:
    """A hand in the database, past the programme and its triggers."""
    with connection.cursor() as cursor:
        for table in triggers.tables():
            triggers.drop(connection, table)
        cursor.execute(sql, args)
        for table in triggers.tables():
            triggers.install(connection, table)


def test_one_person_withdraws_at_once_and_another_confirms(house):
    page = house.published()
    row = actions.withdraw(house.actor("final"), page.pk, reason="内容有误")
    assert approved_page(page.pk) is None and list(approved_now()) == []
    assert withdrawn_pages()[page.pk] == row
    assert set(OutboxMessage.objects.values_list("kind", flat=True)) == {"portal.bake", "portal.tombstone"}
    with pytest.raises(SamePerson):
        actions.confirm_withdrawal(house.actor("final"), row.pk, words="属实")
    actions.confirm_withdrawal(house.actor("second"), row.pk, words="属实")
    with pytest.raises(BadInput):
        actions.confirm_withdrawal(house.actor("second"), row.pk, words="再次")


def test_only_who_may_withdraws_and_only_what_is_public(house):
    page = house.published()
    with pytest.raises(NotAllowed):
        actions.withdraw(house.actor("editor"), page.pk, reason="内容有误")
    with pytest.raises(BadInput):
        actions.withdraw(house.actor("final"), page.pk, reason=" ")
    with pytest.raises(NotOnline):
        actions.withdraw(house.actor("final"), house.article().pk, reason="内容有误")
    assert approved_page(page.pk) is not None


def test_a_withdrawn_page_comes_back_only_by_a_whole_new_review(house):
    page = house.published(title="第一次")
    first = approved_page(page.pk).published_at
    house.edit(page, title="修改稿")
    running = house.submit(page)
    house.review(running, "first")
    actions.withdraw(house.actor("final"), page.pk, reason="内容有误")
    running.refresh_from_db()
    assert running.status == Submission.Status.CANCELLED
    row = house.submit(page)
    assert approved_page(page.pk) is None
    house.approve(row)
    found = approved_page(page.pk)
    assert found.content.title == "修改稿" and found.published_at > first
    assert page.pk not in withdrawn_pages()


def test_the_same_text_may_be_sent_in_again_after_a_withdrawal(house):
    page = house.published()
    actions.withdraw(house.actor("final"), page.pk, reason="时机不当")
    assert house.approve(house.submit(page))


def test_a_column_with_public_pages_is_not_withdrawn_from_under_them(house):
    house.approve(house.submit(house.news, by="shaper"))
    page = house.published()
    with pytest.raises(StillBelow):
        actions.withdraw(house.actor("final"), house.news.pk, reason="栏目调整")
    actions.withdraw(house.actor("final"), page.pk, reason="栏目调整")
    assert actions.withdraw(house.actor("final"), house.news.pk, reason="栏目调整")


@pytest.mark.parametrize(
    "change",
    [
        'content = replace(content, \'"validity": ""\', \'"validity": "废止"\')',
        "digest = '" + "0" * 64 + "'",
        "published_at = '2020-01-01 00:00:00'",
        "reviewers = '[]'",
        "page_id = page_id + 1000",
        "signature = 'Ed25519:abcd:AAAA'",
    ],
)
def test_a_hand_in_the_database_shows_nothing_new(house, change):
    page = house.published(title="第一稿")
    house.edit(page, title="第二稿")
    house.approve(house.submit(page))
    last = Approval.objects.latest("id").pk
    if connection.vendor == "postgresql":
        change = change.replace("replace(content,", "replace(content::text,").replace("废止\"')", "废止\"')::jsonb")
    raw(f"UPDATE inner_portal_approval SET {change} WHERE id = %s", last)  # noqa: S608
    told: list[Tampered] = []
    shown = [one.content.title for one in approved_now(tampered=told)]
    assert shown == ["第一稿"]
    assert [one.row_id for one in told] == [last]


def test_an_approval_slipped_in_is_worth_nothing(house):
    page = house.published()
    row = Approval.objects.get(page_id=page.pk)
    row.pk, row.submission, row.title = None, None, "塞进来的"
    row.content = row.content | {"title": "塞进来的"}
    Approval.objects.bulk_create([row])
    assert approved_page(page.pk).content.title == "县里的一件事"


@pytest.mark.db
@pytest.mark.parametrize("table", ["approval", "withdrawal"])
def test_approvals_and_withdrawals_are_never_changed(house, table):
    page = house.published()
    actions.withdraw(house.actor("final"), page.pk, reason="内容有误")
    model = {"approval": Approval, "withdrawal": Withdrawal}[table]
    for act in (lambda: model.objects.update(title="x"), lambda: model.objects.all()._raw_delete(model.objects.db)):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
    assert model.objects.get().title == "县里的一件事"


def test_a_withdrawal_changed_by_hand_still_holds_and_is_told(house):
    page = house.published()
    row = actions.withdraw(house.actor("final"), page.pk, reason="内容有误")
    raw("UPDATE inner_portal_withdrawal SET reason = 'x' WHERE id = %s", row.pk)
    assert approved_page(page.pk) is None
    assert [one.row_id for one in unsound_withdrawals()] == [row.pk]
