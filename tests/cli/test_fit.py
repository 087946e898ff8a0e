import json

import numpy as np
import pytest

QUICK = ("--latent-dim", 2, "--hidden", 16, "--epochs", 2)


def test_the_main_job(isthmus, tmp_path):
    run = tmp_path / "run"
    answer = isthmus("fit", "digits", "--out", run, *QUICK)
    assert answer.code == 0, answer.err
    lines = answer.out.splitlines()
    assert lines[0] == (
        "digits: 8x8 pixels of uint8, labelled;"
        " 1,437 for training, 180 for validation, 180 for test"
    )
    assert lines[1].startswith("scaling range: one range for all features, [0, 16] to [0, 1]")
    assert "likelihood Gaussian" in lines[1]
    for words in ("autoencoder, code of 2", "PCA, code of 2", "parameters", "on the test set"):
        assert words in answer.out
    assert lines[-1] == f"report: {run / 'report.html'}"
    assert "epoch 2 of 2: train" in answer.err
    names = {entry.name for entry in run.iterdir()}
    assert names >= {"model.safetensors", "metrics.json", "history.csv", "run.json", "report.html"}
    assert list((run / "figures").glob("*.png"))
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]


def test_json_prints_the_metrics_alone(isthmus, tmp_path):
    run = tmp_path / "run"
    answer = isthmus("fit", "digits", "--out", run, *QUICK, "--json", "--quiet")
    metrics = answer.json
    assert metrics == json.loads((run / "metrics.json").read_text())
    for split in ("train", "validation", "test"):
        own, linear = metrics["reconstruction"][split], metrics["pca"][split]
        assert own.keys() >= {"mse", "mse_input", "nats", "explained_variance"}
        assert linear.keys() >= {"mse", "mse_input", "explained_variance"}
        assert "nats" in metrics["floor"][split]
        assert own["mse_input"] == pytest.approx(256 * own["mse"], rel=1e-4)
    assert metrics["latent"].keys() >= {"dim", "active"}
    assert metrics["latent"]["dim"] == 2
    assert metrics["model"].keys() >= {"parameters", "trainable_parameters"}
    assert metrics["timing"]["fit_seconds"] > 0
    assert metrics["verdict"].keys() >= {"beats_pca", "sentence"}


def test_run_json_says_how_to_do_it_again(digits_run):
    facts = json.loads((digits_run / "run.json").read_text())
    assert facts["command"].startswith("isthmus fit digits --out ")
    assert facts["command"].endswith("--latent-dim 2 --hidden 16 --epochs 2 --quiet --json")
    assert facts["seed"] == 0
    assert facts["source"]["name"] == "digits"
    split = {"validation": 0.1, "test": 0.1, "seed": 0, "limit": None, "labelled": None}
    assert facts["split"] == split
    assert "jax" in facts["versions"]


def test_quiet_shows_no_progress(isthmus, tmp_path):
    answer = isthmus("fit", "digits", "--out", tmp_path / "run", *QUICK, "--quiet")
    assert answer.err == ""


def test_the_same_seed_gives_the_same_model(isthmus, tmp_path):
    from safetensors.numpy import load_file

    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        isthmus("fit", "digits", "--out", tmp_path / name, *QUICK, "--seed", seed, "--quiet")
    a, b, c = (load_file(tmp_path / name / "model.safetensors") for name in "abc")
    assert all(np.array_equal(a[key], b[key]) for key in a)
    assert not all(np.array_equal(a[key], c[key]) for key in a)


def test_without_out_runs_are_numbered(isthmus, tmp_path, monkeypatch, table):
    monkeypatch.chdir(tmp_path)
    argv = ("fit", table, "--label", "species", "--latent-dim", 1, "--hidden", 4, "--epochs", 1)
    for _ in range(2):
        assert isthmus(*argv, "--quiet").code == 0
    assert sorted(p.name for p in (tmp_path / "runs").iterdir()) == ["plants", "plants-2"]


def test_force_replaces_a_run(isthmus, tmp_path):
    run = tmp_path / "run"
    isthmus("fit", "digits", "--out", run, *QUICK, "--quiet")
    before = (run / "model.safetensors").read_bytes()
    assert isthmus("fit", "digits", "--out", run, *QUICK, "--quiet").code == 2
    assert (run / "model.safetensors").read_bytes() == before
    argv = ("fit", "digits", "--out", run, *QUICK, "--quiet", "--seed", 1, "--force")
    assert isthmus(*argv).code == 0
    assert (run / "model.safetensors").read_bytes() != before


@pytest.fixture
def build(isthmus, monkeypatch, tmp_path):
    """The estimator that a fit with some options would train."""
    from isthmus.cli import settings
    from isthmus.errors import SettingError

    def call(*options):
        built = []

        def keep(given):
            built.append(original(given))
            raise SettingError("that is all.")

        with monkeypatch.context() as patch:
            original = settings.build
            patch.setattr(settings, "build", keep)
            answer = isthmus("fit", "digits", "--out", tmp_path / "run", *options)
        assert answer.err == "isthmus: that is all.\n"
        return built[0]

    return call


