"""Labels of which some are missing: what learns from what, and what is reported."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits

from isthmus import Autoencoder, AutoencoderClassifier, AutoencoderRegressor, load
from isthmus.engine import Checkpoint, Feed, Supervision
from isthmus.errors import DataError, SettingError
from isthmus.unlabelled import keep_labels, known_labels

SMALL = {"latent_dim": 8, "hidden": (16,), "epochs": 2, "random_state": 0}


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    X, y = X[:300], y[:300]
    return X, y, keep_labels(y, 40, seed=0)


@pytest.mark.parametrize(
    ("labels", "known"),
    [
        ([0, 1, -1], [True, True, False]),
        ([-1, 1, 1], [True, True, True]),
        ([-2, -1, 1], [True, True, True]),
        ([0.0, np.nan, -1.0], [True, False, True]),
        (["a", None, "b"], [True, False, True]),
        (np.array([1, None, -1], object), [True, False, True]),
        (np.array([0, 1, -1], object), [True, True, False]),
    ],
)
def test_a_missing_label_is_none_nan_or_the_one_negative_number(labels, known):
    assert known_labels(np.array(labels)).tolist() == known


def test_every_mark_of_a_missing_label_fits_the_same_model(digits):
    X, _, few = digits
    known = np.array([one is not None for one in few])
    numbers = np.where(known, few, -1).astype(int)
    given = [numbers, np.where(known, numbers, np.nan), few]
    fitted = [AutoencoderClassifier(**SMALL).fit(X, y) for y in given]
    weights = [np.asarray(one.model_.heads[0].layer.weight) for one in fitted]
    assert all((one == weights[0]).all() for one in weights)
    assert all(one.classes_.tolist() == list(range(10)) for one in fitted)
    assert fitted[0].score(X, numbers) == fitted[0].score(X[known], numbers[known])


def test_pandas_missing_labels_count_as_unlabelled(digits):
    pd = pytest.importorskip("pandas")
    X, _, few = digits
    y = pd.Series(pd.array(few.tolist(), dtype="Int64"))
    assert AutoencoderClassifier(**SMALL).fit(X, y).classes_.tolist() == list(range(10))


@pytest.mark.parametrize(("setting", "few_weight", "all_weight"), [("auto", 10, 1), (3, 3, 3)])
def test_an_automatic_weight_goes_by_whether_labels_are_missing(
    digits, setting, few_weight, all_weight
):
    X, y, few = digits
    for labels, weight in ((few, few_weight), (y, all_weight)):
        settings = SMALL | {"epochs": 0, "classification_weight": setting}
        fitted = AutoencoderClassifier(**settings).fit(X, labels)
        assert fitted.model_.heads[0].weight == fitted.classification_weight_ == weight


def test_the_head_learns_from_labelled_examples_alone(digits):
    """Other labels of unlabelled examples change nothing, and those of labelled ones do."""
    X, _, few = digits
    known = np.array([one is not None for one in few])
    one = AutoencoderClassifier(**SMALL).fit(X, few)
    swapped = few.copy()
    swapped[np.flatnonzero(known)[:20]] = few[known][19::-1]
    other = AutoencoderClassifier(**SMALL).fit(X, swapped)
    assert (one.model_.heads[0].layer.weight != other.model_.heads[0].layer.weight).any()
    assert one.history_["reconstruction"][0] > 0


def test_labelled_examples_that_are_added_teach_the_head_and_nothing_else():
    x = np.arange(40, dtype=np.float32).reshape(40, 1)
    known = np.arange(40) < 3
    feed = Feed(x, np.arange(40), 8, seed=0, supervision=Supervision(known, seed=0))
    blocks = list(feed.blocks(0, 10))
    weights = np.concatenate([b.weights[: int(b.steps)] for b in blocks])
    taught = np.concatenate([b.supervision[: int(b.steps)] for b in blocks])
    shown = np.concatenate([b.x[: int(b.steps), :, 0] for b in blocks])
    assert weights.shape == (10, 10)
    assert (weights[:, 8:] == 0).all()
    assert (taught[:, :8] == 0).all()
    assert sorted(shown[:5, :8].ravel().tolist()) == list(range(40))  # each example once an epoch
    added = shown[taught > 0].astype(int)
    assert np.bincount(added).tolist() == [7, 7, 6] or np.ptp(np.bincount(added)) <= 1


def test_enough_labelled_examples_are_not_added_to():
    known = np.arange(40) < 10
    feed = Feed(np.zeros((40, 1)), None, 8, seed=0, supervision=Supervision(known, seed=0))
    block = next(iter(feed.blocks(0, 5)))
    assert feed.width == 8
    assert block.supervision[:5].sum() == 10


def test_a_resumed_training_sees_the_same_labelled_examples(digits, tmp_path):
    X, _, few = digits
    whole = AutoencoderClassifier(**SMALL | {"epochs": 3}).fit(X, few)

    class Stop:
        def __call__(self, record):
            return record.epoch == 2

    settings = SMALL | {"epochs": 3}
    stopped = AutoencoderClassifier(**settings, callbacks=[Stop()])
    stopped.fit(X, few, checkpoint=Checkpoint(tmp_path, 1))
    resumed = AutoencoderClassifier(**settings)
    resumed.fit(X, few, checkpoint=Checkpoint(tmp_path, 1, resume=True))
    assert (resumed.predict_proba(X) == whole.predict_proba(X)).all()


def test_memory_and_file_train_to_the_same_bits(digits, tmp_path):
    X, _, few = digits
    np.save(tmp_path / "x.npy", X)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    one = AutoencoderClassifier(**SMALL).fit(X, few)
    other = AutoencoderClassifier(**SMALL, memory_limit=0).fit(mapped, few)
    assert (one.predict_proba(X) == other.predict_proba(X)).all()


def test_few_labels_all_stay_in_training(digits):
    X, _, few = digits
    fitted = AutoencoderClassifier(**SMALL, verbose=1)
    with_all = AutoencoderClassifier(**SMALL)
    assert fitted.fit(X, few).stop_reason_ == "finished"
    assert with_all.fit(X, np.arange(300) % 10).stop_reason_ == "finished"


def test_how_many_are_labelled_is_said(digits, capsys):
    X, _, few = digits
    AutoencoderClassifier(**SMALL, verbose=1).fit(X, few)
    assert "274 examples to learn from (40 labelled), 26 for validation" in capsys.readouterr().out


def test_weights_of_classes_and_examples_go_with_missing_labels(digits):
    X, _, few = digits
    weighted = AutoencoderClassifier(**SMALL, class_weight="balanced")
    weighted.fit(X, few, sample_weight=np.linspace(1, 2, len(X)))
    assert np.isfinite(weighted.predict_proba(X)).all()


def test_a_saved_classifier_knows_its_classes(digits, tmp_path):
    X, _, few = digits
    named = np.array([None if one is None else f"digit {one}" for one in few], object)
    fitted = AutoencoderClassifier(**SMALL).fit(X, named)
    back = load(fitted.save(tmp_path / "few.safetensors"))
    assert back.classes_.tolist() == [f"digit {one}" for one in range(10)]
    assert back.score(X, named) == fitted.score(X, named)


def test_quantities_may_be_missing_one_by_one():
    X, y = load_diabetes(return_X_y=True)
    two = np.stack([y, -y], axis=1)
    two[::2, 0] = two[1::3, 1] = np.nan
    fitted = AutoencoderRegressor(4, hidden=(16,), epochs=2, random_state=0).fit(X, two)
    assert np.isfinite(fitted.predict(X)).all()
    assert np.isfinite(fitted.score(X, two))
    assert fitted.target_mean_ == pytest.approx(np.nanmean(two, axis=0))


def test_no_label_at_all_is_refused(digits):
    X, _, _ = digits
    with pytest.raises(DataError, match="None of the 300 examples has a label"):
        AutoencoderClassifier(**SMALL).fit(X, np.full(300, np.nan))
    with pytest.raises(DataError, match="missing in all 300 examples"):
        AutoencoderRegressor(4).fit(X, np.full(300, np.nan))
    with pytest.raises((DataError, ValueError), match=r"NaN|missing"):
        Autoencoder(4, condition=True).fit(X, np.where(np.arange(300) < 9, np.nan, 1.0))


def test_labels_are_kept_by_class():
    y = np.repeat([0, 1, 2], [50, 50, 2])
    kept = keep_labels(y, 12, seed=1)
    known = known_labels(kept)
    assert np.bincount(kept[known].astype(int)).tolist() == [5, 5, 2]
    assert (keep_labels(y, 12, seed=1) == kept).all()
    with pytest.raises((DataError, SettingError), match="there are 3 classes"):
        keep_labels(y, 2, seed=0)


def test_the_linear_model_that_a_head_is_compared_with_learns_from_labelled_examples(digits):
    from isthmus.estimators.diagnosed_head import Part

    X, y, few = digits
    fitted = AutoencoderClassifier(**SMALL).fit(X, few)
    for most, count in ((20, 20), (100, 40)):  # 40 of the 300 have a label
        part = Part.with_targets(fitted, X, few, most)
        assert part.X.shape == (count, 64)
        rows = [np.flatnonzero((row == X).all(axis=1))[0] for row in part.X]
        assert part.y.tolist() == y[rows].tolist()
        assert len(set(part.y.tolist())) > 5
