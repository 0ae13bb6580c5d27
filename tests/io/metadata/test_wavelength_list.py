"""Tables of wavelengths as people have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from focus_viewer.core.errors import CubeError
from focus_viewer.io.metadata.wavelength_list import read_wavelength_list


@pytest.mark.parametrize(
    "text",
    [
        "400\n500\n600\n",
        "0.4\n0.5\n0.6\n",
        "\ufeffwavelength\r\n400\r\n500\r\n600\r\n",
        "400, 500, 600",
        "band,wavelength\n1,400\n2,500\n3,600\n",
        "band;wavelength (nm)\n1;400,0\n2;500,0\n3;600,0\n",
        "0 400\n1 500\n2 600\n",
        '"no","Wavelength","fwhm"\n"1","400","5"\n"2","500","6"\n"3","600","7"\n',
        "# of the camera\n\n1\t400\n2\t500\n3\t600\n",
        "Band\tWavelength\nB0\t400\nB1\t500\nB2\t600\n",
        "400.0 nm\n500.0 nm\n600.0 nm\n",
        "0.4 µm\n0.5 µm\n0.6 µm\n",
        "wavelength (Angstrom)\n4000\n5000\n6000\n",
        "Band;Wavenumber (cm-1)\n1;25000\n2;20000\n3;16666,66667\n",
        "wavelength (um)\n0.4\n0.5\n0.6\n",
    ],
)
def test_the_column_of_wavelengths(tmp_path: Path, text: str) -> None:
    (tmp_path / "w.csv").write_text(text, encoding="utf-8")
    assert read_wavelength_list(tmp_path / "w.csv") == pytest.approx((400, 500, 600))


@pytest.mark.parametrize(
    "text",
    [
        "wavelength (nm)\n419,83\n429,66\n439,49\n",
        "419,83\n429,66\n439,49\n449,05\n",
        "Band\tWavelength\n1\t419,83\n2\t429,66\n3\t439,49\n",
        "1 419,83\n2 429,66\n3 439,49\n",
    ],
)
def test_decimal_commas(tmp_path: Path, text: str) -> None:
    (tmp_path / "w.csv").write_text(text, encoding="utf-8")
    assert read_wavelength_list(tmp_path / "w.csv")[:3] == pytest.approx((419.83, 429.66, 439.49))


def test_the_order_of_the_rows_is_that_of_the_bands(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("600\n400\n500\n", encoding="utf-8")
    assert read_wavelength_list(tmp_path / "w.csv") == (600, 400, 500)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds no numbers"),
        ("hello\nworld\n", "holds no numbers"),
        ("400,500\n410,510\n", "2 columns, and it is not clear"),
        ("443,16\n482,60\n561,57\n", "not clear whether the commas"),
        ("Raman shift (cm-1)\n200\n210\n", "'Raman shift .* does not state wavelengths"),
        ("Frequency (THz)\n300\n400\n", "'Frequency .* does not state wavelengths"),
        ("400\n-1\n", "not above 0"),
        ("400\nnan\n", "not above 0"),
    ],
)
def test_what_is_no_table_of_wavelengths(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "w.csv").write_text(text, encoding="utf-8")
    with pytest.raises(CubeError, match=rf"w\.csv.*{reason}.*Expected a column"):
        read_wavelength_list(tmp_path / "w.csv")
