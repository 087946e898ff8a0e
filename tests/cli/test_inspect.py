import json
import shutil

import numpy as np
import pytest
from sklearn.datasets import load_digits


def test_evaluate_finds_the_figures_of_the_fit_again(isthmus, digits_run):
    written = json.loads((digits_run / "metrics.json").read_text())
    answer = isthmus("evaluate", digits_run, "--json")
    assert answer.code == 0, answer.err
    for part in ("reconstruction", "pca"):
        for split in ("train", "validation", "test"):
            found, expected = answer.json[part][split], written[part][split]
            assert found["mse"] == pytest.approx(expected["mse"], rel=1e-5)


def test_evaluate_prints_the_table_and_the_verdict(isthmus, digits_run):
    answer = isthmus("evaluate", digits_run)
    assert answer.code == 0
    for words in ("autoencoder, code of 2", "PCA, code of 2", "test", "on the test set"):
        assert words in answer.out


def test_evaluate_on_another_source_compares_with_pca_of_the_training_part(
    isthmus, digits_run, tmp_path
):
    source = tmp_path / "few.npy"
    np.save(source, load_digits().images[:50].astype(np.uint8))
    answer = isthmus("evaluate", digits_run, source, "--json")
    assert answer.json["reconstruction"]["test"]["examples"] == 50
    written = json.loads((digits_run / "metrics.json").read_text())
    assert answer.json["pca"]["train"]["mse"] == pytest.approx(written["pca"]["train"]["mse"])


def test_evaluate_estimates_the_log_likelihood_where_codes_are_drawn(isthmus, digits_run, tmp_path):
    argv = ("--recipe", "vae", "--hidden", "16", "--latent-dim", "2", "--epochs", "2", "--quiet")
    assert isthmus("fit", "digits", "--out", tmp_path / "vae", *argv).code == 0
    few, many = (
        isthmus("evaluate", tmp_path / "vae", "--log-likelihood", k, "--json").json for k in (1, 50)
    )
    assert few["log_likelihood"]["test"]["nats"] < many["log_likelihood"]["test"]["nats"]
    assert many["log_likelihood"]["test"]["draws"] == 50
    assert "50 draws" in isthmus("evaluate", tmp_path / "vae", "--log-likelihood", 50).out
    answer = isthmus("evaluate", digits_run, "--log-likelihood", 50)
    assert answer.code == 2
    assert "a code that is drawn" in answer.err


def test_evaluate_a_model_file_alone_has_no_pca(isthmus, digits_run, tmp_path):
    model = tmp_path / "model.safetensors"
    shutil.copy(digits_run / "model.safetensors", model)
    answer = isthmus("evaluate", model, "digits", "--json")
    assert answer.json["pca"] == {}
    assert answer.json["reconstruction"]["test"]["mse"] > 0
    assert "no PCA" in isthmus("evaluate", model, "digits").out
    answer = isthmus("evaluate", model)
    assert answer.code == 2
    assert "name a SOURCE" in answer.err


def test_info_says_what_a_model_is(isthmus, digits_run):
    facts = isthmus("info", digits_run, "--json").json
    assert facts["model"] == "Autoencoder"
    assert facts["latent_dim"] == 2
    assert facts["features"] == 64
    assert facts["image_shape"] == [8, 8, 1]
    assert facts["scaling"].startswith("range")
    assert facts["epochs"] == 2
    assert facts["parameters"] > 0
    assert facts["source"] == "digits"
    assert "jax" in facts["versions"]
    text = isthmus("info", digits_run).out
    assert "latent dim" in text
    assert "Autoencoder" in text


def test_info_names_the_columns_of_a_table(isthmus, table_run):
    facts = isthmus("info", table_run / "model.safetensors", "--json").json
    assert facts["feature_names"] == ["height", "width", "depth"]


def test_a_source_that_has_changed_since_the_fit_is_named(isthmus, tmp_path, table):
    source, run = tmp_path / "plants.csv", tmp_path / "run"
    lines = table.read_text().splitlines(keepends=True)
    source.write_text("".join(lines))
    isthmus("fit", source, "--out", run, "--label", "species", "--epochs", 1, "--quiet")
    assert "is not what it was" not in isthmus("evaluate", run).err
    source.write_text("".join([lines[0], *lines[:0:-1]]))  # the same examples in another order
    assert "is not what it was when the model was fitted" in isthmus("evaluate", run).err
