import itertools
import random
import shutil
import threading
from pathlib import Path

import pytest
import torch
from handmade_pictures import picture
from PIL import Image

from stylestudio.errors import PictureError
from stylestudio.training.data import batches, centre_crop, load, random_crop, split, to_tensor


def test_of_each_folder_32_pictures_are_held_out(photos: Path, paintings: Path) -> None:
    training, held_out = split([photos, paintings])
    assert [len(folder) for folder in training] == [70 - 32, 66 - 32]
    assert [path.parent for path in held_out] == [photos] * 32 + [paintings] * 32


def test_no_picture_is_learnt_from_and_measured_on(photos: Path, paintings: Path) -> None:
    training, held_out = split([photos, paintings])
    learnt = set(itertools.chain(*training))
    assert not learnt & set(held_out)
    assert learnt | set(held_out) == {*photos.iterdir(), *paintings.iterdir()}


def test_the_names_alone_decide_what_is_held_out(photos: Path, tmp_path: Path) -> None:
    elsewhere = shutil.copytree(photos, tmp_path / "elsewhere")
    shutil.copy(elsewhere / "picture3.jpg", elsewhere / "readme.txt")
    once, again, moved = (split([folder])[1] for folder in (photos, photos, elsewhere))
    assert once == again
    assert [path.name for path in once] == [path.name for path in moved]


def test_pictures_in_subfolders_count_and_equal_names_keep_one_order(photos: Path, tmp_path: Path) -> None:
    for name in ("b", "a"):
        shutil.copytree(photos, tmp_path / "all" / name)
    _, held_out = split([tmp_path / "all"])
    assert len(held_out) == 32
    for first, second in zip(held_out[::2], held_out[1::2], strict=True):
        assert (first.parent.name, second.parent.name, first.name) == ("a", "b", second.name)


@pytest.mark.parametrize("count", [0, 63])
def test_a_folder_with_too_few_pictures_is_refused(count: int, photos: Path, tmp_path: Path) -> None:
    for path in sorted(photos.iterdir())[:count]:
        shutil.copy(path, tmp_path)
    with pytest.raises(PictureError, match=f"holds only {count} pictures"):
        split([tmp_path])


def test_every_kind_of_picture_is_read_as_rgb(tmp_path: Path) -> None:
    Image.new("L", (4, 3), 51).save(tmp_path / "grey.png")
    Image.new("RGBA", (4, 3), (51, 102, 255, 9)).save(tmp_path / "clear.webp", lossless=True)
    assert to_tensor(load(tmp_path / "grey.png"))[:, 0, 0].tolist() == pytest.approx([0.2] * 3)
    assert load(tmp_path / "clear.webp").mode == "RGB"


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
    rng = random.Random(1)
    large = picture(1, *size)
    assert {random_crop(large, 32, rng).size for _ in range(20)} == {(32, 32)}


def test_about_half_of_the_crops_are_mirrored() -> None:
    rng = random.Random(2)
    ramp = Image.linear_gradient("L").rotate(90).convert("RGB")
    rises = [to_tensor(random_crop(ramp, 16, rng))[0, 0].diff().sum() > 0 for _ in range(200)]
    assert 70 < sum(map(bool, rises)) < 130


def test_crops_are_taken_at_many_scales() -> None:
    rng = random.Random(3)
    ramp = Image.linear_gradient("L").convert("RGB")
    heights = [to_tensor(random_crop(ramp, 16, rng))[0, :, 0] for _ in range(100)]
    extents = [(line[-1] - line[0]).item() for line in heights]
    assert min(extents) < 0.15
    assert max(extents) > 0.7


def first_batches(folders: list[list[Path]], seed: int, count: int = 3) -> torch.Tensor:
    endless = batches(folders, 32, 5, seed)
    found = torch.stack(list(itertools.islice(endless, count)))
    endless.close()
    return found


def test_the_seed_decides_the_batches(photos: Path, paintings: Path) -> None:
    folders = split([photos, paintings])[0]
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


def test_reading_ahead_ends_with_the_batches(photos: Path) -> None:
    endless = batches([[photos / "picture1.jpg"]], 32, 2, 0)
    next(endless)
    assert "training pictures" in {thread.name for thread in threading.enumerate()}
    endless.close()
    assert "training pictures" not in {thread.name for thread in threading.enumerate()}


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(PictureError, match=r"broken\.jpg"):
        next(batches([[tmp_path / "broken.jpg"]], 32, 2, 0))
