"""Error rates of scores, with intervals by person. Real attacks are only ever measured on, never learned from."""

import re

import numpy as np
from sklearn.linear_model import LogisticRegression

BONA_FIDE = "bona_fide"
DRAWS = 1000


def person(clip):
    """The number of the person, from the clip's name (clientNNN)."""
    return int(re.search(r"client(\d+)", clip).group(1))


def eer(live, attack):
    """The rate at which as many live clips are refused as attack clips pass."""
    thresholds = np.sort(np.concatenate([live, attack]))
    refused = np.searchsorted(np.sort(live), thresholds) / len(live)
    passed = 1 - np.searchsorted(np.sort(attack), thresholds) / len(attack)
    nearest = np.abs(refused - passed).argmin()
    return (refused[nearest] + passed[nearest]) / 2


def passed(scores, species, bpcer=0.05):
    """Share of each species' clips that pass where `bpcer` of the live clips are refused."""
    live = np.sort(scores[species == BONA_FIDE])
    threshold = live[int(bpcer * len(live) + 1e-9)]
    return {name: (scores[species == name] >= threshold).mean() for name in sorted(set(species) - {BONA_FIDE})}


def interval(scores, species, clips, draws=DRAWS):
    """95 % interval of the EER: persons drawn with replacement."""
    people = np.array([person(clip) for clip in clips])
    of = {who: np.flatnonzero(people == who) for who in set(people)}
    random, found = np.random.default_rng(0), []
    for _ in range(draws):
        drawn = np.concatenate([of[who] for who in random.choice(sorted(of), len(of))])
        live = species[drawn] == BONA_FIDE
        found.append(eer(scores[drawn][live], scores[drawn][~live]))
    return np.percentile(found, [2.5, 97.5])


def fused(train, live, devel):
    """Logistic fusion fitted on `train` (clips x scores; whether live), and both sets' fused scores."""
    model = LogisticRegression(C=1e3, class_weight="balanced", max_iter=1000).fit(train, live)
    return model.decision_function(train), model.decision_function(devel), model.coef_[0]


def line(name, scores, species, clips):
    """One row of a table: EER with interval, then what passes of each species at BPCER 5 %."""
    live = species == BONA_FIDE
    low, high = interval(scores, species, clips) * 100
    rates = " | ".join(f"{100 * rate:.1f}" for rate in passed(scores, species).values())
    return f"| {name} | {100 * eer(scores[live], scores[~live]):.1f} ({low:.1f}–{high:.1f}) | {rates} |"
