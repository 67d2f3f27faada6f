"""The pages: the desk at `/`, the customer's at `/chat`, their scripts below `/static`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from handoff_service.settings import Settings

PAGES = Path(__file__).parent / "pages"


def mount(app: FastAPI, settings: Settings, folder: Path = PAGES) -> None:
    """Serves what is in the folder; a service that is installed without pages is an API alone."""

    @app.get("/config.json", include_in_schema=False)
    def config() -> dict[str, str]:
        return {"webchat_url": settings.webchat_url}

    for path, name in (("/", "desk.html"), ("/chat", "chat.html")):
        if (folder / name).is_file():
            app.add_api_route(path, _page(folder / name), methods=["GET", "HEAD"], include_in_schema=False)
    if (folder / "static").is_dir():
        app.mount("/static", _Scripts(directory=folder / "static"), name="static")


class _Scripts(StaticFiles):
    """Asked for anew each time, mostly answered 304: after an upgrade no page mixes two versions."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def _page(file: Path) -> Callable[[], FileResponse]:
    def page() -> FileResponse:
        return FileResponse(file, headers={"Cache-Control": "no-cache"})

    return page
