"""Language: English or Chinese, by option, JINKA_LANG or the locale."""

import os
from enum import StrEnum

from jinka.kernel.data.meanings import Text


class Language(StrEnum):
    """The two languages every face speaks."""

    EN = "en"
    ZH = "zh"

    def of(self, text: Text) -> str:
        """The words in this language."""
        return text.zh if self is Language.ZH else text.en


def language(asked: str | None = None) -> Language:
    """What was asked for, else JINKA_LANG, else the locale's, else English."""
    for held in (asked, os.environ.get("JINKA_LANG"), os.environ.get("LC_ALL"), os.environ.get("LANG")):
        if held:
            return Language.ZH if held.lower().startswith("zh") else Language.EN
    return Language.EN
