import numpy as np
import pytest

from isthmus.errors import DataError
from isthmus.studies import joint_classifier as study
from isthmus.studies import joint_classifier_letters as letters
from isthmus.studies import joint_classifier_models as models
from isthmus.studies.workbench import Workbench, open_first

X = np.random.default_rng(0).integers(0, 256, (44, 28, 28)).astype(np.uint8)
y = np.tile(letters.CLASSES, 4)


@pytest.fixture(scope="module")
def fitted():
    """One pass over noise: enough to count parameters."""
    settings = models.training(epochs=1, batch_size=44)
    return {
        "classifier": models.plain_classifier(0, **settings).fit(X, y),
        "joint": models.joint_autoencoder(0, **settings).fit(X, y),
        "tied": models.tied_autoencoder(0, **settings).fit(X),
    }


@pytest.fixture(scope="module")
def source():
    try:
        return open_first(study.NEEDS[0])
    except DataError as error:
        pytest.skip(f"no letters: {error}")


def test_the_models_count_the_parameters_that_the_report_gives(fitted):
    classifier, joint, tied = fitted["classifier"], fitted["joint"], fitted["tied"]
    assert (classifier.n_parameters_, classifier.n_trainable_parameters_) == (502_965, 501_453)
    assert joint.n_parameters_ == joint.n_trainable_parameters_ == 1_150_235
    assert models.count_parameters(tied.model_.encoder) == 244_192
    assert tied.n_parameters_ == 245_424


def test_a_report_agrees_with_counting(fitted):
    held = letters.Letters(X, X[:30], y, y[:30])
    predicted = fitted["joint"].predict(held.test)
    report = letters.report_on(fitted["joint"], held)
    assert letters.accuracy({"one": report})["one"] == pytest.approx(
        np.mean(predicted == held.test_labels)
    )
    of_each = [report[c]["f1-score"] * report[c]["support"] for c in letters.CLASSES]
    assert letters.weighted_f1({"one": report})["one"] == pytest.approx(sum(of_each) / 30)
    assert report["P"]["support"] == 3


def test_drawn_letters_are_different_ones_of_their_class():
    numbers = np.repeat(np.arange(1, 27), 50)
    places = letters.draw(numbers, [20] * 10 + [10])
    assert len(set(places)) == len(places) == 210
    np.testing.assert_array_equal(numbers[places], [*np.repeat(np.arange(16, 26), 20), *[26] * 10])


def test_the_split_is_of_the_report_s_sizes(source):
    split = letters.read_letters(source, thinning=1)
    assert (len(split.train), len(split.test)) == (11_200, 2_800)
    supports = dict(zip(*np.unique(split.test_labels, return_counts=True), strict=True))
    assert [supports[c] for c in letters.CLASSES] == [260] * 10 + [200]
    assert {image.tobytes() for image in split.train[:500]}.isdisjoint(
        image.tobytes() for image in split.test
    )


def test_experiments_are_recorded_with_their_mean_and_best(tmp_path):
    bench = Workbench(study.NAME, tmp_path)
    bench.section("All")
    scores = {f"experiment {i}": score for i, score in enumerate((0.95, 0.96, 0.97), 1)}
    study.record_experiments(bench, "classifier", "weighted F1", scores, examples=2800)
    settings = [*scores, "mean of experiments 1 to 3", "best of experiments 1 to 3"]
    assert [record.setting for record in bench.records] == settings
    assert [record.measured for record in bench.records] == pytest.approx(
        [0.95, 0.96, 0.97, 0.96, 0.97]
    )
    assert bench.records[0].verdict == "better"  # 0.93 is reported


def test_neighbours_of_a_code_that_is_the_class_are_always_right():
    held = letters.Letters(X, X, y, y)
    codes = np.eye(11)[np.searchsorted(letters.CLASSES, y)]
    assert letters.neighbours_right(held, codes, codes) == 1.0


def test_importing_the_study_imports_no_jax():
    import subprocess
    import sys

    code = "import isthmus.studies.joint_classifier, sys; sys.exit('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
