"""How good is it? Measures on arrays: reconstruction, the PCA anchor, the code, probes.

Nothing here knows a model; NumPy arrays go in, numbers and arrays come out.
"""

from isthmus.evaluation.advice import Advice, recommend_latent_dim
from isthmus.evaluation.latent import diagnose
from isthmus.evaluation.pca import Anchor, fit_anchor
from isthmus.evaluation.probes import as_classes, knn_accuracy
from isthmus.evaluation.reconstruction import column_mse, explained_variance, mse

__all__ = [
    "Advice",
    "Anchor",
    "as_classes",
    "column_mse",
    "diagnose",
    "explained_variance",
    "fit_anchor",
    "knn_accuracy",
    "mse",
    "recommend_latent_dim",
]
