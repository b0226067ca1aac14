"""That a file cannot be taken."""


class UploadRefused(ValueError):
    """The file cannot be taken; the words say what to do."""


class NotNow(UploadRefused):
    """The file cannot be taken at the moment, through no fault of its own; later it may."""


class CarriesAFile(UploadRefused):
    """The file carries another one, which only a file that this site made may do."""
