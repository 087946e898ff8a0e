"""Programs kept on disk: found again by the next process, and no harm where they cannot be."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import jax
import pytest

from isthmus.engine import keep_compiled

COMPILE = """
import sys
import jax
import isthmus.engine
hits = []
jax.monitoring.register_event_listener(lambda event, **_: hits.append(event.endswith("cache_hits")))
isthmus.engine.keep_compiled(sys.argv[1])
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
jax.jit(lambda x: x * 2 + 1)(3.0)
print(sum(hits))
"""


@pytest.fixture(autouse=True)
def _as_before():
    names = ("jax_compilation_cache_dir", "jax_persistent_cache_min_compile_time_secs")
    before = {name: getattr(jax.config, name) for name in names}
    yield
    for name, value in before.items():
        jax.config.update(name, value)


def test_the_next_process_finds_what_one_compiled(tmp_path: Path) -> None:
    command = [sys.executable, "-c", COMPILE, str(tmp_path)]
    hits = [
        int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        for _ in range(2)
    ]
    assert hits[0] == 0
    assert hits[1] > 0


def test_versions_and_processors_do_not_mix(tmp_path: Path) -> None:
    place = keep_compiled(tmp_path)
    assert place is not None
    assert place.name.startswith(f"jax-{version('jax')}-jaxlib-{version('jaxlib')}-")
    assert jax.config.jax_compilation_cache_dir == str(place)


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert keep_compiled(tmp_path / "file") is None
    assert jax.config.jax_compilation_cache_dir is None
