"""三审: who may review, what is approved, what stops a text, and what brings it back."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput, CountyError, StaleVersion
from taihe.ground.outbox.models import OutboxMessage
from taihe.inner.people.tests import factories as people
from taihe.inner.workflow import actions as workflow

from .. import actions
from ..content import ArticleContent, content_digest, read_content
from ..errors import ContentBlocked, InReview, NothingNew, OwnText, ReviewIncomplete
from ..models import Approval, Article, Submission
from ..preparing import prepare
from ..queries import reading
from ..queries.approved import approved_now, approved_page
from . import newsroom as make

pytestmark = pytest.mark.django_db


def test_two_reviews_make_a_signed_approval_and_promise_the_bake(house):
    page = house.article(title="春耕开始")
    row = house.submit(page)
    assert row.levels == 2 and Approval.objects.count() == 0
    approval = house.approve(row)
    row.refresh_from_db()
    assert row.status == Submission.Status.APPROVED and row.secrecy_opinion == "open" and row.secrecy_by_name
    assert [one["node"] for one in approval.reviewers] == ["first", "final"]
    (found,) = approved_now()
    assert isinstance(found.content, ArticleContent) and found.content.title == "春耕开始"
    assert found.digest == content_digest(found.content) == row.digest
    assert OutboxMessage.objects.filter(kind="portal.bake").count() == 1
    assert AuditEntry.objects.filter(action="portal.approve", outcome="done").count() == 1


def review_page(house, who, row):
    """What a reviewer's page says, without the drawing of the whole flow."""
    shown = house.client(who).get(reverse("workflow:item", args=[house.item(row, who).pk])).content.decode()
    return re.sub(r"<svg.*?</svg>", "", shown, flags=re.DOTALL)


def test_a_review_at_two_levels_shows_no_second_one(house):
    assert "复审" not in review_page(house, "first", house.submit(house.article()))
    assert "复审" in review_page(house, "first", house.submit(house.article(house.notices)))


def test_the_reviewer_reads_names_of_columns_not_numbers(house):
    page = house.published()
    page.move(house.majing_column, pos="last-child")
    page = Article.objects.get(pk=page.pk)
    page.save_revision(user=house.editor, changed=True, clean=False)
    found, has_old = reading.differences(house.submit(page, by="majing"))
    (moved,) = [one for one in found if one.title == "栏目"]
    assert has_old and {one.text for one in moved.pieces if one.how != "same"} <= set("政务要闻马集镇") | {
        "政务要闻",
        "马集镇",
    }


def test_the_reviewer_is_told_what_no_machine_has_read(house):
    plain = review_page(house, "first", house.submit(house.article()))
    assert "没有经过机器检查" not in plain
    shown = house.article(title="带图的一稿", lead=make.image(house.county))
    assert "没有经过机器检查" in review_page(house, "first", house.submit(shown))


def test_important_columns_take_three_reviews(house):
    row = house.submit(house.article(house.notices))
    assert row.levels == 3
    house.review(row, "first")
    with pytest.raises(Exception, match="does not exist"):
        house.item(row, "final")
    house.review(row, "second")
    assert not Approval.objects.exists()
    house.review(row, "final")
    assert Approval.objects.count() == 1


def test_an_article_without_source_is_refused_and_the_text_stays(house):
    page = house.article(source="")
    with pytest.raises(BadInput, match="来源"):
        house.submit(page)
    page.refresh_from_db()
    assert "正文内容" in str(page.get_latest_revision_as_object().body)


def test_a_source_must_be_a_unit_of_the_county_or_listed(house):
    with pytest.raises(BadInput, match="来源"):
        house.submit(house.article(source="不知名网站"))
    assert house.submit(house.article(source="马集镇"))


@pytest.mark.parametrize("stand_in", [False, True])
def test_the_author_cannot_approve_not_even_for_another(house, stand_in):
    """Case 7: refused and on record; also as a stand-in of the reviewer."""
    row = house.submit(house.article())
    item = house.item(row, "first")
    author = house.editor
    if stand_in:
        people.StandInFactory(principal=house.people["first"].appointments.get(), deputy=author)
        actor = people.acting(author, 1)
        assert actor.on_behalf_of
    else:
        actor = house.actor("editor")
    with pytest.raises(CountyError):
        workflow.complete(
            actor, item.pk, item.version, outcome="approve", fields={"secrecy": "open", "ground": "可以公开"}
        )
    assert not Approval.objects.exists()
    assert AuditEntry.objects.filter(outcome="refused", person_id=str(author.pk)).exists()


def test_an_author_who_is_also_a_reviewer_is_never_asked(house):
    """`first` writes here and reviews elsewhere: with nobody else at that level the submission is refused."""
    page = house.article(by="first")
    with pytest.raises(CountyError, match="没有可以审核的人员"):
        house.submit(page, by="first")


def test_who_wrote_a_revision_is_a_writer_too(house):
    page = house.article()
    house.edit(page, by="first", title="审核人改过的")
    with pytest.raises(CountyError, match="没有可以审核的人员"):
        house.submit(page)


def test_who_approved_once_cannot_approve_again_in_another_post(house):
    row = house.submit(house.article())
    first = house.people["first"]
    other = people.AppointmentFactory(officer=first, post=people.PostFactory(organ=house.county))
    people.RoleGrantFactory(
        appointment=other, role=people.RoleFactory(permissions=["portal.final"]), scope=house.county
    )
    house.review(row, "first")
    item = house.item(row, "final")
    people.StandInFactory(principal=house.people["final"].appointments.get(), deputy=first)
    with pytest.raises(OwnText):
        workflow.complete(people.acting(first, 2), item.pk, item.version, outcome="approve")
    assert not Approval.objects.exists()
    assert [one.officer for one in item.instance.items.filter(node="final")] == [house.people["final"]]


