import itertools
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from handmade_pictures import picture
from PIL import Image

from stylestudio.errors import PictureError
from stylestudio.evaluation.torchvision import to_tensor
from stylestudio.training.data import REDUCED_TO, RandomScaleCrop, TrainingCrops, batches, centre_crop, split_held_out


def test_of_each_folder_32_pictures_are_held_out(photos: Path, paintings: Path) -> None:
    training, held_out = split_held_out([photos, paintings])
    assert [len(folder) for folder in training] == [70 - 32, 66 - 32]
    assert [path.parent for path in held_out] == [photos] * 32 + [paintings] * 32


def test_no_picture_is_learnt_from_and_measured_on(photos: Path, paintings: Path) -> None:
    training, held_out = split_held_out([photos, paintings])
    learnt = set(itertools.chain(*training))
    assert not learnt & set(held_out)
    assert learnt | set(held_out) == {*photos.iterdir(), *paintings.iterdir()}


def test_the_names_alone_decide_what_is_held_out(photos: Path, tmp_path: Path) -> None:
    elsewhere = shutil.copytree(photos, tmp_path / "elsewhere")
    shutil.copy(elsewhere / "picture3.jpg", elsewhere / "readme.txt")
    once, again, moved = (split_held_out([folder])[1] for folder in (photos, photos, elsewhere))
    assert once == again
    assert [path.name for path in once] == [path.name for path in moved]


def test_pictures_in_subfolders_count_and_equal_names_keep_one_order(photos: Path, tmp_path: Path) -> None:
    for name in ("b", "a"):
        shutil.copytree(photos, tmp_path / "all" / name)
    _, held_out = split_held_out([tmp_path / "all"])
    assert len(held_out) == 32
    for first, second in zip(held_out[::2], held_out[1::2], strict=True):
        assert (first.parent.name, second.parent.name, first.name) == ("a", "b", second.name)


@pytest.mark.parametrize("count", [0, 63])
def test_a_folder_with_too_few_pictures_is_refused(count: int, photos: Path, tmp_path: Path) -> None:
    for path in sorted(photos.iterdir())[:count]:
        shutil.copy(path, tmp_path)
    with pytest.raises(PictureError, match=f"holds only {count} pictures"):
        split_held_out([tmp_path])


