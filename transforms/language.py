"""Which language a text is in."""

from __future__ import annotations

from transforms.text import flatten

_SAMPLE = 600  # characters; of 3,074 captured articles none changed its language with 2,000
_LONG_SAMPLE = 3_000  # characters, for a text that may begin with what is not the article
_SURE = 200  # characters; below, the declared language decides
# Function words that only English has in this number. On the same articles this never said English where the model did not.
_ENGLISH = frozenset("the and of was were that with from which they their has have been by who said after".split())
_COMMONEST = (" the ", " of ", " and ", " was ", " that ", " with ", " from ", " by ", " have ")  # of these, most of them first
_ENGLISH_SHARE = 0.12  # of the words of the sample


def find_language(text: str, declared: str | None = None) -> str:
    """Return the ISO 639-1 code of a text; "und" for a text without letters.

    Args:
        text: Title and body.
        declared: What the page or feed declares; believed only for texts too short to tell.
    """
    sample = text[:_SAMPLE]
    if not any(char.isalpha() for char in sample):
        return "und"
    if declared and len(sample) < _SURE:
        return declared[:2].lower()
    lowered = sample.lower()
    if _is_full_of_english(lowered) and len(sample) >= _SURE:
        return "en"
    import py3langid  # loads a model of all languages: not for an English text

    return str(py3langid.classify(lowered if sample.isupper() else sample)[0])


def is_surely_english(folded: str) -> bool:
    """Tell whether a lower-cased text has as many function words as only English has; False: another language, or too little to tell."""
    samples = (folded[:_SAMPLE], folded[:_LONG_SAMPLE])  # the beginning tells of most texts
    return len(folded) >= _SURE and any(map(_is_full_of_english, samples))


def _is_full_of_english(lowered: str) -> bool:
    if " the " not in lowered:
        return False
    wanted = _ENGLISH_SHARE * (lowered.count(" ") + 1)
    found = 0
    for word in _COMMONEST:  # enough of these tell without a look at each word
        found += lowered.count(word)
        if found >= wanted:
            return True
    return sum(map(_ENGLISH.__contains__, flatten(lowered).split())) >= wanted
