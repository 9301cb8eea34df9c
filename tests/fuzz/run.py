#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a libFuzzer target for a while over a corpus taken from pydicom's files.

Usage: run.py TARGET SECONDS
"""
import os
import subprocess
import sys
import tempfile

FILES = "/usr/lib/python3/dist-packages/pydicom/data"
LARGEST = 16 << 10


def main():
    target, seconds = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="gantry-fuzz-") as corpus:
        for folder, _, names in os.walk(FILES):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.getsize(path) <= LARGEST:
                    with open(path, "rb") as file, open(
                            os.path.join(corpus, f"{len(os.listdir(corpus))}"), "wb") as seed:
                        seed.write(file.read())
        sys.exit(subprocess.call([target, corpus, f"-max_total_time={seconds}",
                                  f"-max_len={LARGEST}", "-timeout=10", "-rss_limit_mb=4096",
                                  f"-artifact_prefix={os.getcwd()}/"]))


if __name__ == "__main__":
    main()
