"""Shapes checked at run time in the mathematical core, and small models to try it on.

isthmus is imported within the fixtures, after the hook that checks shapes.
"""

import gc
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Self

import equinox as eqx
import hypothesis
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from beartype import BeartypeConf, FrozenDict, beartype
from jaxtyping import install_import_hook

FAST_COMPILATION = (
    "--xla_backend_optimization_level=0",
    "--xla_cpu_use_fusion_emitters=false",
    "--xla_cpu_parallel_codegen_split_count=1",
)
"""XLA options that compile in a third of the time, for programs that run for an instant each."""


def _known_options(options: tuple[str, ...]) -> str:
    """Return the options that this version of XLA knows: it aborts the process at any other."""
    command = [sys.executable, "-c", "import jax; jax.devices()"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    tries = [
        subprocess.Popen(command, env=os.environ | {"XLA_FLAGS": option}, **quiet)
        for option in options
    ]
    return " ".join(option for option, run in zip(options, tries, strict=True) if run.wait() == 0)


if "XLA_FLAGS" not in os.environ:  # `XLA_FLAGS= pytest` compiles as a user's program does
    os.environ["XLA_FLAGS"] = _known_options(FAST_COMPILATION)  # workers inherit it

CORE = (
    "records", "specifications", "checks", "activations", "corruption", "latents", "likelihoods",
    "bounds", "penalties", "heads", "scaling", "networks", "model",
)  # fmt: skip
"""The modules whose annotations hold array shapes."""

HINTS = {
    Self: object,  # beartype knows it only where it decorates the class too
    np.number: object,  # a part of `Number`: isthmus itself checks its settings, by name
}

checker = ModuleType("shape_checker")  # the hook wants its checker by the name of a module
checker.check = beartype(  # pyright: ignore[reportAttributeAccessIssue]
    conf=BeartypeConf(is_pep484_tower=True, hint_overrides=FrozenDict(HINTS))
)
sys.modules[checker.__name__] = checker
install_import_hook([f"isthmus.{name}" for name in CORE], "shape_checker.check")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a script's background jobs
    signal.signal(signal.SIGINT, signal.default_int_handler)

hypothesis.settings.register_profile("isthmus", deadline=None)  # compiling takes its time
hypothesis.settings.load_profile("isthmus")

MAPPINGS = Path("/proc/self/maps")  # there is none but on Linux


LONG = ("test_contract", "test_scikit_learn", "test_reproduce")
"""Files that two workers share: by recipe, by estimator, by study."""


def pytest_addoption(parser):
    parser.addoption(
        "--share", type=int, default=1, metavar="N", help="run every Nth test of every file"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Keep the share of the tests; tell workers what to keep together: a file, or a part of it."""
    items[:] = [item for place, item in enumerate(items) if place % config.getoption("share") == 0]
    for item in items:
        group = item.path.stem
        if group in LONG and hasattr(item, "callspec"):
            known = item.callspec.params
            group += f"-{known.get('name', type(known.get('estimator')).__name__)}"
        item.add_marker(pytest.mark.xdist_group(group))


MOST_MAPPINGS = 16_000
"""Every compiled program takes memory maps; Linux allows a process about four times as many."""


@pytest.fixture(autouse=True)
def _release_programs():
    """Let go of compiled programs in time: thousands in one process exhaust its memory maps."""
    yield
    if MAPPINGS.exists() and MAPPINGS.read_bytes().count(b"\n") > MOST_MAPPINGS:
        jax.clear_caches()
        gc.collect()


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""What the system may call the browser that pages are looked at in; none is ever downloaded."""


@pytest.fixture(scope="module")
def chromium():
    """Return the system's Chromium, driven by Playwright; skip where one of them is missing."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium is installed, so no page is looked at")
    driver = pytest.importorskip("playwright.sync_api", reason="the extra test is not installed")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def compilations():
    """Return a list that grows by one with every program compiled; none is yet."""
    jax.clear_caches()
    counted = []

    def hear(event: str, seconds: float, **_) -> None:
        if event == "/jax/core/compile/backend_compile_duration":
            counted.append(seconds)

    jax.monitoring.register_event_duration_secs_listener(hear)
    yield counted
    jax.monitoring.unregister_event_duration_listener(hear)


@pytest.fixture(scope="session")
def make_model():
    """Return a function that fills the slots with small members, or with those named."""
    from isthmus import bounds, latents, likelihoods, networks
    from isthmus.model import Model
    from isthmus.scaling import Scaling

    def make(features=6, latent_dim=2, *, network=None, image_shape=None, seed=0, **slots):
        rng = np.random.default_rng(seed)
        latent = slots.get("latent", latents.Deterministic())
        spec = network or networks.Dense(hidden=(5,), activation="tanh")
        width = latent.width(latent_dim)
        encoder = spec.build(features, width, rng=rng, image_shape=image_shape)
        filled = {
            "scaling": Scaling.create(np.zeros(features), np.ones(features)),
            "corruption": None,
            "encoder": encoder,
            "latent": latent,
            "decoder": networks.mirror(encoder, latent_dim, rng),
            "likelihood": likelihoods.Gaussian(),
            "bound": bounds.ELBO(),
            "penalties": (),
            "heads": (),
            "latent_dim": latent_dim,
        }
        return Model(**(filled | slots))

    return make


@pytest.fixture(scope="session")
def make_context():
    """Return a function that makes the context of a training step of ``n`` examples."""
    from isthmus.records import Context

    def make(n, *, seed=0, weights=None, epoch=0.0, training=True):
        weights = jnp.ones(n) if weights is None else jnp.asarray(weights, jnp.float32)
        return Context(jax.random.key(seed), weights, jnp.asarray(epoch, jnp.float32), training)

    return make


@pytest.fixture(scope="session")
def forward():
    """Return a function that runs a model forward, compiled once for all hyperparameters."""
    from isthmus.model import partition

    @eqx.filter_jit
    def run(parameters, rest, x, target, context):
        return eqx.combine(parameters, rest).forward(x, target, context)

    return lambda model, x, target, context: run(*partition(model), x, target, context)


@pytest.fixture(scope="session")
def normals():
    """Return a function that draws standard normal arrays, float32, seeded by their shape."""

    def draw(*shape, seed=0):
        rng = np.random.default_rng([seed, *shape])
        return jnp.asarray(rng.standard_normal(shape), jnp.float32)

    return draw
