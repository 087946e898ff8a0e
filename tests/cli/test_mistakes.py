import errno

import numpy as np
import pytest
from PIL import Image

FIT = ("--latent-dim", 1, "--hidden", 4, "--epochs", 1, "--quiet")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with sources that no one can learn from."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    good = rng.normal(size=(40, 3))
    np.save("good.npy", good)
    np.save("nan.npy", np.where(good > 1.5, np.nan, good))
    np.save("one.npy", good[:1])
    np.save("narrow.npy", good[:, :1])
    np.save("constant.npy", np.ones((40, 3)))
    np.save("objects.npy", np.array([{}, {}], dtype=object), allow_pickle=True)
    np.savez("two.npz", a=good, b=good)
    (tmp_path / "text.csv").write_text("a,b\n1,2\nx,3\n")
    (tmp_path / "ragged.csv").write_text("a,b\n1,2\n3\n")
    (tmp_path / "empty.csv").write_text("a,b\n")
    (tmp_path / "nothing").mkdir()
    (tmp_path / "mixed").mkdir()
    Image.new("L", (4, 4)).save("mixed/a.png")
    Image.new("L", (5, 4)).save("mixed/b.png")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"\x1f\x8b\x08\x00cut")
    (tmp_path / "model.safetensors").write_bytes(b"not a model")
    return tmp_path


def check_refused(answer, folder):
    """Exit code 2, one sentence, no traceback, nothing left behind."""
    assert answer.code == 2, answer
    assert answer.err.startswith("isthmus: ")
    assert answer.err.count("\n") == 1, answer.err
    assert answer.err.rstrip().endswith((".", "?")), answer.err
    assert "Traceback" not in answer.err
    assert not answer.err.startswith("isthmus: unexpected")
    assert not (folder / "run").exists()
    assert not [entry for entry in folder.iterdir() if entry.name.startswith(".")]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("missing.npy", "missing.npy"),
        ("digitz", "digits"),
        ("nothing", "nothing"),
        ("mixed", "b.png"),
        ("broken", "a.png"),
        ("one.npy", "1 example"),
        ("narrow.npy", "1 feature"),
        ("constant.npy", "constant"),
        ("objects.npy", "objects"),
        ("two.npz", "a, b"),
        ("ragged.csv", "ragged.csv"),
        ("empty.csv", "empty.csv"),
        ("train-images-idx3-ubyte.gz", "train-images-idx3-ubyte.gz"),
    ],
)
def test_data_that_cannot_be_learned_from(isthmus, here, source, words):
    answer = isthmus("fit", source, "--out", "run", *FIT)
    check_refused(answer, here)
    assert words in answer.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--recipe", "denoisin"), "did you mean 'denoising'"),
        (("--recipe", "conditional-vae"), "name their column by --label"),
        (("--architecture", "denze"), "did you mean 'dense'"),
        (("--corruption", "gausian:1"), "did you mean 'gaussian'"),
        (("--corruption", "masking:2"), "probability is 2"),
        (("--likelihood", "cauchy"), "There is no likelihood 'cauchy'"),
        (("--likelihood", "bernoulli", "--scaling", "none"), "[0, 1]"),
        (("--penalty", "l3:1"), "There is no penalty 'l3'"),
        (("--bound", "iwae"), "There is no bound 'iwae'"),
        (("--latent", "gausian"), "gaussian"),
        (("--activation", "gelo"), "gelo"),
        (("--optimizer", "adem"), "adem"),
        (("--schedule", "cosin"), "cosin"),
        (("--scaling", "maxmin"), "maxmin"),
        (("--start", "pcs"), "pcs"),
        (("--decoder", "mirrored"), "mirrored"),
        (("--decoder", "mirror", "--tied"), "contradict"),
        (("--latent-dim", "0"), "--latent-dim is 0"),
        (("--hidden", "64,x"), "--hidden is '64,x'"),
        (("--hidden", "64,0"), "--hidden is '64,0'"),
        (("--channels", "4"), "--architecture conv"),
        (("--architecture", "conv"), "image"),
        (("--image-shape", "2x2"), "image shape"),
        (("--image-shape", "big"), "--image-shape is 'big'"),
        (("--learning-rate", "-1"), "--learning-rate is -1"),
        (("--dropout", "1.5"), "dropout is 1.5"),
        (("--epochs", "many"), "--epochs"),
        (("--patience", "-1"), "--patience"),
        (("--batch-size", "0"), "--batch-size is 0"),
        (("--validation-fraction", "1"), "validation"),
        (("--test-fraction", "0.99"), "--test-fraction 0.99"),
        (("--label", "species"), "label"),
        (("--classifier",), "--label"),
        (("--classification-weight", "2"), "--classifier"),
        (("--array", "a"), "array"),
        (("--epoch", "3"), "--epochs"),
        (("extra",), "extra"),
    ],
)
def test_settings_that_cannot_be(isthmus, here, options, words):
    answer = isthmus("fit", "good.npy", "--out", "run", *FIT, *options)
    check_refused(answer, here)
    assert words in answer.err


def test_an_out_that_exists_is_refused_before_any_work(isthmus, here):
    (here / "taken").mkdir()
    answer = isthmus("fit", "missing.npy", "--out", "taken")
    check_refused(answer, here)
    assert "--force" in answer.err
    assert list((here / "taken").iterdir()) == []


