"""Importing isthmus costs nothing until something of it is used."""

import subprocess
import sys

import pytest

import isthmus

HEAVY = ("numpy", "scipy", "jax", "equinox", "optax", "sklearn", "matplotlib", "pandas", "pyarrow")


def printed(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_import_loads_nothing_heavy() -> None:
    program = f"import sys, isthmus; dir(isthmus); print([m for m in {HEAVY} if m in sys.modules])"
    assert printed(program) == "[]"


def test_data_is_read_without_jax() -> None:
    program = (
        "import sys, numpy, isthmus; isthmus.open_source(numpy.eye(3));"
        "print([m for m in ('jax', 'equinox', 'sklearn') if m in sys.modules])"
    )
    assert printed(program) == "[]"


def test_an_estimator_loads_no_more_of_scikit_learn_than_its_base() -> None:
    program = (
        "import sys, isthmus; isthmus.Autoencoder;"
        "print({m.split('.')[1] for m in sys.modules if m.startswith('sklearn.')}"
        " & {'linear_model', 'metrics', 'model_selection', 'neighbors', 'preprocessing'},"
        " 'matplotlib' in sys.modules)"
    )
    assert printed(program) == "set() False"


@pytest.mark.parametrize("name", isthmus.__all__)
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(isthmus, name) is not None


def test_public_names_resolve_without_another_import_before() -> None:
    program = "import isthmus; print(all(hasattr(isthmus, n) for n in isthmus.__all__))"
    assert printed(program) == "True"


def test_public_names_are_listed_once_and_by_dir() -> None:
    assert len(set(isthmus.__all__)) == len(isthmus.__all__)
    assert dir(isthmus) == sorted(isthmus.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'isthmus' has no attribute 'Autoencodr'"):
        isthmus.Autoencodr  # noqa: B018
