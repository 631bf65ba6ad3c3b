import json
import shutil
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from stylestudio.cli import train
from stylestudio.cli.parser import build_parser
from stylestudio.engine.networks.decoder import InverseNetwork
from stylestudio.engine.networks.encoder import Encoder, convolution_names
from stylestudio.engine.networks.weights import load_networks
from stylestudio.errors import PictureError, SettingError, WeightsError
from stylestudio.paths import resource
from stylestudio.training import data, report
from stylestudio.training.manifest import ship

FILES = {"state.safetensors", "inverse.safetensors", "encoder.safetensors", "sheet.png", "report.json"}


@pytest.fixture(autouse=True, scope="module")
def small_measures() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "CROP", 32)
        for module in (data, train):
            patch.setattr(module, "HELD_OUT_PER_FOLDER", 8)
        patch.setattr(train, "NORMALISING_PICTURES", 2)
        yield


def options(photos: Path, output: Path, **changes: object) -> Namespace:
    plan = ["--crops", "4", "--crop-size", "32", "--batch", "2", "--overfit-share", "0", "--fresh"]
    chosen = build_parser().parse_args(["train", "--pictures", str(photos), "-o", str(output), *plan])
    return Namespace(**(vars(chosen) | changes))


def test_a_run_leaves_weights_a_report_and_a_sheet_and_goes_on_later(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "new" / "run"
    assert train.run(options(photos, output)) == 0
    assert {path.name for path in output.iterdir()} == FILES
    facts = json.loads((output / "report.json").read_text(encoding="utf-8"))
    assert (facts["crops"], facts["steps"]) == (4, 2)
    with Image.open(output / "sheet.png") as sheet:
        assert sheet.size == (8 * 32, 2 * 32)
    capsys.readouterr()
    assert train.run(options(photos, output, crops=6)) == 0
    told = "".join(capsys.readouterr())
    assert "Going on after 4 crops." in told
    assert json.loads((output / "report.json").read_text(encoding="utf-8"))["crops"] == 6


@pytest.fixture(scope="module")
def run(photos: Path, small_measures: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that is finished; nobody writes into it."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    train.run(options(photos, folder, crops=2))
    return folder


def test_what_it_leaves_can_be_loaded(run: Path) -> None:
    inverse, encoder = (load_file(run / name) for name in ("inverse.safetensors", "encoder.safetensors"))
    assert {tensor.dtype for tensor in inverse.values()} == {torch.float16}
    InverseNetwork().load_state_dict(inverse)
    Encoder().load_state_dict(encoder)


def test_a_vgg19_of_one_s_own_is_trained_for(photos: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    network, tensors = Encoder("vgg19"), {}
    indices = (0, 2, 5, 7, 10, 12, 14, 16, 19)
    for index, name in zip(indices, convolution_names("vgg19"), strict=True):
        convolution = network.convolution(name)
        tensors |= {f"features.{index}.{kind}": value.data for kind, value in convolution.named_parameters()}
    save_file(tensors, tmp_path / "vgg19.safetensors")
    encoder = ["vgg19", str(tmp_path / "vgg19.safetensors")]
    train.run(options(photos, tmp_path / "run", crops=2, encoder=encoder))
    with safe_open(tmp_path / "run" / "encoder.safetensors", framework="pt") as file:
        assert file.metadata() == {"architecture": "vgg19"}
        assert "conv3_4.weight" in file.keys()  # noqa: SIM118


def test_a_run_ends_when_its_time_is_up(photos: Path, tmp_path: Path) -> None:
    train.run(options(photos, tmp_path, crops=1000, minutes=0, fresh=False))
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["steps"] == 1


def test_what_cannot_be_trained_with_is_said(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="is not a folder"):
        train.run(options(tmp_path / "nowhere", tmp_path))
    with pytest.raises(SettingError, match="resnet"):
        train.run(options(photos, tmp_path, encoder=["resnet", "some.safetensors"]))
    with pytest.raises(WeightsError, match=r"some\.safetensors"):
        train.run(options(photos, tmp_path, encoder=["vgg19", str(tmp_path / "some.safetensors")]))
    with pytest.raises(SettingError, match="No pictures"):
        train.run(options(photos, tmp_path, pictures=[]))
    assert not list(tmp_path.iterdir())


def test_a_run_can_be_shipped_and_is_then_what_the_program_loads(run: Path, tmp_path: Path) -> None:
    weights = shutil.copytree(resource("weights"), tmp_path / "weights")
    before = json.loads((weights / "manifest.json").read_text(encoding="utf-8"))["weights"]
    ship(run, weights)
    networks = load_networks(weights, torch.device("cpu"))
    made = load_file(run / "inverse.safetensors")
    assert torch.equal(networks.inverse.state_dict()["conv5.weight"], made["conv5.weight"].float())
    listed = {e["role"]: e for e in json.loads((weights / "manifest.json").read_text(encoding="utf-8"))["weights"]}
    trained = next(entry["trained"] for entry in before if entry["role"] == "inverse")
    assert listed["inverse"]["trained"][:-1] == trained
    assert listed["inverse"]["trained"][-1]["crops"] == 2
    assert {path.name for path in weights.iterdir()} == {path.name for path in resource("weights").iterdir()}


def test_a_run_that_is_not_finished_cannot_be_shipped_and_changes_nothing(tmp_path: Path) -> None:
    weights = shutil.copytree(resource("weights"), tmp_path / "weights")
    before = {path.name: path.read_bytes() for path in weights.iterdir()}
    (tmp_path / "run").mkdir()
    for facts in (None, "{}"):
        if facts:
            (tmp_path / "run" / "report.json").write_text(facts, encoding="utf-8")
        with pytest.raises(WeightsError):
            ship(tmp_path / "run", weights)
        assert {path.name: path.read_bytes() for path in weights.iterdir()} == before


def test_the_shipped_encoder_stays_itself_when_a_run_of_it_is_shipped(run: Path, tmp_path: Path) -> None:
    weights = shutil.copytree(resource("weights"), tmp_path / "weights")
    ship(run, weights)
    entry, before = (
        json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["weights"][0]
        for folder in (weights, resource("weights"))
    )
    assert entry == before
