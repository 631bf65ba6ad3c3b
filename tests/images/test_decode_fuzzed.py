import random

import fuzz_pictures
import pytest
from fuzz_seeds import seeds

from stylestudio.errors import PictureError
from stylestudio.images import decode

WHOLE = seeds()


@pytest.mark.parametrize("seed", range(4))
def test_a_changed_picture_is_read_or_refused_with_a_reason(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(60):
        data = fuzz_pictures.changed(draw.choice(WHOLE), WHOLE, draw)
        try:
            picture = decode.from_bytes(data)
        except PictureError as error:
            assert error.message.endswith(".")
            assert error.hint.endswith(".")
        else:
            assert picture.stored.shape[:2] == picture.size[::-1]


def test_the_seeds_are_whole_or_broken_on_purpose() -> None:
    def sound(data: bytes) -> bool:
        try:
            decode.from_bytes(data)
        except PictureError:
            return False
        return True

    assert sum(map(sound, WHOLE)) >= len(WHOLE) - 4
