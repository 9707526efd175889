"""How the signed pages come into the index: read from the disk, verified by digest, whenever their digest changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from taihe.ground.releases import Manifest, ObjectDamaged, ObjectLost
from taihe.ground.search.sources import Document, register_source, touch_many

from ..disk import Disk, Signed
from ..queries import accepted
from ..trust import disk, trust
from .queries import withdrawn_since
from .reading import findable, read_page

KIND = "portal.page"
# The word that every visitor holds.
PUBLIC = "public"


def _digests(manifest: Manifest | None) -> dict[str, str]:
    return {file.path: file.sha256 for file in manifest.files if findable(file.path)} if manifest else {}


def changed_pages(before: Manifest | None, after: Manifest) -> list[str]:
    """Findable pages that are new, gone, or no longer the same bytes."""
    old, new = _digests(before), _digests(after)
    return sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))


def follow(before: Manifest | None, after: Manifest) -> None:
    """Say inside the action that takes a release that the index must follow it."""
    touch_many(KIND, changed_pages(before, after))


def follow_paths(paths: Iterable[str]) -> None:
    """Say inside the action that takes a withdrawal that the index must drop its pages."""
    touch_many(KIND, sorted({path for path in paths if findable(path)}))


@lru_cache(maxsize=1)
def _believed(signed: Signed) -> Manifest:
    return trust().manifest(signed)


def _release() -> Manifest | None:
    """The newest release accepted here, its signature verified."""
    signed = accepted().signed
    return _believed(signed) if signed else None


def _withdrawn(manifest: Manifest) -> set[str]:
    """Paths withdrawn since the release was made, or by it."""
    paths = {grave.path for grave in manifest.tombstones}
    return paths.union(*withdrawn_since(manifest.number))


def _read(place: Disk, sha256: str, size: int) -> bytes:
    """A content from either copy, verified.  Raises ObjectLost when neither has it whole."""
    for copy in place.copies:
        try:
            return copy.store.read(sha256, size)
        except (ObjectLost, ObjectDamaged):
            continue
    raise ObjectLost(sha256=sha256)


def _documents(keys: list[str]) -> Iterator[Document]:
    manifest = _release()
    if manifest is None:
        return
    files, withdrawn, place = manifest.by_path, _withdrawn(manifest), disk()
    for path in dict.fromkeys(keys):
        file = files.get(path)
        if file is None or path in withdrawn or not findable(path):
            continue
        page = read_page(_read(place, file.sha256, file.size))
        if page is not None:
            yield Document(
                kind=KIND,
                key=path,
                title=page.title,
                text=f"{page.text} {page.source} {page.column}",
                url=path,
                scopes=(PUBLIC,),
                facets=page.sections,
                at=page.published,
            )


def _keys() -> Mapping[str, str]:
    return _digests(_release())


register_source(KIND, load=_documents, keys=_keys)
