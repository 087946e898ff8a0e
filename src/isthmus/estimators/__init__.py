"""The scikit-learn face: `Autoencoder`, `AutoencoderClassifier`, `AutoencoderRegressor`."""

from isthmus.estimators.autoencoder import Autoencoder
from isthmus.estimators.classifier import AutoencoderClassifier
from isthmus.estimators.persistence import load
from isthmus.estimators.regressor import AutoencoderRegressor

__all__ = ["Autoencoder", "AutoencoderClassifier", "AutoencoderRegressor", "load"]
