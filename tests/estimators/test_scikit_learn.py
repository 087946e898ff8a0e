"""The whole of scikit-learn's estimator contract; recipes have tests/test_contract.py."""

from benchmarks.battery.contract import expected_failures
from sklearn.utils.estimator_checks import parametrize_with_checks

from isthmus import Autoencoder, AutoencoderClassifier, AutoencoderRegressor, ConditionalAutoencoder

SMALL = {"hidden": (8,), "epochs": 2, "batch_size": 32}
ESTIMATORS = [
    Autoencoder(**SMALL),
    AutoencoderClassifier(hidden=(16,), epochs=60, learning_rate=1e-2, classification_weight=10.0),
    AutoencoderRegressor(hidden=(16,), epochs=60, learning_rate=1e-2, regression_weight=10.0),
    Autoencoder(**SMALL, condition=True),
    ConditionalAutoencoder(Autoencoder(**SMALL, random_state=0)),
]


@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures)
def test_estimators_keep_the_contract(estimator, check):
    check(estimator)
