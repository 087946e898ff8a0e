import json

import pytest


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "settings.toml"

    def write(text):
        path.write_text(text)
        return path

    return write


def test_a_file_sets_what_options_set_and_the_command_line_wins(isthmus, tmp_path, config):
    from isthmus import load, penalties

    path = config(
        'latent-dim = 3\nhidden = [12, 6]\nepochs = 9\npenalty = "l1:0.5"\ntied = true\n'
        "validation_fraction = 0.2\nquiet = true\n"
    )
    run = tmp_path / "run"
    answer = isthmus("fit", "digits", "--config", path, "--epochs", 1, "--out", run)
    assert (answer.code, answer.err) == (0, "")
    settings = load(run / "model.safetensors").get_params(deep=False)
    expected = {"latent_dim": 3, "hidden": (12, 6), "epochs": 1, "decoder": "tied"}
    assert {name: settings[name] for name in expected} == expected
    assert tuple(settings["penalties"]) == (penalties.L1(0.5),)
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["reconstruction"]["validation"]["examples"] == 359


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("epoch = 3", "did you mean 'epochs'"),
        ("epochs = = 3", "is not TOML"),
        ('epochs = "many"', "--epochs"),
        ("[training]\nepochs = 3", "There is no option 'training'"),
        ("source = 'digits'", "There is no option 'source'"),
        ("epochs = {a = 1}", "--epochs"),
    ],
)
def test_a_wrong_file_is_named(isthmus, tmp_path, config, text, words):
    answer = isthmus("fit", "digits", "--config", config(text), "--out", tmp_path / "run")
    assert answer.code == 2
    assert words in answer.err
    assert len(answer.err.splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_a_missing_file_is_named(isthmus, tmp_path):
    answer = isthmus("fit", "digits", "--config", tmp_path / "none.toml")
    assert answer.code == 2
    assert "does not exist" in answer.err
