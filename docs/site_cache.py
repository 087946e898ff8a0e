"""What is kept between two builds of the site, because it takes long to make."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).parents[1]
CACHE = Path(os.environ.get("ISTHMUS_SITE_CACHE", ROOT / ".cache" / "site"))
SUFFIXES = {".py", ".js", ".j2", ".css"}
"""Of the package's sources."""


def kept(name: str, *scripts: Path) -> Path:
    """Return where something is kept: its name, with a checksum of what it is made from.

    The checksum covers the scripts and the package's sources.
    """
    sources = (path for path in (ROOT / "src").rglob("*") if path.suffix in SUFFIXES)
    total = hashlib.sha256()
    for path in (*scripts, *sorted(sources)):
        total.update(path.read_bytes())
    stem, dot, suffix = name.partition(".")
    return CACHE / f"{stem}-{total.hexdigest()[:16]}{dot}{suffix}"
