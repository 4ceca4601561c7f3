"""The JSON face: problems that only it has, and what exactly was wrong with a request."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    "problem.method_not_allowed.title": "Method not allowed",
    "problem.method_not_allowed": (
        "This address does not take this method, so please use one that the header Allow names."
    ),
    "problem.internal.title": "Something went wrong here",
    "problem.internal": (
        "Something went wrong on our side, so please try again and, if it stays, tell support the "
        "request number."
    ),
    "why.content_length": "The length of the body must be a number.",
    "why.duplicate_key": "A name stands twice in the same object.",
    "why.idempotency_key": "Idempotency-Key takes 1 to 128 visible ASCII characters, once.",
    "why.incomplete": "The body did not arrive whole, or not in time.",
    "why.not_json": "The body is not JSON.",
    "why.not_object": "The body must be one JSON object.",
    "why.not_utf8": "The text is not UTF-8.",
    "why.nul": "The character NUL is not allowed.",
    "why.number": "A number is too large, or is none.",
    "why.one_of": "Send one of inputs, offer, resend and cancel.",
    "why.query": "The query parameter {field} is not of the form that is asked.",
    "why.required": "{field} is missing.",
    "why.too_deep": "The JSON is nested too deeply.",
    "why.wrong_type": "{field} is of the wrong type or form.",
}
