import numpy as np
import pytest
from scipy.special import softmax

from isthmus import AutoencoderClassifier
from isthmus.errors import SettingError


@pytest.fixture(scope="module")
def words(labels) -> np.ndarray:
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    return np.array(names)[labels]


@pytest.fixture(scope="module")
def trained(make, digits, words):
    settings = {"latent_dim": 8, "epochs": 40, "learning_rate": 0.02, "classification_weight": 10}
    return make(AutoencoderClassifier, **settings).fit(digits, words)


def test_words_are_learned_and_told(trained, digits, words) -> None:
    assert trained.classes_.tolist() == sorted(set(words))
    assert set(trained.predict(digits)) <= set(words)
    assert trained.score(digits, words) > 0.9


def test_probabilities_belong_to_the_classes(trained, digits) -> None:
    probabilities = trained.predict_proba(digits)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    assert np.array_equal(trained.classes_[probabilities.argmax(axis=1)], trained.predict(digits))
    np.testing.assert_allclose(softmax(trained.decision_function(digits), axis=1), probabilities)


def test_the_classes_are_read_from_the_code(trained, digits) -> None:
    layer = trained.model_.heads[0].layer
    logits = trained.transform(digits) @ np.asarray(layer.weight) + np.asarray(layer.bias)
    np.testing.assert_allclose(trained.decision_function(digits), logits, rtol=1e-3, atol=1e-3)


def test_both_losses_are_terms_of_the_history(trained) -> None:
    history = trained.history_
    parts = np.add(history["reconstruction"], history["classifier"])
    np.testing.assert_allclose(history["train_loss"], parts, rtol=1e-5)
    assert history["classifier"][-1] < history["classifier"][0] / 2


def test_it_still_reconstructs(trained, digits) -> None:
    assert trained.measure(digits)["mse_input"] < digits.var()


def test_two_classes_have_one_decision(make, digits, labels) -> None:
    odd = labels % 2 == 1
    estimator = make(AutoencoderClassifier, epochs=0).fit(digits, odd)
    decision = estimator.decision_function(digits)
    assert decision.shape == (200,)
    assert np.array_equal(decision > 0, estimator.predict(digits))
    assert estimator.classes_.dtype == bool


def test_without_a_decoder_it_is_a_plain_classifier(make, digits, labels) -> None:
    settings = {"decoder": None, "latent_dim": 8, "epochs": 40, "learning_rate": 0.02}
    estimator = make(AutoencoderClassifier, **settings).fit(digits, labels)
    assert estimator.score(digits, labels) > 0.9
    assert set(estimator.history_["reconstruction"]) == {0.0}
    assert estimator.transform(digits).shape == (200, 8)


def test_the_held_out_part_has_every_class_in_its_share(make, digits, monkeypatch) -> None:
    from isthmus.estimators import fitting

    rare = np.repeat([0, 1], [180, 20])
    targets = []
    train = fitting.train

    def listen(model, optimiser, feed, *, validation, **settings):
        targets.extend([feed.target, validation.target])
        return train(model, optimiser, feed, validation=validation, **settings)

    monkeypatch.setattr(fitting, "train", listen)
    make(AutoencoderClassifier, epochs=0).fit(digits, rare)
    assert [np.bincount(target).tolist() for target in targets] == [[162, 18], [18, 2]]


@pytest.mark.parametrize("count", [1, 90], ids=["one of a class", "more classes than held out"])
def test_classes_too_rare_to_hold_out_are_learned_all_the_same(make, digits, count) -> None:
    labels = np.concatenate([np.arange(count), np.zeros(200 - count)]).astype(int)
    estimator = make(AutoencoderClassifier, epochs=0).fit(digits, labels)
    assert len(estimator.classes_) == count


def test_validation_data_are_a_pair(make, digits, labels) -> None:
    train, held_out = (digits[:150], labels[:150]), (digits[150:], labels[150:])
    estimator = make(AutoencoderClassifier).fit(*train, validation_data=held_out)
    assert np.isfinite(estimator.history_["validation_loss"]).all()


def test_validation_labels_of_another_length_are_refused(make, digits, labels) -> None:
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[50, 20\]"):
        make(AutoencoderClassifier).fit(digits, labels, validation_data=(digits[:50], labels[:20]))


def test_labels_of_another_length_are_refused(make, digits, labels) -> None:
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[200, 30\]"):
        make(AutoencoderClassifier).fit(digits, labels[:30])


def test_labels_that_are_missing_are_refused(make, digits) -> None:
    with pytest.raises(ValueError, match="requires y to be passed"):
        make(AutoencoderClassifier).fit(digits, None)


def test_a_negative_weight_is_refused(make, digits, labels) -> None:
    with pytest.raises(SettingError, match="classification_weight is -1"):
        make(AutoencoderClassifier, classification_weight=-1).fit(digits, labels)