@pytest.mark.parametrize(
    "kind", [Image.new("L", (40, 36), 51), Image.new("RGBA", (40, 36), (51, 51, 51, 9)), Image.new("P", (40, 36), 0)]
)
def test_every_kind_of_picture_is_read_as_rgb(kind: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "even.png"
    kind.save(path)
    for crop in (centre_crop(path, 32), TrainingCrops([[path]], 32, 0)[0]):
        assert crop.shape == (3, 32, 32)
        assert crop.unique().tolist() == pytest.approx([0.0 if kind.mode == "P" else 0.2])


def test_tensors_are_channels_first_in_0_to_1() -> None:
    found = to_tensor(Image.new("RGB", (5, 2), (255, 51, 0)))
    assert found.shape == (3, 2, 5)
    assert found[:, 1, 4].tolist() == pytest.approx([1, 0.2, 0])


def test_the_centre_is_cut_out(tmp_path: Path) -> None:
    wide = Image.new("RGB", (30, 10))
    wide.paste((255, 255, 255), (10, 0, 20, 10))
    wide.save(tmp_path / "wide.png")
    assert centre_crop(tmp_path / "wide.png", 10).min() == 1


@pytest.mark.parametrize("size", [(7, 30), (30, 7), (3, 3), (64, 64)])
def test_a_picture_smaller_than_the_crop_is_enlarged(size: tuple[int, int], tmp_path: Path) -> None:
    picture(1, *size).save(tmp_path / "small.png")
    assert centre_crop(tmp_path / "small.png", 32).shape == (3, 32, 32)


@pytest.mark.parametrize("size", [(20, 90), (90, 20), (33, 32), (200, 150), (5, 6)])
def test_random_crops_have_the_size_asked_for(size: tuple[int, int]) -> None:
    large = picture(1, *size)
    assert {RandomScaleCrop(32)(large).size for _ in range(20)} == {(32, 32)}


def crops_of(picture: Image.Image, count: int, path: Path) -> torch.Tensor:
    """(count, 3, 16, 16)."""
    picture.save(path)
    crops = TrainingCrops([[path]], 16, seed=3)
    return torch.stack([crops[number] for number in range(count)])


def test_about_half_of_the_crops_are_mirrored(tmp_path: Path) -> None:
    ramp = Image.linear_gradient("L").rotate(90)
    rises = crops_of(ramp, 200, tmp_path / "ramp.png")[:, 0, 0].diff().sum(1) > 0
    assert 70 < rises.sum() < 130


def test_crops_are_taken_at_many_scales_the_finer_ones_more_often(tmp_path: Path) -> None:
    columns = crops_of(Image.linear_gradient("L"), 200, tmp_path / "ramp.png")[:, 0, :, 0]
    extents = columns[:, -1] - columns[:, 0]
    assert extents.min() < 0.15
    assert extents.max() > 0.7
    assert 0.2 < extents.mean() < 0.45  # a third of the way from the finest scale to the coarsest, of a triangle


@pytest.mark.parametrize(("side", "left"), [(640, 0), (500, 130), (150, 300), (64, 7)])
def test_a_jpeg_is_decoded_no_finer_than_needed_and_shows_the_same(side: int, left: int, tmp_path: Path) -> None:
    smooth = picture(5, 40, 60).resize((960, 640), Image.Resampling.BICUBIC)
    smooth.save(tmp_path / "large.jpg", quality=95)
    crop, top = RandomScaleCrop(32), 640 - side
    with Image.open(tmp_path / "large.jpg") as opened, Image.open(tmp_path / "large.jpg") as reference:
        found = crop.transform(opened, {"left": left, "top": top, "side": side})
        truth = reference.crop((left, top, left + side, 640)).resize((32, 32), Image.Resampling.BICUBIC)
        fineness = opened.width / 960 * side / 32
    assert fineness >= REDUCED_TO
    assert fineness < 2 * REDUCED_TO or opened.width == 960 / 8
    assert np.abs(np.asarray(found, np.int16) - np.asarray(truth)).mean() < 2


def first_batches(folders: list[list[Path]], seed: int, count: int = 3, first: int = 0) -> torch.Tensor:
    return torch.stack(list(itertools.islice(batches(folders, 32, 5, seed, first), count)))


def test_the_seed_decides_the_batches(photos: Path, paintings: Path) -> None:
    folders = split_held_out([photos, paintings])[0]
    one, again, other = (first_batches(folders, seed) for seed in (1, 1, 2))
    assert one.shape == (3, 5, 3, 32, 32)
    assert one.min() >= 0 and one.max() <= 1
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert not torch.equal(one[0], one[1])


def test_folders_are_taken_in_turn(tmp_path: Path) -> None:
    folders = []
    for name, colour in (("red", (255, 0, 0)), ("blue", (0, 0, 255))):
        Image.new("RGB", (40, 40), colour).save(tmp_path / f"{name}.png")
        folders.append([tmp_path / f"{name}.png"])
    found = first_batches(folders, 0, 1)[0]
    assert found[:, 0, 0, 0].tolist() == [1, 0, 1, 0, 1]


def test_batches_begun_later_show_what_comes_there(photos: Path, paintings: Path) -> None:
    folders = split_held_out([photos, paintings])[0]
    whole = first_batches(folders, 1, 4)
    torch.rand(7)  # whatever else draws random numbers
    assert torch.equal(first_batches(folders, 1, 2, first=10), whole[2:])


def test_taking_a_crop_leaves_the_other_random_numbers_alone(photos: Path) -> None:
    before = torch.get_rng_state()
    TrainingCrops([[photos / "picture1.jpg"]], 32, 0)[5]
    assert torch.equal(torch.get_rng_state(), before)


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(PictureError, match=r"broken\.jpg"):
        next(batches([[tmp_path / "broken.jpg"]], 32, 2, 0))
