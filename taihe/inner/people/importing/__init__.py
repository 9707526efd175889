"""Organs and officers from a spreadsheet: read, checked row by row, and loaded whole or not at all.

``read_table`` turns a file into rows outside any transaction; ``check_organs`` and
``check_officers`` say of each row what is wrong; the actions ``import_organs`` and
``import_officers`` check again under lock and load.
"""

from .officers import OFFICER_COLUMNS, OfficerDraft, check_officers
from .organs import ORGAN_COLUMNS, OrganDraft, check_organs
from .report import Issue, Line, Report
from .tables import Table, read_table

__all__ = [
    "OFFICER_COLUMNS",
    "ORGAN_COLUMNS",
    "Issue",
    "Line",
    "OfficerDraft",
    "OrganDraft",
    "Report",
    "Table",
    "check_officers",
    "check_organs",
    "read_table",
]
