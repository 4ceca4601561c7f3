"""Problem documents (RFC 9457) and error pages: a short title and one sentence."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    "problem.malformed.title": "The request cannot be read",
    "problem.malformed": "The request is not in the form we expect, so please check it.",
    "problem.not_signed_in.title": "Not logged in",
    "problem.not_signed_in": "You are not logged in, or not any more, so please log in first.",
    "problem.service_unknown.title": "Unknown service",
    "problem.service_unknown": (
        "The client id or its secret is not right, so please check the service credentials."
    ),
    "problem.forbidden.title": "Not allowed",
    "problem.forbidden": (
        "This request did not come from our own page, so please go back, reload and try again."
    ),
    "problem.not_found.title": "Not found",
    "problem.not_found": (
        "There is nothing here, or not any more, so please start again from the first page."
    ),
    "problem.idempotency_mismatch.title": "Idempotency key used for something else",
    "problem.idempotency_mismatch": (
        "This idempotency key was used for another request, so please use a new one."
    ),
    "problem.idempotency_in_progress.title": "The first request is still running",
    "problem.idempotency_in_progress": (
        "The first request with this key is still being answered, so please ask again in a moment."
    ),
    "problem.too_large.title": "Too large",
    "problem.too_large": "The request is larger than we accept, so please send less.",
    "problem.unsupported_media_type.title": "Wrong content type",
    "problem.unsupported_media_type": (
        "We read JSON only, so please send the content type application/json."
    ),
    "problem.unknown_action.title": "Unknown action",
    "problem.unknown_action": "There is no such action, so please use one of the documented names.",
    "problem.unknown_field.title": "Unknown field",
    "problem.unknown_field": (
        "This action has no such field, so please use the documented names only."
    ),
    "problem.too_many_requests.title": "Too many requests",
    "problem.too_many_requests": (
        "Too many requests come from your network, so please wait a little and try again."
    ),
    "problem.overloaded.title": "Very busy just now",
    "problem.overloaded": (
        "We are very busy just now and nothing was changed, so please try again in a moment."
    ),
    "problem.receipt_void.title": "The receipt cannot be used",
    "problem.receipt_void": (
        "The receipt was used before, is too old, or the account's ways out are shut by now, so "
        "please ask for a new decision."
    ),
    "problem.receipt_other_details.title": "The receipt is for something else",
    "problem.receipt_other_details": (
        "These are not the details that the holder approved, so the receipt is void. Please ask for "
        "a new decision."
    ),
}
