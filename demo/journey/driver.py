"""The journey as a person walks it: one method a step, named as its code in ``steps``."""

from demo.journey.opening import Opening
from demo.journey.ordering import Ordering
from demo.journey.selling import Selling


class Driver(Opening, Selling, Ordering):
    """Walks with any hands; see ``hands``."""
