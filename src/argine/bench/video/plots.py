"""Recall drawn: a bar for each edit, beside vPDQ's rule."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from argine.bench.video.report import Report

mpl.use("svg")


def draw(report: Report, folder: Path) -> None:
    """Write `video-recall.svg` and `video-error.svg` into a folder that exists."""
    rows = {**report["edits"], "still": report["stills"]}
    figure = Figure(figsize=(2 + 0.35 * len(rows), 4), layout="constrained")
    axes = figure.subplots()
    for number, name in enumerate(("argine", "vpdq")):
        heights = [row["argine"] if name == "argine" else row["vpdq"] for row in rows.values()]
        axes.bar([i + 0.4 * number for i in range(len(rows))], heights, 0.4, label=name)
    axes.set_xticks([i + 0.2 for i in range(len(rows))], list(rows), rotation=80, ha="right", fontsize=7)
    axes.set_ylim(0, 1.02)
    axes.set_ylabel("recall")
    axes.legend(loc="lower left", fontsize="small")
    figure.savefig(folder / "video-recall.svg")
    _errors(report).savefig(folder / "video-error.svg")


def _errors(report: Report) -> Figure:
    rows = {name: row["error_max"] for name, row in report["edits"].items() if row["error_max"] is not None}
    figure = Figure(figsize=(2 + 0.35 * len(rows), 3.5), layout="constrained")
    axes = figure.subplots()
    axes.bar(list(rows), [float(height) for height in rows.values()])
    axes.axhline(1.0, linewidth=0.8)
    axes.tick_params(axis="x", rotation=80, labelsize=7)
    axes.set_ylabel("largest error of place, seconds")
    return figure
