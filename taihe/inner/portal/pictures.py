"""The sizes of a picture that the public gets: WebP in two widths, and a JPEG that any browser shows."""

from __future__ import annotations

from io import BytesIO

from lxml import etree
from PIL import Image

from taihe.ground.rules import rule

from . import media
from .content import Picture, Variant

QUALITIES = (82, 74, 66, 58, 50, 42)
SMALLEST = 160
# A drawing (SVG) of the installation stands as it is; no editor can bring one in (desk/uploads.py).
_SVG = "{http://www.w3.org/2000/svg}"
_PLAIN = {"svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
          "linearGradient", "radialGradient", "stop", "clipPath", "use"}  # fmt: skip


def prepare(data: bytes, *, alt: str, caption: str = "") -> Picture:
    """Make and keep the sizes of a clean picture.  Raises StoreFull; OSError for bytes that are no picture."""
    if data.startswith(b"<svg "):
        return _drawing(data, alt, caption)
    with Image.open(BytesIO(data)) as found:
        found.load()
        alpha = found.mode in ("RGBA", "LA", "PA") or "transparency" in found.info
        picture = found.convert("RGBA" if alpha else "RGB")
    widths = [one for one in rule("portal.picture_widths") if one < picture.width] or []
    largest = max(rule("portal.picture_widths"))
    widths = [*widths[: len(rule("portal.picture_widths")) - 1], min(picture.width, largest)]
    variants = [_variant(picture, width, "WEBP") for width in dict.fromkeys(widths)]
    variants.append(_variant(_on_white(picture), widths[-1], "JPEG"))
    return Picture(alt=alt, caption=caption, variants=tuple(variants))


def _drawing(data: bytes, alt: str, caption: str) -> Picture:
    """A drawing of plain shapes, in its one size.  Raises OSError for anything that could do more than be seen."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as bad:
        raise OSError("not a drawing") from bad
    for element in root.iter():
        links = [value for name, value in element.attrib.items() if etree.QName(name).localname == "href"]
        if not isinstance(element.tag, str) or element.tag.removeprefix(_SVG) not in _PLAIN:
            raise OSError("a drawing holds shapes only")
        acts = any(name.lower().startswith("on") for name in element.attrib)
        if acts or not all(one.startswith("#") for one in links):
            raise OSError("a drawing may neither act nor refer outside")
    stored = media.keep(data)
    width, height = (int(float(root.get(side, "0"))) for side in ("width", "height"))
    size = Variant(sha256=stored.sha256, mime="image/svg+xml", width=width, height=height, size=stored.size)
    return Picture(alt=alt, caption=caption, variants=(size,))


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _variant(picture: Image.Image, width: int, form: str) -> Variant:
    most = int(rule("portal.picture_kb")) * 1024
    while True:
        height = max(1, round(picture.height * width / picture.width))
        sized = picture.resize((width, height), Image.Resampling.LANCZOS) if width != picture.width else picture
        data = _smallest(sized, form, most)
        if len(data) <= most or width <= SMALLEST:
            stored = media.keep(data)
            mime = "image/webp" if form == "WEBP" else "image/jpeg"
            return Variant(sha256=stored.sha256, mime=mime, width=width, height=height, size=stored.size)
        width = width * 4 // 5


def _smallest(picture: Image.Image, form: str, most: int) -> bytes:
    """The best quality that fits; the poorest tried when none does."""
    data = b""
    for quality in QUALITIES:
        out = BytesIO()
        if form == "WEBP":
            picture.save(out, "WEBP", quality=quality, method=4)
        else:
            picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        data = out.getvalue()
        if len(data) <= most:
            break
    return data
