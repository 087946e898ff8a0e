"""scikit-learn's checks of an estimator, on every recipe that takes flat data."""

import warnings

from benchmarks.battery.tally import Tally
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import check_estimator

from isthmus.recipes import RECIPES

SMALL = {"hidden": (8,), "epochs": 2, "batch_size": 32, "random_state": 0}
"""Seeded, since the checks seed what has a ``random_state`` itself; a meta-estimator has none."""

OF_IMAGES = ("convolutional", "ms_ssim")
"""Recipes that need images, which scikit-learn's checks do not give."""

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

OF_NEIGHBOURS = (
    "check_n_features_in_after_fitting", "check_sample_weights_pandas_series",
    "check_sample_weights_not_an_array",
)  # fmt: skip
"""Checks of at most 15 examples, which have fewer neighbours than the recipe ``map`` asks for."""


def expected_failures(estimator: BaseEstimator) -> dict[str, str]:
    """Return the checks that an estimator cannot pass, each with the reason."""
    failures = dict.fromkeys(OF_WEIGHTS, "minibatches of other examples have another order")
    if estimator.target_kind == "condition":
        failures |= dict.fromkeys(WITHOUT_LABELS, "transform needs labels")
    return failures


def run(count: int | None, kind: str | None, seed: int) -> Tally:
    """Check the first ``count`` recipes, all of them, or the one that ``kind`` names."""
    del seed
    tally = Tally()
    names = [name for name in RECIPES if name not in OF_IMAGES][:count]
    for name in names if kind is None else [kind]:
        estimator = RECIPES[name].make(**SMALL)
        expected = expected_failures(estimator)
        if name == "map":
            expected |= dict.fromkeys(OF_NEIGHBOURS, "fewer examples than neighbours")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = check_estimator(
                estimator, on_skip=None, on_fail=None, expected_failed_checks=expected
            )
        for result in results:
            if result["status"] != "skipped":
                failed = result["status"] == "failed"
                sentence = f"{result['check_name']}: {result['exception']!r:.300}"
                tally.add(name, sentence if failed else None)
    return tally
