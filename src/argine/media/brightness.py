"""What counts as brightness: the weights of the colours (ITU-R BT.601), which PDQ takes for every picture."""

Weights = tuple[float, float, float]
"""Of red, green and blue."""

BRIGHTNESS: Weights = (0.299, 0.587, 0.114)
