"""The sections of the page of a comparison, a file each, in the order of the page."""

from typing import Any

from isthmus.comparison.section import ComparisonSection
from isthmus.comparison.sections.differences import Differences
from isthmus.comparison.sections.maps import Maps
from isthmus.comparison.sections.measures import Measures
from isthmus.comparison.sections.origins import Origins
from isthmus.comparison.sections.reconstructions import Reconstructions
from isthmus.comparison.sections.samples import Samples
from isthmus.comparison.sections.settings import Settings

SECTIONS: tuple[ComparisonSection[Any], ...] = (
    Measures(),
    Differences(),
    Settings(),
    Maps(),
    Reconstructions(),
    Samples(),
    Origins(),
)
"""Every section, in the order of the page."""
