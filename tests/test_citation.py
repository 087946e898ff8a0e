"""The citation names the version that this is."""

import re
from pathlib import Path

import isthmus

CITATION = (Path(__file__).parents[1] / "CITATION.cff").read_text("utf-8")


def test_the_citation_names_this_version() -> None:
    (version,) = re.findall(r"^version: (.+)$", CITATION, flags=re.MULTILINE)
    assert version == isthmus.__version__
