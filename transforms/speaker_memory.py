"""Who spoke before: pronouns, surnames and "the ministry" go back to the speaker that the text introduced in full."""

from __future__ import annotations

import re
from dataclasses import replace

from transforms.document import Document
from transforms.speaker_nouns import Speaker
from transforms.speaker_phrases import read_introduction

_OWNER = re.compile("'s$")


class SpeakerMemory:
    """The speakers of one document so far, in the order in which they spoke."""

    def __init__(self, doc: Document) -> None:
        self._doc = doc
        self._people: dict[str, Speaker] = {}
        self._groups: list[Speaker] = []
        self._last: dict[str, Speaker] = {}
        self.last: Speaker | None = None

    def resolve(self, speaker: Speaker) -> Speaker | None:
        """Return the speaker in full, and remember it; None where a pronoun has nobody to go back to."""
        full = self._resolved(speaker)
        if full is None:
            return None
        if full.kind in {"person", "group"}:
            self._last[full.kind] = self.last = full
            if full.kind == "group":
                self._groups.append(full)
        return full

    def _resolved(self, speaker: Speaker) -> Speaker | None:
        if speaker.kind == "self":
            return None
        if speaker.kind == "pronoun":
            return self._antecedent(speaker)
        if speaker.is_named and speaker.kind == "person":
            return self._person(speaker)
        return self._definite(speaker)

    def _antecedent(self, speaker: Speaker) -> Speaker:
        wanted = {"he": ("person",), "she": ("person",), "it": ("group",)}.get(speaker.name, ("group", "person"))
        found = next((self._last[kind] for kind in wanted if kind in self._last), None)
        return replace(found, span=speaker.span) if found else speaker

    def _person(self, speaker: Speaker) -> Speaker:
        """Complete "Lysak" by "Serhiy Lysak, the regional governor", and keep what is known of the name."""
        surname = _OWNER.sub("", speaker.name).split()[-1]
        known = self._people.get(surname)
        if known is None and speaker.role is None:
            known = read_introduction(self._doc, surname, speaker.span.start)
        if (
            known is not None
            and (speaker.name == surname or speaker.role is None)
            and (speaker.name in known.name or " " not in speaker.name)
        ):
            speaker = replace(
                known,
                span=speaker.span,
                role=known.role or speaker.role,
                kind=known.kind if known.kind in {"person", "group"} else "person",
                speaker_class=speaker.speaker_class if speaker.role and speaker.speaker_class != "unknown" else known.speaker_class,
            )
        elif known is not None and speaker.name == surname:
            speaker = replace(speaker, name=known.name)
        self._people[surname] = speaker
        return speaker

    def _definite(self, speaker: Speaker) -> Speaker:
        """Complete "the ministry", "the spokesman" by the last speaker of that head."""
        words = speaker.name.lower().split()
        if words[0] != "the" or len(words) > 3 or not speaker.head:
            return speaker
        if words == ["the", "statement"] and self.last is not None:
            return replace(self.last, span=speaker.span)
        last_word = speaker.head.split()[-1]
        pool = [*self._people.values(), *self._groups] if speaker.kind == "person" else self._groups
        for known in reversed(pool):
            described = known.role or known.name
            if (
                len(described.split()) > len(words) - 1
                and last_word in described.lower().split()
                and " ".join(words[1:]) in described.lower()
            ):
                return replace(known, span=speaker.span)
        return speaker
