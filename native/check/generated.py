"""How every script ends that writes a file of the tree."""

import sys
from pathlib import Path


def settle(texts: dict[Path, str]) -> None:
    """Given --write, writes the files; otherwise ends with status 1 at the first that is not as its text says."""
    for path, text in texts.items():
        if "--write" in sys.argv:
            path.write_text(text, encoding="ascii")
        elif path.read_text(encoding="ascii") != text:
            sys.exit(f"{path} is not what its script writes")
