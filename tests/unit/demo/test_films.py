"""The demo's film: what the page of its case shows hangs on its being found."""

from argine.desk.demo.films import film
from argine.matching.video import VideoMatcher
from argine.media.video import BANK_RULE
from argine.signals.video.hasher import hash_video


def test_a_part_of_the_drawn_film_is_found_where_it_was_cut_out() -> None:
    matcher = VideoMatcher()
    matcher.put_bank("bank")
    matcher.put_entry("film", "bank", hash_video(film(27), rule=BANK_RULE).signal)
    asked = hash_video(film(27, start=2, seconds=5))
    (match,) = matcher.match(asked.signal, asked.views)
    (part,) = match.segments
    assert abs(part.entry_from - 2) < 0.3
    assert match.query_share == 1
