import numpy as np
import pytest

from isthmus import AutoencoderClassifier
from isthmus.engine import Feed
from isthmus.estimators import fitting


def test_each_pass_improves_and_is_counted(make, digits) -> None:
    estimator = make(learning_rate=0.01)
    scores = [estimator.partial_fit(digits).score(digits) for _ in range(4)]
    assert scores == sorted(scores)
    assert estimator.n_epochs_ == estimator.best_epoch_ == 4
    assert estimator.history_["epoch"] == [1, 2, 3, 4]
    assert len(estimator.history_["train_loss"]) == 4


def test_each_pass_has_an_order_of_its_own(make, digits, monkeypatch) -> None:
    feeds = []

    class Noted(Feed):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            feeds.append(self)

    monkeypatch.setattr(fitting, "Feed", Noted)
    make().partial_fit(digits).partial_fit(digits)
    first, second = (next(feed.blocks(0, 7)).x[:7] for feed in feeds)
    assert not np.array_equal(first, second)


def test_the_first_call_chooses_for_the_later_ones(make, digits) -> None:
    estimator = make().partial_fit(digits)
    first = estimator.scaling_
    assert estimator.partial_fit(digits * 3).scaling_ is first


def test_it_goes_on_from_a_fit(make, digits) -> None:
    estimator = make().fit(digits)
    before = estimator.transform(digits)
    estimator.partial_fit(digits)
    assert estimator.n_epochs_ == 3
    assert not np.array_equal(estimator.transform(digits), before)


def test_fit_starts_anew(make, digits, fitted) -> None:
    estimator = make().partial_fit(digits).fit(digits)
    assert estimator.n_epochs_ == 2
    assert np.array_equal(estimator.transform(digits), fitted.transform(digits))


def test_parts_of_any_size_may_come(make, digits) -> None:
    estimator = make()
    for part in (digits[:50], digits[50:150], digits[150:151], digits[151:]):
        estimator.partial_fit(part)
    assert estimator.n_epochs_ == 4
    assert np.isfinite(estimator.history_["train_loss"]).all()
    assert np.isfinite(estimator.sample(3, random_state=0)).all()


def test_one_example_to_begin_with_is_refused(make, digits) -> None:
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        make().partial_fit(digits[:1])


def test_later_examples_of_another_width_are_refused(make, digits) -> None:
    estimator = make().partial_fit(digits)
    with pytest.raises(ValueError, match="X has 5 features, but Autoencoder is expecting 64"):
        estimator.partial_fit(digits[:, :5])


def test_all_classes_are_named_at_the_first_call(make, digits, labels) -> None:
    estimator = make(AutoencoderClassifier, learning_rate=0.01)
    low = labels < 5
    estimator.partial_fit(digits[low], labels[low], classes=range(10))
    assert estimator.predict_proba(digits).shape == (200, 10)
    estimator.partial_fit(digits[~low], labels[~low])
    with pytest.raises(ValueError, match="previously unseen labels"):
        estimator.partial_fit(digits, labels + 5)
