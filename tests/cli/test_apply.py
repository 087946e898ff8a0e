import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest
from PIL import Image
from sklearn.datasets import load_digits


def size(path):
    with Image.open(path) as image:
        return image.size


@pytest.fixture(scope="module")
def estimator(digits_run):
    import isthmus

    return isthmus.load(digits_run / "model.safetensors")


@pytest.fixture(scope="module")
def images():
    return load_digits().images.astype(np.uint8)


def test_encode_writes_the_estimators_codes_in_every_form(
    isthmus, digits_run, estimator, images, tmp_path
):
    for suffix in ("npy", "csv", "parquet"):
        out = tmp_path / f"codes.{suffix}"
        answer = isthmus("encode", digits_run, "digits", "--out", out)
        assert (answer.code, answer.out) == (0, f"wrote 1797x2 values to {out}\n")
    expected = estimator.transform(images)
    np.testing.assert_allclose(np.load(tmp_path / "codes.npy"), expected, rtol=1e-5)
    names = list(estimator.get_feature_names_out())
    tables = [
        pyarrow.csv.read_csv(tmp_path / "codes.csv"),
        pyarrow.parquet.read_table(tmp_path / "codes.parquet"),
    ]
    for table in tables:
        assert table.column_names == names
        read = np.stack([table[name].to_numpy() for name in names], axis=1)
        np.testing.assert_allclose(read, expected, rtol=1e-4, atol=1e-6)


def test_a_model_file_does_as_well_as_its_run(isthmus, digits_run, tmp_path):
    for run in (digits_run, digits_run / "model.safetensors"):
        assert isthmus("encode", run, "digits", "--out", tmp_path / f"{run.name}.npy").code == 0
    np.testing.assert_array_equal(
        np.load(tmp_path / "digits.npy"), np.load(tmp_path / "model.safetensors.npy")
    )


def test_decode_undoes_encode_as_reconstruct_does(isthmus, digits_run, estimator, images, tmp_path):
    codes, decoded, whole = (tmp_path / f"{name}.npy" for name in ("codes", "decoded", "whole"))
    isthmus("encode", digits_run, "digits", "--out", codes)
    assert isthmus("decode", digits_run, codes, "--out", decoded).code == 0
    assert isthmus("reconstruct", digits_run, "digits", "--out", whole).code == 0
    np.testing.assert_allclose(np.load(decoded), np.load(whole), atol=1e-4)
    np.testing.assert_allclose(np.load(whole), estimator.reconstruct(images), atol=1e-4)


def test_reconstructions_of_images_become_pictures(isthmus, digits_run, tmp_path):
    source = tmp_path / "few.npy"
    np.save(source, load_digits().images[:5].astype(np.uint8))
    assert isthmus("reconstruct", digits_run, source, "--out", f"{tmp_path}/pictures/").code == 0
    files = sorted((tmp_path / "pictures").iterdir())
    assert len(files) == 5
    assert size(files[0]) == (8, 8)
    sheet = tmp_path / "sheet.png"
    assert isthmus("reconstruct", digits_run, source, "--out", sheet).code == 0
    assert size(sheet) == (3 * 66 + 2, 2 * 66 + 2)


def test_denoise_warns_of_a_model_that_never_saw_noise(isthmus, digits_run, tmp_path):
    out = tmp_path / "clean.npy"
    answer = isthmus("denoise", digits_run, "digits", "--out", out)
    assert answer.code == 0
    assert "fitted without corruption" in answer.err
    assert np.load(out).shape == (1797, 8, 8)


def test_denoise_corrupts_a_clean_source_when_asked(isthmus, tmp_path):
    run = tmp_path / "run"
    isthmus(
        "fit", "digits", "--recipe", "denoising", "--latent-dim", 8, "--hidden", 16,
        "--epochs", 1, "--limit", 200, "--out", run, "--quiet",
    )  # fmt: skip
    outs = [tmp_path / f"{name}.npy" for name in ("plain", "noisy", "again", "other")]
    options = ((), ("--corrupt",), ("--corrupt",), ("--corrupt", "--seed", 1))
    for out, more in zip(outs, options, strict=True):
        answer = isthmus("denoise", run, "digits", "--out", out, *more)
        assert (answer.code, answer.err) == (0, "")
    plain, noisy, again, other = (np.load(out) for out in outs)
    np.testing.assert_array_equal(noisy, again)
    assert not np.array_equal(plain, noisy)
    assert not np.array_equal(noisy, other)


