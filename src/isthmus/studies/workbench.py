"""Where a study works: cached fits, measured figures next to reported ones, the page's parts."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

import isthmus
from isthmus.atomic import new_file
from isthmus.errors import DataError, SettingError
from isthmus.estimators.fit_cache import digest, kept_path, slug
from isthmus.plainjson import Facts, JsonObject, to_json
from isthmus.studies.records import (
    SILENT,
    WITHHELD,
    Key,
    Record,
    read_reported,
    summarise,
    verdict_of,
)

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

    from isthmus.data.source import Source
    from isthmus.report.charts import Chart

T = TypeVar("T")
E = TypeVar("E", bound="BaseEstimator")
Progress = Callable[[str], AbstractContextManager[Sequence[Any]]]
"""Called with what is being done; lends the callbacks that show it."""


@dataclass(frozen=True)
class Section:
    """A part of the page: its title, and its blocks, each plain data with a ``kind``."""

    title: str
    blocks: list[JsonObject]


class Workbench:
    """What a study is given to work with.

    Fits and long computations are kept in the folder as they finish, under a digest of all that
    went into them, so that a study that was interrupted goes on where it was.

    Parameters
    ----------
    study
        Its name.
    folder
        Where everything goes; made if it is not there.
    quick
        Reduced size.
    progress
        Shows what is being done.
    """

    def __init__(
        self, study: str, folder: Path, *, quick: bool = False, progress: Progress | None = None
    ):
        self.study, self.folder, self.quick = study, folder, quick
        self.reported = read_reported(study)
        self.records: list[Record] = []
        self.claims: list[JsonObject] = []
        self.sections: list[Section] = []
        self._progress: Progress = progress or (lambda _: nullcontext(()))
        self._kept = folder / "work"
        self._figures = folder / "figures"
        for place in (self._kept, self._figures):
            place.mkdir(parents=True, exist_ok=True)

    def pick(self, full: T, *, quick: T) -> T:
        """Return ``full``, or ``quick`` in a run at reduced size."""
        return quick if self.quick else full

    def source(self, need: str) -> "Source":
        """Open a data set by name, or the first of "a or b" that is to be had."""
        return open_first(need)

    def fit(
        self,
        name: str,
        estimator: E,
        X: Any,
        y: Any = None,
        *,
        validation_data: Any = None,
    ) -> E:
        """Fit an estimator, or get back what an earlier run fitted with the same settings and data.

        Parameters
        ----------
        name
            Says what is fitted; seen in the progress and in the name of the file.
        estimator
            An `isthmus.Autoencoder` or `isthmus.AutoencoderClassifier` with a whole number as its
            ``random_state``.
        X, y, validation_data
            As its ``fit`` takes them.

        Returns
        -------
        estimator
            Fitted.

        Raises
        ------
        KeyboardInterrupt
            If the fit was interrupted: what it had is not kept.
        """
        fitted: Any = estimator
        kept = kept_path(self._kept, name, estimator, X, y, validation_data)
        if kept.exists():
            return cast(E, isthmus.load(kept))
        with self._progress(name) as callbacks:
            fitted.set_params(callbacks=tuple(callbacks))
            data = {} if validation_data is None else {"validation_data": validation_data}
            fitted.fit(X, y, **data)
        fitted.set_params(callbacks=())
        if fitted.stop_reason_ == "interrupted":
            raise KeyboardInterrupt
        fitted.save(kept)
        return fitted

    def keep(self, name: str, compute: Callable[[], Facts], *given: Any) -> dict[str, np.ndarray]:
        """Compute arrays by name, or get back what an earlier run computed.

        Parameters
        ----------
        name
            Says what is computed.
        compute
            Returns arrays or numbers by name.
        given
            Everything that the result depends on: settings and arrays.
        """
        kept = self._kept / f"{slug(name)}-{digest(isthmus.__version__, name, *given)}.npz"
        if not kept.exists():
            with self._progress(name):
                arrays = {key: np.asarray(value) for key, value in compute().items()}
            with new_file(kept) as partial, partial.open("wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
        with np.load(kept, allow_pickle=False) as archive:
            return dict(archive)

    def section(self, title: str, *paragraphs: str) -> None:
        """Begin a section of the page."""
        self.sections.append(Section(title, []))
        self.text(*paragraphs)

    def text(self, *paragraphs: str) -> None:
        """Add paragraphs."""
        for paragraph in paragraphs:
            self._add(kind="text", text=" ".join(paragraph.split()))

    def record(
        self,
        system: str,
        setting: str,
        metric: str,
        split: str,
        values: float | Sequence[float],
        *,
        unit: str = "",
        better: str = "lower",
        examples: int | None = None,
        not_comparable: str | None = None,
    ) -> Record:
        """Compare a measured figure with the reported one, and add both to the page.

        Parameters
        ----------
        system, setting, metric, split
            Which figure, as in the file of the reported ones.
        values
            Measured: one number, or one a seed.
        unit, better
            Of a figure that the report does not give; else they come from its file.
        examples
            Of how many examples a share or percentage is: its sampling error then stands in for
            the spread over seeds where there is one seed.
        not_comparable
            Why the two cannot be compared.
        """
        mean, std, seeds = summarise(values)
        given = self.reported.get((system, setting, metric, split))
        if given is None:
            verdict, reason = "not comparable", not_comparable or SILENT
        elif not_comparable:
            verdict, reason = "not comparable", not_comparable
        elif self.quick:
            verdict, reason = WITHHELD, None
        else:
            noise = _sampling_error(mean, given.unit, examples) if examples else 0.0
            verdict, reason = verdict_of(mean, std, seeds, given, noise), None
        record = Record(
            study=self.study,
            system=system,
            setting=setting,
            metric=metric,
            split=split,
            unit=unit if given is None else given.unit,
            reported=None if given is None else float(given.value),
            measured=mean,
            std=std,
            seeds=seeds,
            better=better if given is None else given.better,
            verdict=verdict,
            reason=reason,
            source=given.source if given else None,
            quick=self.quick,
        )
        self._show(record)
        return record

    def _show(self, record: Record) -> None:
        """Add a record to the results, and to the table at the end of the page."""
        self.records.append(record)
        blocks = self._blocks()
        if not blocks or blocks[-1]["kind"] != "records":
            self._add(kind="records", records=[])
        blocks[-1]["records"].append(record.as_dict())

    def claim(self, sentence: str, holds: bool, evidence: str) -> None:
        """Add a claim of the report, whether it holds here, and the figures that say so."""
        verdict = "holds" if holds else "does not hold"
        claim = {
            "study": self.study,
            "claim": " ".join(sentence.split()),
            "verdict": WITHHELD if self.quick else verdict,
            "evidence": " ".join(evidence.split()),
            "quick": self.quick,
        }
        self.claims.append(claim)
        self._add(kind="claim", **claim)

    def figure(self, name: str, chart: "Chart", caption: str, *, main: bool = False) -> None:
        """Write a chart to ``figures/NAME.png`` and add it to the page, which draws it itself.

        Parameters
        ----------
        name
            Of the file.
        chart
            From `isthmus.report.charts`.
        caption
            What is seen, and what the report's own figure was.
        main
            Whether it belongs on the summary of all studies too.
        """
        path = self._figures / f"{name}.png"
        chart.figure().savefig(path, dpi=110)
        caption = " ".join(caption.split())
        file = f"figures/{path.name}"
        self._add(kind="figure", file=file, caption=caption, main=main, chart=chart.drawn(caption))

    def table(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        caption: str,
        *,
        main: bool = False,
    ) -> None:
        """Add a table of words and numbers; one that is ``main`` stands on the summary too."""
        body = to_json([[*row] for row in rows])
        caption = " ".join(caption.split())
        self._add(kind="table", columns=list(columns), rows=body, caption=caption, main=main)

    def unmeasured(self) -> list[Key]:
        """Return the reported figures without a measured record."""
        measured = {(r.system, r.setting, r.metric, r.split) for r in self.records}
        return [key for key in self.reported if key not in measured]

    def _blocks(self) -> list[JsonObject]:
        if not self.sections:
            raise SettingError(f"{self.study}: a section must begin before anything stands in it.")
        return self.sections[-1].blocks

    def _add(self, **block: Any) -> None:
        self._blocks().append(block)


def open_first(need: str) -> "Source":
    """Open the first data set of "a or b" that is here or can be fetched.

    Raises
    ------
    DataError
        Of the first, if there is none.
    """
    first, *others = need.split(" or ")
    try:
        return isthmus.open_source(first)
    except DataError:
        for other in others:
            with suppress(DataError):
                return isthmus.open_source(other)
        raise


def _sampling_error(mean: float, unit: str, examples: int) -> float:
    whole = 100.0 if unit == "%" else 1.0
    share = min(max(mean / whole, 0.0), 1.0)
    return whole * float(np.sqrt(share * (1 - share) / examples))
