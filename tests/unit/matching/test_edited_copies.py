"""Copies that were edited: found, said how they lie, and never blocked on a hunch."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage import data

from argine.matching import Bank, BankEntry, BankKind, Matcher, Verdict, decide
from argine.signals.hasher import hash_file_bytes, hash_query
from argine.signals.patch import Rectangle, Strength
from argine.signals.types import SignalType

NAMES = ("astronaut", "chelsea", "coffee", "rocket")


def png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def picture(name: str) -> Image.Image:
    return Image.fromarray(getattr(data, name)())


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    matcher = Matcher()
    matcher.put_bank(Bank("removed", "Removed", BankKind.BLOCK))
    matcher.put_entries(BankEntry(name, "removed", hash_file_bytes(png(picture(name))).signals) for name in NAMES)
    return matcher


def ask(matcher: Matcher, image: Image.Image) -> tuple[Verdict, list]:
    asked = hash_query(png(image.convert("RGB")))
    matches = matcher.match(asked.signals, views=asked.views)
    return decide(matches, hashable=asked.unhashable is None), matches


def framed(image: Image.Image) -> Image.Image:
    page = Image.new("RGB", (image.width + 120, image.height + 200), "black")
    page.paste(image, (60, 100))
    return page


EDITS = {
    "crop": lambda image: image.crop((40, 30, image.width - 20, image.height - 25)),
    "half of it": lambda image: image.crop((0, 0, image.width * 2 // 3, image.height * 3 // 4)),
    "turned a little": lambda image: image.rotate(7, Image.Resampling.BICUBIC),
    "quarter turn": lambda image: image.rotate(-90, expand=True),
    "mirror": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "mirror, turned": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).rotate(-90, expand=True),
    "frame": framed,
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", NAMES)
def test_an_edited_copy_is_found_and_nothing_else(matcher: Matcher, name: str, edit: str) -> None:
    verdict, matches = ask(matcher, EDITS[edit](picture(name)))
    assert verdict in {Verdict.BLOCK, Verdict.REVIEW}
    assert {match.entry for match in matches} == {name}


@pytest.mark.parametrize("other", ["brick", "grass", "page", "hubble_deep_field", "immunohistochemistry", "moon"])
def test_another_picture_matches_nothing(matcher: Matcher, other: str) -> None:
    assert ask(matcher, picture(other)) == (Verdict.ALLOW, [])


@pytest.mark.parametrize(
    ("edit", "mirrored", "turned"),
    [
        ("crop", False, 0),
        ("turned a little", False, -7),
        ("quarter turn", False, 90),
        ("mirror", True, 0),
        ("mirror, turned", True, 90),
    ],
)
def test_a_match_tells_how_the_copy_lies(matcher: Matcher, edit: str, mirrored: bool, turned: float) -> None:
    _, matches = ask(matcher, EDITS[edit](picture("chelsea")))
    for match in matches:
        assert match.found.mirrored is mirrored
        assert abs((match.found.rotation_degrees - turned + 180) % 360 - 180) < 1


def test_a_match_by_patches_tells_which_part_is_shown_and_where(matcher: Matcher) -> None:
    image = picture("coffee")
    half = image.crop((image.width // 2, 0, image.width, image.height))
    _, matches = ask(matcher, half)
    found = next(match.found for match in matches if match.signal_type is SignalType.PATCH)
    assert found.patches >= 4
    assert found.region.left == pytest.approx(0.5, abs=0.03)
    assert found.region.right == pytest.approx(1, abs=0.03)
    assert found.outline[0][0] == pytest.approx(-1, abs=0.05)
    assert found.scale == pytest.approx(1, abs=0.03)


def test_a_whole_copy_is_sure_and_a_mirror_image_by_pdq_alone_is_not(matcher: Matcher) -> None:
    def by_pdq(image: Image.Image) -> Strength:
        _, matches = ask(matcher, image)
        return next(match.strength for match in matches if match.signal_type is SignalType.PDQ)

    assert by_pdq(picture("rocket").resize((300, 200))) is Strength.BLOCK
    assert by_pdq(EDITS["mirror"](picture("rocket"))) is Strength.REVIEW


def test_a_withdrawn_entry_is_found_by_no_signal(matcher: Matcher) -> None:
    own = Matcher()
    own.put_bank(Bank("removed", "Removed", BankKind.BLOCK))
    own.put_entry(BankEntry("a", "removed", hash_file_bytes(png(picture("chelsea"))).signals))
    crop = EDITS["crop"](picture("chelsea"))
    assert ask(own, crop)[1]
    own.withdraw("a")
    assert ask(own, crop) == (Verdict.ALLOW, [])


def test_a_replaced_entry_has_the_new_patches_only() -> None:
    own = Matcher()
    own.put_bank(Bank("removed", "Removed", BankKind.BLOCK))
    for name in ("chelsea", "coffee"):
        own.put_entry(BankEntry("a", "removed", hash_file_bytes(png(picture(name))).signals))
    assert ask(own, EDITS["crop"](picture("chelsea"))) == (Verdict.ALLOW, [])
    assert ask(own, EDITS["crop"](picture("coffee")))[1]


def test_only_the_banks_that_are_asked_are_compared() -> None:
    own = Matcher()
    for bank in ("one", "two"):
        own.put_bank(Bank(bank, bank, BankKind.REVIEW))
        own.put_entry(BankEntry(f"in {bank}", bank, hash_file_bytes(png(picture("chelsea"))).signals))
    asked = hash_query(png(EDITS["crop"](picture("chelsea"))))
    matches = own.match(asked.signals, frozenset({"two"}), asked.views)
    assert {match.entry for match in matches} == {"in two"}


def test_noise_matches_nothing(matcher: Matcher) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3), np.uint8)
    assert ask(matcher, Image.fromarray(noise))[1] == []


def forged() -> tuple[Image.Image, Rectangle]:
    """A part of one picture put on another, with a soft edge; and where it lies."""
    source, part = picture("coffee"), picture("astronaut").crop((150, 0, 330, 180))
    mask = Image.new("L", part.size, 0)
    mask.paste(255, (12, 12, part.width - 12, part.height - 12))
    source.paste(part, (200, 100), mask.filter(ImageFilter.GaussianBlur(5)))
    width, height = source.size
    return source, Rectangle(200 / width, 100 / height, 380 / width, 280 / height)


@pytest.fixture(scope="module")
def forgeries() -> Matcher:
    image, region = forged()
    own = Matcher()
    own.put_bank(Bank("removed", "Removed", BankKind.BLOCK))
    own.put_entry(BankEntry("forgery", "removed", hash_file_bytes(png(image)).signals, region))
    return own


def test_the_lawful_source_of_a_forgery_is_not_taken_for_it(forgeries: Matcher) -> None:
    assert ask(forgeries, picture("coffee")) == (Verdict.ALLOW, [])
    assert ask(forgeries, EDITS["crop"](picture("coffee"))) == (Verdict.ALLOW, [])


@pytest.mark.parametrize("edit", ["crop", "mirror", "turned a little", "frame"])
def test_an_edited_copy_of_the_forgery_is_found(forgeries: Matcher, edit: str) -> None:
    verdict, matches = ask(forgeries, EDITS[edit](forged()[0]))
    assert verdict in {Verdict.BLOCK, Verdict.REVIEW}
    assert {match.signal_type for match in matches} == {SignalType.PATCH}


def test_the_very_file_of_a_forgery_is_found_by_its_bytes(forgeries: Matcher) -> None:
    _, matches = ask(forgeries, forged()[0])
    assert SignalType.SHA256 in {match.signal_type for match in matches}


def test_an_entry_that_is_bound_no_more_is_matched_as_a_whole(forgeries: Matcher) -> None:
    own = Matcher()
    own.put_bank(Bank("removed", "Removed", BankKind.BLOCK))
    signals = hash_file_bytes(png(forged()[0])).signals
    own.put_entry(BankEntry("forgery", "removed", signals, forged()[1]))
    own.put_entry(BankEntry("forgery", "removed", signals))
    assert ask(own, picture("coffee"))[0] is Verdict.BLOCK


def animation(*frames: Image.Image) -> bytes:
    buffer = BytesIO()
    size = (400, 300)
    shown = [frame.convert("RGB").resize(size) for frame in frames]
    shown[0].save(buffer, "PNG", save_all=True, append_images=shown[1:])
    return buffer.getvalue()


def test_a_still_that_is_shown_in_an_animation_is_found_and_the_frame_told(matcher: Matcher) -> None:
    asked = hash_query(animation(picture("brick"), picture("grass"), picture("chelsea"), picture("moon")))
    matches = matcher.match(asked.signals, None, asked.views, asked.animation)
    assert decide(matches, hashable=True) is Verdict.BLOCK
    assert {(match.entry, match.found.frame) for match in matches} == {("chelsea", 3)}


@pytest.mark.parametrize("edit", ["crop", "mirror"])
def test_an_edited_copy_in_a_later_frame_is_found_too(matcher: Matcher, edit: str) -> None:
    asked = hash_query(animation(picture("grass"), EDITS[edit](picture("coffee")).convert("RGB")))
    matches = matcher.match(asked.signals, None, asked.views, asked.animation)
    assert {(match.entry, match.found.frame) for match in matches} == {("coffee", 2)}


def test_the_first_frame_of_an_animation_has_a_number_and_a_still_picture_none(matcher: Matcher) -> None:
    asked = hash_query(animation(picture("chelsea"), picture("grass")))
    matches = matcher.match(asked.signals, None, asked.views, asked.animation)
    assert {(match.entry, match.found.frame) for match in matches} == {("chelsea", 1)}
    _, of_still = ask(matcher, picture("chelsea"))
    assert {match.found.frame for match in of_still} == {None}


def test_the_best_frame_counts_and_others_are_not_told(matcher: Matcher) -> None:
    worse = picture("chelsea").convert("RGB").resize((400, 300)).quantize(6).convert("RGB")
    asked = hash_query(animation(worse, picture("grass"), picture("chelsea")))
    by_pdq = [
        match
        for match in matcher.match(asked.signals, None, asked.views, asked.animation)
        if match.signal_type is SignalType.PDQ
    ]
    assert [match.entry for match in by_pdq] == ["chelsea"]
    distances = [
        min(match.distance for match in matcher.match(frame, None) if match.signal_type is SignalType.PDQ)
        for frame in (asked.signals, next(frame.signals for frame in asked.animation.frames if frame.number == 3))
    ]
    assert by_pdq[0].distance == min(distances)


@pytest.mark.parametrize("edit", [None, "crop", "quarter turn"])
def test_a_banked_animation_is_found_by_any_of_its_frames(edit: str | None) -> None:
    own = Matcher()
    own.put_bank(Bank("removed", "Removed", BankKind.BLOCK))
    banked = hash_file_bytes(animation(picture("coffee"), picture("chelsea"), picture("rocket")))
    own.put_entry(BankEntry("moving", "removed", banked.every_signal))
    for name in ("coffee", "chelsea", "rocket"):
        still = picture(name).convert("RGB").resize((400, 300))
        assert ask(own, EDITS[edit](still) if edit else still)[1], name
    assert ask(own, picture("grass")) == (Verdict.ALLOW, [])
    own.withdraw("moving")
    assert ask(own, picture("rocket").resize((400, 300))) == (Verdict.ALLOW, [])
