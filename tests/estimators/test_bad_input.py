"""Every mistake ends in a sentence that says what was found, what was expected, what to do."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from isthmus import Autoencoder
from isthmus.errors import DataError, SettingError
from isthmus.latents import Gaussian as GaussianLatent
from isthmus.latents import Mixture, VectorQuantised
from isthmus.networks import Convolutional


def with_values(digits, *values) -> np.ndarray:
    x = digits.copy()
    x[3, 4 : 4 + len(values)] = values
    return x


DATA = {
    "NaN": (
        lambda d: with_values(d, np.nan, np.nan),
        DataError,
        "X holds 2 missing and 0 infinite values, the first at example 3, index 4",
    ),
    "infinite": (
        lambda d: with_values(d, np.inf, -np.inf, np.nan),
        DataError,
        "X holds 1 missing and 2 infinite values, the first at example 3, index 4",
    ),
    "too large": (
        lambda d: with_values(d, 1e300),
        DataError,
        "The greatest absolute value is 1e.300, beyond what single precision holds",
    ),
    "one example": (lambda d: d[:1], ValueError, "1 sample.*a minimum of 2 is required"),
    "no example": (lambda d: d[:0], ValueError, "0 sample.*a minimum of 2 is required"),
    "one feature": (lambda d: d[:, :1], ValueError, "1 feature.*a minimum of 2 is required"),
    "constant": (
        lambda d: np.ones((30, 4)),
        DataError,
        "All 30 examples are the same: every feature is constant, so there is nothing to learn",
    ),
    "text": (
        lambda d: np.array([["a", "b"]] * 9),
        DataError,
        "X holds text .*'a'.*numbers are needed: drop such columns or encode them",
    ),
}


@pytest.mark.parametrize("case", DATA)
def test_data_that_cannot_be_learned_from(case, make, digits) -> None:
    spoil, kind, words = DATA[case]
    with pytest.raises(kind, match=words) as caught:
        make(likelihood="gaussian").fit(spoil(digits))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("case", ["NaN", "infinite", "one example", "constant", "one feature"])
@pytest.mark.parametrize("limit", [2e9, 0], ids=["read", "streamed"])
def test_the_same_on_disk(case, limit, make, digits, tmp_path) -> None:
    spoil, _, _ = DATA[case]
    np.save(tmp_path / "x.npy", spoil(digits))
    with pytest.raises(DataError) as caught:
        make(memory_limit=limit, likelihood="gaussian").fit(
            np.load(tmp_path / "x.npy", mmap_mode="r")
        )
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("dtype", ["U3", "O", "c8", "M8[s]"])
def test_a_reader_of_other_things_than_numbers_is_refused(make, dtype) -> None:
    class Reader:
        shape = (30, 4)

        def __init__(self):
            self.dtype = np.dtype(dtype)

        def __len__(self):
            return 30

        def __getitem__(self, index):
            raise AssertionError("nothing is to be read")

    with pytest.raises(DataError, match="The examples have type"):
        make().fit(Reader())


SETTINGS = [
    ({"latent_dim": 0}, "latent_dim is 0; it must be a whole number of at least 1"),
    ({"latent_dim": 2.5}, "latent_dim is 2.5; it must be a whole number"),
    ({"latent_dim": "auto"}, "latent_dim is 'auto'; it must be a whole number"),
    ({"epochs": -1}, "epochs is -1"),
    ({"epochs": "many"}, "epochs is 'many'; it must be a whole number"),
    ({"batch_size": 0}, "batch_size is 0"),
    ({"patience": True}, "patience is True"),
    ({"validation_fraction": 1.0}, r"validation_fraction is 1.0; it must be a number in \[0, 0.9"),
    ({"memory_limit": -1}, "memory_limit is -1"),
    ({"learning_rate": 0}, "learning_rate is 0"),
    ({"gradient_clip": -1.0}, "gradient_clip is -1.0"),
    ({"optimizer": "adma"}, "no optimizer 'adma'; did you mean 'adam'"),
    ({"schedule": "cosin"}, "no schedule 'cosin'; did you mean 'cosine'"),
    ({"callbacks": print}, "callbacks is <built-in function print>; it must be a list"),
    ({"callbacks": ["print"]}, "callbacks is .*; it must be a list of functions"),
    ({"encoder": "dens"}, "no encoder called 'dens'; did you mean 'dense'"),
    ({"decoder": "miror"}, "no decoder called 'miror'; did you mean 'mirror'"),
    ({"hidden": None}, "hidden is .None,.; it must be 'auto' or positive whole numbers"),
    ({"hidden": (8.5,)}, "hidden is .8.5,."),
    ({"hidden": (0,)}, "hidden is .0,."),
    ({"hidden": "64"}, "hidden is '64'"),
    ({"activation": "geluu"}, "no activation 'geluu'; did you mean 'gelu'"),
    ({"latent": "gausian"}, "no latent called 'gausian'; did you mean 'gaussian'"),
    ({"likelihood": "bernouli"}, "no likelihood called 'bernouli'; did you mean 'bernoulli'"),
    ({"corruption": "gausian"}, "no corruption called 'gausian'; did you mean 'gaussian'"),
    ({"corruption": 0.2}, "corruption is 0.2; it must be a name .* or a member of isthmus.corr"),
    ({"bound": "ebo"}, "no bound called 'ebo'; did you mean 'elbo'"),
    ({"penalties": ("l3",)}, "no penalties called 'l3'"),
    ({"scaling": "standrd"}, "no scaling 'standrd'; did you mean 'standard'"),
    ({"start": "pcaa"}, "no start called 'pcaa'; did you mean 'pca'"),
    (
        {"likelihood": "bernoulli", "scaling": "none"},
        r"Bernoulli needs values within \[0, 1\], and the scaled data has \[0, 16\]: use scaling",
    ),
]


@pytest.mark.parametrize(("settings", "words"), SETTINGS, ids=lambda part: str(part)[:40])
def test_settings_that_cannot_be(settings, words, make, digits) -> None:
    with pytest.raises(SettingError, match=words) as caught:
        make(**settings).fit(digits)
    assert "\n" not in str(caught.value)


def test_a_code_larger_than_the_examples_is_warned_of(make, digits) -> None:
    words = "latent_dim is 100, more than the 64 features, so the code can copy its input"
    with pytest.warns(UserWarning, match=words) as caught:
        make(latent_dim=100, epochs=0).fit(digits)
    assert len(caught) == 1
    assert caught[0].filename == __file__, "it points at the caller's line"


def test_a_large_code_that_is_held_back_is_not_warned_of(make, digits) -> None:
    make(latent_dim=100, epochs=0, penalties="l1").fit(digits)
    make(latent_dim=100, epochs=0, corruption="masking").fit(digits)


def test_the_wrong_number_of_features_is_named(fitted, digits) -> None:
    for verb in (fitted.transform, fitted.reconstruct, fitted.measure, fitted.score_samples):
        with pytest.raises(ValueError, match="X has 5 features, but Autoencoder is expecting 64"):
            verb(digits[:, :5])


def test_the_wrong_number_of_features_on_disk_is_named(fitted, digits, tmp_path) -> None:
    np.save(tmp_path / "x.npy", digits[:, :5])
    with pytest.raises(DataError, match="X has 5 features, but Autoencoder is expecting 64"):
        fitted.transform(np.load(tmp_path / "x.npy", mmap_mode="r"))


def test_codes_of_the_wrong_width_are_named(fitted) -> None:
    with pytest.raises(DataError, match="codes have 5 columns, and this model's code has 2"):
        fitted.inverse_transform(np.zeros((3, 5)))


def test_missing_values_to_encode_are_named(fitted, digits) -> None:
    with pytest.raises(DataError, match="X holds 1 missing"):
        fitted.transform(with_values(digits, np.nan))


VERBS = ["transform", "inverse_transform", "reconstruct", "corrupt", "scale", "unscale", "measure"]


@pytest.mark.parametrize("verb", [*VERBS, "score_samples", "score"])
def test_use_before_fit_is_named(verb, digits) -> None:
    with pytest.raises(
        NotFittedError, match=r"Autoencoder instance is not fitted yet\. Call 'fit'"
    ):
        getattr(Autoencoder(), verb)(digits)


def test_sampling_and_saving_before_fit_are_named(tmp_path) -> None:
    for use in (Autoencoder().sample, lambda: Autoencoder().save(tmp_path / "m.safetensors")):
        with pytest.raises(NotFittedError, match="not fitted yet"):
            use()


ALL_OF_THEM = {
    "NaN": "X holds 4 missing and 0 infinite values, the first at example 3, index 4",
    "infinite": "X holds 2 missing and 4 infinite values, the first at example 3, index 4",
    "too large": DATA["too large"][2],
}


@pytest.mark.parametrize("on_disk", [False, True])
@pytest.mark.parametrize("case", ALL_OF_THEM)
def test_data_that_cannot_be_encoded_is_described_whole(
    case, on_disk, fitted, digits, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("isthmus.estimators.inference.BLOCK_BYTES", 1)  # blocks of 256 examples
    spoil = DATA[case][0]
    spoilt = np.concatenate([spoil(digits), digits, spoil(digits)])
    if on_disk:
        np.save(tmp_path / "x.npy", spoilt)
        spoilt = np.load(tmp_path / "x.npy", mmap_mode="r")
    for verb in (fitted.transform, fitted.measure, fitted.score_samples):
        with pytest.raises(DataError, match=ALL_OF_THEM[case]):
            verb(spoilt)


HUGE = 99_999_999_999


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"latent_dim": HUGE}, "latent_dim is 99999999999; it must be at most 2147483647"),
        ({"batch_size": HUGE}, "batch_size is 99999999999; it must be at most"),
        ({"epochs": 2**31 - 1}, r"epochs is 2147483647, which makes \d+ steps"),
        ({"hidden": (HUGE,)}, "needs more memory.*weights.*hidden is .99999999999,"),
        ({"latent_dim": 2**31 - 1}, "needs more memory.*latent_dim is 2147483647,"),
        ({"hidden": "auto", "encoder": Convolutional((HUGE,))}, "needs more memory"),
        ({"latent_dim": 60, "latent": GaussianLatent(prior=Mixture(2**31 - 1))}, "more memory"),
        ({"latent_dim": 60, "latent": VectorQuantised(HUGE)}, "more memory"),
    ],
)
@pytest.mark.filterwarnings("ignore:latent_dim is")
def test_sizes_that_memory_cannot_hold(settings, words, digits) -> None:
    with pytest.raises(SettingError, match=words) as caught:
        Autoencoder(**{"hidden": (4,), "epochs": 1} | settings).fit(digits.reshape(-1, 8, 8))
    assert "\n" not in str(caught.value)
