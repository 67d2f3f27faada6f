"""The pages: the agents' console at `/`, the customer's page at `/chat`, and what they load."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from handoff_service.settings import Settings

PAGES = Path(__file__).parent / "pages"
CONSOLE = Path(__file__).parents[1] / "console" / "dist"

ASK_AGAIN = "no-cache"
"""Asked for anew each time, mostly answered 304: after an upgrade no page mixes two versions."""
FOR_EVER = "public, max-age=31536000, immutable"
"""The build names these files after their contents."""


def mount(app: FastAPI, settings: Settings, pages: Path = PAGES, console: Path = CONSOLE) -> None:
    """Serves what is in the folders; a service that is installed without pages is an API alone."""

    @app.get("/config.json", include_in_schema=False)
    def config() -> dict[str, str]:
        return {"webchat_url": settings.webchat_url}

    if not pages.is_dir():
        return
    for path, page in (("/", _console(pages, console)), ("/chat", _page(pages / "chat.html"))):
        app.add_api_route(path, page, methods=["GET", "HEAD"], include_in_schema=False)
    app.mount("/static", _Files(pages / "static", ASK_AGAIN), name="static")
    app.mount("/assets", _Files(console / "assets", FOR_EVER), name="assets")


class _Files(StaticFiles):
    """The folder may also come, or be replaced, while the service runs."""

    def __init__(self, directory: Path, caching: str) -> None:
        super().__init__(directory=directory, check_dir=False)
        self.config_checked = True
        self._caching = caching

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = self._caching
        return response


def _console(pages: Path, console: Path) -> Callable[[], FileResponse]:
    """The build, looked for at each call: it may be made while the service runs."""

    def page() -> FileResponse:
        if (console / "index.html").is_file():
            return _answer(console / "index.html")
        return _answer(pages / "no-console.html", status=503)

    return page


def _page(file: Path) -> Callable[[], FileResponse]:
    return lambda: _answer(file)


def _answer(file: Path, status: int = 200) -> FileResponse:
    return FileResponse(file, status_code=status, headers={"Cache-Control": ASK_AGAIN})
