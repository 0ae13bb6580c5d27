"""Data set of labelled cubes and regions, held by path and content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import numpy as np

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.datasets.cube_labels import Classes as Classes
from focus_viewer.core.datasets.natural_order import in_natural_order
from focus_viewer.core.errors import FocusError
from focus_viewer.core.preprocessing.settings import (
    NO_PREPROCESSING,
    Preprocessing,
    ReferenceFingerprints,
)
from focus_viewer.core.regions.mask_crop import MaskCrop
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.core.typing import ImageShape


class DataSetError(FocusError):
    """Data set that cannot be read, taught from or split."""


@dataclass(frozen=True)
class LabelledRegion:
    """Region of a cube with its classes.

    Attributes
    ----------
    groups : mapping of str to str
        Of this region alone, such as the plant of several in the image.
    """

    outline: Shape
    classes: Classes
    name: str = ""
    groups: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, eq=False)
class Sample:
    """Cube with classes for all of it, or for its regions.

    Attributes
    ----------
    path : Path
        Its file, as `read_cube` opens it.
    fingerprint : str
        Of the content of header and data: the sample is found again by it, wherever it is moved.
    shape : tuple of int
        (rows, cols, bands).
    classes : tuple of str
        Of the whole cube; empty where its regions have classes.
    groups : mapping of str to str
        Value of each column, such as {"plant": "17", "day": "3"}.
    choice : ArrayChoice or None
        Needed to open the file.
    wavelengths_nm : tuple of float or None
        As the data set's own description states them, for a file that does not.
    background : float or None
        Value, in all bands and in the cube's units, of pixels where nothing was measured.
    preprocessing : Preprocessing
        Processing of the cube after it is read.
    reference_fingerprints : ReferenceFingerprints
        Fingerprints of the references of the preprocessing.
    """

    path: Path
    fingerprint: str
    shape: tuple[int, int, int]
    classes: Classes = ()
    regions: tuple[LabelledRegion, ...] = ()
    groups: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    choice: ArrayChoice | None = None
    wavelengths_nm: tuple[float, ...] | None = None
    background: float | None = None
    preprocessing: Preprocessing = NO_PREPROCESSING
    reference_fingerprints: ReferenceFingerprints = field(default_factory=ReferenceFingerprints)

    @property
    def image_shape(self) -> ImageShape:
        """(rows, cols)."""
        return self.shape[:2]

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Labelled examples: its regions, or the whole cube."""
        regions = tuple(Example(self, region) for region in self.regions)
        return (Example(self), *regions) if self.classes else regions


@dataclass(frozen=True, eq=False)
class Example:
    """Labelled example: a region, or a whole cube where `region` is None."""

    sample: Sample
    region: LabelledRegion | None = None

    @property
    def classes(self) -> Classes:
        """Its classes."""
        return self.sample.classes if self.region is None else self.region.classes

    @property
    def groups(self) -> Mapping[str, str]:
        """Its own groups, and those of its cube."""
        own = {} if self.region is None else self.region.groups
        return {**self.sample.groups, **own}

    @property
    def name(self) -> str:
        """For people: cube, and region."""
        cube = self.sample.path.name
        return cube if self.region is None else f"{cube}: {self.region.name or 'region'}"

    @cached_property
    def crop(self) -> MaskCrop | None:
        """Its pixels; None if a region has none inside the image."""
        if self.region is None:
            return MaskCrop(0, 0, np.ones(self.sample.image_shape, dtype=np.bool_))
        return self.region.outline.crop(self.sample.image_shape)

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        if self.region is None:
            return self.sample.shape[0] * self.sample.shape[1]
        return 0 if self.crop is None else self.crop.pixels

    @cached_property
    def digest(self) -> str:
        """SHA-256 of cube and pixels, the same wherever the file is."""
        place: list[object] = []
        if self.region is not None and (crop := self.crop) is not None:
            bits = np.packbits(crop.inside.ravel()).tobytes()
            place = [crop.row, crop.col, crop.inside.shape, hashlib.sha256(bits).hexdigest()]
        return _sha256([self.sample.fingerprint, self.region is None, place])


