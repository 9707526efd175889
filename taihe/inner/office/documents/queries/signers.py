"""Who stands at each step of a document's way, by the duties of posts and the rules of its series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from taihe.ground import clock
from taihe.inner.people.models import Appointment, Organ, Post, in_force
from taihe.inner.workflow.registry import Signer

from ..models import Document, Series

RANKS = tuple(rank for rank, _ in Post.Rank.choices)


@dataclass(frozen=True)
class Held:
    """A post in force with whoever holds it today."""

    post: Post
    officers: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def signer(self) -> Signer:
        """The one holder in person, else any holder."""
        return Signer(self.post.pk, self.officers[0] if len(self.officers) == 1 else None)


def held_posts(organs: Iterable[int]) -> dict[int, list[Held]]:
    """By organ: posts with at least one holder today, highest rank first (1 query)."""
    today = clock.today()
    rows = (
        Appointment.objects.filter(
            in_force(today), in_force(today, "post__"), post__organ__in=list(organs), officer__is_active=True
        )
        .select_related("post__organ", "officer")
        .order_by("post__order", "post_id", "pk")
    )
    people: dict[Post, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        people[row.post].append((row.officer_id, row.officer.name))
    found: dict[int, list[Held]] = defaultdict(list)
    for post in sorted(people, key=lambda one: (RANKS.index(one.rank), one.order, one.pk)):
        held = Held(post, tuple(pk for pk, _ in people[post]), tuple(name for _, name in people[post]))
        found[post.organ_id].append(held)
    return found


def with_duty(posts: Iterable[Held], *duties: str) -> list[Held]:
    """Those of the posts that have one of the duties."""
    return [one for one in posts if set(duties) & set(one.post.duties)]


def verifiers(document: Document) -> list[Signer]:
    """部门核稿: reviewers of the drafting organ, or of the nearest organ above it up to the issuing one.

    Where no organ on the way has a reviewer its signers verify (小单位由负责人核稿).  Never the drafter.
    """
    line = _line(document.drafting_organ, document.series.organ)
    posts = held_posts(one.pk for one in line)
    for duty in ("reviewer", "signer"):
        for organ in line:
            found = [
                signer
                for one in with_duty(posts.get(organ.pk, ()), duty)
                for signer in _without(one, document.drafter_id)
            ]
            if found:
                return found
    return []


def _line(organ: Organ, top: Organ) -> list[Organ]:
    """The organ and those above it, up to the issuing organ."""
    line = [organ]
    while line[-1].pk != top.pk and line[-1].parent is not None:
        line.append(line[-1].parent)
    return line


def _without(held: Held, officer: int) -> list[Signer]:
    if officer not in held.officers:
        return [held.signer]
    return [Signer(held.post.pk, one) for one in held.officers if one != officer]


def cosigners(document: Document) -> list[Signer]:
    """会签: of every organ named, the head (highest signer's post that somebody holds), in the order named."""
    posts = held_posts(document.cosigners)
    heads = [with_duty(posts.get(organ, ()), "signer")[:1] for organ in document.cosigners]
    return [one.signer for head in heads for one in head]


def unheaded(document: Document) -> list[str]:
    """Names of 会签 organs without anybody to sign for them."""
    posts = held_posts(document.cosigners)
    missing = [organ for organ in document.cosigners if not with_duty(posts.get(organ, ()), "signer")]
    return list(Organ.objects.filter(pk__in=missing).values_list("short_name", flat=True))


def of_office(series: Series, *duties: str) -> list[Signer]:
    """Posts of the series' office with one of the duties, any holder of each."""
    posts = held_posts([series.office_id]).get(series.office_id, [])
    return [
        Signer(one.post.pk, one.officers[0] if len(one.officers) == 1 else None) for one in with_duty(posts, *duties)
    ]


def keepers(series: Series) -> list[Signer]:
    """用印: the seal keepers of the organ whose seal it is."""
    posts = held_posts([series.seal_organ_id]).get(series.seal_organ_id, [])
    return [one.signer for one in with_duty(posts, "seal_keeper")]


def signing_titles(document: Document) -> list[str]:
    """Titles of the posts that may sign: the principal's for 上行文 and 重要公文 (条例第二十二条)."""
    series = document.series
    principal_only = document.direction == "up" or document.important
    return list(series.principal_titles if principal_only else [*series.principal_titles, *series.signer_titles])


def signing_posts(document: Document) -> Sequence[Held]:
    """Posts of the signing organ, with holders, that may sign this document, the usual signers first."""
    titles = signing_titles(document)
    posts = held_posts([document.series.sign_organ_id]).get(document.series.sign_organ_id, [])
    return [one for one in posts if one.post.title in titles]
