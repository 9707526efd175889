"""Nothing enters the county's stores unexamined: true type, malware, macros, bombs, secret marks.

``scan(path, filename=...)`` answers with a ScanReport; ``require_clean(report)`` turns anything but a
clean one into the sentence for the person who sent the file.
"""

from .clamd import ping as clamd_answers
from .errors import FileHeld, FileRefused, SecretMarkFound, require_clean
from .limits import Limits
from .report import Finding, ScanReport, TrueType, Verdict
from .service import scan

__all__ = [
    "FileHeld",
    "FileRefused",
    "Finding",
    "Limits",
    "ScanReport",
    "SecretMarkFound",
    "TrueType",
    "Verdict",
    "clamd_answers",
    "require_clean",
    "scan",
]