def test_the_first_review_needs_the_secrecy_review(house):
    row = house.submit(house.article())
    for fields in ({"secrecy": "", "ground": ""}, {"secrecy": "closed", "ground": "x"}, {"ground": ""}):
        with pytest.raises(BadInput):
            house.review(row, "first", fields=fields)
    house.review(row, "first")


def test_returned_goes_back_with_the_opinion_and_starts_anew(house):
    page = house.article()
    row = house.submit(page)
    house.review(row, "first")
    house.review(row, "final", "return")
    row.refresh_from_db()
    assert row.status == Submission.Status.RETURNED
    assert row.reviewers[-1]["opinion"] == "请修改"
    house.edit(page, title="改好的标题")
    again = house.submit(page)
    row.refresh_from_db()
    assert row.status == Submission.Status.SUPERSEDED and again.reviewers == []
    assert house.item(again, "first").node == "first"


def test_edited_after_approval_it_starts_again_and_the_old_page_stays(house):
    """Case 8."""
    page = house.published(title="第一稿")
    house.edit(page, title="第二稿")
    assert approved_page(page.pk).content.title == "第一稿"
    row = house.submit(page)
    assert house.item(row, "first").node == "first"
    assert approved_page(page.pk).content.title == "第一稿"
    first_time = approved_page(page.pk).published_at
    house.approve(row)
    found = approved_page(page.pk)
    assert found.content.title == "第二稿" and found.published_at == first_time


def test_what_is_edited_during_review_is_not_what_is_approved(house):
    page = house.article(title="审核时的标题")
    row = house.submit(page)
    house.review(row, "first")
    house.edit(page, title="审核中途换掉的标题")
    house.review(row, "final")
    assert approved_page(page.pk).content.title == "审核时的标题"


def test_prepared_then_edited_is_stale(house):
    page = house.article()
    actor = house.actor("editor")
    prepared = prepare(actor, page.pk)
    house.edit(page, title="又改了")
    with pytest.raises(StaleVersion):
        actions.submit(actor, prepared)


def test_twice_at_once_and_unchanged_are_refused(house):
    page = house.article()
    row = house.submit(page)
    with pytest.raises(InReview):
        house.submit(page)
    house.approve(row)
    with pytest.raises(NothingNew):
        house.submit(page)


def test_the_author_calls_back_and_nothing_can_be_approved(house):
    row = house.submit(house.article())
    house.review(row, "first")
    row.refresh_from_db()
    actions.recall(house.actor("editor"), row.pk, row.version, reason="有误")
    row.refresh_from_db()
    assert row.status == Submission.Status.CANCELLED
    with pytest.raises(ReviewIncomplete):
        actions.finish(house.actor("final"), row.pk, "approved")


def test_an_end_without_the_reviews_approves_nothing(house):
    """The last guard stands even if the flow were wrong."""
    row = house.submit(house.article())
    for reviewers in (
        [],
        [{"node": "first", "id": "7", "outcome": "approve", "void": False}],
        [{"node": one, "id": "7", "outcome": "approve", "void": False} for one in ("first", "final")],
        [{"node": one, "id": row.author_id, "outcome": "approve", "void": False} for one in ("first", "final")],
    ):
        Submission.objects.filter(pk=row.pk).update(reviewers=reviewers, secrecy_opinion="open")
        with pytest.raises(ReviewIncomplete):
            actions.finish(house.actor("final"), row.pk, "approved")
    assert not Approval.objects.exists()


# -- what stops a text ---------------------------------------------------------------------------------


WORD = "测试禁词甲"  # of the demo's lists


def test_a_listed_word_stops_the_text_and_says_where(house):
    word = WORD
    page = house.article(title="关于测试", html=f"<p>前面的话，{word}，后面的话。</p>")
    with pytest.raises(ContentBlocked) as refusal:
        house.submit(page)
    assert word in refusal.value.sentence() and "正文第" in refusal.value.sentence()
    (place,) = prepare(house.actor("editor"), page.pk).examined.blocked
    content = prepare(house.actor("editor"), page.pk).content
    assert content.body[place.finding.start : place.finding.end] == word
    assert not Submission.objects.exists()


def test_a_reason_and_a_second_person_let_a_word_pass_with_three_reviews(house):
    page = house.article(html=f"<p>{WORD}</p>")
    row = house.submit(page, override_reason="引用上级文件原文")
    assert row.levels == 3
    with pytest.raises(BadInput, match="放行"):
        house.review(row, "first")
    house.review(row, "first", fields={"let_pass": True})
    row.refresh_from_db()
    assert row.override_by_id == str(house.people["first"].pk)


@pytest.mark.parametrize("number", ["13800138000", "11010519491231002X"])
def test_personal_numbers_pass_on_nobodys_word_but_can_be_hidden(house, number):
    page = house.article(html=f"<p>联系人号码{number}。</p>")
    for reason in ("", "必须公布"):
        with pytest.raises(ContentBlocked):
            house.submit(page, override_reason=reason)
    actor = house.actor("editor")
    actions.mask_numbers(actor, page.pk, prepare(actor, page.pk).revision_id)
    row = house.submit(page)
    assert number not in str(row.content) and "*" in row.content["body"]


def test_the_kept_screening_holds_no_personal_number(house):
    page = house.article(html="<p>值班电话0558-8612345。</p>")
    row = house.submit(page)
    assert row.screening["level"] == "review"
    assert read_content(row.content).body.count("8612345") == 1
    assert "8612345" not in str(row.screening)
