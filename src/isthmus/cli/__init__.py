"""The command line, one file per group of verbs."""

from isthmus.cli.app import main

__all__ = ["main"]
