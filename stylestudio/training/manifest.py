"""Puts a run's networks where the program loads them from, with their facts in the manifest."""

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from stylestudio.engine.networks.weights import file_hash
from stylestudio.errors import WeightsError

MANIFEST = "manifest.json"


def ship(run: Path, weights: Path) -> None:
    """Copy encoder and inverse network of a run's folder to the folder `weights` and bring its manifest up to date.

    An unchanged encoder is left alone. Raises `WeightsError` if the run has no finished weights.
    """
    try:
        facts = json.loads((run / "report.json").read_text(encoding="utf-8"))
        manifest = json.loads((weights / MANIFEST).read_text(encoding="utf-8"))
        architecture, trained = facts["architecture"], {key: facts[key] for key in ("crops", "steps", "seconds")}
        entries = {entry["role"]: entry for entry in manifest["weights"]}
        same_encoder = same_tensors(run / "encoder.safetensors", weights / entries["encoder"]["file"])
        copy_weights(run / "inverse.safetensors", weights, entries["inverse"])
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise WeightsError(f"{run} holds no finished training run.", hint="Train first, then ship.") from error
    if not same_encoder:
        copy_weights(run / "encoder.safetensors", weights, entries["encoder"])
        entries["encoder"] |= {"architecture": architecture, "source": "given by the user", "licence": "unknown"}
        entries["inverse"]["trained"] = []
    entries["inverse"]["trained"].append(trained)
    entries["inverse"]["report"] = facts
    unfinished = weights / f"{MANIFEST}.unfinished"
    unfinished.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(weights / MANIFEST)


def same_tensors(one: Path, other: Path) -> bool:
    """Whether two weights files hold the same values, whatever facts were written beside them."""
    ours, theirs = load_file(one), load_file(other)
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


def copy_weights(file: Path, weights: Path, entry: dict[str, Any]) -> None:
    """Copy a weights file under the name that its entry gives, and write down its hash and size."""
    unfinished = weights / f"{entry['file']}.unfinished"
    shutil.copyfile(file, unfinished)
    entry |= {"sha256": file_hash(unfinished), "bytes": unfinished.stat().st_size}
    unfinished.replace(weights / entry["file"])
