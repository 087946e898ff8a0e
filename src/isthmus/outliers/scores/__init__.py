"""The slot of scores: how unusual an example is, from what an autoencoder makes of it."""

from collections.abc import Callable, Mapping

from isthmus.outliers.scores.abstract import AbstractScore
from isthmus.outliers.scores.code import CodeDensity, CodeDistance, Together
from isthmus.outliers.scores.combined import Combined
from isthmus.outliers.scores.likelihood import ImportanceWeighted, Likelihood
from isthmus.outliers.scores.neighbours import Neighbours
from isthmus.outliers.scores.reconstruction import Reconstruction

MEMBERS: Mapping[str, Callable[[], AbstractScore]] = {
    "reconstruction": Reconstruction,
    "code_distance": CodeDistance,
    "code_density": CodeDensity,
    "together": Together,
    "neighbours": Neighbours,
    "likelihood": Likelihood,
    "importance_weighted": ImportanceWeighted,
}
"""The scores by name; ``"auto"`` is `isthmus.outliers.detector.automatic_score`."""

__all__ = [
    "MEMBERS",
    "AbstractScore",
    "CodeDensity",
    "CodeDistance",
    "Combined",
    "ImportanceWeighted",
    "Likelihood",
    "Neighbours",
    "Reconstruction",
    "Together",
]
