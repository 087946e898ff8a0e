import pytest

from isthmus import AutoencoderClassifier

over = pytest.importorskip("imblearn.over_sampling", reason="imbalanced-learn is not installed")
pipeline = pytest.importorskip("imblearn.pipeline")


@pytest.mark.filterwarnings("ignore")
def test_rare_classes_are_repeated_before_the_fit(digits, small) -> None:
    x, y = digits
    rare = (y == 0).astype(int)
    steps = pipeline.make_pipeline(
        over.RandomOverSampler(random_state=0), AutoencoderClassifier(2, **small)
    )
    assert steps.fit(x, rare).predict(x).shape == y.shape
