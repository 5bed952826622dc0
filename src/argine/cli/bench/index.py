"""`argine bench index`: the index beside FAISS, USearch and brute force, in one run."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from argine.bench import sections
from argine.bench.index import growth, text
from argine.bench.index.data import plant, random_codes
from argine.bench.index.engines import ENGINES
from argine.bench.index.measure import Result, measure
from argine.bench.machine import describe
from argine.desk.core import time
from argine.index import CODE_BITS

PACKAGES = ("numpy", "numba", "faiss-cpu", "usearch")


@click.command
@click.option("--n", "count", default=1_000_000, show_default=True, type=click.IntRange(1000), help="Codes.")
@click.option("--radius", default=31, show_default=True, type=click.IntRange(0, CODE_BITS), help="Bits.")
@click.option("--queries", default=2000, show_default=True, type=click.IntRange(1), help="Queries, at most.")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 256), help="Threads, at most.")
@click.option("--engines", default=",".join(ENGINES), show_default=True, help="Which to measure.")
@click.option("--grow", is_flag=True, help=f"Measure other sizes too, up to {growth.SIZES[-1]:,} as memory allows.")
@click.option("--most", default=growth.SIZES[-1], help="The largest size of --grow.")
@click.option("--seed", default=1, show_default=True, help="Another number makes other codes.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers here.")
@click.option("--plots", type=click.Path(file_okay=False, path_type=Path), help="Draw into this folder.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Keep the results in this document.")
def command(  # noqa: PLR0913, PLR0917 - one for each option
    count: int,
    radius: int,
    queries: int,
    threads: int,
    engines: str,
    most: int,
    seed: int,
    json_path: Path | None,
    plots: Path | None,
    write: Path | None,
    *,
    grow: bool,
) -> None:
    """Measure how fast codes within a radius are found, beside others.

    Everything runs on one core unless --threads is measured. Packages that are not installed are said and skipped.
    """
    machine = describe(*PACKAGES)
    names = _known(engines)
    missing: list[str] = []
    results = list(_measure(names, missing, count, radius, queries, threads, seed))
    sizes = growth.grow(radius, seed, most) if grow else []
    words = f"argine bench index --n {count} --radius {radius} --queries {queries} --threads {threads}"
    texts = {}
    if results:
        compared = [text.comparison(results, missing, radius)]
        texts[f"index-{radius}"] = text.section(words, machine, time.now(), count, compared)
    if sizes:
        grown = [text.growth(sizes), *_plot(sizes, radius, plots, write)]
        texts[f"index-growth-{radius}"] = text.growth_section(f"{words} --grow", machine, time.now(), grown)
    click.echo("\n\n".join(texts.values()))
    if json_path:
        numbers = {"results": [r.as_json() for r in results], "growth": [size.as_json() for size in sizes]}
        json_path.write_text(json.dumps({"machine": str(machine), "n": count, "radius": radius, **numbers}, indent=1))
    if write:
        for name, content in texts.items():
            sections.write_section(write, name, content)


def _plot(sizes: list[growth.Size], radius: int, plots: Path | None, write: Path | None) -> list[str]:
    """Draw how cost grows, if that is asked for, and show it in the document if there is one."""
    if plots is None:
        return []
    plots.mkdir(parents=True, exist_ok=True)
    plot = plots / f"index-growth-{radius}.svg"
    growth.draw(sizes, radius, plot)
    return [text.picture(plot, write)] if write else []


def _measure(
    names: list[str], missing: list[str], count: int, radius: int, queries: int, threads: int, seed: int
) -> Iterator[Result]:
    codes, strangers = random_codes(count, seed), random_codes(queries, seed + 1)
    copies = max(2, queries // (radius + 1))
    planted = plant(codes, radius, copies, seed + 2)
    for name in names:
        click.echo(f"measuring {name} ...", err=True)
        try:
            yield measure(ENGINES[name], codes, strangers, planted, radius, threads)
        except ImportError:
            missing.append(name)
            click.echo(f"{name} is not installed: pip install 'argine[bench]'", err=True)


def _known(engines: str) -> list[str]:
    names = [name.strip() for name in engines.split(",") if name.strip()]
    unknown = sorted(set(names) - set(ENGINES))
    if unknown:
        raise click.UsageError(f"unknown: {', '.join(unknown)}. Known are {', '.join(ENGINES)}.")
    return names
