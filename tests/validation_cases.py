"""Data sets in memory with a planted difference between classes, and classifiers to validate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from data_set_cases import region, sample

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.datasets.data_set import DataSet, Example, LabelledRegion, Sample
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.validation.report import ValidationReport
from focus_viewer.core.validation.run import Validation, validate

SHAPE = (30, 40, 8)
WAVELENGTHS = np.linspace(450, 900, SHAPE[2])
QUICK = Validation(shuffles=3, draws=2, patches=10)


@dataclass
class Planted:
    """Data set with the cubes that it is of."""

    data_set: DataSet
    cubes: dict[str, Cube] = field(default_factory=dict)

    def open(self, wanted: Sample) -> Cube:
        return self.cubes[wanted.path.stem]


def planted(
    labels: Sequence[str], difference: float = 1.0, noise: float = 0.1, seed: int = 0
) -> Planted:
    """Whole cubes, one for each label; each class lifts a band of its own."""
    random = np.random.default_rng(seed)
    names = sorted(set(labels))
    made = Planted(DataSet(()))
    samples = []
    for number, label in enumerate(labels):
        level = random.normal(0, noise, SHAPE[2]) + 1
        level[names.index(label)] += difference
        values = level + random.normal(0, 0.05, SHAPE)
        made.cubes[f"c{number}"] = cube(values)
        samples.append(sample(f"c{number}", (label,), groups={"plant": str(number // 2)}))
    made.data_set = DataSet(tuple(samples), "planted")
    return made


def planted_regions(labels: Sequence[str], difference: float = 1.0) -> Planted:
    """One cube, a region of 4 x 4 pixels for each label."""
    random = np.random.default_rng(0)
    names, values = sorted(set(labels)), random.normal(1, 0.05, SHAPE)
    regions: list[LabelledRegion] = []
    for number, label in enumerate(labels):
        row, col = 5 * (number // 7), 5 * (number % 7)
        values[row : row + 4, col : col + 4, names.index(label)] += difference
        regions.append(region((col, row, col + 4, row + 4), label))
    data_set = DataSet((sample("scene", regions=regions),), "one scene")
    return Planted(data_set, {"scene": cube(values)})


def cube(values: DoubleArray, nm: DoubleArray | None = WAVELENGTHS) -> Cube:
    source = ArraySource(values.astype(np.float32))
    return Cube(source, "cube", np.ones(values.shape[2], dtype=np.bool_), wavelengths_nm=nm)


@dataclass
class Rule:
    """Classifier that says what a function of the examples taught and the example to predict says.

    Attributes
    ----------
    says : callable
        From the number of examples of each class taught, and an example, to its class.
    """

    says: Callable[[Mapping[str, int], Example], str]
    name: str = "rule"
    taught_from: list[tuple[Example, ...]] = field(default_factory=list)

    def taught(self, examples: Sequence[Example], classes: Sequence[str], seed: int) -> RuleTaught:
        self.taught_from.append(tuple(examples))
        counts = {name: sum(name in e.classes for e in examples) for name in classes}
        return RuleTaught(self.says, counts)


@dataclass
class RuleTaught:
    says: Callable[[Mapping[str, int], Example], str]
    counts: Mapping[str, int]

    def probabilities(self, examples: Sequence[Example]) -> DoubleArray:
        said = [self.says(self.counts, example) for example in examples]
        names = list(self.counts)
        return np.array([[0.8 * (n == s) + 0.2 / len(names) for n in names] for s in said])


def always_right(counts: Mapping[str, int], example: Example) -> str:
    return example.classes[0] if example.classes else next(iter(counts))


def hidden_number(example: Example) -> int:
    """A number of the example that labels do not change."""
    return int(example.digest[:8], 16)


def report_of(labels: Sequence[str], says: Callable[..., str] = always_right) -> ValidationReport:
    """Report on a rule, with one baseline."""
    data_set = planted(labels).data_set
    baseline = Rule(lambda counts, example: next(iter(counts)), "lda")
    return validate(Rule(says, "ViT"), data_set, QUICK, [baseline])


def renamed(data_set: DataSet, names: Mapping[str, str]) -> DataSet:
    """The data set with other names of classes."""
    samples = (
        replace(s, classes=tuple(names.get(name, name) for name in s.classes))
        for s in data_set.samples
    )
    return replace(data_set, samples=tuple(samples))
