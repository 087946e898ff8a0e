"""The whole of scikit-learn's estimator contract; recipes have tests/test_contract.py."""

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

WITHOUT_LABELS = (
    "check_dict_unchanged", "check_dtype_object", "check_estimators_dtypes",
    "check_estimators_nan_inf", "check_estimators_pickle", "check_f_contiguous_array_estimator",
    "check_fit_idempotent", "check_methods_sample_order_invariance",
    "check_methods_subset_invariance", "check_transformer_data_not_an_array",
    "check_transformer_general", "check_transformer_preserve_dtypes",
)  # fmt: skip
"""Checks that call ``transform(X)`` alone. A conditioned model cannot encode without labels, and
scikit-learn has no tag for that; tests/estimators/test_conditioned.py has the same with labels."""


OF_WEIGHTS = (
    "check_sample_weight_equivalence_on_dense_data",
    "check_sample_weight_equivalence_on_sparse_data",
)
"""Checks that want an example with a weight of two to be the example twice, to rounding. Training
by minibatches draws another order for another number of examples, as scikit-learn's own does;
tests/estimators/test_weights.py has the equality where all examples are one batch."""


def expected_failures(estimator):
    failures = dict.fromkeys(OF_WEIGHTS, "minibatches of other examples have another order")
    if estimator.target_kind == "condition":
        failures |= dict.fromkeys(WITHOUT_LABELS, "transform needs labels")
    return failures


@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures)
def test_estimators_keep_the_contract(estimator, check):
    check(estimator)
