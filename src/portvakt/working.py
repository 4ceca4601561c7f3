"""The worker process: sends messages and does what is due. Started as `python -m portvakt.working`.

Any number may run at the same time; each job is taken by one of them.
"""

from __future__ import annotations

import asyncio

from portvakt import logs
from portvakt.core import Portvakt
from portvakt.jobs import worker_app
from portvakt.settings import Settings, as_process


async def _work(portvakt: Portvakt, url: str) -> None:
    app = worker_app(portvakt.jobs, url)
    async with app.open_async():
        await app.run_worker_async(
            name="portvakt-worker",
            concurrency=4,
            install_signal_handlers=True,
            delete_jobs="successful",
            shutdown_graceful_timeout=20,
        )


def run(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT, then ends what it has begun."""
    portvakt = Portvakt(settings)
    with portvakt.running():
        portvakt.jobs.sweep()  # what became due while nobody worked
        logs.get("portvakt.worker").info("worker_started")
        asyncio.run(_work(portvakt, portvakt.db.url))


if __name__ == "__main__":
    as_process(run)
