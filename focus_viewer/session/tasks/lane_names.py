"""Lanes of background work: a lane for each kind, so that hovering never waits for explaining.

Some kinds have a lane of their own since submitting to a lane cancels what runs in it.
"""

EXPLAIN, TRUST, OPEN, FILES = "explain", "trust", "open", "files"
PICTURE, DETAIL, HOVER, REGIONS = "picture", "detail", "hover", "regions"
PINS, DIFFERENCE, BANDS = "pins", "difference", "bands"
MASK, MASK_FILE, LAYERS = "mask", "mask of a file", "layers"
COMPARE, WAND, STRONGEST = "compare", "wand", "strongest saliency"
BROWSE, TRY_ARRAY, OPEN_ARRAY = "browse", "try array", "open array"
TRY_VALUES = "try values"
REFERENCES, PREPROCESS, REPEAT = "references", "preprocess", "repeat preprocessing"
PREVIEW, FLAT_FIELD = "preprocessing preview", "flat field"
LABELS = "labels"
LIBRARY, MATCH = "spectral library", "nearest spectrum"
COMPARE_MODELS, IDENTIFY = "compare models", "identify cubes"
FIND_MODELS, ADD_MODELS, CHOOSE_MODEL = "find models", "add models", "choose model"
TEACH, CLASS_MAP, COUNTS, REPORT = "teach", "class map", "counts", "report"
STUDY, COMPARE_GROUPS, STUDY_REPORT = "study", "compare study", "study report"
EXPORT, PROJECT, AUTOSAVE = "export", "project", "autosave"


def other(lane: str) -> str:
    """Return the lane of the same work for the other cube of a pair."""
    return f"other {lane}"
