"""Export: a part of a fitted model as a file that other programs run, checked against the model."""

from isthmus.export.card import model_card
from isthmus.export.carrying import Carried, carry
from isthmus.export.exporting import Export, export
from isthmus.export.formats import FORMATS
from isthmus.export.hub import push
from isthmus.export.javascript import describe, runtime
from isthmus.export.parts import PARTS, part_of

__all__ = [
    "FORMATS",
    "PARTS",
    "Carried",
    "Export",
    "carry",
    "describe",
    "export",
    "model_card",
    "part_of",
    "push",
    "runtime",
]
