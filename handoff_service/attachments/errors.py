"""Why a file is refused, or not found."""

from handoff_service.errors import NotFound, Problem, TooLarge, Unprocessable


class AttachmentNotFound(NotFound):
    title = "There is no such file"


class FileTooLarge(TooLarge):
    title = "The file is too large"


class TooMuchUnsent(TooLarge):
    title = "Files that were uploaded wait to be sent"


class TypeRefused(Problem):
    """Also for a file that is not what its name says: only what it contains counts."""

    status = 415
    title = "Files of this type are not accepted"


class ImageTooLarge(Unprocessable):
    title = "The image has too many pixels"


class NotPlayable(Unprocessable):
    title = "This voice message cannot be played here; download it"


class EmptyFile(Unprocessable):
    title = "The file is empty"


class StorageAway(Problem):
    status = 503
    title = "Files cannot be stored or read just now"