def test_generate_is_a_function_of_the_seed(isthmus, digits_run, tmp_path):
    outs = [tmp_path / f"{name}.npy" for name in "abc"]
    for out, seed in zip(outs, (0, 0, 1), strict=True):
        argv = ("generate", digits_run, "--n", 5, "--seed", seed, "--out", out)
        assert isthmus(*argv).code == 0
    a, b, c = (np.load(out) for out in outs)
    assert a.shape == (5, 8, 8)
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


def test_generate_fits_a_sampler_to_the_runs_own_codes_or_to_others(
    isthmus, digits_run, images, tmp_path
):
    few = tmp_path / "few.npy"
    np.save(few, images[:80])
    outs = [tmp_path / f"{name}.npy" for name in "abcd"]
    own = ("--sampler", "mixture:3")
    for out, options in zip(outs, (own, own, (*own, "--source", few), ()), strict=True):
        assert isthmus("generate", digits_run, "--n", 5, "--out", out, *options).code == 0
    a, b, c, d = (np.load(out) for out in outs)
    np.testing.assert_array_equal(a, b)
    assert a.shape == (5, 8, 8)
    assert not np.array_equal(a, c)
    assert not np.array_equal(a, d)


def test_a_table_is_generated_by_a_sampler_too(isthmus, table_run):
    answer = isthmus("generate", table_run, "--sampler", "kernel_density", "--n", 3, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert np.shape(answer.json["values"]) == (3, 3)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--sampler", "mixtur"), "did you mean 'mixture'"),
        (("--sampler", "mixture:width=3"), "it takes components, covariance, random_state"),
        (("--sampler", "prior"), "has no prior to sample from"),
        (("--sampler", "autoregressive"), "needs codes of finitely many values"),
        (("--source", "digits"), "--source needs --sampler"),
    ],
)
def test_a_sampler_that_cannot_be_is_refused(isthmus, digits_run, options, sentence):
    answer = isthmus("generate", digits_run, *options)
    assert answer.code == 2
    assert sentence in " ".join(answer.err.split())


def test_a_bare_model_file_needs_a_source_for_its_sampler(isthmus, digits_run, tmp_path):
    model = tmp_path / "model.safetensors"
    model.write_bytes((digits_run / "model.safetensors").read_bytes())
    answer = isthmus("generate", model, "--sampler", "normal")
    assert answer.code == 2
    assert "name a --source" in answer.err
    assert isthmus("generate", model, "--sampler", "normal", "--source", "digits").code == 0


def test_interpolate_begins_and_ends_at_reconstructions(
    isthmus, digits_run, estimator, images, tmp_path
):
    out = tmp_path / "walk.npy"
    answer = isthmus(
        "interpolate", digits_run, "digits", "--from", 3, "--to", -1, "--steps", 5, "--out", out
    )
    assert answer.code == 0
    walk = np.load(out)
    assert len(walk) == 5
    ends = estimator.reconstruct(images[[3, -1]])
    np.testing.assert_allclose(walk[[0, -1]], ends, atol=1e-4)
    sheet = tmp_path / "walk.png"
    isthmus("interpolate", digits_run, "digits", "--steps", 5, "--out", sheet)
    assert size(sheet) == (5 * 66 + 2, 66 + 2)


def test_score_gives_error_and_likelihood(isthmus, digits_run, estimator, images, tmp_path):
    out = tmp_path / "scores.csv"
    assert isthmus("score", digits_run, "digits", "--out", out).code == 0
    table = pyarrow.csv.read_csv(out)
    assert table.column_names == ["mse", "log_likelihood"]
    np.testing.assert_allclose(table["mse"], estimator.measure(images)["errors"], rtol=1e-4)
    np.testing.assert_allclose(table["log_likelihood"], estimator.score_samples(images), rtol=1e-4)


def test_without_out_the_beginning_is_shown(isthmus, digits_run):
    answer = isthmus("encode", digits_run, "digits")
    assert answer.code == 0
    assert "autoencoder0" in answer.out
    assert "1797 examples of 2 values" in answer.out


def test_json_holds_every_value(isthmus, digits_run, estimator, images):
    answer = isthmus("encode", digits_run, "digits", "--json")
    assert answer.json["columns"] == list(estimator.get_feature_names_out())
    np.testing.assert_allclose(answer.json["values"], estimator.transform(images), rtol=1e-4)


def test_json_names_what_was_written(isthmus, digits_run, tmp_path):
    out = tmp_path / "codes.npy"
    answer = isthmus("encode", digits_run, "digits", "--out", out, "--json")
    assert answer.json == {"out": str(out), "shape": [1797, 2]}


