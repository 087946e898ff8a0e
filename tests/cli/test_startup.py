import os
import subprocess
import sys

import pytest

import isthmus

HEAVY = {"jax", "sklearn", "matplotlib", "numpy", "scipy", "pandas", "pyarrow"}


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_the_front_door_imports_nothing_heavy(argument: str) -> None:
    program = (
        f"import sys; from isthmus.cli import main; code = main([{argument!r}]);"
        f" print('loaded', sorted({HEAVY!r} & set(sys.modules))); sys.exit(code)"
    )
    done = run_python("-c", program)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded []"


def test_python_m_isthmus_is_the_command_line() -> None:
    done = run_python("-m", "isthmus", "--version")
    assert (done.returncode, done.stdout) == (0, f"isthmus {isthmus.__version__}\n")


def test_help_names_every_verb(isthmus) -> None:
    answer = isthmus("--help")
    verbs = "fit encode decode reconstruct denoise impute generate interpolate score evaluate info"
    assert answer.code == 0
    for verb in (*verbs.split(), "recipes", "data"):
        assert verb in answer.out


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m isthmus data list --json | head -c 1"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "expected"),
    [("isthmus fit mni", "mnist"), ("isthmus fit digits --recipe conv", "convolutional")],
)
def test_the_shell_completes_names(words: str, expected: str) -> None:
    environment = os.environ | {
        "_ISTHMUS_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-m", "isthmus"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.stdout.split() == [expected]
