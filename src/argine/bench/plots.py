"""Recall drawn: one bar for each edit and signal, a picture for each family."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from argine.bench.report import Report

_SHOWN = ("pdq", "phash", "dhash", "patch", "verdict")

mpl.use("svg")


def draw(report: Report, folder: Path) -> None:
    """Write `recall-FAMILY.svg` for each family into a folder that exists."""
    families: dict[str, list[str]] = {}
    for name, row in report["edits"].items():
        families.setdefault(row["family"], []).append(name)
    for family, names in families.items():
        _family(report, names).savefig(folder / f"recall-{family}.svg")


def _family(report: Report, names: list[str]) -> Figure:
    signals = [signal for signal in _SHOWN if all(signal in report["edits"][name] for name in names)]
    figure = Figure(figsize=(2 + 0.9 * len(names), 3.5), layout="constrained")
    axes = figure.subplots()
    width = 0.8 / max(1, len(signals))
    for k, signal in enumerate(signals):
        heights = [float(report["edits"][name][signal]) for name in names]  # type: ignore[literal-required]
        axes.bar([i + k * width for i in range(len(names))], heights, width, label=signal)
    axes.set_xticks([i + 0.4 for i in range(len(names))], names, rotation=60, ha="right")
    axes.set_ylim(0, 1.02)
    axes.set_ylabel("recall")
    axes.legend(loc="lower left", fontsize="small")
    return figure
