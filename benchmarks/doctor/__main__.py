"""Whether planted mistakes are named, and clean data is left alone.

    python -m benchmarks.doctor [--data] [--fits] [--json FILE]
    python -m benchmarks.doctor --page docs/doctor.md --from FILE [FILE ...]

Prints a line for each planted mistake with the sentence that names it, and every alarm (look or
stop) on clean data and on models with their defaults; the second form writes the page from results
that the first kept. ISTHMUS_DATA must point at the shared data.
"""

import argparse
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.doctor import planted_data, planted_fits, planted_tables, sets

from isthmus.doctor import Finding, examine_data


def _named(what: str, check: str, findings: Any) -> dict[str, Any]:
    """Print and return whether a mistake was named by its check."""
    found = next((one for one in findings if one.check == check), None)
    others = [one.check for one in findings if one.severity != "note" and one is not found]
    print(f"{'named ' if found else 'MISSED'} {what} [{check}]")
    if found:
        print(f"       {found.severity}: {found.words()}")
    return {"what": what, "check": check, "named": found is not None, "others": others} | (
        {"severity": found.severity, "sentence": found.words()} if found else {}
    )


def _alarms(what: str, findings: Any) -> dict[str, Any]:
    """Print and return the alarms on clean data."""
    alarms: list[Finding] = [one for one in findings if one.severity != "note"]
    print(f"{'ALARM ' if alarms else 'clean '} {what}")
    for one in alarms:
        print(f"       {one.severity}: {one.words()} [{one.check}]")
    return {"what": what, "alarms": [one.words() for one in alarms]}


def _fitted(make: Any, x: np.ndarray, y: np.ndarray | None = None) -> Any:
    """Fit to four fifths of the rows, and let the doctor look at all."""
    order = np.random.default_rng(0).permutation(len(x))
    cut = int(0.8 * len(x))
    rows = [x[part] for part in (order[:cut], order[cut:])]
    labels = [None, None] if y is None else [y[part] for part in (order[:cut], order[cut:])]
    estimator = make()
    estimator.fit(rows[0], *([] if labels[0] is None else [labels[0]]))
    return estimator.diagnose(rows[0], labels[0], rows[1], labels[1])


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", action="store_true", help="checks of data only")
    parser.add_argument("--fits", action="store_true", help="checks of fitted models only")
    parser.add_argument("--json", type=Path, help="write the table there, too")
    parser.add_argument("--page", type=Path, help="write the page of --from's results there")
    parser.add_argument("--from", type=Path, nargs="+", dest="results", help="results to join")
    given = parser.parse_args()
    if given.page:
        joined = [row for file in given.results for row in json.loads(file.read_text())["planted"]]
        alarms = [row for file in given.results for row in json.loads(file.read_text())["clean"]]
        given.page.write_text(page(joined, alarms))
        return
    warnings.simplefilter("ignore")
    rows: list[dict[str, Any]] = []
    clean: list[dict[str, Any]] = []
    if not given.fits:
        for what, check, make in (*planted_data.planted(), *planted_tables.planted()):
            rows.append(_named(what, check, examine_data(make())))
        for what, data in (*sets.clean(), *planted_tables.clean()):
            clean.append(_alarms(what, examine_data(data)))
    if not given.data:
        for what, check, make, x, y in planted_fits.planted():
            rows.append(_named(what, check, _fitted(make, x(), y)))
        for what, make, x in planted_fits.clean():
            clean.append(_alarms(what, _fitted(make, x())))
    named = sum(row["named"] for row in rows)
    alarmed = sum(bool(one["alarms"]) for one in clean)
    print(f"{named} of {len(rows)} planted mistakes named, {alarmed} of {len(clean)} clean alarmed")
    if given.json:
        given.json.write_text(json.dumps({"planted": rows, "clean": clean}, indent=1))


def page(planted: list[dict[str, Any]], clean: list[dict[str, Any]]) -> str:
    """Return the table of planted mistakes, with the sentences printed, as Markdown."""
    named = sum(row["named"] for row in planted)
    alarmed = [one for one in clean if one["alarms"]]
    lines = [
        "# What the doctor finds",
        "",
        "`isthmus doctor SOURCE` names what is wrong with data and with the settings that a fit"
        " would have, `isthmus doctor RUN` what is wrong with a fitted model, and"
        " `isthmus doctor RUN NEW` how new data differ from those of the fit; in Python"
        " `estimator.diagnose(X)`. A fit, its report and its `metrics.json` say the same. *Stop*:"
        " what follows from such a fit cannot be trusted, and with `--strict` the exit code is 3."
        " *Look*: probably a mistake. *Note*: good to know. On the command line remedies speak of"
        " options.",
        "",
        "Mistakes were planted in data and fits, and data and models without a planted mistake"
        " were looked at too; `python -m benchmarks.doctor --json FILE` measures, and"
        " `--page docs/doctor.md --from FILE` writes this page.",
        "",
        f"Named: {named} of {len(planted)} planted mistakes. Alarms (look or stop) on clean cases:"
        f" {len(alarmed)} of {len(clean)}.",
        "",
        "| planted | check | severity | sentence |",
        "| --- | --- | --- | --- |",
    ]
    for row in planted:
        sentence = row.get("sentence", "not named").replace("|", "/")
        lines.append(f"| {row['what']} | {row['check']} | {row.get('severity', '')} | {sentence} |")
    lines += ["", "Clean: " + "; ".join(one["what"] for one in clean) + "."]
    lines += [f"\n- {one['what']}: {'; '.join(one['alarms'])}" for one in alarmed]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
