"""Options of reading a data set, and samples as they are gathered."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from focus_viewer.core.datasets.data_set import DataSet, DataSetError, Sample
from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step, silent

_MOST_NAMED = 3


@dataclass(frozen=True)
class ReadingOptions:
    """What the user says of a data set; None takes what the layout usually has.

    Attributes
    ----------
    class_column : str or None
        Column of the classes, or the task of a public data set.
    group_columns : tuple of str or None
        Columns that group cubes.
    """

    class_column: str | None = None
    group_columns: tuple[str, ...] | None = None
    step: Step = silent


@dataclass
class Gathering:
    """Samples that were read so far, and what was left out."""

    source: Path
    options: ReadingOptions = field(default_factory=ReadingOptions)
    samples: list[Sample] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: int = 0

    def note(self, text: str) -> None:
        """Add a sentence for the user, once."""
        if text not in self.notes:
            self.notes.append(text)

    @contextmanager
    def refusing(self, name: str) -> Iterator[None]:
        """Leave out a sample that cannot be read, with a note that names it."""
        try:
            yield
        except FocusError as error:
            self.refuse(name, str(error))

    def refuse(self, name: str, reason: str) -> None:
        """Note that a sample was left out, and why."""
        self.refused += 1
        self.note(f"{name} was left out: {reason}")

    def step(self, done: int, total: int, path: Path) -> None:
        """Report progress in samples."""
        self.options.step(done / max(total, 1), f"reading {path.name}")

    def data_set(self, layout: str) -> DataSet:
        """Return what was gathered.

        Raises
        ------
        DataSetError
            If nothing is left.
        """
        if not self.samples:
            reasons = " ".join(self.notes[-_MOST_NAMED:])
            raise DataSetError(
                f"{self.source} was read as {layout}: expected at least one labelled cube, found "
                f"none that can be used ({self.refused} left out). {reasons or 'Label some.'}"
            )
        bands = Counter(sample.shape[2] for sample in self.samples)
        if len(bands) > 1:
            listed = ", ".join(f"{n} bands in {count} cubes" for n, count in sorted(bands.items()))
            self.note(f"The cubes have different bands: {listed}.")
            self._note_cameras()
        notes = (f"Read as {layout}.", *self.notes)
        return DataSet(tuple(self.samples), self.source.name, notes)

    def _note_cameras(self) -> None:
        """Note classes that are in cubes of other bands than all other classes."""
        bands: dict[str, set[int]] = defaultdict(set)
        for sample in self.samples:
            for example in sample.examples:
                for name in example.classes:
                    bands[name].add(sample.shape[2])
        apart = [
            name
            for name, own in sorted(bands.items())
            if not any(own & others for other, others in bands.items() if other != name)
        ]
        if apart:
            self.note(
                f"No other class is in cubes with the bands of {', '.join(apart)}: what the camera "
                "adds may be learned for the class, and no validation shows it."
            )
