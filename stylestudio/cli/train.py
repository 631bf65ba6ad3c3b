"""`stylestudio train`."""

import argparse
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from stylestudio.cli.console import print_remark
from stylestudio.cli.stopping import handled_by
from stylestudio.engine.coding import Networks
from stylestudio.engine.networks.decoder import InverseNetwork
from stylestudio.engine.networks.encoder import Encoder
from stylestudio.engine.networks.weights import load_networks
from stylestudio.engine.runtime.device import describe, has_fast_bfloat16
from stylestudio.engine.runtime.selftest import choose_device
from stylestudio.errors import PictureError, SettingError
from stylestudio.paths import resource
from stylestudio.training.data import HELD_OUT_PER_FOLDER, centre_crop, split_held_out
from stylestudio.training.manifest import ship
from stylestudio.training.report import contact_sheet, held_out_crops, report
from stylestudio.training.state import save_atomically
from stylestudio.training.trainer import Plan, Trainer, train
from stylestudio.training.vgg_weights import (
    encoder_of,
    fold_torchvision_preprocessing,
    normalise_channels,
    read_torchvision_convolutions,
)

NORMALISING_PICTURES = 200
STATE, WEIGHTS, ENCODER, SHEET, FACTS = (
    "state.safetensors",
    "inverse.safetensors",
    "encoder.safetensors",
    "sheet.png",
    "report.json",
)


def initial_networks(options: argparse.Namespace, folders: list[list[Path]]) -> tuple[Encoder, InverseNetwork]:
    """What training begins from: the shipped networks, or a fresh inverse network for the VGG-19 given."""
    if options.encoder is None:
        networks = load_networks(resource("weights"), torch.device("cpu"))
        inverse = InverseNetwork() if options.fresh else networks.inverse
        return networks.encoder, inverse.requires_grad_(True)
    architecture, file = options.encoder
    if architecture not in ("vgg16", "vgg19"):
        raise SettingError(f"There is no encoder {architecture}.", hint="Give vgg16 or vgg19, and its file.")
    convolutions = read_torchvision_convolutions(Path(file), architecture)
    encoder = encoder_of(fold_torchvision_preprocessing(convolutions), architecture)
    share = NORMALISING_PICTURES // len(folders)
    normalise_channels(encoder, (centre_crop(path, 256)[None] for folder in folders for path in folder[:share]))
    return encoder, InverseNetwork()


def run(options: argparse.Namespace) -> int:
    """Train until the plan is done, the time is up or Ctrl-C; everything goes to the run's folder.

    With `--ship`, put what a former run made where the program loads it from instead.
    """
    if options.ship:
        ship(options.output, resource("weights"))
        return 0
    if not options.pictures:
        raise SettingError("No pictures were given.", hint="Give folders of pictures to learn from, with --pictures.")
    if options.batch < 2:
        raise SettingError("A batch needs at least two crops.", hint="Give --batch 2 or more.")
    for folder in options.pictures:
        if not folder.is_dir():
            raise PictureError(f"{folder} is not a folder.", hint="Give folders of pictures to learn from.")
    folders, held_out = split_held_out(options.pictures)
    encoder, network = initial_networks(options, folders)
    plan = Plan(
        crops=options.crops,
        crop_size=options.crop_size,
        batch=options.batch,
        learning_rate=options.learning_rate,
        block_by_block=0.3 if options.fresh or options.encoder else 0.0,
        overfit_share=options.overfit_share,
    )
    device, _ = choose_device(Networks(encoder, network))
    trainer = Trainer(encoder, network, plan, device)
    options.output.mkdir(parents=True, exist_ok=True)
    if (options.output / STATE).exists():
        trainer.resume(options.output / STATE)
        print_remark(f"Going on after {trainer.counters.crops} crops.")
    precision = "bfloat16" if has_fast_bfloat16(device) else "float32"
    print_remark(
        f"{sum(map(len, folders))} pictures to learn from, {len(held_out)} held out; {describe(device)}, {precision}."
    )
    return training_loop(trainer, folders, held_out_crops(held_out), options)


def training_loop(trainer: Trainer, folders: list[list[Path]], crops: torch.Tensor, options: argparse.Namespace) -> int:
    """The loop: train, and every few minutes save, measure and tell."""
    ends = time.monotonic() + options.minutes * 60
    reported = time.monotonic()
    with stop_requested() as stop:
        for counters in train(trainer, folders):
            now = time.monotonic()
            if now - reported >= options.report_every * 60:
                save_training_run(trainer, crops, options.output)
                reported = time.monotonic()
            if stop.is_set() or now >= ends:
                break
            if counters.steps % 50 == 0:
                pace = counters.crops / counters.seconds
                print_remark(f"{counters.crops} crops, {pace:.1f} per second, loss {counters.loss:.3f}")
    save_training_run(trainer, crops, options.output)
    return 0


def save_training_run(trainer: Trainer, crops: torch.Tensor, folder: Path) -> None:
    """Keep the run, its averaged weights, a report of them and a contact sheet."""
    trainer.save(folder / STATE)
    halves = {name: tensor.half() for name, tensor in trainer.average.state_dict().items()}
    save_atomically(halves, folder / WEIGHTS, {"crops": str(trainer.counters.crops)})
    encoder = {k: v if k.endswith("_scale") else v.half() for k, v in trainer.encoder.state_dict().items()}
    save_atomically(encoder, folder / ENCODER, {"architecture": trainer.encoder.architecture})
    found = report(trainer.encoder, trainer.average, crops, HELD_OUT_PER_FOLDER)
    counters = trainer.counters
    facts = found.facts() | {
        "architecture": trainer.encoder.architecture,
        "crops": counters.crops,
        "steps": counters.steps,
        "seconds": round(counters.seconds),
    }
    (folder / FACTS).write_text(json.dumps(facts, indent=2), encoding="utf-8")
    contact_sheet(trainer.encoder, trainer.average, crops, folder / SHEET)
    print_remark(f"{counters.crops} crops: {found.line()}")


@contextmanager
def stop_requested() -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM or SIGHUP sets; the former handlers come back afterwards."""
    event = threading.Event()
    with handled_by(lambda number, frame: event.set()):
        yield event