def test_a_table_is_matched_by_the_names_of_its_columns(isthmus, table, table_run, tmp_path):
    straight = tmp_path / "straight.csv"
    answer = isthmus("reconstruct", table_run, table, "--label", "species", "--out", straight)
    assert (answer.code, answer.err) == (0, "")
    names = pyarrow.csv.read_csv(straight).column_names
    assert names == ["height", "width", "depth"]
    columns = pyarrow.csv.read_csv(table)
    shuffled, permuted = tmp_path / "shuffled.csv", tmp_path / "permuted.csv"
    more = columns.select(["depth", "height", "width"]).append_column("age", columns["depth"])
    pyarrow.csv.write_csv(more, shuffled)
    assert isthmus("reconstruct", table_run, shuffled, "--out", permuted).code == 0
    assert permuted.read_text() == straight.read_text()


def test_a_missing_column_is_named(isthmus, table, table_run, tmp_path):
    lacking = tmp_path / "lacking.csv"
    pyarrow.csv.write_csv(pyarrow.csv.read_csv(table).select(["height", "depth"]), lacking)
    answer = isthmus("encode", table_run, lacking)
    assert answer.code == 2
    assert "no column 'width'" in answer.err


def test_force_replaces_a_file(isthmus, digits_run, tmp_path):
    out = tmp_path / "codes.npy"
    out.write_text("precious")
    assert isthmus("encode", digits_run, "digits", "--out", out).code == 2
    assert out.read_text() == "precious"
    assert isthmus("encode", digits_run, "digits", "--out", out, "--force").code == 0
    assert np.load(out).shape == (1797, 2)


def test_missing_entries_of_a_table_are_filled_in(isthmus, tmp_path):
    rng = np.random.default_rng(0)
    table = rng.normal(size=(60, 1)) * [1, 2, -1, 3] + 0.1 * rng.normal(size=(60, 4))
    holes = rng.random(table.shape) < 0.2
    holed, run, out = tmp_path / "holed.npy", tmp_path / "run", tmp_path / "filled.npy"
    np.save(holed, np.where(holes, np.nan, table))
    argv = ["fit", holed, "--out", run, "--latent-dim", "1", "--hidden", "8", "--epochs", "2"]
    fitted = isthmus(*argv, "--quiet", "--json").json  # with nothing set
    for part in ("reconstruction", "pca"):
        assert 0 < fitted[part]["test"]["mse_input"] < 5
    assert isthmus("impute", run, holed, "--out", out).code == 0
    filled = np.load(out)
    np.testing.assert_allclose(filled[~holes], table[~holes], rtol=1e-6)
    assert np.isfinite(filled).all()
    assert isthmus("impute", run, holed, "--out", tmp_path / "filled.csv").code == 0
    assert isthmus("evaluate", run, "--json").code == 0


def test_a_table_that_is_filled_in_keeps_its_other_cells(isthmus, tmp_path):
    rng = np.random.default_rng(0)
    rows = [[f"{x:.3f}", f"{2 * x:.2f}", str(i), "ab"[i % 2]] for i, x in enumerate(rng.random(40))]
    rows[3][1] = rows[7][0] = ""
    holed, run, out = tmp_path / "holed.csv", tmp_path / "run", tmp_path / "filled.csv"
    holed.write_text("\n".join(map(";".join, [["a", "b", "id", "kind"], *rows])))
    argv = ["fit", holed, "--label", "kind", "--out", run, "-d", 1, "--hidden", 8, "--epochs", 2]
    assert isthmus(*argv, "--quiet").code == 0
    assert isthmus("impute", run, holed, "--out", out).code == 0
    filled = [line.split(";") for line in out.read_text().replace('"', "").splitlines()]
    assert filled[0] == ["a", "b", "id", "kind"]
    assert np.isfinite(float(filled[4][1]))
    assert np.isfinite(float(filled[8][0]))
    for found, row in zip(filled[1:], rows, strict=True):
        assert [float(one) for one, own in zip(found[:2], row, strict=False) if own] == [
            float(own) for own in row[:2] if own
        ]
        assert found[2:] == row[2:]


def test_a_model_without_missing_entries_says_how_to_get_one_that_imputes(isthmus, tmp_path, table):
    run, holes = tmp_path / "run", tmp_path / "holes.csv"
    isthmus("fit", table, "--out", run, "--label", "species", "--epochs", 1, "--quiet")
    lines = table.read_text().splitlines()
    holes.write_text("\n".join([lines[0], ",1.0,2.0,oak", *lines[2:]]))
    answer = isthmus("impute", run, holes, "--label", "species", "--out", tmp_path / "full.csv")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "--likelihood masked" in answer.err
    answer = isthmus("encode", run, holes, "--label", "species")
    assert 'fit with the likelihood "masked"' in answer.err
