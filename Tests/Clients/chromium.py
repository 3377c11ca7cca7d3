"""A real Chromium, driven over a pipe by its DevTools protocol: https://chromedevtools.github.io/devtools-protocol/."""
import base64, contextlib, hashlib, json, os, select, shutil, subprocess, tempfile, time

PROGRAM = shutil.which("chromium")


def public_key(path):
    """The SHA-256 of the public key in a certificate, as browsers pin it."""
    key = subprocess.run(["openssl", "x509", "-in", path, "-noout", "-pubkey"], capture_output=True, check=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key, capture_output=True, check=True).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


class NotNow(AssertionError):
    """The page cannot do it at this moment."""


class Chromium:
    """A headless browser with one page, a profile of its own, and a site's name that leads to a port of this machine.

    `key`: the SHA-256 of the server's public key, base64; the browser takes a certificate with it for that of the site.
    `others`: further hosts of this machine that it may reach, by name or address.
    """

    def __init__(self, site, port, key, others=()):
        rules = ", ".join([f"MAP {site}:443 127.0.0.1:{port}", "MAP * ~NOTFOUND", *(f"EXCLUDE {other}" for other in others)])
        self.profile = tempfile.mkdtemp(prefix="ward-chromium-")
        to_browser, self.into = os.pipe()
        self.out, from_browser = os.pipe()

        def descriptors():
            # The protocol is spoken on the descriptors 3 and 4.
            source, sink = os.dup(to_browser), os.dup(from_browser)
            os.dup2(source, 3)
            os.dup2(sink, 4)

        self.process = subprocess.Popen(
            [PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-component-update",
             "--disable-background-networking", "--remote-debugging-pipe", f"--user-data-dir={self.profile}",
             f"--host-resolver-rules={rules}", f"--ignore-certificate-errors-spki-list={key}", "about:blank"],
            preexec_fn=descriptors, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer, self.number, self.events, self.session = b"", 0, [], None
        self.session = self.call("Target.attachToTarget", targetId=self.page(), flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def page(self):
        """The page that the browser opens when it starts."""
        limit = time.monotonic() + 120
        while time.monotonic() < limit:
            for target in self.call("Target.getTargets")["targetInfos"]:
                if target["type"] == "page":
                    return target["targetId"]
            time.sleep(0.1)
        raise AssertionError("the browser opens no page")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.into)
        os.close(self.out)
        shutil.rmtree(self.profile, ignore_errors=True)

    def message(self, limit):
        while b"\0" not in self.buffer:
            if not select.select([self.out], [], [], max(0, limit - time.monotonic()))[0]:
                raise AssertionError("the browser does not answer")
            self.buffer += os.read(self.out, 1 << 16) or self.gone()
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def gone(self):
        raise AssertionError(f"the browser has ended: {self.process.poll()}")

    def call(self, method, seconds=120, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.into, json.dumps(request).encode() + b"\0")
        limit = time.monotonic() + seconds
        while True:
            message = self.message(limit)
            if message.get("id") == self.number:
                if "error" in message:
                    raise NotNow(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def open(self, url):
        answer = self.call("Page.navigate", url=url)
        if "errorText" in answer:
            raise AssertionError(f"the page does not open: {answer['errorText']}")

    def run(self, script):
        """The value of an expression on the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise NotNow(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, script, seconds=120):
        """Waits until an expression is true on the page that is there then."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            # Between two pages there is nothing to ask, and no element is there.
            with contextlib.suppress(NotNow):
                if self.run(f"document.readyState === 'complete' && Boolean({script})"):
                    return
            time.sleep(0.1)
        raise AssertionError(f"{script} does not come true; the page says: {self.run('document.body.innerText')}")

    def fill(self, **fields):
        for name, value in fields.items():
            self.run(f"document.querySelector('[name={name}]').value = {json.dumps(value)}")

    def click(self, words):
        """Presses the one visible button of these words."""
        self.wait(f"[...document.querySelectorAll('button')].filter(b => !b.hidden && b.textContent === {json.dumps(words)}).length === 1")
        self.run(f"[...document.querySelectorAll('button')].find(b => !b.hidden && b.textContent === {json.dumps(words)}).click()")

    @contextlib.contextmanager
    def authenticator(self):
        """Plugs a new virtual authenticator in, and out again."""
        self.call("WebAuthn.enable", enableUI=False)
        made = self.call("WebAuthn.addVirtualAuthenticator", options={
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True})
        yield
        self.call("WebAuthn.removeVirtualAuthenticator", authenticatorId=made["authenticatorId"])
