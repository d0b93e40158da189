"""Which language a text is in."""

from __future__ import annotations

from transforms.text import flatten

_SAMPLE = 600  # characters; of 3,074 captured articles none changed its language with 2,000
_LONG_SAMPLE = 3_000  # characters in which one sample is sought, for a text that may begin with what is not the article
_SURE = 200  # characters; below, the declared language decides
# Function words that only English has in this number. On the same articles this never said English where the model did not.
_ENGLISH = frozenset("the and of was were that with from which they their has have been by who said after".split())
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
    """Tell whether a sample of a lower-cased text has as many function words as only English has; False: another language, or little."""
    samples = (folded[at : at + _SAMPLE] for at in range(0, min(len(folded), _LONG_SAMPLE), _SAMPLE))
    return any(len(sample) >= _SURE and _is_full_of_english(sample) for sample in samples)


def _is_full_of_english(lowered: str) -> bool:
    if " the " not in lowered:
        return False
    return sum(map(_ENGLISH.__contains__, flatten(lowered).split())) >= _ENGLISH_SHARE * (lowered.count(" ") + 1)