@dataclass(frozen=True)
class ClassCount:
    """Amount of data of a class.

    Attributes
    ----------
    cubes : int
        That have the class, or a region of it.
    regions, pixels : int
        Where regions overlap, their pixels count for each.
    groups : mapping of str to int
        Number of different values in each column.
    """

    cubes: int
    regions: int
    pixels: int
    groups: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class DataSet:
    """Labelled cubes and regions.

    Attributes
    ----------
    notes : tuple of str
        What was assumed and left out while reading, a sentence each.
    several : bool
        Whether several classes may hold at once although no example has several.
    """

    samples: tuple[Sample, ...]
    name: str = ""
    notes: tuple[str, ...] = ()
    several: bool = False

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """All labelled examples."""
        return tuple(example for sample in self.samples for example in sample.examples)

    @cached_property
    def classes(self) -> Classes:
        """Names of all classes, in natural order: "class 2" before "class 10"."""
        return in_natural_order({name for example in self.examples for name in example.classes})

    @cached_property
    def several_classes(self) -> bool:
        """Whether several classes may hold at once."""
        return self.several or any(len(set(example.classes)) > 1 for example in self.examples)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Group columns of any example, in order."""
        return in_natural_order({column for example in self.examples for column in example.groups})

    @cached_property
    def counts(self) -> Mapping[str, ClassCount]:
        """Amount of data of each class."""
        return {name: self._count(name) for name in self.classes}

    @cached_property
    def fingerprint(self) -> str:
        """Fingerprint of content, labels and groups, whatever the order and the folders."""
        return f"sha256:{_sha256(sorted(_about(sample) for sample in self.samples))}"

    def where(self, **values: str | Sequence[str]) -> DataSet:
        """Return what has these values in its groups, such as camera="VIS".

        Raises
        ------
        DataSetError
            If there are none.
        """
        wanted = {name: {v} if isinstance(v, str) else set(v) for name, v in values.items()}
        kept = self._only_examples(
            lambda e: all(e.groups.get(name) in accepted for name, accepted in wanted.items())
        )
        if not kept.samples:
            found = "; ".join(f"{name}: {', '.join(self.values(name)[:12])}" for name in wanted)
            raise DataSetError(
                f"Nothing in {self.name or 'the data set'} has {_listed(wanted)}; found {found}. "
                "Choose values that occur together."
            )
        return kept

    def _only_examples(self, wanted: Callable[[Example], bool]) -> DataSet:
        samples = []
        for sample in self.samples:
            kept = [example for example in sample.examples if wanted(example)]
            regions = tuple(example.region for example in kept if example.region is not None)
            whole = any(example.region is None for example in kept)
            classes = sample.classes if whole else ()
            samples.append(replace(sample, classes=classes, regions=regions))
        return replace(self, samples=tuple(sample for sample in samples if sample.examples))

    def only(self, classes: Iterable[str]) -> DataSet:
        """Return the data set without other classes, and without what has none of these."""
        names = set(classes)
        samples = (_restricted(sample, names) for sample in self.samples)
        return replace(self, samples=tuple(sample for sample in samples if sample.examples))

    def values(self, column: str) -> tuple[str, ...]:
        """Return the values of a group column, in natural order."""
        groups = (example.groups for example in self.examples)
        return in_natural_order({own[column] for own in groups if column in own})

    def validate(self) -> None:
        """Refuse a data set from which nothing can be learned, or whose labels contradict.

        Raises
        ------
        DataSetError
            With a sentence for each problem: file, what was expected and found, what to do.
        """
        problems = [*_problems(self.samples), *_contradictions(self.samples)]
        if len(self.classes) < 2:
            found = f"only {self.classes[0]!r}" if self.classes else "none"
            problems.append(
                f"{self.name or 'The data set'}: expected cubes or regions of at least two "
                f"classes, found {found}. Label some of another class."
            )
        if problems:
            raise DataSetError("\n".join(problems))

    def _count(self, name: str) -> ClassCount:
        own = [example for example in self.examples if name in example.classes]
        samples = {id(example.sample): example.sample for example in own}.values()
        groups = {
            column: len({example.groups[column] for example in own if column in example.groups})
            for column in self.columns
        }
        cubes = len({sample.fingerprint for sample in samples})
        regions = sum(example.region is not None for example in own)
        return ClassCount(cubes, regions, sum(example.pixels for example in own), groups)


def _restricted(sample: Sample, names: set[str]) -> Sample:
    regions = (replace(r, classes=_kept(r.classes, names)) for r in sample.regions)
    return replace(
        sample,
        classes=_kept(sample.classes, names),
        regions=tuple(region for region in regions if region.classes),
    )


def _kept(classes: Classes, names: set[str]) -> Classes:
    return tuple(name for name in classes if name in names)


def _about(sample: Sample) -> str:
    choice = None if sample.choice is None else astuple(sample.choice)
    labels = sorted(
        [example.digest, sorted(example.classes), sorted(example.groups.items())]
        for example in sample.examples
    )
    reading = [choice, sample.wavelengths_nm, sample.background, _processing(sample)]
    return _sha256([sample.fingerprint, reading, labels])


def _processing(sample: Sample) -> object:
    """Return the settings of the preprocessing, its references by content."""
    references = sample.preprocessing.references
    if references is not None:
        references = references.at(lambda _: Path())
    settings = replace(sample.preprocessing, references=references)
    return str([astuple(settings), astuple(sample.reference_fingerprints)])


def _problems(samples: Iterable[Sample]) -> Iterable[str]:
    for sample in samples:
        if sample.classes and sample.regions:
            yield (
                f"{sample.path}: expected classes of the whole cube or of its regions, found both. "
                "Remove the cube's class, or the regions."
            )
        if not sample.examples:
            yield (
                f"{sample.path}: expected a class of the cube or of a region, found none. Label "
                "it, or leave it out."
            )
        for example in sample.examples:
            yield from _example_problems(example)


def _example_problems(example: Example) -> Iterable[str]:
    where = f"{example.sample.path}" + ("" if example.region is None else f", {example.name}")
    if not example.classes or not all(name.strip() for name in example.classes):
        yield f"{where}: expected the name of a class, found an empty one. Give it a class."
    if example.region is not None and example.crop is None:
        rows, cols = example.sample.image_shape
        yield (
            f"{where}: expected pixels within the image of {rows} rows and {cols} columns, found "
            "none. Draw the region on the image, or remove it."
        )


def _contradictions(samples: Iterable[Sample]) -> Iterable[str]:
    """Yield samples of the same content whose whole-cube classes differ."""
    first: dict[str, Sample] = {}
    for sample in (sample for sample in samples if sample.classes):
        before = first.setdefault(sample.fingerprint, sample)
        if set(before.classes) != set(sample.classes):
            yield (
                f"{sample.path} has the same content as {before.path}: expected the same classes, "
                f"found {_words(sample.classes)} and {_words(before.classes)}. Remove one of the "
                "two, or correct its class."
            )


def _words(classes: Classes) -> str:
    return " + ".join(classes)


def _listed(wanted: Mapping[str, set[str]]) -> str:
    return " and ".join(f"{name} {' or '.join(sorted(v))}" for name, v in wanted.items())


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
