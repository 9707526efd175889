"""Official papers (公文用纸): a paper as data becomes a PDF that keeps GB/T 9704-2012 to the half millimetre.

Nothing here knows a county: whoever issues papers fills in a `Paper`; `render` draws it with typst on the
standard's grid and tells where each seal belongs.  Text stays text: it reaches the template as JSON strings.
"""

from .errors import GlyphsMissing, PaperFontsMissing
from .model import Appendix, Paper, Paragraph, Picture, Run, Table
from .render import Place, Rendered, preview_pages, render

__all__ = [
    "Appendix",
    "GlyphsMissing",
    "Paper",
    "PaperFontsMissing",
    "Paragraph",
    "Picture",
    "Place",
    "Rendered",
    "Run",
    "Table",
    "preview_pages",
    "render",
]
