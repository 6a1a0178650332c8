"""Rows of a design space that is no product: each layer of a network of one to three has its own width."""

import itertools


def configure():
    """The 14 networks, each as pairs of a key and a value."""
    return [
        {"MODEL.NUM_LAYERS": layers, "MODEL.WIDTHS": list(widths)}.items()
        for layers in range(1, 4)
        for widths in itertools.product((32, 64), repeat=layers)
    ]
