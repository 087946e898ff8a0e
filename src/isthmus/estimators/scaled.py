"""Examples in the scaled space, before there is a fitted model."""

import numpy as np

from isthmus.data.source import Computed, Examples, Rows
from isthmus.estimators import inference
from isthmus.estimators.construction import without_missing
from isthmus.estimators.inputs import flat_rows
from isthmus.model import Model
from isthmus.scaling import Scaling


def scaled_rows(scaling: Scaling, examples: Rows) -> Computed:
    """Return examples (n, D) scaled, where they are indexed."""
    shape = (len(examples), int(np.prod(examples.shape[1:])))
    return Computed(lambda rows: inference.map_scaling(scaling, flat_rows(examples, rows)), shape)


def scaled_examples(model: Model, examples: Examples) -> Examples:
    """Return examples (n, D) scaled as a model does, zero where entries are missing."""
    scaled = scaled_rows(model.scaling, Rows(examples, np.arange(len(examples))))
    return without_missing(scaled) if model.likelihood.masked else scaled
