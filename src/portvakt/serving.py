"""The serving process: uvicorn around the application. Started by the commands as
`python -m portvakt.serving`, so that it carries no command line and no migrations in its memory.

Settings come from the file in `$PORTVAKT_CONFIG` and the environment.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile

import uvicorn
from starlette.types import ASGIApp

from portvakt import logs
from portvakt.settings import Settings, SettingsError, load

_MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"


def create() -> ASGIApp:
    """The application in one serving process (also for `uvicorn --factory`)."""
    settings = load()
    logs.configure(settings.serve.log_level)
    # Only here: prometheus-client reads the environment when it is imported.
    from portvakt import app, metrics

    return metrics.Measured(app.build(settings))


def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT, then lets open requests end."""
    figures = None
    if settings.serve.workers > 1:
        # Figures of all processes are summed from files in this private folder.
        figures = os.environ[_MULTIPROCESS] = tempfile.mkdtemp(prefix="portvakt-metrics-")
    try:
        uvicorn.run(
            "portvakt.serving:create",
            factory=True,
            host=settings.serve.host,
            port=settings.serve.port,
            workers=settings.serve.workers,
            loop="uvloop",
            http="httptools",
            ws="none",
            interface="asgi3",
            lifespan="on",
            log_config=None,
            access_log=False,  # it would write query strings
            server_header=False,
            # Whom to believe about the client's address is decided in edge.py alone (A12).
            proxy_headers=False,
            timeout_keep_alive=30,
            # uvicorn's 5 s are less than a start takes on a machine at work: it would kill a process
            # that is not up yet, start another, and never come to an end
            timeout_worker_healthcheck=60,
            timeout_graceful_shutdown=20,
            backlog=1024,
        )
    finally:
        if figures is not None:
            shutil.rmtree(figures, ignore_errors=True)


def main() -> None:
    try:
        settings = load()
    except SettingsError as error:
        sys.exit(str(error))
    logs.configure(settings.serve.log_level)
    run(settings)


if __name__ == "__main__":
    main()
