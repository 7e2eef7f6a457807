"""NumPy code from the index form.

``outputs`` and ``arguments`` read what is asked for; ``sums`` brings terms into a normal form and
``stabilise`` (``island``, ``forms``, ``signed``, ``stable``) into one that rounding leaves alone;
``arrays``, ``contractions``, ``entries``, ``cases`` and ``elementary`` make a graph of array
operations of it (``source``), in which ``rows`` are taken block by block; ``layout`` and ``passes``
lay it out as statements, and ``compile`` makes functions of them, which ``checking`` guards. For
``prepare`` the statements of a block are lowered to single operations (``lowering``), which get
memory of their own (``buffers``), or are written without a loop where the data are one block
(``oneblock``); ``preparing`` makes the source, and ``prepared`` the functions.
"""

from symderiv.numeric.functions import to_numpy

__all__ = ["to_numpy"]
