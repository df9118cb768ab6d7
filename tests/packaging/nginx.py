"""The packaged example of nginx, made to run in a folder of a test."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "packaging" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OPENSSL = shutil.which("openssl")


def configured(folder: Path, host: str, ports: Mapping[str, int]) -> Path:
    """Write `nginx.conf` of the example, with a certificate for `host` and its ports replaced; return its path.

    It is what an administration installs but for names of folders, ports and the address it listens at.
    """
    key, certificate = folder / "privkey.pem", folder / "fullchain.pem"
    made = [str(OPENSSL), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={host}"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    site = EXAMPLE.read_text("utf-8").replace("/etc/ssl/rassid", str(folder)).replace("/var/log/nginx", str(folder))
    site = re.sub(r"^ *listen \[::\].*\n", "", site, flags=re.MULTILINE)
    for port, here in ports.items():
        site = re.sub(rf"listen {port}\b", f"listen 127.0.0.1:{here}", site)
        site = site.replace(f"127.0.0.1:{port};", f"127.0.0.1:{here};")
    (folder / "site.conf").write_text(site, "utf-8")
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    head = f"pid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
    whole = f"{head}http {{\n{places}include {folder}/site.conf;\n}}\n"
    (folder / "nginx.conf").write_text(whole, "utf-8")
    return folder / "nginx.conf"
