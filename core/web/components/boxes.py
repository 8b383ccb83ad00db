"""Blocks with content between their tags: cards, notices, the next thing to do, the bar of actions."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe


def card(
    content: str,
    title: str = "",
    sub: str = "",
    url: str = "",
    link: str = "",
    flush: bool = False,
    id: str = "",
) -> SafeString:
    """``{% card title=_("…") %} … {% endcard %}``; ``flush`` for lists and tables, which reach the edges."""
    return _box("card", content, title=title, sub=sub, url=url, link=link, flush=flush, id=id)


def note(content: str, shape: str = "info", title: str = "", alert: bool = False) -> SafeString:
    """``{% note "warn" %} … {% endnote %}``: one fact, a shape, words. ``alert`` is read aloud at once."""
    return _box("note", content, shape=shape, title=title, alert=alert)


def next_action(content: str, shape: str, lead: str, title: str) -> SafeString:
    """``{% nextaction "soon" _("To do before …") _("Hand over parcel 2") %} buttons {% endnextaction %}``."""
    return _box("next_action", content, shape=shape, lead=lead, title=title)


def sticky_bar(content: str, title: str = "", note: str = "") -> SafeString:
    """``{% stickybar title=… note=… %} two buttons at most {% endstickybar %}``: stays at the bottom."""
    return _box("sticky_bar", content, title=title, note=note)


def empty_state(content: str, icon: str, title: str, text: str = "") -> SafeString:
    """``{% emptystate "tags" _("Nothing yet") _("What the page is for.") %} … {% endemptystate %}``: what is
    between the tags is the one next step.
    """
    return _box("empty_state", content, icon=icon, title=title, text=text)


def task(
    content: str, state: Any, title: str, url: str = "", word: str = "", plain: bool = False
) -> SafeString:
    """``{% task state=requirement.state_shown title=… url=… %} why {% endtask %}``: a row of a task list."""
    shape = getattr(state, "shape", state)
    return _box("task", content, state=state, shape=shape, title=title, url=url, word=word, plain=plain)


def moment_of_timeline(content: str, shape: str, title: str, when: Any = None, tone: str = "") -> SafeString:
    """One line of a timeline (inside ``<ol class="ps-time">``); ``tone``: done, next, late, later."""
    return _box("moment", content, shape=shape, title=title, when=when, tone=tone or "done")


def coded(text: str) -> SafeString:
    """Show as code what a docstring writes between double backticks."""
    parts = str(text).split("``")
    shown = [format_html("<code>{}</code>", part) if i % 2 else escape(part) for i, part in enumerate(parts)]
    return mark_safe("".join(shown))  # noqa: S308


def _box(name: str, content: str, **context: Any) -> SafeString:
    return render_to_string(f"components/{name}.html", {"content": content, **context})
