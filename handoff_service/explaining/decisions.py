"""A turn's decision in words. Pure: the facts and the rules are those that it was made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handoff_service.decision.decide import Decision, decide
from handoff_service.decision.facts import Facts
from handoff_service.decision.grounds import grounds, nearest
from handoff_service.decision.rules import Comparison, Rule, RuleSet
from handoff_service.explaining import words
from handoff_service.explaining.schemas import Because, Matched, Nearest

SHOWN = 3
"""Rules told of as the nearest; the sentence tells of the first alone."""


@dataclass(frozen=True, slots=True)
class Told:
    sentence: str
    matched: list[Matched]
    nearest: list[Nearest]


def tell_handoff(number: int, facts: Facts, rules: RuleSet, rule_id: str, language: str) -> Told:
    """Why the rule, one of `rules`, handed this turn over."""
    decision, by_id = decide(facts, rules), _by_id(rules)
    rule = by_id[rule_id]
    found = grounds(rule.when, facts)
    seen = words.spans(found, facts)
    sentence = words.say(
        "handed_over",
        language,
        n=number,
        because=words.joined(words.because(found, facts, language), language),
        rule=_label(rule, language),
        version=rules.version,
        spans=words.say("spans", language, spans=words.quoted(seen, language)) if seen else "",
        also=_also([by_id[r.rule] for r in decision.reasons if r.rule != rule.id], language),
    )
    return Told(sentence, _matched(decision, by_id, facts, language), [])


def tell_stay(key: str, number: int, facts: Facts, rules: RuleSet, language: str) -> Told:
    """Why this turn was not handed over. `key`: how the sentence begins (`stayed`, `not_yet`, …)."""
    decision, by_id = decide(facts, rules), _by_id(rules)
    near = nearest(facts, rules, SHOWN)
    told = [
        Nearest(
            rule=each.rule.id,
            name=words.name_of(each.rule, language),
            missing=[
                Because(field=gap.comparison.field, text=words.lack(gap, facts, language))
                for gap in each.missing
            ],
        )
        for each in near
    ]
    first = (
        words.say(
            "nearest",
            language,
            rule=_label(near[0].rule, language),
            missing=words.joined((lacking.text for lacking in told[0].missing), language),
        )
        if told
        else words.say("nearest_none", language)
    )
    also = _also([by_id[reason.rule] for reason in decision.reasons], language)
    sentence = words.say(key, language, n=number, nearest=first, also=also)
    return Told(sentence, _matched(decision, by_id, facts, language), told)


def alert_texts(rule: Rule, facts: Facts) -> dict[str, str]:
    """What an alert says, by language: the rule's own words, else what made the rule match."""
    return dict(rule.then.alert or {}) or {
        language: words.say(
            "alert",
            language,
            because=words.joined(words.because(grounds(rule.when, facts), facts, language), language),
            rule=_label(rule, language),
        )
        for language in words.LANGUAGES
    }


def _by_id(rules: RuleSet) -> dict[str, Rule]:
    return {rule.id: rule for rule in rules.rules}


def _label(rule: Rule, language: str) -> str:
    return words.rule_label(rule.id, words.name_of(rule, language), language)


def _also(rules: Sequence[Rule], language: str) -> str:
    if not rules:
        return ""
    names = (_label(rule, language) for rule in rules)
    return words.say("also", language, rules=words.listed(names, language))


def _matched(decision: Decision, by_id: Mapping[str, Rule], facts: Facts, language: str) -> list[Matched]:
    matching = [by_id[reason.rule] for reason in decision.reasons]
    return [
        Matched(
            rule=rule.id,
            name=words.name_of(rule, language),
            hands_over=rule.then.hand_over,
            because=[_because(each, facts, language) for each in grounds(rule.when, facts)],
        )
        for rule in matching
    ]


def _because(comparison: Comparison, facts: Facts, language: str) -> Because:
    return Because(field=comparison.field, text=words.state(comparison.field, facts, language))
