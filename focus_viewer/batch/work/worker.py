"""Worker of a batch: explains cubes with a model that is loaded once, reading ahead meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TypeVar

# `environment` first: it settles what torch reads when it is loaded.
from focus_viewer import environment  # noqa: F401
from focus_viewer.batch.inputs.items import Item
from focus_viewer.batch.inputs.opening import OpenedCube, held, opened
from focus_viewer.batch.options import BatchOptions
from focus_viewer.batch.results.records import Record
from focus_viewer.batch.results.rows import Subject, failed_record, record_of
from focus_viewer.batch.work.reading_ahead import read_ahead
from focus_viewer.batch.work.tasks import Outcome, Outcomes, Task, Unchanged
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.regions.leaves import leaves
from focus_viewer.core.regions.mask_crop import MaskCrop
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest, Within
from focus_viewer.explain.inference.devices import find_device
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.inference.prepared import PreparedCube

R = TypeVar("R")
E = TypeVar("E")

_NO_PIXEL = "no pixel of the region is in the image"


@dataclass(frozen=True, eq=False)
class _Ready:
    """Cube that was read, ready for its pass."""

    item: Item
    opened: OpenedCube
    prepared: PreparedCube | ExplainRequest


@dataclass(frozen=True, eq=False)
class _Part:
    """Region or object of a cube."""

    kind: str
    name: str
    class_name: str
    crop: MaskCrop | None


class Worker:
    """Worker with a model.

    Memory: an explanation takes up to 2 GB (see `prepared.most_pixels`), and the images of a cube
    that is read ahead a part of that; cubes of up to 100 MB are held while they are explained.

    Parameters
    ----------
    identity : mapping of str to str
        Of the options.

    Raises
    ------
    ModelError
        If the model cannot be loaded or the device is missing.
    """

    def __init__(self, options: BatchOptions, identity: Mapping[str, str]) -> None:
        self._options, self._identity = options, identity
        self._explainer = Explainer()
        self._explainer.load(options.model)
        # On a CPU windows of one cube at a time are faster, and equal to `explain` bit for bit.
        self._shares = find_device(options.device).type != "cpu"

    def run(self, tasks: Sequence[Task], step: Step = silent) -> Outcomes:
        """Yield the outcome of each task, in order; whatever a cube does, the others are explained.

        Parameters
        ----------
        step : Step
            Called during the work; if it raises, reading ahead ends too.
        """
        with closing(read_ahead(self._read, tasks, step)) as results:
            for handful in self._handfuls(results):
                if isinstance(handful, list):
                    yield from self._explained(handful, step)
                else:
                    yield handful

    def _read(self, task: Task, step: Step) -> _Ready | Outcome:
        item = task.item

        def read() -> _Ready | Outcome:
            found = opened(item, self._options, self._identity, step)
            if task.before and task.before == found.identity:
                return Unchanged(item.key, found.stamps)
            found = replace(found, cube=held(found.cube))
            return _Ready(item, found, self._explainer.prepare(self._request(found.cube), step))

        return _caught(read, lambda error: failed_record(item, error))

    def _request(self, cube: Cube, within: Within | None = None) -> ExplainRequest:
        return ExplainRequest(1, cube, self._options.model, self._options.device, within)

    def _handfuls(self, results: Iterable[_Ready | Outcome]) -> Iterator[list[_Ready] | Outcome]:
        """Gather cubes that share a pass of the model; pass on what needs none."""
        handful: list[_Ready] = []
        for result in results:
            if handful and not (isinstance(result, _Ready) and _may_share(result, handful)):
                yield handful
                handful = []
            if not isinstance(result, _Ready):
                yield result
                continue
            handful.append(result)
            if not self._shares:  # and the next one is not waited for
                yield handful
                handful = []
        if handful:
            yield handful

    def _explained(self, handful: list[_Ready], step: Step) -> Iterator[Outcome]:
        for ready, found in zip(handful, self._explanations(handful, step), strict=True):
            if isinstance(found, str):
                yield failed_record(ready.item, found)
                continue
            yield _caught(
                lambda ready=ready, found=found: self._record(ready, found, step),  # type: ignore[misc]
                lambda error, ready=ready: failed_record(ready.item, error),  # type: ignore[misc]
            )

    def _explanations(self, handful: list[_Ready], step: Step) -> list[Explanation | str]:
        """Return explanations, or reasons why there are none; after an error one cube at a time."""
        found = _caught(lambda: self._explain([r.prepared for r in handful], step), str)
        if not isinstance(found, str):
            return list(found)
        if len(handful) == 1:
            return [found]
        return [each for ready in handful for each in self._explanations([ready], step)]

    def _explain(
        self, prepared: Sequence[PreparedCube | ExplainRequest], step: Step
    ) -> list[Explanation]:
        cubes = [each for each in prepared if isinstance(each, PreparedCube)]
        if cubes:
            return self._explainer.explain_prepared(cubes, step)
        return [self._explainer.explain(p, step) for p in prepared if isinstance(p, ExplainRequest)]

    def _record(self, ready: _Ready, found: Explanation, step: Step) -> Record:
        cube = ready.opened.cube
        subjects = [Subject("cube", "", "", cube.rows * cube.cols, found)]
        for part in self._parts(ready.opened, found):
            pixels = 0 if part.crop is None else part.crop.pixels
            decided = self._decided(cube, part, step)
            subjects.append(Subject(part.kind, part.name, part.class_name, pixels, decided))
        return record_of(ready.item, ready.opened, subjects)

    def _parts(self, found: OpenedCube, done: Explanation) -> Iterator[_Part]:
        shape = found.cube.rows, found.cube.cols
        for region in found.regions:
            crop = region.outline.crop(shape)
            yield _Part("region", region.name, region.class_name or "", crop)
        if self._options.objects and done.suitability.tissue_share:
            for number, outline in enumerate(leaves(done.met, done.image_shape), start=1):
                yield _Part("object", f"object {number}", "", outline.crop(shape))

    def _decided(self, cube: Cube, part: _Part, step: Step) -> Explanation | str:
        """Return the explanation of a part alone, all else blanked, or why there is none."""
        crop = part.crop
        if crop is None:
            return _NO_PIXEL
        within = Within(part.name, crop.rows, crop.cols, crop.inside)

        def explain() -> Explanation:
            prepared = self._explainer.prepare(self._request(cube, within), step)
            return self._explain([prepared], step)[0]

        return _caught(explain, str)


def _may_share(ready: _Ready, handful: list[_Ready]) -> bool:
    own, others = ready.prepared, [each.prepared for each in handful]
    cubes = [each for each in others if isinstance(each, PreparedCube)]
    return isinstance(own, PreparedCube) and len(cubes) == len(others) and own.may_share(cubes)


def _caught(work: Callable[[], R], failed: Callable[[str], E]) -> R | E:
    """Return the result of `work`, or of `failed` for the text of whatever error it has."""
    try:
        return work()
    except Cancelled:
        raise
    except FocusError as error:
        return failed(str(error))
    except Exception as error:  # noqa: BLE001 - one hostile cube must not keep others from a result
        return failed(f"unexpected {type(error).__name__}: {error}")
