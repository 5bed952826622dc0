"""Ordinary pictures, each another: hills under a sky, a sun, houses and trees."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (640, 480)
SKIES = ((186, 214, 235), (244, 205, 160), (140, 170, 210), (225, 225, 205), (120, 140, 180))
HILLS = ((74, 112, 74), (96, 128, 66), (60, 92, 96), (120, 110, 70), (84, 84, 104))
WALLS = ((214, 120, 90), (230, 222, 205), (150, 90, 80), (200, 180, 120))


def draw(seed: int) -> bytes:
    """Draw the picture of a number, as a JPEG. The same number gives the same picture."""
    random = Random(seed)  # noqa: S311  # a picture, not a secret
    picture = Image.new("RGB", SIZE, random.choice(SKIES))
    pen = ImageDraw.Draw(picture)
    _sun(pen, random)
    for depth in range(4):
        _hill(pen, random, depth)
    for _ in range(random.randint(3, 8)):
        random.choice((_house, _tree))(pen, random)
    soft = picture.filter(ImageFilter.GaussianBlur(1.2))
    buffer = BytesIO()
    soft.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def reworked(data: bytes) -> bytes:
    """A copy as it comes back somewhere else: half the size, compressed again."""
    with Image.open(BytesIO(data)) as picture:
        small = picture.resize((picture.width // 2, picture.height // 2))
    buffer = BytesIO()
    small.save(buffer, "JPEG", quality=60)
    return buffer.getvalue()


def _sun(pen: ImageDraw.ImageDraw, random: Random) -> None:
    x, y, radius = random.randint(60, 580), random.randint(40, 180), random.randint(20, 60)
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(250, 240, random.randint(140, 220)))


def _hill(pen: ImageDraw.ImageDraw, random: Random, depth: int) -> None:
    base = 200 + depth * 65
    tops = [(x, base - random.randint(0, 110)) for x in range(0, SIZE[0] + 81, 80)]
    shade = random.choice(HILLS)
    colour = (shade[0] - depth * 8, shade[1] - depth * 8, shade[2] - depth * 8)
    pen.polygon([(0, SIZE[1]), *tops, (SIZE[0], SIZE[1])], fill=colour)


def _house(pen: ImageDraw.ImageDraw, random: Random) -> None:
    x, y, side = random.randint(20, 560), random.randint(260, 420), random.randint(24, 70)
    pen.rectangle((x, y, x + side, y + side), fill=random.choice(WALLS))
    pen.polygon([(x - 6, y), (x + side // 2, y - side // 2), (x + side + 6, y)], fill=(110, 60, 50))
    pen.rectangle((x + side // 3, y + side // 3, x + side // 2, y + side // 2), fill=(60, 70, 90))


def _tree(pen: ImageDraw.ImageDraw, random: Random) -> None:
    x, y, height = random.randint(20, 600), random.randint(280, 440), random.randint(40, 110)
    pen.rectangle((x - 3, y - height // 3, x + 3, y), fill=(80, 60, 40))
    pen.ellipse((x - height // 4, y - height, x + height // 4, y - height // 4), fill=(40, random.randint(80, 140), 50))
