"""A model leaves by the command line: checked, described, refused in a sentence."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest


@pytest.mark.parametrize("part", ["encoder", "decoder"])
def test_a_part_of_a_run_is_written_and_can_be_run(isthmus, digits_run, tmp_path, part):
    out = tmp_path / f"{part}.py"
    answer = isthmus("export", digits_run, "--part", part, "--out", out, "--json")
    assert answer.code == 0, answer.err
    facts = answer.json
    assert facts["deviation"] <= 1e-5
    assert facts["rows"] > 100  # the run's own test set
    namespace: dict = {}
    exec(out.read_text("utf-8"), namespace)
    (name, shape), (_, given) = *facts["inputs"].items(), *facts["outputs"].items()
    assert namespace[part](np.zeros((3, *shape))).shape == (3, *given)
    assert name == ("code" if part == "decoder" else "example")


def test_a_card_lies_beside_it(isthmus, digits_run, tmp_path):
    out = tmp_path / "encoder.py"
    answer = isthmus("export", digits_run, "--part", "encoder", "--out", out, "--card")
    assert answer.code == 0, answer.err
    card = (tmp_path / "README.md").read_text("utf-8")
    assert "# An autoencoder fitted to digits" in card
    assert "`encoder.py`: encoder as one Python file" in card
    assert "| test | 180 |" in card


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--out", "a.txt"], "ends in '.txt': end it in one of"),
        (["--out", "a.py", "--part", "predict"], "no head to predict with"),
        (["--out", "a.py", "--to", "onxx"], "did you mean 'onnx'"),
        (["--out", "nowhere/a.py"], "'nowhere', which is no folder"),
        (["--out", "taken.py"], "give --force to replace it"),
    ],
)
def test_it_is_refused_in_a_sentence(isthmus, digits_run, tmp_path, monkeypatch, argv, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.py").touch()
    answer = isthmus("export", digits_run, *argv)
    assert answer.code == 2
    assert words in answer.err
    assert [file.name for file in tmp_path.iterdir()] == ["taken.py"]


class StubHub:
    """Keeps what would have been sent."""

    sent: dict

    def create_repo(self, name, **how):
        type(self).sent = {"name": name, **how}

    def upload_folder(self, *, repo_id, folder_path, commit_message):
        from pathlib import Path

        type(self).sent["files"] = {p.name: p.read_bytes() for p in Path(folder_path).iterdir()}
        return f"hub:{repo_id}"


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", SimpleNamespace(HfApi=StubHub))
    return StubHub


def test_a_model_is_pushed_with_its_card(isthmus, digits_run, hub, tmp_path):
    import isthmus as package

    answer = isthmus("push", digits_run, "someone/digits")
    assert answer.code == 0, answer.err
    assert "sent: hub:someone/digits" in answer.out
    assert hub.sent["private"] is True
    files = hub.sent["files"]
    assert set(files) == {"model.safetensors", "README.md"}
    assert b"# An autoencoder fitted to digits" in files["README.md"]
    (tmp_path / "again.safetensors").write_bytes(files["model.safetensors"])
    assert package.load(tmp_path / "again.safetensors").n_features_in_ == 64


def test_a_name_without_an_owner_is_refused(isthmus, digits_run, hub):
    answer = isthmus("push", digits_run, "digits")
    assert answer.code == 2
    assert "it must be OWNER/NAME" in answer.err


def test_without_the_package_it_is_named(isthmus, digits_run, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    answer = isthmus("push", digits_run, "someone/digits")
    assert answer.code == 2
    assert "pip install 'isthmus[hub]'" in answer.err
