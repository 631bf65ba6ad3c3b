import hashlib
import json
import pickle
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import SafetensorError

from stylestudio.engine.networks import weights
from stylestudio.engine.networks.encoder import LAYERS
from stylestudio.engine.networks.weights import file_hash, load_networks, load_on_best_device, read_manifest
from stylestudio.errors import SystemLacks, WeightsError
from stylestudio.paths import resource

SHIPPED = resource("weights")
CPU = torch.device("cpu")
FILES = ["encoder.safetensors", "inverse.safetensors"]
ENTRIES: list[dict[str, Any]] = json.loads((SHIPPED / "manifest.json").read_text(encoding="utf-8"))["weights"]
FACTS = ("role", "file", "sha256", "bytes", "architecture", "licence", "source", "layers", "normalisation", "trained")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped weights that may be spoilt."""
    return shutil.copytree(SHIPPED, tmp_path / "weights")


def rewrite(folder: Path, **changes: object) -> None:
    """Change the encoder's entry in the manifest."""
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    next(entry for entry in listed["weights"] if entry["role"] == "encoder").update(changes)
    (folder / "manifest.json").write_text(json.dumps(listed), encoding="utf-8")


def refused(folder: Path) -> str:
    with pytest.raises(WeightsError) as caught:
        load_networks(folder, CPU)
    assert re.fullmatch(r"[A-Z].*\.", caught.value.hint)
    return caught.value.message


@pytest.mark.parametrize("fact", FACTS)
def test_the_manifest_tells_this_of_each_file(fact: str) -> None:
    assert {entry["role"] for entry in ENTRIES} == {"encoder", "inverse"}
    for entry in ENTRIES:
        assert entry.get(fact), entry["role"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["role"])
def test_the_manifest_is_true(entry: dict[str, Any]) -> None:
    path = SHIPPED / entry["file"]
    assert path.suffix == ".safetensors"
    assert path.stat().st_size == entry["bytes"]
    assert file_hash(path) == entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_shipped_networks_are_whole_and_do_not_learn() -> None:
    networks = load_networks(SHIPPED, CPU)
    for network in (networks.encoder, networks.inverse):
        assert not network.training
        for parameter in network.parameters():
            assert parameter.dtype == torch.float32
            assert parameter.isfinite().all()
            assert parameter.any()
            assert not parameter.requires_grad
    assert set(networks.encoder(torch.rand(1, 3, 16, 16))) == set(LAYERS)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("place", [0, 1000, -1])
def test_one_altered_byte_is_noticed(file: str, place: int, folder: Path) -> None:
    content = bytearray((folder / file).read_bytes())
    content[place] ^= 1
    (folder / file).write_bytes(content)
    assert refused(folder) == f"The network weights in {file} have been altered."


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(file: str, folder: Path) -> None:
    (folder / file).unlink()
    assert refused(folder) == f"The network weights {file} are missing."


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(12, "Cannot allocate memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory"),
        SafetensorError("Cannot allocate memory (os error 12)"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_too_little_memory_is_not_called_damaged_weights(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(path: Path) -> None:
        raise error

    monkeypatch.setattr(weights, "load_file", greedy)
    with pytest.raises(SystemLacks, match="not enough memory"):
        load_networks(SHIPPED, CPU)


def test_a_file_that_may_not_be_read_is_named_and_is_not_called_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(weights, "file_hash", forbidden)
    assert refused(folder) == "The network weights encoder.safetensors may not be read."


def test_a_file_cut_short_is_refused(folder: Path) -> None:
    path = folder / FILES[0]
    path.write_bytes(path.read_bytes()[:-1000])
    assert "altered" in refused(folder)
    rewrite(folder, sha256=file_hash(path))
    assert "cannot be used" in refused(folder)


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"weights": 3}', '{"weights": [{"role": "encoder"}]}', "\0"])
def test_a_manifest_that_cannot_be_read_is_refused(text: str | None, folder: Path) -> None:
    (folder / "manifest.json").unlink()
    if text is not None:
        (folder / "manifest.json").write_text(text, encoding="utf-8")
    assert refused(folder) == "The list of network weights cannot be read."


def test_a_manifest_without_the_inverse_network_is_refused(folder: Path) -> None:
    listed = {"weights": [entry for entry in ENTRIES if entry["role"] == "encoder"]}
    (folder / "manifest.json").write_text(json.dumps(listed), encoding="utf-8")
    assert refused(folder) == "The list of network weights is incomplete."


def test_a_manifest_of_an_unknown_architecture_is_refused(folder: Path) -> None:
    rewrite(folder, architecture="resnet50")
    assert refused(folder) == "The list of network weights names an unknown network."


def test_another_network_s_weights_are_refused(folder: Path) -> None:
    shutil.copy(folder / FILES[1], folder / FILES[0])
    rewrite(folder, sha256=file_hash(folder / FILES[0]))
    assert "cannot be used" in refused(folder)


class Trap:
    """Were it unpickled, it would leave a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("by_torch", [False, True])
def test_a_pickle_under_our_name_is_never_loaded(by_torch: bool, folder: Path, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    if by_torch:
        torch.save({"conv1_1.weight": Trap(sprung)}, folder / FILES[0])
    else:
        (folder / FILES[0]).write_bytes(pickle.dumps(Trap(sprung)))
    rewrite(folder, sha256=file_hash(folder / FILES[0]))
    assert "cannot be used" in refused(folder)
    assert not sprung.exists()


def test_the_manifest_is_read_into_its_files() -> None:
    for file, entry in zip(read_manifest(SHIPPED), ENTRIES, strict=True):
        assert file.path == SHIPPED / entry["file"]
        assert (file.role, file.sha256, file.architecture) == (entry["role"], entry["sha256"], entry["architecture"])


def test_tried_networks_are_on_the_device_that_was_chosen_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    card = torch.device("meta")  # any device but the processor: nothing is computed
    monkeypatch.setattr(weights, "choose_device", lambda networks: (card, {}))
    networks = load_on_best_device(SHIPPED)
    assert {p.device for p in (*networks.encoder.parameters(), *networks.inverse.parameters())} == {card}
