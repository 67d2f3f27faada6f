"""Which files a turn brings. Nobody looks into them: what they show is their number and kinds."""

from collections.abc import Sequence

_KINDS = ("image", "audio", "video")


def attachments(types: Sequence[object]) -> tuple[int, str | None]:
    """Return how many files came, and of which kinds: image, audio, video, or file for all else.

    types: their media types, as the channel has them.
    """
    kinds = sorted({_kind(each) for each in types})
    return len(types), ", ".join(kinds) or None


def _kind(media_type: object) -> str:
    main = str(media_type).partition("/")[0]
    return main if main in _KINDS else "file"
