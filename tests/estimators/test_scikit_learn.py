"""The whole of scikit-learn's estimator contract; recipes have tests/test_contract.py."""

from sklearn.utils.estimator_checks import parametrize_with_checks

from isthmus import Autoencoder, AutoencoderClassifier, AutoencoderRegressor

ESTIMATORS = [
    Autoencoder(hidden=(8,), epochs=2, batch_size=32),
    AutoencoderClassifier(hidden=(16,), epochs=60, learning_rate=1e-2, classification_weight=10.0),
    AutoencoderRegressor(hidden=(16,), epochs=60, learning_rate=1e-2, regression_weight=10.0),
]


@parametrize_with_checks(ESTIMATORS)
def test_estimators_keep_the_contract(estimator, check):
    check(estimator)
