"""A second style with a balance, as values: sessions, recipes, snapshots, sets, memory, and the work itself."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from stylestudio.errors import PictureError, SettingError
from stylestudio.images.balance import balance_overfits
from stylestudio.images.decode import Picture, from_pixels, read
from stylestudio.images.export import write
from stylestudio.images.output import ExportOptions
from stylestudio.progress import Progress, Work, finish
from stylestudio.studio import memory
from stylestudio.studio.batch import make_folder, make_jobs, run
from stylestudio.studio.export_queue import ExportQueue
from stylestudio.studio.exporting import LastStyle, input_identities, make_export, plan_exports
from stylestudio.studio.memory import bytes_needed, check_memory, working_sizes
from stylestudio.studio.mix import Mix
from stylestudio.studio.queue_file import decoded, encoded
from stylestudio.studio.recipe import Shares, run_key
from stylestudio.studio.recipe_record import Recipe, from_json, recipe_for, recipe_of, to_json, with_look
from stylestudio.studio.render import Renderer, target
from stylestudio.studio.session import (
    Session,
    with_balance,
    with_content,
    with_mix,
    with_second,
    with_share,
    with_style,
    with_styles_swapped,
)
from stylestudio.studio.set_edits import photo_recipes, with_own_mix, with_set
from stylestudio.studio.settings import Settings
from stylestudio.studio.snapshots import Snapshot, crossfade, is_at, recall_snapshot, with_session_mix
from stylestudio.studio.two_styles import SecondFile, SecondStyle, overfit_of_styles, second_file


def noise(seed: int, name: str = "") -> Picture:
    pixels = np.random.default_rng(seed).random((13, 17, 3), np.float32)
    return from_pixels(pixels, name or f"noise {seed}")


PHOTO, WAVE, MOSAIC = noise(1, "photo"), noise(2, "wave"), noise(3, "mosaic")
ONE = Session(PHOTO, WAVE)
BOTH = with_balance(with_second(ONE, MOSAIC), 0.4)


@pytest.mark.parametrize("balance", [0.01, 0.25, 1 / 3, 0.5, 0.99])
def test_the_target_of_two_styles_equals_the_formula_in_float64(balance: float) -> None:
    photo, first, second = (one.pixels.astype(np.float64) for one in (PHOTO, WAVE, MOSAIC))
    expected = photo * 0.3 + (first * (1 - balance) + second * balance) * 0.7
    found = target(PHOTO, balance_overfits(WAVE.pixels, MOSAIC.pixels, balance), Mix(Shares(0.7, 0.7, 0.7)))
    np.testing.assert_allclose(found, expected, atol=4e-7)


def test_at_its_ends_a_balance_is_the_very_picture() -> None:
    assert balance_overfits(WAVE.pixels, MOSAIC.pixels, 0) is WAVE.pixels
    assert balance_overfits(WAVE.pixels, MOSAIC.pixels, 1) is MOSAIC.pixels
    with pytest.raises(ValueError):
        balance_overfits(WAVE.pixels, MOSAIC.pixels[1:], 0.5)
    with pytest.raises(ValueError):
        balance_overfits(WAVE.pixels, MOSAIC.pixels, 1.01)


def test_a_second_style_comes_at_half_and_leaves_nothing_behind() -> None:
    assert with_second(ONE, MOSAIC).balance == 0.5
    assert with_second(BOTH, noise(4)).balance == 0.4
    assert with_second(BOTH, MOSAIC) is BOTH
    assert with_second(BOTH, None) == ONE
    assert with_balance(ONE, 0.4) is ONE
    with pytest.raises(SettingError):
        with_balance(BOTH, float("nan"))


def test_another_photo_or_first_style_keeps_the_second_and_its_balance() -> None:
    for changed in (with_content(BOTH, noise(5)), with_style(BOTH, noise(6))):
        assert changed != BOTH and (changed.second, changed.balance) == (MOSAIC, 0.4)


def test_styles_in_each_other_s_place_leave_the_overfit_picture_as_it_is() -> None:
    other = with_styles_swapped(BOTH)
    assert (other.style, other.second, other.balance) == (MOSAIC, WAVE, 0.6)
    assert with_styles_swapped(other) == BOTH and with_styles_swapped(ONE) is ONE


def test_a_run_of_two_styles_is_another_one_whatever_their_balance() -> None:
    assert run_key(PHOTO, WAVE, Settings(), MOSAIC) != run_key(PHOTO, WAVE, Settings())
    assert run_key(PHOTO, WAVE, Settings(), MOSAIC) != run_key(PHOTO, MOSAIC, Settings(), WAVE)


def test_a_recipe_tells_of_both_and_comes_back_as_it_was() -> None:
    recipe = recipe_of(BOTH)
    assert recipe.second and recipe.second.name == "mosaic" and recipe.balance == 0.4
    assert from_json(to_json(recipe), Recipe) == recipe
    assert recipe_for(PHOTO, WAVE, Settings(), replace(Mix(), balance=0.4)).balance == 0


def test_recipes_of_one_style_are_still_read_and_hostile_ones_refused() -> None:
    plain = to_json(recipe_of(ONE)).replace(b',"second":null,"balance":0.0', b"")
    assert b"balance" not in plain and from_json(plain, Recipe) == recipe_of(ONE)
    for wrong in (b"1.5", b"-0.1", b"1e999", b'"0.5"', b"null"):
        with pytest.raises(SettingError):
            from_json(to_json(recipe_of(BOTH)).replace(b'"balance":0.4', b'"balance":' + wrong), Recipe)
    with pytest.raises(SettingError):
        from_json(to_json(recipe_of(BOTH)).replace(MOSAIC.sha256.encode(), b"../../etc"), Recipe)


def test_a_look_brings_its_balance_only_where_both_are_of_two_styles() -> None:
    assert with_look(with_balance(BOTH, 0.9), recipe_of(BOTH)).balance == 0.4
    assert with_look(BOTH, recipe_of(ONE)).balance == 0.4
    assert with_look(ONE, recipe_of(BOTH)) == ONE


def test_a_snapshot_gives_back_the_balance_that_it_showed() -> None:
    [snapshot] = with_session_mix((), BOTH, "soft")
    later = with_share(with_balance(BOTH, 0.9), 0, 0.2)
    assert not is_at(later, snapshot) and recall_snapshot(later, snapshot) == BOTH
    alone = recall_snapshot(with_second(later, None), snapshot)
    assert alone.balance == 0 and is_at(alone, snapshot)


def test_a_snapshot_stays_what_it_showed_when_the_styles_are_swapped() -> None:
    [snapshot] = with_session_mix((), BOTH)
    swapped = with_styles_swapped(BOTH)
    assert is_at(swapped, snapshot) and recall_snapshot(with_balance(swapped, 0.1), snapshot) == swapped
    assert is_at(with_styles_swapped(swapped), snapshot)
    same = with_balance(with_second(ONE, WAVE), 0.4)
    assert is_at(same, with_session_mix((), same)[0])
    [alone] = with_session_mix((), ONE)
    assert recall_snapshot(BOTH, alone).balance == 0 and alone.first == ""
    plain = to_json(snapshot).replace(b',"first":"' + WAVE.sha256.encode() + b'"', b"")
    assert msgspec.json.decode(plain, type=Snapshot) == replace(snapshot, first="")


def test_between_two_snapshots_the_balance_goes_along() -> None:
    one, other = replace(Mix(), balance=0.2), replace(Mix(Shares(0.1, 0.1, 0.1)), balance=0.6)
    assert crossfade(one, other, 0.5).balance == pytest.approx(0.4)
    assert crossfade(one, other, 0) == one and crossfade(one, other, 1) == other


def test_a_set_is_exported_in_both_styles() -> None:
    session = with_set(BOTH, [Path("/a.png"), Path("/b.png")], 0, PHOTO)
    for _, recipe in photo_recipes(session):
        assert recipe.second and recipe.second.sha256 == MOSAIC.sha256 and recipe.balance == 0.4
    for _, recipe in photo_recipes(with_second(session, None)):
        assert recipe.second is None and recipe.balance == 0


def test_photos_with_mixes_of_their_own_follow_the_styles_as_they_come_swap_and_go() -> None:
    one = with_own_mix(with_set(ONE, [Path("/a.png"), Path("/b.png"), Path("/c.png")], 0, PHOTO), 0, True)
    one = with_own_mix(one, 2, True)

    def balances(session: Session) -> list[float]:
        return [recipe.balance for _, recipe in photo_recipes(session)]

    both = with_second(one, MOSAIC)
    assert balances(both) == [0.5, 0.5, 0.5]
    own = with_balance(both, 0.9)
    assert balances(own) == [0.9, 0.5, 0.5]
    common = with_balance(with_own_mix(own, 0, False), 0.2)
    assert balances(common) == [0.2, 0.2, 0.5]
    assert balances(with_styles_swapped(own)) == [0.1, 0.5, 0.5]
    assert balances(with_styles_swapped(common)) == [0.8, 0.8, 0.5]
    assert balances(with_second(with_second(common, None), MOSAIC)) == [0.5, 0.5, 0.5]


def test_with_the_first_style_missing_nothing_is_swapped() -> None:
    session = replace(BOTH, style=None)
    assert with_styles_swapped(session) is session


def test_a_mix_without_a_second_style_has_no_balance() -> None:
    assert with_mix(ONE, replace(Mix(), balance=0.3)) == ONE
    assert with_mix(BOTH, replace(Mix(), balance=0.3)).balance == 0.3


class Numbered(Renderer):
    """Its overfit pictures are the styles themselves; it notes whose."""

    def __init__(self) -> None:
        super().__init__()
        self.made, self.others = list[str](), list[int]()

    def overfit(
        self, content: Picture, style: Picture, settings: Settings, look: object = None, others: int = 0
    ) -> Work[np.ndarray]:
        self.others.append(others)
        self.made.append(style.name)
        yield Progress("Painting", 0.5)
        return style.pixels


@pytest.mark.parametrize(("balance", "made"), [(0, ["wave"]), (0.5, ["wave", "mosaic"]), (1, ["mosaic"])])
def test_each_overfit_picture_is_made_once_and_only_where_it_counts(balance: float, made: list[str]) -> None:
    renderer = Numbered()
    found = finish(overfit_of_styles(renderer, PHOTO, WAVE, Settings(), SecondStyle(MOSAIC, balance)))
    assert renderer.made == made and renderer.others == [*range(len(made))][::-1]
    np.testing.assert_allclose(found, WAVE.pixels * (1 - balance) + MOSAIC.pixels * balance, atol=1e-6)


def test_exports_of_a_set_make_the_files_of_a_batch_in_both_styles(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.png" for name in ("a", "b", "wave", "mosaic")]
    for seed, file in enumerate(files):
        write(file, noise(seed).pixels)
    *photos, style, second = files
    session = with_set(replace(BOTH, style=read(style), second=read(second)), photos, 0, read(photos[0]))
    plan = plan_exports(photo_recipes(session), style, tmp_path / "own", ".png", ExportOptions(), second=second)
    assert decoded(encoded(ExportQueue(tuple(plan.exports)))).exports == tuple(plan.exports)
    styles, renderer = LastStyle(), Numbered()
    for one in plan.exports:
        assert finish(make_export(one, input_identities(plan.exports), styles, renderer)).state == "done"
    assert len(styles.pictures) == 2
    make_folder(tmp_path / "batch")
    jobs = make_jobs(photos, [style], tmp_path / "batch", None, second=second)
    finish(run(jobs, session.settings, session.mix, renderer, second_file=SecondFile(second, 0.4)))
    assert renderer.made == ["wave", "mosaic"] * 4
    for one in plan.exports:
        assert one.target.read_bytes() == (tmp_path / "batch" / one.target.name).read_bytes()
    second.write_bytes(style.read_bytes())
    again = replace(plan.exports[0], target=tmp_path / "again.png")
    with pytest.raises(PictureError, match="mosaic"):
        finish(make_export(again, set(), LastStyle(), renderer))


def test_progress_of_two_runs_goes_on_from_one_to_the_other() -> None:
    told = [one.fraction for one in overfit_of_styles(Numbered(), PHOTO, WAVE, Settings(), SecondStyle(MOSAIC, 0.5))]
    assert told == [0.25, 0.75]


def test_the_check_of_memory_counts_the_second_overfit_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    photo, style, settings = (6000, 4000), (659, 444), Settings(size=1024, refine=0)
    need = bytes_needed(photo, *working_sizes(photo, style, settings), settings)
    monkeypatch.setattr(memory, "available_bytes", lambda: need + 1)
    check_memory(photo, style, settings)
    with pytest.raises(SettingError):
        check_memory(photo, style, settings, others=1)
    monkeypatch.setattr(memory, "available_bytes", lambda: need + 12 * 6000 * 4000)
    check_memory(photo, style, settings, others=1)


def test_a_run_for_which_memory_suffices_alone_is_refused_where_it_does_not_for_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    need = bytes_needed((17, 13), *working_sizes((17, 13), (17, 13), Settings()), Settings())
    monkeypatch.setattr(memory, "available_bytes", lambda: need + 1)
    with pytest.raises(SettingError):
        finish(overfit_of_styles(Renderer(), PHOTO, WAVE, Settings(), SecondStyle(MOSAIC, 0.5)))


def test_what_is_given_in_words_is_a_second_style_or_told_to_be_none() -> None:
    path = Path("mosaic.png")
    assert second_file(None, None, None) is None and second_file(None, 0, recipe_of(BOTH)) is None
    assert second_file(path, None, None) == SecondFile(path, 0.5)
    assert second_file(path, None, recipe_of(BOTH)) == SecondFile(path, 0.4)
    assert second_file(path, 0.1, recipe_of(BOTH)) == SecondFile(path, 0.1)
    with pytest.raises(SettingError, match="mosaic"):
        second_file(None, None, recipe_of(BOTH))
    with pytest.raises(SettingError):
        second_file(None, 0.3, None)
