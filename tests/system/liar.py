"""A server that is not what it says it is."""

import http.server
import ssl
import threading


class Liar:
    """Between an actor's client and the daemon: passes on what both say, but for what change() makes of an answer's body."""

    def __init__(self, own, actor, change):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def relay(self):
                length = int(self.headers.get("Content-Length", 0))
                sent = {key: value for key, value in self.headers.items() if key.lower() not in ("host", "content-length")}
                answer = own.request(actor, self.command, self.path, self.rfile.read(length) if length else None, sent)
                body = change(self, answer)
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = relay

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own.ca_folder / "localhost.pem", own.ca_folder / "localhost.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
