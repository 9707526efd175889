"""From a signer to the post and person of today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from taihe.ground import clock
from taihe.inner.people.models import Appointment, Officer, Post, in_force

from .errors import BadSigner
from .registry import Signer


@dataclass(frozen=True)
class Place:
    """A post in force, the person in it (None: any holder), and whether nobody holds it at all."""

    post: Post
    officer: Officer | None
    vacant: bool

    @property
    def name(self) -> str:
        """Who it is, in words."""
        return self.officer.name if self.officer else f"{self.post.organ.short_name} {self.post.title}"


def places(signers: Sequence[Signer], *, chosen: bool) -> list[Place]:
    """Each signer once, in order (2 queries).

    Raises BadSigner for a post that is not in force.  A person who no longer holds the post is refused when
    people chose him (`chosen`); where the flow did, the item is for whoever holds the post.
    """
    wanted = list(dict.fromkeys(signers))
    today = clock.today()
    posts = Post.objects.filter(pk__in={one.post_id for one in wanted}).select_related("organ").in_bulk()
    holders: dict[int, dict[int, Officer]] = defaultdict(dict)
    held = Appointment.objects.filter(in_force(today), post__in=posts, officer__is_active=True)
    for one in held.select_related("officer"):
        holders[one.post_id][one.officer_id] = one.officer
    found = []
    for signer in wanted:
        post = posts.get(signer.post_id)
        if post is None or not post.holds_on(today):
            raise BadSigner(who=post.title if post else "所选岗位", why="该岗位已经撤销")
        officer = holders[post.pk].get(signer.officer_id) if signer.officer_id else None
        if chosen and signer.officer_id and officer is None:
            raise BadSigner(who=f"{post.organ.short_name} {post.title}的所选人员", why="该人员今日不在此岗")
        found.append(Place(post, officer, vacant=not holders[post.pk]))
    return list({(one.post.pk, one.officer.pk if one.officer else None): one for one in found}.values())
