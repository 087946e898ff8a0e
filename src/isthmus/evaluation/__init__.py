"""How good is it? Measures on arrays.

Reconstruction, the PCA baseline, the code, probes, disentanglement, samples, likelihood.

Nothing here knows a model; NumPy arrays go in, numbers and arrays come out.
"""

from isthmus.evaluation.advice import Advice, recommend_latent_dim
from isthmus.evaluation.disentanglement import DCI, dci, mig, sap
from isthmus.evaluation.latent import diagnose
from isthmus.evaluation.likelihood import (
    LogLikelihood,
    active_units,
    code_information,
    importance_log_likelihood,
)
from isthmus.evaluation.maps import MapQuality, map_quality
from isthmus.evaluation.neighbours import nearest_neighbours
from isthmus.evaluation.pca import PCABaseline, PCAMoments, fit_pca
from isthmus.evaluation.probes import UNLABELLED, as_classes, knn_accuracy
from isthmus.evaluation.reconstruction import column_mse, explained_variance, mse
from isthmus.evaluation.samples import (
    PrecisionRecall,
    frechet_distance,
    frechet_from_moments,
    precision_recall,
)

__all__ = [
    "DCI",
    "UNLABELLED",
    "Advice",
    "LogLikelihood",
    "MapQuality",
    "PCABaseline",
    "PCAMoments",
    "PrecisionRecall",
    "active_units",
    "as_classes",
    "code_information",
    "column_mse",
    "dci",
    "diagnose",
    "explained_variance",
    "fit_pca",
    "frechet_distance",
    "frechet_from_moments",
    "importance_log_likelihood",
    "knn_accuracy",
    "map_quality",
    "mig",
    "mse",
    "nearest_neighbours",
    "precision_recall",
    "recommend_latent_dim",
    "sap",
]

Anchor, fit_anchor = PCABaseline, fit_pca
"""Names of earlier versions."""
