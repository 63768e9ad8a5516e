"""A receiver of webhooks: it believes what is signed, and does each event once.

Needs Python 3.11 and the package standardwebhooks. The secret, as it was shown when the
webhook was made, is in KYB_WEBHOOK_SECRET.

    python webhook_receiver.py 8080
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

MOST = 65_536
seen: set[str] = set()  # keep them where they outlive a restart


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        if length > MOST:
            return self.answer(413)
        # The body as it came: what was signed are its bytes.
        body = self.rfile.read(length)
        headers = {name.lower(): text for name, text in self.headers.items()}
        try:
            event = Webhook(os.environ["KYB_WEBHOOK_SECRET"]).verify(body, headers)
        except WebhookVerificationError:
            return self.answer(400)
        if headers["webhook-id"] not in seen:
            seen.add(headers["webhook-id"])
            print(event["type"], event["data"], flush=True)
        return self.answer(204)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """What is worth a line was printed."""


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
    print(f"http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
