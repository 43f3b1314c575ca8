"""The errors of the native core."""


class NativeFault(Exception):
    """The C core was misused (a wrong length, a wiped key) or is not to be trusted (a known answer came out wrong).

    The text names lengths and functions, never a byte of a key or of data.
    """


class NotAuthentic(NativeFault):
    """A sealed message is not what was sealed: it was damaged or forged, or key, IV or associated data are others."""
