"""`isthmus map`: a fit whose code is a map in the plane."""

from dataclasses import replace

import typer

from isthmus.cli.declaring import takes
from isthmus.cli.fit import run
from isthmus.cli.fit_options import FitOptions

RECIPE = "map"
"""The recipe that the verb fits, unless another is named."""


@takes(FitOptions)
def map(given: FitOptions, context: typer.Context) -> int:
    """Place the examples of SOURCE on a map in the plane: neighbours in the data stay neighbours.

    The map takes new examples (`isthmus encode`) and decodes (`isthmus decode`). It is a fit of the
    recipe `map`, and takes the options of `isthmus fit`.
    """
    return run(replace(given, recipe=given.recipe or RECIPE), context.obj)
