"""A state: always a shape and a word, from this one place; the same shape means the same everywhere."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.web.components.drawings import shape

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class State:
    """What to show for a state; apps map each of their enums to one."""

    shape: str
    word: "str | _StrPromise"


def status(state: "State | str", word: "str | _StrPromise" = "", plain: bool = False) -> SafeString:
    """Show ``{% status "late" _("Late") %}`` or ``{% status order.state_shown %}`` (a ``State``).

    ``plain`` leaves the ground out, as what is done has none.
    """
    if isinstance(state, State):
        state, word = state.shape, state.word
    if not word:
        raise ValueError("A state is never shown without its word.")
    return format_html(
        '<span class="ps-state ps-state-{}{}">{}{}</span>',
        state,
        " ps-state-plain" if plain else "",
        shape(state),
        word,
    )
