"""Starts a process when a child of the sandbox imports it, before rights are given up, as one taken over would try."""

import os
import subprocess
import sys

if "PATH" not in os.environ:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)  # left over"])
