#!/usr/bin/python3
"""gantryctl receive while somebody sets the clock

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import sqlite3
import time

import objects
import pydicom
from harness import expect, expect_equal, run_tests, test, wait_for
from peers import Receiver, tool

MODEL = objects.ROOT / 'test_files' / 'CT_small.dcm'
QUIET = 2  # seconds until a study is complete
DAYS = 3 * 24 * 3600


class Clock:
    """The time of day of what is started from now on."""

    def __init__(self, folder):
        library = os.environ.get('GANTRY_CLOCK_LIBRARY')
        expect(library and os.path.exists(library), 'GANTRY_CLOCK_LIBRARY does not name the library')
        self.file = pathlib.Path(folder) / 'clock'
        self.set(0)
        os.environ.update({'LD_PRELOAD': library, 'GANTRY_CLOCK': str(self.file), 'ASAN_OPTIONS':
                           os.environ.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'})

    def set(self, offset):
        new = self.file.with_suffix('.new')
        new.write_text(str(offset))
        new.rename(self.file)  # at once: nobody reads half of it


def store(receiver, folder, number):
    content = pydicom.dcmread(MODEL)
    content.SOPInstanceUID = content.file_meta.MediaStorageSOPInstanceUID = f'1.2.3.{number}'
    content.StudyInstanceUID = f'1.2.{number}'
    path = pathlib.Path(folder) / f'{number}.dcm'
    content.save_as(path)
    status, output = tool('storescu', '-aec', receiver.aet, '127.0.0.1', receiver.port, path,
                          folder=folder)
    expect_equal(status, 0, output)


def listed(folder):
    with sqlite3.connect(pathlib.Path(folder) / 'profile' / 'gantry.db', timeout=10) as db:
        return db.execute('SELECT count(*) FROM received WHERE series_id IS NOT NULL').fetchone()[0]


@test('/clock/set')
def clock_is_set(folder):
    """Nothing is complete too early or too late, and nothing that came today is too old."""
    before = dict(os.environ)
    try:
        clock = Clock(folder)
        receiver = Receiver(folder, '--keep-days', 1, '--complete-seconds', QUIET,
                            '--complete-command', 'true')
    finally:
        os.environ.clear()
        os.environ.update(before)
    # Forward, back to what it is, back, and forward to what it is
    for number, offset in enumerate((DAYS, 0, -DAYS, 0, 60, -60), 1):
        began = time.monotonic()
        store(receiver, folder, number)
        came = time.monotonic()
        clock.set(offset)
        wait_for(lambda: len(receiver.of('complete')) == number, f'study {number} is complete')
        over = time.monotonic()
        expect(over - began >= QUIET, f'{offset}: complete {over - began:.2f} s after its beginning')
        expect(over - came < QUIET + 5, f'{offset}: complete {over - came:.2f} s after its end')
        wait_for(lambda: len(receiver.of('command')) == number, 'its command')
    # After each command there was a look at what is too old.
    expect_equal(len(receiver.files()), 6, 'files')
    expect_equal(listed(folder), 6, 'what is listed')
    expect_equal(receiver.finish(), 0, 'exit status')


run_tests()
