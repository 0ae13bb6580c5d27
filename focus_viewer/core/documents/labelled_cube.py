"""Labels of a project's cube as a sample of a data set, the same for files and for the window."""

from __future__ import annotations

from focus_viewer.core.datasets.cube_labels import class_names
from focus_viewer.core.datasets.data_set import LabelledRegion, Sample
from focus_viewer.core.documents.project import ProjectCube


def sample_of(cube: ProjectCube, fingerprint: str) -> Sample:
    """Return a cube with its regions that have a class, else with its own class.

    It has no example where neither has a class.
    """
    regions = tuple(
        LabelledRegion(region.outline, names, region.name)
        for region in cube.annotations
        if region.class_name and (names := class_names(region.class_name))
    )
    return Sample(
        path=cube.path,
        fingerprint=fingerprint,
        shape=cube.shape,
        classes=() if regions else cube.labels.classes,
        regions=regions,
        groups=cube.labels.groups,
        choice=cube.choice,
        preprocessing=cube.preprocessing,
        reference_fingerprints=cube.reference_fingerprints,
    )
