"""The whole of scikit-learn's contract of an outlier detector."""

from sklearn.utils.estimator_checks import parametrize_with_checks

from isthmus import Autoencoder, OutlierDetector

SMALL = Autoencoder(1, hidden=(4,), epochs=1, patience=0, validation_fraction=0.0)


@parametrize_with_checks([OutlierDetector(SMALL, calibration="split")])
def test_the_detector_keeps_the_contract(estimator, check):
    check(estimator)
