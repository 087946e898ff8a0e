"""`isthmus selftest`: identities of the mathematics, checked on this machine."""

from isthmus.cli import consoles, errors, options, progress


def selftest(json: options.JsonOption = False, quiet: options.QuietOption = False) -> int:
    """Check on this machine that the mathematics is right: identities, each with its deviation.

    For a new version of a library, an accelerator, or a reader who wants to see. The exit code is 1
    if one fails.
    """
    from isthmus.selftest import IDENTITIES, run

    console = consoles.err() if json else consoles.out()
    outcomes = []
    with progress.stages(quiet=quiet) as stage:
        for identity in IDENTITIES:
            stage(identity.name)
            (outcome,) = run([identity])
            outcomes.append(outcome)
            consoles.say(
                console,
                f"{'holds' if outcome.holds else 'FAILS'}  {identity.proves} Deviation"
                f" {outcome.deviation:.1e}, at most {identity.allowed:.0e} allowed"
                f" ({outcome.seconds:.1f} s).{f' {outcome.error}' if outcome.error else ''}",
            )
    failed = sum(not outcome.holds for outcome in outcomes)
    total = len(outcomes)
    consoles.say(console, f"{total - failed} of {total} identities hold.")
    if json:
        consoles.print_json(
            [
                {
                    "name": one.identity.name,
                    "proves": one.identity.proves,
                    "deviation": one.deviation,
                    "allowed": one.identity.allowed,
                    "holds": one.holds,
                    "error": one.error or None,
                }
                for one in outcomes
            ]
        )
    return errors.FAILED if failed else errors.OK
