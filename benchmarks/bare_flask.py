"""The peer: one Flask view that parses a payload and answers JSON, behind the very server of `stepmock serve`.

Flask is called inline from an ASGI app, without a thread pool: that is the fastest way to run it there. Usage:
`bare_flask.py PORT PROVIDER ANSWER`, the answer as JSON.
"""

import gc
import json
import sys
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import flask
from stepmock.mock_server.serve import serve
from steps import SAMPLES

flask_app = flask.Flask(__name__, static_folder=None)


@flask_app.get("/_stepmock/health")
def health() -> dict[str, str]:
    """Answer that the app is there."""
    return {"status": "ok"}


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Call Flask as WSGI in the event loop."""
    if scope["type"] != "http":
        return
    body = (await receive()).get("body", b"")
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"],
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        field = name.decode("latin-1").upper().replace("-", "_")
        environ[field if field == "CONTENT_TYPE" else f"HTTP_{field}"] = value.decode("latin-1")
    start: dict[str, Any] = {"type": "http.response.start"}

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        start["status"] = int(status[:3])
        start["headers"] = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return _no_write

    chunks = flask_app.wsgi_app(environ, start_response)
    reply = b"".join(chunks)
    await send(start)
    await send({"type": "http.response.body", "body": reply})


def _no_write(chunk: bytes) -> None:
    """Stand for the `write` of WSGI, which Flask does not use."""


def main(port: str, provider: str, answer: str) -> None:
    """Serve the app exactly as `stepmock serve` serves the emulator: the one thing exchanged is the ASGI app."""
    sample, body = SAMPLES[provider], json.loads(answer)

    def view(**names: str) -> flask.Response:
        flask.request.get_json()
        return flask.jsonify(body)

    route = sample.path.replace("{", "<").replace("}", ">")
    flask_app.add_url_rule(route, view_func=view, methods=[sample.method])
    gc.freeze()
    serve(app, "127.0.0.1", int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
