"""Getting the report ready in another thread, while training keeps one processor core busy."""

import importlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from isthmus.data.source import Examples
    from isthmus.model import Model

MODULES = (
    "isthmus.report",
    "isthmus.report.sections",
    "isthmus.export",
    "sklearn.linear_model",
    "sklearn.neighbors",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "jinja2",
)
"""What a report imports beyond what a fit does."""


class Ahead:
    """A callback, and a context manager, that imports and compiles what a report needs.

    Nothing depends on it but time: what it does not get ready, or fails at, the report does.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ahead")

    def on_start(self, model: "Model", examples: "Examples") -> None:
        """Begin."""
        self._pool.submit(_get_ready, model, examples)

    def __enter__(self) -> Self:
        """Wait for a training to begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait until all is ready, so that nothing is compiled twice; not after an error."""
        self._pool.shutdown(wait=kind is None, cancel_futures=kind is not None)


def _get_ready(model: "Model", examples: "Examples") -> None:
    from isthmus.estimators.inference import compile_for_report

    for name in MODULES:
        with suppress(ImportError):
            importlib.import_module(name)
    compile_for_report(model, examples)
