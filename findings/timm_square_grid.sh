#!/usr/bin/env bash
# timm 1.0.31: position embeddings of an image that is not square are resized as if it had been.
#
# A ViT may be built for strips, img_size=(64, 256), 4 x 16 patches. Where its weights are read into
# the same ViT at another size (create_model with pretrained_cfg_overlay={"file": ...}, as
# fine-tuning does), timm resizes the positions, of which the file keeps the number alone: 64 are
# taken for 8 x 8. Each row of the image then has positions of other rows and columns, no error and
# no warning says so, and the same model's set_input_size() does it right, as it knows its grid.
# 6 x 44 patches, no square number, are refused with an error of shapes.
# What helps: to read the weights at their own size, then model.set_input_size(). Ours logs a
# warning (focus_viewer/explain/model/vit_layout.py).
#
# Seen: the first row of 8 x 32 patches takes its positions from columns 0 to 7.1 of 15 when they come
# from the file, from 0 to 15.1 by set_input_size().
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

SMALL, LARGE = (64, 256), (128, 512)  # 4 x 16 and 8 x 32 patches


def strip(size: tuple[int, int], **how: object) -> torch.nn.Module:
    return timm.create_model(
        "vit_tiny_patch16_224", img_size=size, embed_dim=48, num_heads=2, depth=1, num_classes=3, **how
    )


def columns(model: torch.nn.Module) -> torch.Tensor:
    """Return the column that the first row of patches takes its positions from."""
    return model.pos_embed.detach()[0, 1:].reshape(8, 32, 48)[0, :, 1]


torch.manual_seed(0)
model = strip(SMALL)
with torch.no_grad():  # positions that say where they are
    model.pos_embed.zero_()
    model.pos_embed[0, 1:, 0] = torch.arange(4.0).repeat_interleave(16)
    model.pos_embed[0, 1:, 1] = torch.arange(16.0).repeat(4)
save_file(model.state_dict(), "strip.safetensors")

overlay = {"file": "strip.safetensors", "num_classes": 3}
read = columns(strip(LARGE, pretrained=True, pretrained_cfg_overlay=overlay))
model.set_input_size(img_size=LARGE)
known = columns(model)
print(f"timm {timm.__version__}: first row of patches, columns up to {read.max():.1f} from a file,")
print(f"up to {known.max():.1f} by set_input_size, of 0 to 15")
assert 14.5 < float(known.max()) < 15.5, "the behaviour has changed"
assert float(read.max()) < 8, "the behaviour has changed"
PY
