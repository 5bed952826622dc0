"""What a connector counts, in the text form that Prometheus reads. No count tells of a person or a file."""

from collections import Counter
from threading import Lock

from argine.connect.policy import Judgement, Outcome, Reason

BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
HELP = {
    "argine_connect_checks_total": ("counter", "Uploads by what the desk said of them; away: it said nothing."),
    "argine_connect_judgements_total": ("counter", "Uploads by what happened to them."),
    "argine_connect_away_total": ("counter", "Uploads about which the desk could not be asked, by why."),
    "argine_connect_inside": ("gauge", "Questions that are under way or wait for their turn."),
    "argine_connect_seconds": ("histogram", "Seconds that an answer took."),
}


class Metrics:
    """The counts of one connector. Safe for threads."""

    def __init__(self, connector: str) -> None:
        self.connector = connector
        self._lock = Lock()
        self._outcomes: Counter[Outcome] = Counter()
        self._judgements: Counter[Judgement] = Counter()
        self._reasons: Counter[Reason] = Counter()
        self._buckets = [0] * len(BUCKETS_S)
        self._seconds = 0.0

    def count(self, outcome: Outcome, judgement: Judgement, reason: Reason | None, seconds: float) -> None:
        """Take one upload down."""
        with self._lock:
            self._outcomes[outcome] += 1
            self._judgements[judgement] += 1
            self._seconds += seconds
            if reason is not None:
                self._reasons[reason] += 1
            for place, bound in enumerate(BUCKETS_S):
                self._buckets[place] += seconds <= bound

    def text(self, inside: int) -> str:
        """Write all counts; those of things that never happened are 0, so that a rate over them is defined."""
        with self._lock:
            rows: dict[str, list[tuple[dict[str, str], int]]] = {
                "argine_connect_checks_total": [({"outcome": one.value}, self._outcomes[one]) for one in Outcome],
                "argine_connect_judgements_total": [
                    ({"judgement": one.value}, self._judgements[one]) for one in Judgement
                ],
                "argine_connect_away_total": [({"reason": one.value}, self._reasons[one]) for one in Reason],
                "argine_connect_inside": [({}, inside)],
            }
            lines = [line for name, values in rows.items() for line in self._lines(name, values)]
            return "\n".join([*lines, *self._histogram(), ""])

    def _lines(self, name: str, values: list[tuple[dict[str, str], int]]) -> list[str]:
        return [*_head(name), *(f"{name}{self._labels(labels)} {value}" for labels, value in values)]

    def _histogram(self) -> list[str]:
        name, total = "argine_connect_seconds", self._outcomes.total()
        bounds = [*map(str, BUCKETS_S), "+Inf"]
        buckets = [
            f"{name}_bucket{self._labels({'le': bound})} {value}"
            for bound, value in zip(bounds, [*self._buckets, total], strict=True)
        ]
        own = self._labels({})
        return [*_head(name), *buckets, f"{name}_sum{own} {self._seconds:.6f}", f"{name}_count{own} {total}"]

    def _labels(self, labels: dict[str, str]) -> str:
        inside = ",".join(f'{name}="{value}"' for name, value in {"connector": self.connector, **labels}.items())
        return f"{{{inside}}}"


def _head(name: str) -> list[str]:
    kind, text = HELP[name]
    return [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
