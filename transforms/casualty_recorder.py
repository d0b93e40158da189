"""Recording the mentions of one sentence: which words, how many, of which group, how sure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import takewhile

from transforms.document import Document
from transforms.harm import ADULT_AGE, FIGHTERS, GROUP_OF, Atom
from transforms.harm_phrases import SentencePhrases
from transforms.records import CasualtyMention, Quantity, Span
from transforms.stems import Stems
from transforms.text import Sentence

# The words count a period, a war or other events, not this one.
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_PERIOD = "years?|months?|decades?"
_AGGREGATE = re.compile(
    rf"\b(?:since (?:the |its |then|last|early|late|mid|{_MONTH}|\d{{4}})"
    rf"|(?:over|in|during|within|for) the (?:past|last|previous) (?:\w+ ){{0,2}}?(?:{_PERIOD}|weeks)\b"
    rf"|(?:over|in|during|within|for) the first (?:\w+ )?(?:{_PERIOD}|quarter|half)\b"
    rf"|(?:between|from) (?:\d+ )?(?:{_MONTH}) (?:and|to) (?:\d+ )?(?:{_MONTH})|first (?:quarter|half|(?:\w+ )?months) of"
    r"|so far this (?:year|month|week)|(?:this|last) year\b|(?:in|during) recent (?:years?|months?|weeks?)"
    r"|(?:per|each|every) (?:year|month|week|day)|years? of (?:war|conflict|fighting|violence)"
    r"|\d+-year (?:war|conflict|insurgency)|civil war|genocide|second world war|world war"
    r"|(?:war|conflict|insurgency|rebellion|uprising|intifada) (?:(?:that|which) )?(?:has|have|had) (?:\w+ )?(?:killed|claimed|left|cost)"
    r"|in total since|across the country (?:since|this)|annually|statistics|on average|to date in)"
)
# Harm that no attack did: it belongs to another event than one of violence.
_DISASTER = re.compile(
    r"\b(?:earthquake|quake|flood(?:s|ing)?|cyclone|hurricane|typhoon|tsunami"
    r"|landslide|mudslide|avalanche|famine|pandemic|covid|cholera|ebola|drought)\b(?!-)"
)
# The words tell of another event than the one at hand; where they stand beside the first count of a text, they date that event.
_PAST = re.compile(
    rf"\b(?:last (?:month|week|{_MONTH})|(?:a|two|three|four|five|six|several|many|\d+) (?:{_PERIOD}|weeks?) (?:ago|earlier|before)"
    r"|earlier this (?:year|month)|(?:similar|previous|earlier|another|separate)"
    r" (?:attack|incident|bombing|blast|strike|shooting|raid|explosion)s?"
    r"|in (?:19|20)\d\d\b"
    rf"|\b(?:{_MONTH.replace('|may', '')})'s (?:\w+ ){{0,2}}?(?:attack|bombing|blast|strike|shooting|raid|massacre)s?"
    rf"|in (?:{_MONTH.replace('|may', '')})(?: (?:19|20)\d\d)?\b|anniversary)"
)
# "The deadliest attack since 2022" counts nothing since 2022.
_SUPERLATIVE = re.compile(
    r"\b(?:deadliest|worst|bloodiest|heaviest|largest|biggest|highest|most|first|second|third|any other)\b[^.;]{0,100}?"
    r"\b(?:since|this year)\b"
)
# Without one of these the patterns do not match.
_MONTHS_BUT_MAY = "|january|february|march|april|june|july|august|september|october|november|december"
_AGGREGATE_STEMS = Stems(
    (
        "since |the past|the last|the previous|the first|first |so far this|this year|recent |per |each |every |year|war|genocide|in total"
        "|across the|annually|statistics|on average|to date in|may and|may to|conflict|insurgency|rebellion|uprising|intifada"
        f"{_MONTHS_BUT_MAY}"
    ).split("|")
)
_DISASTER_STEMS = Stems(
    ("quake|flood|cyclone|hurricane|typhoon|tsunami|landslide|mudslide|avalanche|famine|pandemic|covid|cholera|ebola|drought").split("|")
)
_PAST_STEMS = Stems(f"last | ago|earlier|before|similar |previous |another |separate |in 19|in 20|anniversary{_MONTHS_BUT_MAY}".split("|"))
_OTHERS = ((_AGGREGATE, _AGGREGATE_STEMS), (_DISASTER, _DISASTER_STEMS), (_PAST, _PAST_STEMS))
# "Three days after bombs killed 29 people, a guard was shot", "riots after a blast that killed nine": the first deed is another event.
_AFTER = re.compile(
    r"\b(?:days?|weeks?|months?|hours?|(?P<long>years?|decades?)) after\b"
    r"|\b(?:after|following) (?:an?|the|last|[\w]+'s) [^.;,]{0,80}?\b(?:that|which) (?:\w+ )?(?=(?:killed|wounded|injured|claimed|left)\b)"
)
_NEW_CLAUSE = re.compile(r";|\b(?:which|where|who|whose|when|after|following|as|while|that|but|has|have|had|left)\b")


# "Amal Nasser, 9, was killed", "killed Amal Nasser (9)": the age of one victim.
_AGE_BESIDE = re.compile(r"(?:, (?:aged )?|\((?:aged )?)(\d{1,2})(?= ?[,;.)]| years? old| and | who |\s*\Z)")
_AGE_REACH = 14  # characters behind the victim's words

MOST_KILLED = 3_000  # persons; the deadliest single attack of our time killed 2,977: a higher count sums up a war
_LOCALS = frozenset({"resident", "local", "inhabitant", "neighbour", "neighbor", "citizen"})
_SELVES = frozenset({"himself", "herself", "themselves"})
PAIRS = frozenset({"couple", "twins", "newlyweds", "parents"})


class MentionRecorder(SentencePhrases):
    """Collects the mentions of one sentence; each quantity is linked once."""

    def __init__(self, doc: Document, sentence: Sentence, atoms: list[Atom], *, is_opening: bool = False) -> None:
        """Prepare the sentence.

        Args:
            doc: The document.
            sentence: The sentence.
            atoms: Its atoms.
            is_opening: No count stands before it in the text, so that "last week" dates the event that the text is about.
        """
        super().__init__(doc, sentence, atoms)
        self.taken: set[int] = set()  # quantities already linked, by index of their atom
        self.out: list[CasualtyMention] = []
        self.is_opening = is_opening

    @cached_property
    def _others(self) -> list[tuple[int, int]]:
        """Spans of the words of the sentence that tell of a period, a disaster or another event."""
        start, end = self.sentence.start, self.sentence.end
        patterns = [pattern for pattern, stems in _OTHERS[: 2 if self.is_opening else 3] if stems.stand_in(self.doc, start, end)]
        if not patterns:
            return []
        words = _SUPERLATIVE.sub(lambda m: " " * len(m.group()), self.doc.folded[start:end])
        return [match.span() for pattern in patterns for match in pattern.finditer(words)]

    def is_aggregate(self, span: Span) -> bool:
        """Tell whether the words of a count are of a period, of a war or of another event: no clause stands between."""
        words, base = self.doc.folded, self.sentence.start
        for start, end in self._others:
            if base + start >= span.end and _NEW_CLAUSE.search(words, span.end, base + start):
                continue
            if base + end <= span.start and ";" in words[base + end : span.start]:
                continue
            return True
        return False

    def settle_others(self) -> None:
        """Mark the counts that a sentence gives of an earlier event beside those of its own."""
        words, start, end = self.doc.folded, self.sentence.start, self.sentence.end
        if len(self.out) < 2 or all(m.effect != "killed" for m in self.out):
            return
        earlier: set[int] = set()
        if words.find(" after ", start, end) >= 0 or words.find("following ", start, end) >= 0:
            for match in _AFTER.finditer(words, start, end):
                told = next((m for m in sorted(self.out, key=lambda m: m.harm) if m.harm >= match.end()), None)
                comma = words.find(", ", told.span.end, end) if told else -1
                stop = comma if comma >= 0 else end
                # What an article opens with is its event, unless years lie between.
                if not self.is_opening or match["long"] or any(m.harm < match.start() for m in self.out):
                    earlier |= {n for n, m in enumerate(self.out) if match.end() <= m.harm < stop}
        if self.is_opening and _PAST_STEMS.stand_in(self.doc, start, end):
            earlier |= self._dated_apart()
        rest = [m for n, m in enumerate(self.out) if n not in earlier and not m.subset and not m.uncertain]
        if earlier and any(m.effect in {"killed", "injured"} for m in rest):
            self.out = [replace(m, aggregate=True) if n in earlier else m for n, m in enumerate(self.out)]

    def _dated_apart(self) -> set[int]:
        """Numbers of the dead in a clause that dates them: "in a town where seven died last month, an official was killed"."""
        words, base = self.doc.folded, self.sentence.start
        found: set[int] = set()
        for match in _PAST.finditer(words, base, self.sentence.end):
            before = [(m.span.end, n) for n, m in enumerate(self.out) if m.span.end <= match.start()]
            at, number = max(before, default=(0, -1))
            if number < 0 or self.out[number].effect != "killed" or _NEW_CLAUSE.search(words, at, match.start()):
                continue
            mention = self.out[number]
            others = [m for m in self.out if m.effect == "killed" and m.quantity.best != mention.quantity.best and not m.subset]
            if others and _NEW_CLAUSE.search(words, base, mention.span.start):
                found.add(number)
        return found

    def emit(self, j: int, i: int, effect: str, rule: str, *, subset: bool = False, additive: bool = False, again: bool = False) -> None:
        """Record the quantity at atom j, harmed as the harm word at atom i says."""
        if j in self.taken and not again:
            return
        self.taken.add(j)
        quantity = self.atoms[j].quantity
        if quantity is None:
            return
        classes = list(self.groups(j))
        group = next((GROUP_OF[c] for c in classes if c in GROUP_OF), "fighters" if FIGHTERS & set(classes) else "all")
        if classes and classes[-1] == "not_human":
            return
        self.add(effect, group, quantity, j, i, rule, subset, additive)

    def emit_one(self, first: int, end: int, i: int, effect: str, rule: str, *, additive: bool = False, subset: bool = False) -> bool:
        """Record the atoms from first to end as one person, harmed as the harm word at atom i says; False when they are none."""
        return self.emit_unnumbered(first, end, i, effect, rule, (1, 1, 1, "exact"), additive=additive, subset=subset)

    def emit_some(self, first: int, end: int, i: int, effect: str, rule: str) -> bool:
        """Record the atoms from first to end as an unknown number of people, at least two; False when they are none."""
        return self.emit_unnumbered(first, end, i, effect, rule, (2, None, None, "vague"))

    def emit_unnumbered(
        self,
        first: int,
        end: int,
        i: int,
        effect: str,
        rule: str,
        count: tuple[int, int | None, int | None, str],
        *,
        additive: bool = False,
        subset: bool = False,
    ) -> bool:
        """Record a victim phrase that states no number.

        Args:
            first: Index of the first atom of the phrase.
            end: Index behind its last atom.
            i: Index of the harm word.
            effect: What was done to them; see CasualtyMention.
            rule: Name of the rule.
            count: low, best and high, inclusive, and the quantifier that the words amount to; None is open or unstated.
            additive: A further item of a list.
            subset: Part of another count.

        Returns:
            False when the phrase is empty, negated or tells of no human; then nothing is recorded.
        """
        atoms = self.atoms[first:end]
        if not atoms or any(a.kind == "not" for a in atoms):
            return False
        # Whom somebody works for is not what he is: "the candidate for the former guerrilla group".
        own = list(takewhile(lambda a: a.word != "for", atoms))
        classes = [g for a in own if a.kind == "people" and not self.is_owner(a) for g in a.groups]
        if atoms[0].word in {"who", "whom"} and len(atoms) == 1:
            classes = self._groups_before(first)
        if (classes[-1:] == ["not_human"] and not self._opens_trade(atoms)) or any(
            m.quantity.span.start == atoms[0].start and m.harm == self.atoms[i].start for m in self.out
        ):
            return False
        group = next((GROUP_OF[c] for c in classes if c in GROUP_OF), "fighters" if FIGHTERS & set(classes) else "all")
        if any(a.word in _SELVES for a in atoms):
            group = "fighters"
        elif group == "civilians" and any(a.word in _LOCALS for a in own):
            group = "all"  # "a resident died" tells where he lived
        elif subset and "gunmen" in classes:
            group = "attackers"  # "five dead, including the gunman"
        elif group == "all" and count[1] == 1 and self._is_minor(first, end, i):
            group = "children"
        best_one = count[1] == 1
        if next((a.word for a in reversed(atoms) if a.kind == "people"), "") in PAIRS:
            count = (2, 2, 2, "exact")
        elif best_one and atoms[-1].word in {"family", "household"}:
            count = (2, None, None, "vague")  # "an entire family was killed"
        low, best, high, quantifier = count
        quantity = Quantity(Span(atoms[0].start, atoms[-1].end), low, best, high, quantifier, f"number.{'one' if best else 'plural'}")
        self.add(effect, group, quantity, first, i, rule, subset, additive)
        return True

    def _opens_trade(self, atoms: Sequence[Atom]) -> bool:
        """Tell whether the animal among the atoms only says whom it made a living for: "a dog handler"."""
        last = next(k for k in range(len(atoms) - 1, -1, -1) if atoms[k].kind == "people")
        return last + 1 < len(atoms) and atoms[last + 1].kind == "word" and atoms[last + 1].word.endswith(("er", "ers", "or", "man", "men"))

    def tells_some_of_them(self, i: int) -> bool:
        """Tell whether a number of harm word i is one "of whom", "of them": then no subject stands there to be counted."""
        harm, folded = self.atoms[i].start, self.doc.folded
        return any(m.harm == harm and m.subset and folded.startswith((" of whom", " of them "), m.quantity.span.end) for m in self.out)

    def _groups_before(self, first: int) -> list[str]:
        """Group classes of the noun that "who" at atom `first` stands for: "the girl, 6, who was shot"."""
        for atom in reversed(self.atoms[max(0, first - 6) : first]):
            if atom.kind == "people":
                return list(atom.groups)
            if not (atom.word == "," or atom.word.isdigit() or atom.is_capital):
                return []
        return []

    def _is_minor(self, first: int, end: int, i: int) -> bool:
        """Tell whether an age below 18 stands beside the one victim of atoms first to end: "Amal Nasser, 9, was killed"."""
        folded, start, harm = self.doc.folded, self.atoms[first].start, self.atoms[i]
        stop = harm.start if harm.start > start else self.sentence.end
        age = _AGE_BESIDE.search(folded, start, min(stop, self.atoms[end - 1].end + _AGE_REACH))
        return age is not None and int(age.group(1)) < ADULT_AGE

    def share_victims(self, i: int, form: str) -> bool:
        """Record the victims of the harm word before atom i for it too: "shot three men, killing them all"; False where none are."""
        earlier = [m for m in self.out if m.harm < self.atoms[i].start and not m.subset and not m.uncertain]
        if not earlier or any(a.kind in {"quantity", "one"} for a in self.atoms[:i] if a.start > earlier[-1].span.end):
            return False
        at = next(k for k, a in enumerate(self.atoms) if a.start >= earlier[-1].harm)
        for mention in [m for m in earlier if m.harm == earlier[-1].harm]:
            self.add(self.atoms[i].harm.effect, mention.group, mention.quantity, at, i, f"casualty.{form}.shared", False, mention.additive)
        return True

    def add(self, effect: str, group: str, quantity: Quantity, j: int, i: int, rule: str, subset: bool, additive: bool) -> None:
        """Record a quantity at atom j, harmed as the harm word at atom i says, and how far the words around it are to be believed."""
        harm = self.atoms[i]
        span = Span(min(quantity.span.start, harm.start), max(quantity.span.end, harm.end))
        low, high = sorted((j, i))
        near = self.atoms[max(0, low - 6) : high + 1]
        negated = any(a.kind == "not" for a in self.atoms[max(0, i - 4) : i + 1])
        uncertain = negated or any(a.kind == "unsure" for a in near) or self.atoms[max(0, low - 1)].word == "if"
        if effect == "shot":
            effect, rule = "injured", f"{rule}.shot"
        self.out.append(
            CasualtyMention(
                effect,
                group,
                quantity,
                span,
                self.sentence.index,
                rule,
                harm.start,
                subset,
                additive,
                self.is_aggregate(span) or (effect == "killed" and (quantity.low or 0) >= MOST_KILLED),
                uncertain,
            )
        )
