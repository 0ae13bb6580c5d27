"""Words by which people look for commands, besides those of their names."""

from __future__ import annotations

from typing import Final

OTHER_WORDS: Final = {
    "bad_bands": "noisy exclude remove",
    "band_math": "index map ndvi vegetation ratio formula expression",
    "bug_report": "problem error",
    "calibrate": "white dark reference radiance",
    "choose_indices": "index ndvi vegetation columns",
    "compare": "side by side swipe difference split",
    "components": "principal noise fractions",
    "contrast": "stretch brightness histogram",
    "export_data": "write csv envi geotiff numpy saliency spectra",
    "figure": "export pdf svg png picture publish",
    "guide": "manual documentation tutorial first hour",
    "heatmap": "saliency map",
    "history": "repeat steps apply to others preprocessing reproduce",
    "infrared": "cir false colour",
    "label_cubes": "class annotate treatment",
    "layers": "index maps overlay opacity",
    "leaves": "separate segment plants tray",
    "libraries": "spectral reference nearest match sli",
    "mask": "background exclude threshold",
    "open_library": "spectral reference nearest match sli",
    "rgb": "true colour composite",
    "screenshot": "picture png export",
    "smooth": "savitzky golay derivative filter noise",
    "study": "statistics treatments permutation test report",
    "teach": "train classify classification class model labels",
    "test": "trust faithfulness deletion insertion",
    "threshold": "segment heatmap",
    "values": "units scale reflectance no-data sensor",
}
"""By the name of the command."""
