"""isthmus: autoencoders you can trust.

One scikit-learn estimator or one command fits any autoencoder of the field to your
data, compares it with PCA, and keeps it in one safe file. The public names are
loaded when first used, so that ``import isthmus`` costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

from isthmus.version import __version__

_HOMES = {
    "Autoencoder": "isthmus.estimators.autoencoder",
    "AutoencoderClassifier": "isthmus.estimators.classifier",
    "AutoencoderRegressor": "isthmus.estimators.regressor",
    "ConditionalAutoencoder": "isthmus.estimators.conditional",
    "OutlierDetector": "isthmus.outliers",
    "Sweep": "isthmus.sweep",
    "compare": "isthmus.comparison",
    "load": "isthmus.estimators.persistence",
    "open_source": "isthmus.data",
}
__all__ = [
    "Autoencoder",
    "AutoencoderClassifier",
    "AutoencoderRegressor",
    "ConditionalAutoencoder",
    "OutlierDetector",
    "Sweep",
    "__version__",
    "bounds",
    "compare",
    "corruption",
    "data",
    "errors",
    "evaluation",
    "figures",
    "heads",
    "latents",
    "likelihoods",
    "load",
    "networks",
    "open_source",
    "outliers",
    "penalties",
    "recipes",
    "samplers",
    "scaling",
    "trackers",
]

if TYPE_CHECKING:
    from isthmus import (
        bounds,
        corruption,
        data,
        errors,
        evaluation,
        figures,
        heads,
        latents,
        likelihoods,
        networks,
        outliers,
        penalties,
        recipes,
        samplers,
        scaling,
        trackers,
    )
    from isthmus.comparison import compare as compare
    from isthmus.data import open_source as open_source
    from isthmus.estimators.autoencoder import Autoencoder as Autoencoder
    from isthmus.estimators.classifier import AutoencoderClassifier as AutoencoderClassifier
    from isthmus.estimators.conditional import ConditionalAutoencoder as ConditionalAutoencoder
    from isthmus.estimators.persistence import load as load
    from isthmus.estimators.regressor import AutoencoderRegressor as AutoencoderRegressor
    from isthmus.outliers import OutlierDetector as OutlierDetector
    from isthmus.sweep import Sweep as Sweep


def __getattr__(name: str) -> Any:
    """Import a public name on first use (PEP 562)."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name in __all__:
        return importlib.import_module(f"isthmus.{name}")
    raise AttributeError(f"module 'isthmus' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
