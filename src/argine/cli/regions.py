"""How the command line takes the marked part of a picture."""

import click

from argine.matching import regions
from argine.signals.patch import Rectangle


class RegionText(click.ParamType[Rectangle]):
    """Reads `x,y,w,h` in fractions of the picture, such as `0.2,0.1,0.3,0.4`."""

    name = "x,y,w,h"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Rectangle:
        try:
            return regions.parse(str(value))
        except regions.RegionError as error:
            self.fail(str(error), param, ctx)
