"""An export that is wrong, or cannot be run, is not written."""

import numpy as np
import pandas
import pytest

from isthmus import Autoencoder
from isthmus.errors import SettingError
from isthmus.export import export, numpy_writer, proof, running


def test_a_difference_is_refused_and_its_layer_named(estimators, batch, tmp_path, monkeypatch):
    monkeypatch.setitem(numpy_writer.PLAIN, "tanh", "np.tanh({}) * 1.001")
    with pytest.raises(SettingError, match="differs from the layer 'encoder/layer 1' on"):
        export(estimators("vae"), tmp_path / "a.py", part="reconstruct", X=batch[0])
    with pytest.raises(SettingError, match=r"differs .* by at most .* on 60 examples.*1e-05 is"):
        export(estimators("vae"), tmp_path / "a.py", part="encoder", X=batch[0])
    assert not list(tmp_path.iterdir())


def test_a_difference_in_what_leaves_the_model_is_found(estimators, batch, tmp_path, monkeypatch):
    monkeypatch.setitem(numpy_writer.PLAIN, "logistic", "1 / (1 + np.exp(-{})) + 0.001")
    with pytest.raises(SettingError, match="differs from the layer 'output' on"):
        export(estimators("vae"), tmp_path / "a.py", part="decoder", X=batch[0])


def test_without_the_tool_nothing_is_written_but_by_an_explicit_option(
    estimators, batch, tmp_path, monkeypatch
):
    monkeypatch.setattr(running.shutil, "which", lambda name: None)
    for suffix, tool in ((".js", "node"), (".c", "cc")):
        file = tmp_path / f"a{suffix}"
        with pytest.raises(SettingError, match=f"by {tool}, which is not installed"):
            export(estimators("vae"), file, part="encoder", X=batch[0])
        assert not file.exists()
        written = export(estimators("vae"), file, part="encoder", X=batch[0], unchecked=True)
        assert written.proof is None
        assert "was not checked" in written.describe()
        assert file.exists()


def test_rows_at_which_rounding_decides_are_counted_and_not_compared(estimators, monkeypatch):
    """A step at 0.5 is decided by the last bit there, and by nothing near 0.2."""
    estimator = estimators("vae")
    step = lambda x: (x[:, :1] > 0.5).astype(float)  # noqa: E731
    part = proof.PARTS["encoder"]._replace(reference=lambda e, x, labels: step(x))
    monkeypatch.setitem(proof.PARTS, "encoder", part)
    x = np.full((200, 64), 0.2, np.float32)
    x[7, 0] = np.nextafter(np.float32(0.5), np.float32(1))
    batch = proof.Batch({"example": x}, None, step(x), np.asarray(1.0))
    edges = proof._on_edge(estimator, "encoder", batch, np.array([3, 7]))
    assert edges.tolist() == [False, True]


def test_examples_are_made_where_none_are_given(estimators, tmp_path):
    written = export(estimators("vae"), tmp_path / "a.py", part="encoder")
    assert written.proof.rows == proof.ROWS


def test_the_format_is_that_of_the_suffix_or_is_asked_for(estimators, tmp_path):
    with pytest.raises(SettingError, match=r"ends in '.txt': end it in one of .onnx, .py"):
        export(estimators("vae"), tmp_path / "a.txt")
    with pytest.raises(SettingError, match=r"no export format 'torch'.*onnx, numpy, js, c"):
        export(estimators("vae"), tmp_path / "a.txt", to="torch")


def test_an_unknown_part_names_the_known_ones(estimators, tmp_path):
    with pytest.raises(SettingError, match="did you mean 'encoder'"):
        export(estimators("vae"), tmp_path / "a.py", part="encode")
    with pytest.raises(SettingError, match="no head to predict with"):
        export(estimators("vae"), tmp_path / "a.py", part="predict")


def test_a_table_is_exported_as_its_encoded_columns(tmp_path):
    rng = np.random.default_rng(0)
    rows = {
        "age": rng.normal(40, 9, 80),
        "town": rng.choice(["north", "south", "east"], 80),
        'a "quoted" */ name': rng.normal(0, 1, 80),
    }
    table = pandas.DataFrame(rows)
    fitted = Autoencoder(2, hidden=(8,), epochs=1, random_state=0).fit(table)
    for suffix in (".py", ".js", ".c"):
        file = tmp_path / f"table{suffix}"
        written = export(fitted, file, part="reconstruct", X=table)
        assert written.proof.deviation <= 1e-5
        assert "age" in file.read_text("utf-8")
    assert export(fitted, tmp_path / "t.py", part="encoder").proof.rows == proof.ROWS


def test_images_keep_their_order(estimators, batch, tmp_path):
    """The export takes flat rows of the same images that the estimator takes whole."""
    whole = export(estimators("convolutional"), tmp_path / "a.py", part="encoder", X=batch[0])
    flat = export(
        estimators("convolutional"), tmp_path / "b.py", part="encoder", X=batch[0].reshape(-1, 64)
    )
    assert whole.proof == flat.proof
