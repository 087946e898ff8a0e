"""Charts that a page draws itself, in its own colours, and that are files of pictures as well."""

from isthmus.report.charts.bars import Bars
from isthmus.report.charts.chart import Chart
from isthmus.report.charts.curves import Curves
from isthmus.report.charts.matrix import Matrix
from isthmus.report.charts.pictures import ImageRows, ImagesOfCodes, Weights
from isthmus.report.charts.points import NamedPoints, Points

__all__ = [
    "Bars",
    "Chart",
    "Curves",
    "ImageRows",
    "ImagesOfCodes",
    "Matrix",
    "NamedPoints",
    "Points",
    "Weights",
]
