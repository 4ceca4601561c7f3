"""A phone number that is lost: unbound after review (S72, S106)."""

from portvakt.actions.report_lost import ReportLost


class UnbindLostPhone(ReportLost):
    pass
