"""List of inputs without a leaf with the bundled model's verdict on each, as a table in Markdown.

    python -m bench.list_no_leaf [REAL_DATA] > docs/applicability.md

From the folder `tests`; REAL_DATA is the folder of the real cubes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from no_leaf_inputs import measured, simulated

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.explain.inference.explainer import Explainer

_HEAD = """# Inputs without a leaf

What `focus-leaf` says of images that show no leaf: one line each, written by
`tests/bench/list_no_leaf.py`. The simulated ones are likenesses by formula (`simulate.no_leaf`) of
32 x 32 pixels at four ranges; tests judge them anew. How the verdict is made:
[method.md](method.md).

| input | verdict | why |
|---|---|---|"""


def main() -> None:
    """Print the table."""
    explainer = Explainer()
    cubes: list[Cube] = list(simulated())
    if len(sys.argv) > 1:
        cubes += measured(Path(sys.argv[1]))
    rows = list(_rows(explainer, cubes))
    counts = {verdict: sum(row[1] == verdict for row in rows) for _, verdict, _ in rows}
    lines = [_HEAD, *(f"| {name} | {verdict} | {why} |" for name, verdict, why in rows)]
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    sys.stdout.write("\n".join([*lines, "", f"{len(rows)} inputs: {told}."]) + "\n")


def _rows(explainer: Explainer, cubes: list[Cube]) -> Iterator[tuple[str, str, str]]:
    for cube in cubes:
        request = ExplainRequest(1, cube, "focus-leaf", "cpu")
        try:
            found = explainer.judge(request, silent)
        except IncompatibleCube as error:
            yield cube.name, "refused", str(error).removeprefix(f"{cube.name}: ")
        else:
            yield cube.name, found.verdict, "; ".join(each.text for each in found.against)


if __name__ == "__main__":
    main()
