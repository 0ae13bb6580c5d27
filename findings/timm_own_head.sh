#!/usr/bin/env bash
# timm 1.0.31: weights that are read from a file of one's own come without their head.
#
# create_model(name, num_classes=4, pretrained=True, pretrained_cfg_overlay={"file": ...}) is timm's way
# to start from a local file. Whether the head in it fits is decided by the number of classes that the
# registry lists for the name, 1000, not by the file: the trained head of 4 classes is thrown away,
# and a random one decides. The log has a line at level info about keys that are missing, "expected if
# model is being adapted". The other way in, checkpoint_path=..., keeps the head.
# What helps: "num_classes" in the overlay, or checkpoint_path. Ours looks into the file first, and
# says where the head does not fit (focus_viewer/explain/model/vit_layout.py).
#
# Seen: block as in the file in all three, head only with checkpoint_path or num_classes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet timm==1.0.31 torch==2.9.1 torchvision==0.24.1
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import timm
import torch
from safetensors.torch import save_file

NAME, FILE = "vit_tiny_patch16_224", "own.safetensors"
SIZES = {"img_size": 16, "patch_size": 8, "embed_dim": 48, "num_heads": 2, "depth": 1, "num_classes": 4}


def kept(**how: object) -> tuple[bool, bool]:
    """Return whether a block and the head are those of the file."""
    model = timm.create_model(NAME, **SIZES, **how)
    block = torch.equal(model.blocks[0].attn.qkv.weight, trained.blocks[0].attn.qkv.weight)
    return block, torch.equal(model.head.weight, trained.head.weight)


torch.manual_seed(0)
trained = timm.create_model(NAME, **SIZES)
torch.nn.init.normal_(trained.head.weight)  # as training leaves it
save_file(trained.state_dict(), FILE)
overlay = kept(pretrained=True, pretrained_cfg_overlay={"file": FILE})
counted = kept(pretrained=True, pretrained_cfg_overlay={"file": FILE, "num_classes": 4})
path = kept(checkpoint_path=FILE)
print(f"timm {timm.__version__}: block and head, overlay {overlay}, with num_classes {counted}, path {path}")
assert counted == path == (True, True)
assert overlay == (True, False), "the behaviour has changed"
PY
