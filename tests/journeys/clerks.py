"""The clerks of a hundred organs, who cannot all be driven through a browser: each signs in his own name, by the
product's own action, in the house that runs.

    python -m tests.journeys.clerks sign "太政办〔2026〕1号" --leave ZF19,341222100 --at-most 100
    python -m tests.journeys.clerks merge SY03 SY10
"""

from __future__ import annotations

import argparse
import json

from taihe.zones import prepare


def sign(number: str, leave: list[str], at_most: int) -> dict[str, list[str]]:
    """Sign for every waiting copy of a document: which organs did, and which have nobody to do it."""
    from taihe.ground import clock
    from taihe.inner.office.documents.actions.collecting import sign_for
    from taihe.inner.office.documents.models import Delivery
    from taihe.inner.people.models import Appointment, in_force
    from taihe.inner.people.queries.acting import actor_for

    done, nobody = [], []
    waiting = Delivery.objects.filter(number=number, state="sent").exclude(organ__code__in=leave).order_by("order")
    for copy in waiting.select_related("organ")[:at_most]:
        held = Appointment.objects.filter(in_force(clock.today()), post__organ=copy.organ, officer__is_active=True)
        clerk = next(
            (one for one in held.select_related("officer", "post") if "document_clerk" in one.post.duties), None
        )
        if clerk is None:
            nobody.append(copy.organ.code)
            continue
        sign_for(actor_for(clerk.officer, clerk), copy.pk, copy.version)
        done.append(copy.organ.code)
    return {"done": done, "nobody": nobody}


def merge(code: str, into: str) -> dict[str, str]:
    """Merge one organ into another from today on, as the keeper of organs does."""
    from taihe.ground.actor import Actor
    from taihe.inner.people.actions import organs as acts
    from taihe.inner.people.models import Organ

    gone, stays = Organ.objects.get(code=code), Organ.objects.get(code=into)
    acts.merge_organ(Actor.system("演示"), gone.pk, gone.version, into=stays.pk, basis="演示")
    return {"merged": gone.short_name, "into": stays.short_name}


def main() -> None:
    words = argparse.ArgumentParser()
    kinds = words.add_subparsers(dest="kind", required=True)
    signing = kinds.add_parser("sign")
    signing.add_argument("number")
    signing.add_argument("--leave", default="")
    signing.add_argument("--at-most", type=int, default=1000)
    merging = kinds.add_parser("merge")
    merging.add_argument("code")
    merging.add_argument("into")
    said = words.parse_args()
    prepare.enter("inner")
    if said.kind == "sign":
        found: object = sign(said.number, [one for one in said.leave.split(",") if one], said.at_most)
    else:
        found = merge(said.code, said.into)
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
