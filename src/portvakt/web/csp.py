"""The content security policy of the pages: everything from ourselves, scripts and styles with a nonce.

The one exception is the robot check of a provider, and only on a page that shows it: elsewhere a script
of theirs could read what is typed (A92, A93).
"""

from __future__ import annotations

from portvakt.ports.captcha import Widget


def policy(nonce: str, widget: Widget | None = None) -> str:
    """The header's value. `widget` is the provider's check that this page shows, if any."""
    own = f"'self' 'nonce-{nonce}'"
    rules = {
        "default-src": "'none'",
        "script-src": own,
        "style-src": own,
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    if widget is not None:
        rules["script-src"] = " ".join((own, *widget.script_src))
        rules["style-src"] = " ".join((own, *widget.style_src))
        rules["connect-src"] = " ".join(("'self'", *widget.connect_src))
        rules["frame-src"] = " ".join(widget.frame_src)
        if widget.style_attributes:  # attributes alone: an injected style sheet still does nothing
            rules["style-src-attr"] = "'unsafe-inline'"
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())
