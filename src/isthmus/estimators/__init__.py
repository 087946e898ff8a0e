"""The scikit-learn face: `Autoencoder`, alone or conditioned, and with a head on the code."""

from isthmus.estimators.autoencoder import Autoencoder
from isthmus.estimators.classifier import AutoencoderClassifier
from isthmus.estimators.conditional import ConditionalAutoencoder
from isthmus.estimators.persistence import load
from isthmus.estimators.registry import registered
from isthmus.estimators.regressor import AutoencoderRegressor

__all__ = [
    "Autoencoder",
    "AutoencoderClassifier",
    "AutoencoderRegressor",
    "ConditionalAutoencoder",
    "load",
    "registered",
]
