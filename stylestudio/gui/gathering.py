"""What a recipe needs to become a session again: its pictures found by their hashes, prepared as they were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from stylestudio.errors import StudioError
from stylestudio.gui.canvas.pyramid import SharedPyramid, prepare_pyramid
from stylestudio.gui.loading import KINDS, SECOND
from stylestudio.images.decode import Picture, read
from stylestudio.images.prepared import prepare_photo as prepare
from stylestudio.studio.recipe_record import PictureReference, Recipe, recipe_from
from stylestudio.studio.session import Session, with_mix, with_photo, with_second, with_style
from stylestudio.studio.set_edits import with_set_look_of


@dataclass(frozen=True)
class RecalledSession:
    """A session that is being brought back: its recipe, and those of its pictures that are found, with their files."""

    recipe: Recipe
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=dict)

    @property
    def wanted(self) -> dict[str, PictureReference]:
        """Which pictures it needs, by their kind."""
        names = self.recipe.content, self.recipe.style, self.recipe.second
        return {kind: name for kind, name in zip((*KINDS, SECOND), names, strict=True) if name}

    @property
    def missing(self) -> list[str]:
        return [kind for kind in self.wanted if kind not in self.pictures]

    def with_picture(self, kind: str, picture: Picture, path: Path | None) -> "RecalledSession":
        paths = {**self.paths, kind: path} if path else self.paths
        return replace(self, pictures={**self.pictures, kind: picture}, paths=paths)


def find_pictures(recipe: Recipe, present: Sequence[Picture], recent: Sequence[Path]) -> RecalledSession:
    """On a worker: what is found by its hash among pictures that are there, and files that were opened lately."""
    found = RecalledSession(recipe)
    for kind, name in found.wanted.items():
        for picture in present:
            if picture.sha256 == name.sha256:
                found = found.with_picture(kind, picture, None)
    for path in sorted(recent, key=lambda path: path.stem not in {name.name for name in found.wanted.values()}):
        if found.missing and (picture := _read(path)):
            for kind in found.missing:
                if picture.sha256 == found.wanted[kind].sha256:
                    found = found.with_picture(kind, picture, path)
    return found


def _read(path: Path) -> Picture | None:
    try:
        return read(path)
    except StudioError:
        return None


def read_recipe(path: Path) -> Recipe | None:
    """On a worker: the recipe of a picture file, None where there is none or one that makes no sense."""
    try:
        return recipe_from(path)
    except StudioError:
        return None


def prepare_pictures(found: RecalledSession) -> tuple[Picture | None, list[SharedPyramid]]:
    """On a worker: the photo as it was prepared, and all pictures as canvases want them."""
    photo = found.pictures.get("content")
    content = photo and prepare(photo, found.recipe.preparation)
    styles = [found.pictures.get(kind) for kind in ("style", SECOND)]
    planes = [picture.stored for picture in (content, *styles) if picture]
    return content, [prepare_pyramid(plane) for plane in planes]


def session_of_recipe(session: Session, found: RecalledSession, content: Picture | None) -> Session:
    """The session that a recipe tells of, with these pictures."""
    recipe, photo = found.recipe, found.pictures.get("content")
    if photo and content:
        session = with_photo(session, photo, recipe.preparation, content, recipe.mask)
    session = with_style(session, found.pictures.get("style", session.style))
    session = with_second(session, found.pictures.get(SECOND))
    mix = recipe.mix if photo else replace(recipe.mix, mask=session.mask)
    return with_set_look_of(with_mix(replace(session, settings=recipe.settings), mix), recipe)
