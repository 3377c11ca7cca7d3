"""A KMS server (moto) with a certificate of its own, and a way through which a command is killed at its calls."""
import http.server, os, signal, socket, ssl, subprocess, sys, threading, time
import requests


class KMS:
    """A moto server in a folder; stop it in the end."""

    def __init__(self, folder):
        self.certificate, self.key = folder + "/moto.pem", folder + "/moto.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
             "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.key, "-out", self.certificate],
            check=True, capture_output=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port), "-c", self.certificate, "-k", self.key],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"https://127.0.0.1:{port}"
        self.credentials = folder + "/credentials"
        with open(os.open(self.credentials, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write("[default]\naws_access_key_id = test\naws_secret_access_key = test\n")

    def stop(self):
        self.server.kill()
        self.server.wait()

    def make_key(self):
        """The ARN of a new key; it waits until the server answers."""
        headers = {
            "X-Amz-Target": "TrentService.CreateKey", "Content-Type": "application/x-amz-json-1.1",
            "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/eu-central-1/kms/aws4_request, SignedHeaders=host, Signature=b"}
        end = time.time() + 120
        while True:
            try:
                answer = requests.post(self.url + "/", headers=headers, data="{}", verify=self.certificate, timeout=30)
                return answer.json()["KeyMetadata"]["Arn"]
            except requests.RequestException:
                assert time.time() < end, "moto does not answer"
                time.sleep(0.1)

    def arguments(self, arn, url=None):
        return ["--aws-region", "eu-central-1", "--aws-key", arn, "--aws-endpoint", url or self.url, "--aws-ca-file", self.certificate,
                "--aws-credentials-file", self.credentials]


class Passage:
    """Passes requests on to a KMS server, and kills a process at the Nth that uses a key: what was asked is done there, and not answered."""
    USES = ("Encrypt", "Decrypt", "GenerateDataKey", "ReEncrypt")

    def __init__(self, kms):
        self.kms, self.process, self.kills_at, self.count = kms, None, 0, 0
        passage, turn = self, threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                answer = requests.post(kms.url + self.path, headers=headers, data=body, verify=kms.certificate, timeout=60)
                with turn:
                    passage.count += self.headers["X-Amz-Target"].split(".")[1].startswith(Passage.USES)
                    if passage.process and passage.count == passage.kills_at:
                        passage.process.send_signal(signal.SIGKILL)
                        self.close_connection = True
                        return
                self.send_response(answer.status_code)
                for name in ("Content-Type", "x-amzn-RequestId", "x-amzn-ErrorType"):
                    if name in answer.headers:
                        self.send_header(name, answer.headers[name])
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # who was killed asks no more

        self.server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(kms.certificate, kms.key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
