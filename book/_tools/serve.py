"""Serves the built book on localhost and prints its address: `python serve.py FOLDER PORT`."""

import http.server
import sys
from functools import partial


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Answers without writing a line per request, so that the address stays in sight."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def main(folder: str, port: int) -> None:
    """Serve `folder` until Ctrl-C, on `port` or, where that is taken, on any free one."""
    handler = partial(QuietHandler, directory=folder)
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        print(f"book: port {port} is taken, choosing another")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    print(f"book: http://127.0.0.1:{server.server_address[1]}/  (stop with Ctrl-C)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("\nbook: stopped")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
