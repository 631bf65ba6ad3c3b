"""What is done where a graphics card's memory is full."""

from collections.abc import Callable
from typing import TypeVar

from stylestudio.progress import Work, with_fallback

T = TypeVar("T")

ONCE_MORE = "Out of graphics memory: once more"
ON_PROCESSOR = "Out of graphics memory: processor"


def retry_when_out_of_memory(
    begin: Callable[[], Work[T]], make_room: Callable[[], object], leave_card: Callable[[], object]
) -> Work[T]:
    """What `begin` does, begun again after `make_room` and then after `leave_card` where the card's memory is full.

    The stages say so while it goes on. On the processor nothing is begun again.
    """
    from stylestudio.engine.runtime.device import is_out_of_memory

    def once_more() -> Work[T]:
        make_room()
        return begin()

    def on_processor() -> Work[T]:
        leave_card()
        return begin()

    on_card = with_fallback(begin(), is_out_of_memory, ONCE_MORE, once_more)
    return (yield from with_fallback(on_card, is_out_of_memory, ON_PROCESSOR, on_processor))
