"""Fits that learn from labels or quantities, or are told labels, and what is done with them."""

import json

import numpy as np
import pyarrow.csv
import pytest
from sklearn.datasets import load_digits

import isthmus as package
from isthmus.cli import main

QUICK = ("--latent-dim", 2, "--hidden", 8, "--epochs", 2, "--quiet")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A small run on the digits that is told which they are."""
    run = tmp_path_factory.mktemp("told") / "run"
    argv = ["fit", "digits", "--recipe", "conditional_vae", "--limit", 300, "--out", run, *QUICK]
    assert main([*map(str, argv), "--json"]) == 0
    return run


@pytest.fixture(scope="module")
def conditional(told):
    return package.load(told)


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """A file of ten digits without labels, and the labels."""
    images, labels = load_digits(return_X_y=True)
    path = tmp_path_factory.mktemp("few") / "few.npy"
    np.save(path, images[:10].reshape(-1, 8, 8).astype(np.uint8))
    return path, labels[:10]


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    """A table of three columns and a quantity that is their sum."""
    values = np.random.default_rng(0).normal(size=(60, 3)).round(3)
    path = tmp_path_factory.mktemp("houses") / "houses.csv"
    rows = [f"{a},{b},{c},{100 * (a + b + c):.3f}" for a, b, c in values]
    path.write_text("\n".join(["rooms,age,area,price", *rows]) + "\n")
    return path


def test_a_model_told_labels_is_reported_whole(told):
    metrics = json.loads((told / "metrics.json").read_text())
    assert metrics["model"]["condition_labels"] == metrics["model"]["told_labels"] == 10
    assert metrics["head"] is None
    assert set(metrics["reconstruction"]) == {"train", "validation", "test"}
    assert (told / "figures" / "under_labels.png").exists()
    page = (told / "report.html").read_text()
    assert "Samples per label" in page
    assert "for the label" in page
    assert "need not hold the label" in " ".join(page.split())
    assert "isthmus.cli.progress" not in page  # who listened to the fit


def test_examples_are_generated_by_label(isthmus, told, conditional, tmp_path):
    sevens, turns, sheet = (tmp_path / name for name in ("sevens.npy", "turns.npy", "all.png"))
    assert isthmus("generate", told, "--given", 7, "-n", 3, "--out", sevens).code == 0
    np.testing.assert_allclose(
        np.load(sevens), conditional.given(7).sample(3, random_state=0), rtol=1e-4, atol=1e-4
    )
    answer = isthmus("generate", told, "-n", 12, "--out", turns)
    assert answer.out.startswith("of 10 labels in turn, 0, 1, 2, ")
    labels = [*range(10), 0, 1]
    expected = conditional.sample(labels=labels, random_state=0)
    np.testing.assert_allclose(np.load(turns), expected, rtol=1e-4, atol=1e-4)
    assert isthmus("generate", told, "--out", sheet).code == 0


def test_a_sampler_learns_the_codes_of_one_label(isthmus, told):
    answer = isthmus("generate", told, "--given", 7, "--sampler", "normal", "-n", 2, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert np.shape(answer.json["values"]) == (2, 64)


def test_the_labels_of_a_source_are_told(isthmus, told, conditional, few, tmp_path):
    path, labels = few
    np.save(tmp_path / "labels.npy", labels)
    given = ("--label", tmp_path / "labels.npy")
    images = np.load(path)
    for verb, expected in (
        ("encode", conditional.transform(images, labels)),
        ("reconstruct", conditional.reconstruct(images, labels)),
    ):
        out = tmp_path / f"{verb}.npy"
        assert isthmus(verb, told, path, *given, "--out", out).code == 0
        np.testing.assert_allclose(np.load(out), expected, rtol=1e-4, atol=1e-4)
    scores = isthmus("score", told, path, *given, "--json").json["values"]
    np.testing.assert_allclose(
        np.array(scores)[:, 1], conditional.score_samples(images, labels), rtol=1e-4
    )


def test_one_label_may_be_given_for_all(isthmus, told, conditional, few, tmp_path):
    path, _ = few
    codes, back = tmp_path / "codes.npy", tmp_path / "back.npy"
    assert isthmus("encode", told, path, "--given", 3, "--out", codes).code == 0
    three = conditional.given(3)
    np.testing.assert_allclose(np.load(codes), three.transform(np.load(path)), rtol=1e-4, atol=1e-5)
    assert isthmus("decode", told, codes, "--given", "3.0", "--out", back).code == 0
    np.testing.assert_allclose(np.load(back), three.reconstruct(np.load(path)), atol=1e-3)


def test_evaluate_measures_under_the_labels_again(isthmus, told):
    again = isthmus("evaluate", told, "--json").json
    first = json.loads((told / "metrics.json").read_text())
    for part in ("train", "test"):
        assert again["reconstruction"][part]["mse"] == pytest.approx(
            first["reconstruction"][part]["mse"], rel=1e-5
        )


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("encode", "RUN", "FEW"), "few.npy has none; name their column by --label"),
        (("encode", "RUN", "FEW", "--given", "ten"), "'ten', which is no label of this model"),
        (("decode", "RUN", "FEW"), "a table of codes has none; give --given"),
        (("generate", "RUN", "--label", "7"), "give --given 7"),
        (("generate", "RUN", "--sampler", "normal"), "give --given"),
        (("interpolate", "RUN", "digits"), "these two examples have different ones"),
        (("evaluate", "RUN", "FEW"), "has none"),
        (("generate", "PLAIN", "--given", "7"), "conditioned on labels, and this one is not"),
        (("predict", "RUN", "digits"), "--classifier or --regressor"),
    ],
)
def test_mistakes_with_labels_end_in_a_sentence(isthmus, told, digits_run, few, argv, words):
    places = {"RUN": told, "FEW": few[0], "PLAIN": digits_run}
    answer = isthmus(*(places.get(word, word) for word in argv))
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert words in answer.err


def test_a_regressor_tells_how_well_it_predicts(isthmus, houses, tmp_path):
    run, out = tmp_path / "run", tmp_path / "predicted.csv"
    argv = ("fit", houses, "--target", "price", "--regressor", "--regression-weight", 5)
    answer = isthmus(*argv, "--out", run, *QUICK)
    assert (answer.code, answer.err) == (0, "")
    assert "R² of the target" in answer.out
    regressor = package.load(run)
    assert isinstance(regressor, package.AutoencoderRegressor)
    assert regressor.regression_weight == 5
    head = json.loads((run / "metrics.json").read_text())["head"]
    assert head["kind"] == "r2"
    assert set(head) == {"kind", "train", "validation", "test"}
    assert isthmus("predict", run, houses, "--target", "price", "--out", out).code == 0
    table = pyarrow.csv.read_csv(houses)
    X = table.select(["rooms", "age", "area"]).to_pandas()
    predicted = pyarrow.csv.read_csv(out)["prediction"].to_numpy()
    np.testing.assert_allclose(predicted, regressor.predict(X), rtol=1e-4, atol=1e-4)


def test_a_classifier_tells_its_accuracy_and_predicts(isthmus, table, tmp_path):
    run = tmp_path / "run"
    answer = isthmus("fit", table, "--label", "species", "--classifier", "--out", run, *QUICK)
    assert "accuracy" in answer.out
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["head"]["kind"] == "accuracy"
    assert "Accuracy" in (run / "report.html").read_text()
    for suffix in ("csv", "npy"):
        out = tmp_path / f"told.{suffix}"
        assert isthmus("predict", run, table, "--label", "species", "--out", out).code == 0
    told = pyarrow.csv.read_csv(tmp_path / "told.csv")["prediction"].to_pylist()
    assert np.load(tmp_path / "told.npy").tolist() == told
    right = np.mean([a == b for a, b in zip(told, ["elm", "oak"] * 30, strict=True)])
    parts = {"train": 48, "validation": 6, "test": 6}
    assert sum(metrics["head"][name] * n for name, n in parts.items()) / 60 == pytest.approx(right)
    shown = isthmus("predict", run, table, "--label", "species")
    assert told[0] in shown.out
    options = ("--label", "species", "--probabilities", "--json")
    chances = isthmus("predict", run, table, *options).json
    assert chances["columns"] == ["p(elm)", "p(oak)"]
    np.testing.assert_allclose(np.sum(chances["values"], axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--regressor",), "--regressor needs a quantity to predict, and houses.csv has none"),
        (("--conditional",), "the model is conditioned on labels, and houses.csv has none"),
        (("--target", "price", "--classifier"), "are measurements such as"),
        (("--target", "price", "--conditional"), "give --regressor to predict them"),
        (("--target", "cost", "--regressor"), 'no column "cost"'),
        (("--regression-weight", 2), "--regression-weight needs --regressor"),
        (("--classifier", "--regressor"), "do not go together"),
        (("--recipe", "conditional_vae", "--classifier"), "do not go together"),
    ],
)
def test_targets_that_cannot_be_learned(isthmus, houses, tmp_path, options, words):
    answer = isthmus("fit", houses, "--out", tmp_path / "run", *QUICK, *options)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert words in answer.err
    assert list(tmp_path.iterdir()) == []


def test_text_is_no_quantity_and_one_class_no_choice(isthmus, table, tmp_path):
    run = tmp_path / "run"
    answer = isthmus("fit", table, "--target", "species", "--regressor", "--out", run, *QUICK)
    assert answer.code == 2
    assert "text such as 'elm'" in answer.err
    alike = tmp_path / "alike.csv"
    alike.write_text(table.read_text().replace("oak", "elm"))
    answer = isthmus("fit", alike, "--label", "species", "--classifier", "--out", run, *QUICK)
    assert answer.code == 2
    assert "all those of alike.csv are 'elm'" in answer.err


def test_a_sweep_has_no_labels_to_tell(isthmus, tmp_path):
    argv = ("sweep", "digits", "--recipe", "conditional_vae", "--grid", "latent_dim=2,3")
    answer = isthmus(*argv, "--out", tmp_path / "sweep")
    assert answer.code == 2
    assert "is conditioned on labels" in answer.err
    assert not (tmp_path / "sweep").exists()
