"""Errors and warnings that come through the command line speak of options."""

import warnings

import numpy as np
import pytest

from isthmus.cli.language import speaking, translate, untranslated
from isthmus.errors import SettingError

WORDS = {
    "label": "--label",
    "array": "--array",
    "latent_dim": "--latent-dim",
    "n_jobs": "--jobs",
    "hidden": "--hidden",
    "start": "--start",
    "tied": "--tied",
    "decoder": "--decoder",
}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            'drop it, or pass label="species" if it holds',
            "drop it, or pass --label species if it holds",
        ),
        ("it is not clear; name it with array=.", "it is not clear; name it with --array."),
        ("latent_dim is 0; it must be", "--latent-dim is 0; it must be"),
        ("The sweep: n_jobs is 0; it must be", "The sweep: --jobs is 0; it must be"),
        ("set latent_dim=3, or rotate", "set --latent-dim 3, or rotate"),
        ("set latent_dim=3.", "set --latent-dim 3."),
        ("change it, or latent_dim.", "change it, or --latent-dim."),
        ("use hidden=(128, 64) here", "use --hidden 128,64 here"),
        ("it is, by start=[-999, 9999]", "it is, by --start -999,9999"),
        ("try start=['<0.05', 'a b'] now", "try --start '<0.05,a b' now"),
        ("use start='random'.", "use --start random."),
        ("set tied=True for it", "set --tied for it"),
        ("label='a b' is it", "--label 'a b' is it"),
        # and what stays as it is
        ("no decoder (decoder=None), so", "no decoder (decoder=None), so"),
        ("the label is missing", "the label is missing"),
        ("where the start is", "where the start is"),
        ("There is no column 'latent_dim'", "There is no column 'latent_dim'"),
        ('It has "n_jobs", "b"', 'It has "n_jobs", "b"'),
        ("Known are latent_dim, encoder", "Known are latent_dim, encoder"),
        ("my_latent_dim=3 and latent_dims", "my_latent_dim=3 and latent_dims"),
        ("it's label=2, isn't it", "it's --label 2, isn't it"),
    ],
)
def test_parameters_become_options(sentence, expected):
    with speaking(lambda: WORDS):
        assert translate(sentence) == expected
    assert translate(sentence) == sentence  # without a verb nothing is translated


def test_an_error_is_translated_once_and_keeps_its_kind():
    with pytest.raises(SettingError, match=r"^--latent-dim is 0\.$"), speaking(lambda: WORDS):
        raise SettingError("latent_dim is 0.")
    with (
        pytest.raises(SettingError, match=r"^latent_dim is 0, --jobs 3\.$"),
        speaking(lambda: WORDS),
        untranslated(["latent_dim"]),
    ):
        raise SettingError("latent_dim is 0, n_jobs=3.")


def test_the_words_of_the_data_become_options(isthmus, tmp_path):
    (tmp_path / "t.csv").write_text("a,kind\n1,x\n2,y\n3,x\n")
    np.savez(tmp_path / "two.npz", a=np.eye(3), b=np.eye(3))
    for verb in (("data", "info"), ("fit",)):
        answer = isthmus(*verb, tmp_path / "two.npz")
        assert answer.code == 2
        assert "name it with --array." in answer.err


def test_warnings_speak_of_options_too(isthmus, monkeypatch):
    from isthmus import data

    original = data.open_source

    def warn(*args, **kwargs):
        warnings.warn('pass label="kind" or image_shape=(2, 2)', UserWarning, stacklevel=2)
        return original(*args, **kwargs)

    monkeypatch.setattr(data, "open_source", warn)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warnings, "filters", [])
        answer = isthmus("data", "info", "digits")
    assert answer.err == "isthmus: warning: pass --label kind or --image-shape 2x2\n"


def test_a_verb_of_a_model_speaks_of_the_options_of_a_fit(isthmus, digits_run):
    answer = isthmus("evaluate", digits_run, "--log-likelihood", 5)
    assert answer.code == 2
    assert "fit with --latent gaussian" in answer.err
