"""The sections of the report of a fit, a file each, in the order of the page."""

from typing import Any

from isthmus.report.section import Section
from isthmus.report.sections.calibration import Calibration
from isthmus.report.sections.code import Code
from isthmus.report.sections.columns import Columns
from isthmus.report.sections.comparison import Comparison
from isthmus.report.sections.conditions import Conditions
from isthmus.report.sections.denoising import Denoising
from isthmus.report.sections.effects import Effects
from isthmus.report.sections.explore import Explore
from isthmus.report.sections.few_labels import FewLabels
from isthmus.report.sections.findings import Findings
from isthmus.report.sections.first_layer import FirstLayer
from isthmus.report.sections.grid import Grid
from isthmus.report.sections.map import Map
from isthmus.report.sections.outliers import Outliers
from isthmus.report.sections.reconstructions import Reconstructions
from isthmus.report.sections.reproduction import Reproduction
from isthmus.report.sections.samples import Samples
from isthmus.report.sections.summary import Summary
from isthmus.report.sections.table import TableSection
from isthmus.report.sections.training import Training
from isthmus.report.sections.traversals import Traversals

SECTIONS: tuple[Section[Any], ...] = (
    Reconstructions(),
    TableSection(),
    Explore(),
    Comparison(),
    Columns(),
    Findings(),
    Outliers(),
    Map(),
    Code(),
    Grid(),
    Traversals(),
    Effects(),
    Denoising(),
    Samples(),
    Conditions(),
    Calibration(),
    FewLabels(),
    FirstLayer(),
    Summary(),
    Training(),
    Reproduction(),
)
"""Every section, in the order of the page: first what to look at, last how it was made."""
