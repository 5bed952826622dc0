"""What hashing a film costs: CPU seconds on one core and memory, beside bare decoding and vPDQ in the same run."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import av

from argine.bench.video import peers
from argine.bench.video.clips import Clip, Encoding, Timed, encoded, resized
from argine.bench.video.report import CostRow, LongRow
from argine.matching.video import VideoMatcher
from argine.media.video import BANK_RULE, CHECK_RULE, FrameRule
from argine.signals.film_warm import warm_up
from argine.signals.video.hasher import BANK_PATCHING, CHECK_PATCHING, HashedVideo, Patching, hash_video

WIDTH, HEIGHT, RATE = 1280, 720, 30.0
_EVERY_SECOND = FrameRule(full_until=float("inf"))
_MIB = 1024 * 1024
_HD = Encoding(options=(("crf", "23"), ("preset", "medium")))


def film(clips: Sequence[Clip], seconds: float) -> bytes:
    """A film of 720 lines and 30 frames a second, made of all clips one after another."""
    return encoded(_joined(clips, seconds), RATE, _HD)


def _joined(clips: Sequence[Clip], seconds: float) -> Iterator[Timed]:
    every = (rgb for clip in cycle(clips) for _, rgb in clip.frames())
    for number, rgb in enumerate(islice(every, int(seconds * RATE))):
        yield number / RATE, resized(rgb, WIDTH, HEIGHT)


def repeated(data: bytes, times: int) -> bytes:
    """The same film several times over, without encoding it anew."""
    file = BytesIO()
    with av.open(file, "w", format="mp4") as out:
        writer = None
        shift = 0
        for _ in range(times):
            with av.open(BytesIO(data), "r") as container:
                stream = container.streams.video[0]
                writer = writer or out.add_stream_from_template(stream)
                last = 0
                for packet in container.demux(stream):
                    if packet.dts is None or packet.pts is None:
                        continue
                    last = max(last, packet.pts + (packet.duration or 0))
                    packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, writer
                    out.mux(packet)
                shift += last
    return file.getvalue()


def cost_of(name: str, data: bytes, vpdq_python: str) -> CostRow:
    """One film, looked at in every way."""
    warm_up()
    check, hashed = timed(data, CHECK_RULE)
    seconds = max(1e-3, hashed.signal.milliseconds / 1000)
    minutes = seconds / 60
    row = CostRow(
        film=name,
        seconds=seconds,
        check=check / minutes,
        check_with_patches=timed(data, CHECK_RULE, CHECK_PATCHING)[0] / minutes,
        bank=timed(data, BANK_RULE, BANK_PATCHING)[0] / minutes,
        bare_decode=bare(data) / minutes,
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        path.write_bytes(data)
        others = peers.cpu_seconds(vpdq_python, str(path))
    if others is not None:
        row["vpdq"] = others / minutes
    return row


def timed(data: bytes, rule: FrameRule, patching: Patching | None = None) -> tuple[float, HashedVideo]:
    """CPU seconds of hashing, and what was made."""
    start = process_time()
    hashed = hash_video(data, rule=rule, patching=patching)
    return process_time() - start, hashed


def bare(data: bytes) -> float:
    """CPU seconds of decoding every frame in one thread, and nothing else."""
    start = process_time()
    with av.open(BytesIO(data), "r") as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count, stream.codec_context.thread_type = 1, "SLICE"
        for _ in container.decode(stream):
            pass
    return process_time() - start


def long_check(clips: Sequence[Clip], short: bytes, times: int) -> LongRow:
    """Check a long film in a process of its own."""
    data = repeated(short, times)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        path.write_bytes(data)
        done = subprocess.run(  # noqa: S603  # our own module
            [sys.executable, "-m", "argine.bench.video.cost", str(path)], capture_output=True, text=True, check=True
        )
    told = json.loads(done.stdout)
    recall_short, recall_full = recalls(clips, data)
    return LongRow(
        seconds=told["seconds"],
        check_seconds=told["cpu"],
        bare_decode_seconds=bare(data),
        peak_mib=told["peak_mib"],
        file_mib=len(data) / _MIB,
        frames=told["frames"],
        recall_short=recall_short,
        recall_full=recall_full,
    )


def recalls(clips: Sequence[Clip], data: bytes) -> tuple[float, float]:
    """Are the clips found that the film is made of: by the short look, and by a look at every second?"""
    matcher = VideoMatcher()
    matcher.put_bank("films")
    for clip in clips:
        matcher.put_entry(clip.name, "films", hash_video(clip.data, rule=BANK_RULE).signal)
    full = hash_video(data, rule=_EVERY_SECOND)
    short = hash_video(data)
    there = {match.entry for match in matcher.match(full.signal, full.views)}
    seen = {match.entry for match in matcher.match(short.signal, short.views)}
    of = max(1, len(there | seen))
    return len(seen) / of, len(there) / of


def peak() -> int:
    """Bytes of memory that this process held at most. Linux's rusage would count its parent's from before it began."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Check one film and tell what it took: `python -m argine.bench.video.cost FILE`."""
    warm_up()
    with Path(sys.argv[1]).open("rb") as file:
        start = process_time()
        hashed = hash_video(file, patching=CHECK_PATCHING)
        cpu = process_time() - start
    told = {
        "cpu": cpu,
        "peak_mib": peak() / _MIB,
        "frames": hashed.frames,
        "seconds": hashed.signal.milliseconds / 1000,
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
