#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a libFuzzer target for a while over a corpus of pydicom's files, or of A-ASSOCIATE PDUs.

Usage: run.py TARGET SECONDS files|pdus
"""
import os
import struct
import subprocess
import sys
import tempfile

FILES = "/usr/lib/python3/dist-packages/pydicom/data"
LARGEST = 16 << 10


def files():
    for folder, _, names in os.walk(FILES):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.getsize(path) <= LARGEST:
                with open(path, "rb") as file:
                    yield file.read()


def item(kind, *parts):
    value = b"".join(parts)
    return struct.pack(">BxH", kind, len(value)) + value


def counted(value):
    return struct.pack(">H", len(value)) + value


def pdus():
    """A request and an answer with one of each item (PS3.8 9.3, PS3.7 D.3.3)."""
    ct, explicit = b"1.2.840.10008.5.1.4.1.1.2", b"1.2.840.10008.1.2.1"
    extended = item(0x56, counted(ct), bytes([2, 0, 3, 0, 0, 0]))
    common = item(0x57, counted(ct), counted(b"1.2.840.10008.4.2"), counted(counted(b"1.2.3") * 2))
    both = item(0x51, bytes([0, 0, 64, 0])), item(0x52, b"1.2.3"), item(0x55, b"VERSION"), extended
    request = (item(0x20, bytes([1, 0, 0, 0]), item(0x30, ct), item(0x40, explicit) * 2),
               item(0x50, *both, item(0x53, bytes([0, 1, 0, 1])), common,
                    item(0x54, counted(ct), b"\1\1"),
                    item(0x58, b"\2\1", counted(b"me"), counted(b"secret"))))
    answer = (item(0x21, bytes([1, 0, 0, 0]), item(0x40, explicit)),
              item(0x50, *both, item(0x59, counted(b"you"))))
    for kind, items in ((1, request), (2, answer)):
        body = struct.pack(">Hxx16s16s32x", 1, b"GANTRY", b"TESTER")
        body += item(0x10, b"1.2.840.10008.3.1.1.1") + b"".join(items)
        yield struct.pack(">BxI", kind, len(body)) + body


def main():
    target, seconds, seeds = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="gantry-fuzz-") as corpus:
        for number, octets in enumerate({"files": files, "pdus": pdus}[seeds]()):
            with open(os.path.join(corpus, f"{number}"), "wb") as seed:
                seed.write(octets)
        sys.exit(subprocess.call([target, corpus, f"-max_total_time={seconds}",
                                  f"-max_len={LARGEST}", "-timeout=10", "-rss_limit_mb=4096",
                                  f"-artifact_prefix={os.getcwd()}/"]))


if __name__ == "__main__":
    main()
