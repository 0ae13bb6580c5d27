"""Request for an explanation, with all its inputs."""

from __future__ import annotations

from dataclasses import dataclass

from focus_viewer.core.cubes.cube import Cube


@dataclass(frozen=True, eq=False)
class ExplainRequest:
    """Job for the explainer.

    Attributes
    ----------
    ticket : int
        Number of this request; a result carries the ticket of its request.
    model : str
        Name of a bundled model, or the folder of one.
    device : str
        "auto" takes CUDA, then MPS, then the CPU; else a device as torch names it: "cuda:0".
    """

    ticket: int
    cube: Cube
    model: str
    device: str = "auto"