def test_force_does_not_replace_what_is_no_run(isthmus, here):
    answer = isthmus("fit", "good.npy", "--out", "mixed", "--force", *FIT)
    check_refused(answer, here)
    assert len(list((here / "mixed").iterdir())) == 2


@pytest.mark.parametrize("out", ["good.npy/run", "good.npy"])
def test_a_place_that_may_not_be_written(isthmus, here, monkeypatch, out):
    import isthmus as package

    monkeypatch.setattr(package.Autoencoder, "fit", None)  # it is seen before anything is fitted
    check_refused(isthmus("fit", "good.npy", "--out", out, *FIT), here)


def test_a_full_disk_leaves_nothing(isthmus, here, monkeypatch):
    import isthmus as package

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "run")

    monkeypatch.setattr(package.Autoencoder, "save", full)
    answer = isthmus("fit", "good.npy", "--out", "run", *FIT)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert "space left" in answer.err.lower()
    assert not (here / "run").exists()
    assert not [entry for entry in here.iterdir() if entry.name.startswith(".")]


def test_training_that_leaves_the_finite_numbers_is_a_failed_run(isthmus, here):
    argv = ("--learning-rate", 500, "--optimizer", "sgd", "--schedule", "constant", "--epochs", 50)
    answer = isthmus("fit", "good.npy", "--out", "run", *FIT, *argv)
    assert answer.code == 1
    assert "learning rate" in answer.err
    assert answer.err.count("\n") == 1
    assert not (here / "run").exists()


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("encode", "missing", "good.npy"), "missing"),
        (("encode", "nothing", "good.npy"), "nothing"),
        (("encode", "model.safetensors", "good.npy"), "model.safetensors"),
        (("info", "model.safetensors"), "model.safetensors"),
        (("encode", "RUN", "good.npy"), "3 values per example"),
        (("reconstruct", "RUN", "good.npy"), "3 values per example"),
        (("decode", "RUN", "good.npy"), "2"),
        (("score", "RUN", "missing.npy"), "missing.npy"),
        (("encode", "RUN", "digits", "--out", "codes.png"), "not images"),
        (("encode", "RUN", "digits", "--out", "codes.doc"), ".csv"),
        (("encode", "RUN", "digits", "--out", "good.npy"), "--force"),
        (("interpolate", "RUN", "digits", "--from", "1797"), "--from is 1797"),
        (("interpolate", "RUN", "digits", "--steps", "1"), "--steps"),
        (("generate", "RUN", "--n", "0"), "--n"),
        (("evaluate", "RUN", "good.npy"), "3 values per example"),
        (("data", "info", "nothing"), "nothing"),
        (("data", "get", "minst"), "mnist"),
        (("encode", "RUN"), "SOURCE"),
        (("frobnicate",), "frobnicate"),
        (("--frobnicate",), "--frobnicate"),
    ],
)
def test_other_verbs_refuse_in_a_sentence(isthmus, here, digits_run, argv, words):
    answer = isthmus(*(digits_run if word == "RUN" else word for word in argv))
    check_refused(answer, here)
    assert words in answer.err


def test_nan_in_what_is_encoded_is_named(isthmus, here, tmp_path):
    run = tmp_path / "elsewhere"
    assert isthmus("fit", "good.npy", "--out", run, *FIT).code == 0
    answer = isthmus("encode", run, "nan.npy")
    check_refused(answer, here)
    assert "missing" in answer.err


@pytest.mark.parametrize(
    "argv", [("--debug", "data", "info", "x"), ("data", "info", "x", "--debug")]
)
def test_debug_prints_the_traceback_wherever_it_stands(isthmus, argv):
    answer = isthmus(*argv)
    assert answer.code == 2
    assert answer.err.startswith("Traceback")
    assert answer.err.splitlines()[-1].startswith("isthmus: ")


def test_the_unexpected_is_one_sentence_that_points_to_debug(isthmus, monkeypatch):
    from isthmus import data

    def explode(*_, **__):
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(data, "open_source", explode)
    answer = isthmus("data", "info", "digits")
    assert answer.code == 1
    assert answer.err == (
        "isthmus: unexpected ZeroDivisionError: by zero;"
        " run again with --debug for the traceback.\n"
    )


def test_a_warning_is_a_line_on_stderr(isthmus, monkeypatch):
    import warnings

    from isthmus import data

    original = data.open_source

    def warn(*args, **kwargs):
        warnings.warn("mind the gap", UserWarning, stacklevel=2)
        return original(*args, **kwargs)

    monkeypatch.setattr(data, "open_source", warn)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warnings, "filters", [])
        answer = isthmus("data", "info", "digits")
    assert answer.err == "isthmus: warning: mind the gap\n"


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (("fti", "digits"), "There is no verb 'fti'; did you mean 'fit'? Known are fit, map"),
        (("",), "There is no verb ''"),
        (
            ("fit", "digits", "--epoch", "3"),
            "there is no option '--epoch'; did you mean '--epochs'?",
        ),
        (("fit", "digits", "-z"), "there is no option '-z'; see 'isthmus fit --help'."),
        (("data", "inf"), "Did you mean 'info'? See 'isthmus data --help'."),
    ],
)
def test_a_near_name_is_suggested(isthmus, argv, sentence):
    answer = isthmus(*argv)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert sentence in answer.err
