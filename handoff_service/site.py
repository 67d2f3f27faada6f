"""The pages: the agents' console at `/`, a demo shop at `/chat`, and what they load.

The customers' widget, `/widget.js`, is loaded by the customers' own sites as well.
"""

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles

from handoff_service.settings import Settings

PAGES = Path(__file__).parent / "pages"
CONSOLE = Path(__file__).parents[1] / "console" / "dist"

ASK_AGAIN = "no-cache"
"""Asked for anew each time, mostly answered 304: after an upgrade no page mixes two versions."""
FOR_EVER = "public, max-age=31536000, immutable"
"""The build names these files after their contents."""
FIVE_MINUTES = "public, max-age=300"
"""Loaded with each page of a site: seldom asked for, and an upgrade is everywhere within minutes."""


def mount(app: FastAPI, settings: Settings, pages: Path = PAGES, console: Path = CONSOLE) -> None:
    """Serves what is in the folders; a service that is installed without pages is an API alone."""

    widget = _Files(console, FIVE_MINUTES)

    @app.api_route("/widget.js", methods=["GET", "HEAD"], include_in_schema=False)
    async def widget_script(request: Request) -> Response:
        return await _script(widget, "widget.js", request)

    if not pages.is_dir():
        return
    for path, page in (("/", _console(pages, console)), ("/chat", _shop(pages, settings.webchat_url))):
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


def _shop(pages: Path, webchat_url: str) -> Callable[[], HTMLResponse]:
    """A customers' site with the widget on it."""

    def page() -> HTMLResponse:
        source = (pages / "chat.html").read_text(encoding="utf-8")
        filled = source.replace("{webchat_url}", html.escape(webchat_url))
        return HTMLResponse(filled, headers={"Cache-Control": ASK_AGAIN})

    return page


async def _script(files: StaticFiles, name: str, request: Request) -> Response:
    """The script for pages of any origin, compressed where the browser takes that."""
    squeezed = "gzip" in request.headers.get("accept-encoding", "")
    response = await files.get_response(f"{name}.gz" if squeezed else name, request.scope)
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if response.status_code == 200:
        response.headers["Content-Type"] = "text/javascript; charset=utf-8"
        if squeezed:
            response.headers["Content-Encoding"] = "gzip"
    return response


def _answer(file: Path, status: int = 200) -> FileResponse:
    return FileResponse(file, status_code=status, headers={"Cache-Control": ASK_AGAIN})
