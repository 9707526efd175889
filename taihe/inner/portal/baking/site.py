"""Facts of the site itself: whose it is, its numbers, its links to others (portal handbook 1.4 and 1.5).

They come from the county folder.  What an authority has yet to issue is an empty slot that shows 「演示，未填写」;
in production a missing site code is refused, since every page must state the true one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from taihe.ground.errors import BadSetup

SITE_CODE = re.compile(r"[0-9]{10}|bm[0-9]{8}")


class Link(NamedTuple):
    """A title and an address."""

    title: str
    path: str


class LinkGroup(NamedTuple):
    """Friendly links (友情链接) of one kind."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class SiteFacts:
    """What every page states of the site; texts are Chinese, `domain` is a host name without scheme."""

    name: str
    domain: str
    code: str
    english: str = ""
    motto: str = ""
    organ: str = ""
    host_organ: str = ""
    contact: str = ""
    icp: str = ""
    police: str = ""
    organ_mark: str = ""
    placeholder: str = "演示，未填写"
    demo: bool = True
    demo_mark: str = "演示"
    notice: str = ""
    report_fault: str = ""
    links: tuple[LinkGroup, ...] = ()
    icons: tuple[tuple[str, tuple[str, ...]], ...] = ()
    rows: int = 20

    @property
    def base(self) -> str:
        """Scheme and host before absolute addresses."""
        return f"https://{self.domain}"


def site_facts(county: Mapping[str, Any], *, demo: bool) -> SiteFacts:
    """The facts out of county.toml, sections [portal] and [site].

    Raises BadSetup in production when the site code is missing, malformed or the demo's own.
    """
    portal, site = county.get("portal", {}), county.get("site", {})
    code = site.get("identifier") or (portal.get("demo_code", "") if demo else "")
    if not SITE_CODE.fullmatch(code) or (not demo and code == portal.get("demo_code")):
        raise BadSetup(
            what="网站标识码没有填写或格式不对（county.toml 的 [site] identifier）。",
            fix="请填写主管部门核发的十位网站标识码。",
        )
    texts = {key: portal.get(key, "") for key in ("english", "motto", "organ", "host_organ", "contact", "report_fault")}
    return SiteFacts(
        name=portal["name"],
        domain=portal["domain"],
        code=code,
        icp=site.get("icp", ""),
        police=site.get("police", ""),
        organ_mark=site.get("organ_mark", ""),
        placeholder=site.get("placeholder", "") if demo else "待填写",
        demo=demo,
        demo_mark=county.get("demo", {}).get("mark", "演示"),
        notice=county.get("demo", {}).get("notice", "") if demo else "",
        links=tuple(
            LinkGroup(group["title"], tuple(Link(title, url) for title, url in group["links"]))
            for group in portal.get("links", [])
        ),
        icons=tuple((icon, tuple(words)) for icon, words in portal.get("icons", {}).items()),
        rows=int(portal.get("rows", 20)),
        **texts,
    )
