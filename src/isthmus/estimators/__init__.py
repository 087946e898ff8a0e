"""The scikit-learn face: `Autoencoder` and `AutoencoderClassifier`."""

from isthmus.estimators.autoencoder import Autoencoder
from isthmus.estimators.classifier import AutoencoderClassifier
from isthmus.estimators.persistence import load

__all__ = ["Autoencoder", "AutoencoderClassifier", "load"]
