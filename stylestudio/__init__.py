"""Style Studio: rebuild a photo out of the pieces of a style, then mix the two by eye."""

__version__ = "0.1.0"
