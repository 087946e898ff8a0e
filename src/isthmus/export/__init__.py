"""Export: a part of a fitted model as a file that other programs run, checked against the model."""

from isthmus.export.exporting import Export, export
from isthmus.export.formats import FORMATS
from isthmus.export.javascript import describe, runtime
from isthmus.export.parts import PARTS, part_of

__all__ = ["FORMATS", "PARTS", "Export", "describe", "export", "part_of", "runtime"]