def test_options_reach_the_estimator(build):
    from isthmus import bounds, corruption, latents, likelihoods, networks, penalties

    estimator = build(
        "--latent-dim", 3, "--hidden", "24,12", "--activation", "tanh", "--batch-norm",
        "--dropout", 0.1, "--latent", "gaussian", "--epochs", 9,
        "--corruption", "gaussian:0.1+masking:0.2",
        "--likelihood", "laplace:0.5", "--beta", 2, "--warmup", 5, "--penalty", "l1:0.001",
        "--penalty", "l2:0.5", "--scaling", "minmax", "--start", "random", "--batch-size", 128,
        "--learning-rate", 0.002, "--schedule", "constant", "--patience", 0, "--optimizer", "nadam",
        "--gradient-clip", 1.5, "--seed", 7,
    )  # fmt: skip
    settings = estimator.get_params(deep=False)
    assert settings["latent_dim"] == 3
    assert settings["encoder"] == networks.Dense((24, 12), "tanh", batch_norm=True, dropout=0.1)
    assert settings["latent"] == latents.Gaussian()
    assert settings["corruption"] == corruption.Gaussian(0.1) + corruption.Masking(0.2)
    assert settings["likelihood"] == likelihoods.Laplace(0.5)
    assert settings["bound"] == bounds.ELBO(2, 5)
    assert tuple(settings["penalties"]) == (penalties.L1(0.001), penalties.L2(0.5))
    expected = {
        "scaling": "minmax", "start": "random", "batch_size": 128, "learning_rate": 0.002,
        "schedule": "constant", "patience": 0, "optimizer": "nadam", "gradient_clip": 1.5,
        "epochs": 9, "random_state": 7,
    }  # fmt: skip
    assert {name: settings[name] for name in expected} == expected


def test_a_convolutional_encoder_by_its_options(build):
    from isthmus import networks

    estimator = build("--architecture", "conv", "--channels", "4,8", "--hidden", 16, "--tied")
    assert estimator.encoder == networks.Convolutional(channels=(4, 8), hidden=(16,))
    assert estimator.decoder == "tied"


def test_a_recipe_is_a_start_that_options_change(build):
    from isthmus import bounds, latents

    estimator = build("--recipe", "beta-vae", "--warmup", 3, "--hidden", 16)
    assert estimator.latent_dim == 10
    assert estimator.bound == bounds.ELBO(beta=4.0, warmup=3)
    assert estimator.hidden == (16,)
    sparse = build("--recipe", "sparse", "--latent", "deterministic:tanh")
    assert sparse.latent == latents.Deterministic("tanh")
    assert build("--recipe", "denoising", "--corruption", "none").corruption is None


def test_without_options_the_estimator_decides(build):
    import isthmus as package

    expected = package.Autoencoder(random_state=0).get_params()
    assert build().get_params() == expected


def test_a_classifier_learns_the_labels(isthmus, tmp_path):
    import isthmus as package

    run = tmp_path / "run"
    argv = ("--classifier", "--classification-weight", 3, "--limit", 300, "--quiet")
    answer = isthmus("fit", "digits", "--out", run, *QUICK, *argv)
    assert (answer.code, answer.err) == (0, "")
    classifier = package.load(run / "model.safetensors")
    assert isinstance(classifier, package.AutoencoderClassifier)
    assert classifier.classification_weight == 3
    assert list(classifier.classes_) == list(range(10))
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["reconstruction"]["train"]["examples"] == 300


def test_a_class_that_is_only_validated_on_is_named():
    from isthmus.cli.targets import check_classes
    from isthmus.errors import DataError

    X = np.zeros((3, 2))
    train, held_out = (X, np.array(["elm", "oak", "oak"])), (X, np.array(["elm", "yew", "oak"]))
    check_classes({"train": train, "validation": train}, "plants.csv", "validation", "judged by")
    with pytest.raises(DataError, match="no training example of the class 'yew'"):
        check_classes(
            {"train": train, "validation": held_out}, "plants.csv", "validation", "judged by"
        )


def test_no_validation_and_no_test_part(isthmus, tmp_path):
    answer = isthmus(
        "fit", "digits", "--out", tmp_path / "run", *QUICK, "--quiet", "--json",
        "--validation-fraction", 0, "--test-fraction", 0,
    )  # fmt: skip
    assert list(answer.json["reconstruction"]) == ["train"]
    assert answer.json["reconstruction"]["train"]["examples"] == 1797


def test_a_source_with_its_own_test_part_keeps_it(isthmus, tmp_path):
    import os

    if "ISTHMUS_DATA" not in os.environ:
        pytest.skip("ISTHMUS_DATA names no folder of real data")
    answer = isthmus(
        "fit", "mnist", "--out", tmp_path / "run", *QUICK, "--quiet", "--json", "--limit", 500
    )
    assert answer.json["reconstruction"]["train"]["examples"] == 500
    assert answer.json["reconstruction"]["test"]["examples"] == 10_000
