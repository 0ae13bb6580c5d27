#!/usr/bin/env bash
# timm 1.0.31: the layer `attn.qkv` of Eva models does not make the queries, keys and values.
#
# In timm's VisionTransformer `block.attn.qkv` is a Linear with its bias: called by hand, or heard by
# a forward hook, it gives what attention uses. The blocks of Eva (eva02, PE) have a layer of the same
# name and shape, but no bias in it: `q_bias`, `k_bias` and `v_bias` are added elsewhere, and
# attention multiplies by `qkv.weight` itself. So the layer, called by hand, gives other queries and
# values, and a hook on it never fires; there is no error in either case, so that attention maps and
# keys that are read this way are wrong or empty. It shows with trained weights only: the biases
# start at 0.
# What helps: to add the three biases where there are some, as
# focus_viewer/explain/foreign/timm_adapter.py does.
#
# Seen: VisionTransformer: hook fires, largest difference 0; Eva: no hook, queries differ by 1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet timm==1.0.31 torch==2.9.1 torchvision==0.24.1
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import timm
import torch
from torch.nn import functional


def seen(name: str, **options: object) -> tuple[bool, float]:
    """Return whether a hook on qkv fires, and how far its queries are from those of attention."""
    torch.manual_seed(0)
    model = timm.create_model(name, img_size=32, patch_size=8, depth=1, **options).eval()
    attention = model.blocks[0].attn
    bias = attention.qkv.bias if attention.qkv.bias is not None else attention.q_bias
    torch.nn.init.ones_(bias)  # as training may leave it
    fired, used, inputs = [], [], []
    attention.qkv.register_forward_hook(lambda *_: fired.append(True))
    attention.register_forward_pre_hook(lambda _, given: inputs.append(given[0]))
    original = functional.scaled_dot_product_attention

    def listen(query, *others, **more):
        used.append(query)
        return original(query, *others, **more)

    functional.scaled_dot_product_attention = listen
    with torch.no_grad():
        model(torch.randn(1, 3, 32, 32))
        hooked = bool(fired)
        made = attention.qkv(inputs[0]).chunk(3, dim=-1)[0]
    functional.scaled_dot_product_attention = original
    # Of the class token, which no rotary embedding turns.
    return hooked, float((made[:, 0] - used[0].transpose(1, 2).flatten(2)[:, 0]).abs().max())


vit = seen("vit_tiny_patch16_224", embed_dim=48, num_heads=2)
eva = seen("eva02_tiny_patch14_224", embed_dim=48, num_heads=2)
print(f"timm {timm.__version__}: hook fires, difference of queries: ViT {vit}, Eva {eva}")
assert vit[0] and vit[1] < 1e-5, "the behaviour has changed"
assert not eva[0] and abs(eva[1] - 1) < 1e-5, "the behaviour has changed"
PY
