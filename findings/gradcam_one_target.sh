#!/usr/bin/env bash
# grad-cam 1.5.7: with one target for a batch of images, only the first image is explained.
#
# cam(input_tensor=images, targets=[ClassifierOutputTarget(1)]) reads as "class 1, for all images", and
# is taken: the losses are those of zip(targets, outputs), so that images beyond the number of targets
# have none, no gradient, and a map of zeros. A map of zeros looks like "nothing speaks for this
# class", and means over a batch are too small by the number of images; nothing is raised or logged.
# What helps: a target for each image. Ours are explained one by one
# (focus_viewer/explain/baselines/grad_cam.py).
#
# Seen: largest values of three maps 1, 0, 0 with one target; 1, 1, 1 with three.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet grad-cam==1.5.7 torch==2.9.1 torchvision==0.24.1
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget


class Small(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features, self.head = torch.nn.Conv2d(3, 8, 3, padding=1), torch.nn.Linear(8, 4)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(torch.relu(self.features(images)).mean((2, 3)))


torch.manual_seed(0)
model, images, wanted = Small().eval(), torch.rand(3, 3, 16, 16), ClassifierOutputTarget(1)
with GradCAM(model=model, target_layers=[model.features]) as cam:
    one = cam(input_tensor=images, targets=[wanted]).max((1, 2))
    each = cam(input_tensor=images, targets=[wanted] * 3).max((1, 2))
print(f"grad-cam {version('grad-cam')}: largest values with one target {one}, with three {each}")
assert (each > 0.9).all()
assert one[0] > 0.9 and (one[1:] == 0).all(), "the behaviour has changed"
PY
