"""What is said of exports and of their queue."""

from stylestudio.gui.words import tr
from stylestudio.studio.export_queue import Export, ExportQueue

SOON = 90
"""Seconds, up to which they are counted as such."""


def state_in_words(one: Export, is_running: bool, fraction: float) -> str:
    """What becomes of an export; of one that failed, the first sentence of why."""
    if is_running:
        return tr("{percent} %").format(percent=round(100 * fraction))
    if one.state == "failed":
        return one.reason
    return {
        "waiting": tr("waits"),
        "done": tr("done"),
        "skipped": tr("was there already"),
        "cancelled": tr("cancelled"),
    }[one.state]


def left_in_words(seconds: float | None) -> str:
    """How long it will take; nothing while nobody knows."""
    if seconds is None:
        return ""
    if seconds < SOON:
        return tr("{seconds} s left").format(seconds=max(1, round(seconds)))
    return tr("{minutes} min left").format(minutes=round(seconds / 60))


def time_in_words(queue: ExportQueue, is_running: bool, seconds: float | None) -> str:
    """How far the queue is, in a line."""
    all_of_them = len(queue.exports) - queue.count("cancelled")
    if queue.waiting_count and queue.paused:
        return tr("Paused; {left} of {all} are still to be made").format(left=queue.waiting_count, all=all_of_them)
    if queue.waiting_count:
        number = all_of_them - queue.waiting_count + 1
        told = tr("Exporting {number} of {all}") if is_running else tr("Export {number} of {all} waits")
        time_left = left_in_words(seconds)
        return " · ".join(filter(None, (told.format(number=number, all=all_of_them), time_left)))
    return summary(queue) if queue.exports else tr("Nothing is queued.")


def summary(queue: ExportQueue) -> str:
    """What became of all, once none waits."""
    parts = [
        (queue.count("done"), tr("{number} exported")),
        (queue.count("skipped"), tr("{number} there already")),
        (queue.count("failed"), tr("{number} failed")),
        (queue.count("cancelled"), tr("{number} cancelled")),
    ]
    return ", ".join(text.format(number=number) for number, text in parts if number)
