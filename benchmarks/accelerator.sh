#!/bin/sh
# Eight minutes at most on a machine with an accelerator, JAX and PyTorch: the file named, or
# accelerator.json, has what was measured and what was missing.
cd "$(dirname "$0")/.." || exit 1
PYTHONPATH="src:.:$PYTHONPATH" exec python -m benchmarks.accelerator --seconds 450 --out "${1:-accelerator.json}"
