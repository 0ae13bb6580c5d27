"""Panel of the test of an explanation in a publication figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from publication_cases import make_state, make_subject
from trust_cases import make_report, removal

from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.documents.figure_subject import FigureSubject
from focus_viewer.core.saliency.trust import TrustReport
from focus_viewer.figures.publication import publication_figure, shortcomings
from focus_viewer.figures.publication.figure import why_not
from focus_viewer.session.outputs.figure_subject import figure_subject

SPEC = FigureSpec(panels=("trust",))


def put_to_the_test(**values: object) -> FigureSubject:
    subject = make_subject()
    assert subject.first.explanation is not None
    report = make_report(subject.first.explanation, **values)
    return replace(subject, cubes=(replace(subject.first, trust=report),))


def caption_of(subject: FigureSubject) -> str:
    figure = publication_figure(subject, SPEC)
    return " ".join(text.get_text() for text in figure.texts).replace("\u00a0", " ")


def test_three_frames_have_the_curves_in_percent() -> None:
    figure = publication_figure(put_to_the_test(), SPEC)
    assert len(figure.axes) == 3
    labels = [axes.get_xlabel() for axes in figure.axes]
    assert labels == ["places removed (%)", "bands removed (%)", "both removed (%)"]
    lines = figure.axes[0].lines
    assert len(lines) == 3
    strongest = min(lines, key=lambda line: float(np.mean(line.get_ydata())))
    np.testing.assert_allclose(np.asarray(strongest.get_ydata())[[0, 2, -1]], [54, 12, 2])
    frames = [axes.get_position() for axes in figure.axes]
    assert frames[0].x1 < frames[1].x0
    assert frames[1].x1 < frames[2].x0
    assert frames[2].x1 < 1


def test_the_sentence_stands_in_the_caption() -> None:
    text = caption_of(put_to_the_test())
    assert (
        "takes the probability of chlorosis from 54 % (as tested; 50 % in the decision) to 12 %"
        in text
    )
    assert "Tested on the image at 20 × 30 pixels" in text
    assert "stopped before its end" not in text


def test_a_test_that_was_stopped_shows_what_it_has_and_says_so() -> None:
    subject = put_to_the_test(removals=(removal(),), rivals=(), finished=False)
    assert len(publication_figure(subject, SPEC).axes) == 1
    assert "stopped before its end" in caption_of(subject)


def test_it_is_left_out_with_its_reason_where_nothing_was_tested() -> None:
    subject = make_subject()
    assert why_not("trust", subject) == "the explanation was not put to the test"
    assert "No test of the explanation: the explanation was not put to the test." in shortcomings(
        subject, SPEC
    )
    assert why_not("trust", put_to_the_test(removals=())) == why_not("trust", subject)
    assert why_not("trust", put_to_the_test()) == ""


def test_the_report_of_the_document_is_taken_for_its_class_alone() -> None:
    state = make_state()
    document = state.document
    assert document is not None and document.explanation is not None
    report: TrustReport = make_report(document.explanation)
    subject = figure_subject(state.with_document(replace(document, trust=report)), SPEC)
    assert subject is not None
    assert subject.first.trust is report
    other = replace(document, trust=report, class_name="healthy")
    subject = figure_subject(state.with_document(other), SPEC)
    assert subject is not None
    assert subject.first.trust is None


def test_it_fits_a_narrow_column() -> None:
    figure = publication_figure(put_to_the_test(), replace(SPEC, width_mm=85.0))
    assert all(axes.get_position().width > 0.1 for axes in figure.axes)
