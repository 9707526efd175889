"""Releases of the public pages: what was made in the office wing, signed there, and served outside unchanged.

A release is a signed manifest (every path with the digest, size and type of its bytes, and of their
compressed forms) over content-addressed objects.  Both wings use this room: one builds and signs, the
other verifies; it knows keys and bytes, and nothing of a county.
"""

from .errors import BadManifest, BadNotice, BadPack, BadRelease, ObjectDamaged, ObjectLost
from .manifest import FIRST, MOST_MANIFEST, File, Manifest, Tombstone, Variant, build, parse
from .notices import Notice, build_notice, open_notice, parse_notice
from .packs import PACK_BYTES, Piece, delta, pieces_of, read_pack, write_packs
from .paths import is_internal, path_fault
from .signatures import PURPOSE, open_manifest, sign, verify
from .store import ObjectStore

__all__ = [
    "FIRST",
    "MOST_MANIFEST",
    "PACK_BYTES",
    "PURPOSE",
    "BadManifest",
    "BadNotice",
    "BadPack",
    "BadRelease",
    "File",
    "Manifest",
    "Notice",
    "ObjectDamaged",
    "ObjectLost",
    "ObjectStore",
    "Piece",
    "Tombstone",
    "Variant",
    "build",
    "build_notice",
    "delta",
    "is_internal",
    "open_manifest",
    "open_notice",
    "parse",
    "parse_notice",
    "path_fault",
    "pieces_of",
    "read_pack",
    "sign",
    "verify",
    "write_packs",
]
