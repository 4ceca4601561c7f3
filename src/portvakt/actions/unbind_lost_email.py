"""An e-mail address that receives nothing any more: unbound after review (S72, S106)."""

from portvakt.actions.report_lost import ReportLost


class UnbindLostEmail(ReportLost):
    pass
