"""Lost authenticator: unbound after review, so that a new one can be bound (S48–S62, S108)."""

from portvakt.actions.report_lost import ReportLost


class ResetSecondFactor(ReportLost):
    pass
