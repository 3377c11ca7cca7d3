"""rsyslog as a receiver of the audit log over TLS, behind a gate on a port of its own that can break connections."""
import glob, os, re, signal, socket, struct, subprocess, threading, time

RSYSLOG = "/usr/sbin/rsyslogd"
DRIVER = next(iter(glob.glob("/usr/lib/*/rsyslog/lmnsd_ossl.so")), "")


def wait(what, seconds=120):
    end = time.time() + seconds
    while time.time() < end:
        value = what()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError("did not happen")


class Authority:
    """Makes certificates with openssl."""

    def __init__(self, folder, name):
        self.folder, self.path, self.key = folder, f"{folder}/{name}.pem", f"{folder}/{name}.key"
        self.run("req", "-x509", "-subj", f"/CN={name}", "-days", "2", "-out", self.path, "-keyout", self.key)

    def run(self, command, *arguments):
        fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"] if command == "req" else []
        subprocess.run(["openssl", command, *fresh, *arguments], check=True, capture_output=True)

    def issue(self, name):
        path, key = f"{self.folder}/{name}.pem", f"{self.folder}/{name}.key"
        self.run("req", "-subj", f"/CN={name}", "-keyout", key, "-out", path + ".csr")
        with open(path + ".ext", "w") as f:
            f.write(f"subjectAltName=IP:127.0.0.1,DNS:{name}\n")
        self.run("x509", "-req", "-in", path + ".csr", "-CA", self.path, "-CAkey", self.key, "-CAcreateserial", "-days", "2",
                 "-extfile", path + ".ext", "-out", path)
        return path, key


class Gate:
    """Passes connections on to a port that may change; `limit` breaks each after so many bytes."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.target, self.limit, self.connections = self.listener.getsockname()[1], None, None, 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                server = socket.create_connection(("127.0.0.1", self.target), 10) if self.target else None
            except OSError:
                server = None
            if server is None:
                self.reset(client)
                continue
            for source, sink, limit in ((client, server, self.limit), (server, client, None)):
                threading.Thread(target=self.pass_on, args=(source, sink, limit), daemon=True).start()

    def pass_on(self, source, sink, limit):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    return sink.shutdown(socket.SHUT_WR)
                if limit is not None and len(data) >= limit:
                    sink.sendall(data[:limit])
                    raise OSError("broken")
                limit = None if limit is None else limit - len(data)
                sink.sendall(data)
        except OSError:
            self.reset(source)
            self.reset(sink)

    @staticmethod
    def reset(connection):
        try:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        connection.close()

    def close(self):
        self.listener.close()


class Receiver:
    """rsyslog that takes messages from one client by the name in its certificate. What it has read it writes before it reads on, so that
    what it confirmed it has, also where it is killed."""

    def __init__(self, folder):
        self.folder, self.process = folder, None
        os.makedirs(folder)
        self.authority = Authority(folder, "authority")
        self.client = self.authority.issue("ward-client")
        certificate, key = self.authority.issue("receiver")
        self.out, self.port_file = folder + "/out", folder + "/port"
        with open(folder + "/rsyslog.conf", "w") as f:
            f.write(f"""
global(workDirectory="{folder}" maxMessageSize="64k" defaultNetstreamDriver="ossl"
  defaultNetstreamDriverCAFile="{self.authority.path}" defaultNetstreamDriverCertFile="{certificate}"
  defaultNetstreamDriverKeyFile="{key}")
main_queue(queue.type="direct")
module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="x509/name"
  permittedPeer=["ward-client"])
template(name="raw" type="string" string="%rawmsg%\\n")
input(type="imtcp" port="0" listenPortFileName="{self.port_file}" address="127.0.0.1" ruleset="all")
ruleset(name="all") {{ action(type="omfile" file="{self.out}" template="raw" asyncWriting="off" flushOnTXEnd="on") }}
""")
        self.gate = Gate()

    def start(self):
        if os.path.exists(self.port_file):
            os.remove(self.port_file)
        self.process = subprocess.Popen(
            [RSYSLOG, "-n", "-f", self.folder + "/rsyslog.conf", "-i", self.folder + "/pid"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.gate.target = int(wait(lambda: os.path.exists(self.port_file) and open(self.port_file).read().strip()))
        return self

    def stop(self, how=signal.SIGTERM):
        if self.process:
            self.gate.target = None
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None
            if os.path.exists(self.folder + "/pid"):
                os.remove(self.folder + "/pid")

    def close(self):
        self.stop(signal.SIGKILL)
        self.gate.close()

    def environment(self, client=None, authority=None):
        certificate, key = client or self.client
        return {
            "WARD_AUDIT_SYSLOG_ADDRESS": f"127.0.0.1:{self.gate.port}", "WARD_AUDIT_SYSLOG_CERTIFICATE": certificate,
            "WARD_AUDIT_SYSLOG_KEY": key, "WARD_AUDIT_SYSLOG_AUTHORITY": authority or self.authority.path}

    def messages(self):
        """Whole lines that were written: (entry, event, line)."""
        if not os.path.exists(self.out):
            return []
        with open(self.out, encoding="utf-8") as f:
            lines = f.read().split("\n")[:-1]
        # Where it was killed in the middle of a line, the next one stands behind it.
        found = [(match, line) for line in lines for match in re.finditer(r'entry="(\d+)" event="([0-9a-f-]+)"', line)]
        return [(int(match.group(1)), match.group(2), line) for match, line in found]
