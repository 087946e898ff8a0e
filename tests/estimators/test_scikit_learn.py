"""The whole of scikit-learn's estimator contract, and on every recipe what its slots can break."""

import pytest
from sklearn.base import clone
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from isthmus import Autoencoder, AutoencoderClassifier, AutoencoderRegressor
from isthmus.recipes import RECIPES

QUICK = {"hidden": (8,), "epochs": 2, "batch_size": 32}
ESTIMATORS = [
    Autoencoder(**QUICK),
    AutoencoderClassifier(hidden=(16,), epochs=60, learning_rate=1e-2, classification_weight=10.0),
    AutoencoderRegressor(hidden=(16,), epochs=60, learning_rate=1e-2, regression_weight=10.0),
]


@parametrize_with_checks(ESTIMATORS)
def test_estimators_keep_the_contract(estimator, check):
    check(estimator)


DENSE = [  # a table has no images, and no labels for an estimator that is no classifier
    name for name in RECIPES if name not in ("convolutional", "conditional_vae")
]
CHECKS = [  # what goes by the slots; all else goes by the class, above
    "check_estimators_pickle",
    "check_methods_subset_invariance",
    "check_transformer_general",
]


@pytest.fixture(params=DENSE)
def recipe(request):
    """Return an unfitted estimator; scikit-learn's tables have few columns."""
    return RECIPES[request.param].make(2, hidden=(8,), epochs=1, batch_size=32)


@pytest.mark.parametrize("check", CHECKS)
def test_recipes_keep_the_contract(recipe, check):
    getattr(estimator_checks, check)("Autoencoder", clone(recipe))
