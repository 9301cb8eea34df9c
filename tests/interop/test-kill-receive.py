#!/usr/bin/python3
"""test-kill-receive - the receiver is killed again and again while storescu sends: what it has
acknowledged is there and listed, octet for octet, and of what it has not, no part is left

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import random
import signal
import sqlite3
import time

import objects
from harness import Process, diagnose, expect, expect_equal, files_below, run_tests, test, wait_for
from peers import Receiver
from wire import Relay

KILLS = 100
BATCH = 60  # objects in an association, more than come through before the kill
MODEL = objects.ROOT / 'test_files' / 'CT_small.dcm'
MODEL_UID = b'1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322'
ACKNOWLEDGED = 'Received Store Response (Success)'
# One after the other, into one folder: each start has to search it as deep as the run before went.
LAYOUTS = (['--layout', 'uids'], ['--layout', 'patient'], ['--layout', 'flat'],
           ['--pattern', '{Modality}/{SOPInstanceUID}'])


def make_objects(folder, count):
    """Objects that differ in their UID only."""
    study = pathlib.Path(folder) / 'study'
    study.mkdir()
    model = MODEL.read_bytes()
    paths = []
    for i in range(count):
        uid = MODEL_UID[:-5] + b'%05d' % (10000 + i)
        paths.append(study / f'{i:05d}.dcm')
        paths[-1].write_bytes(model.replace(MODEL_UID, uid))
    return paths


class Folder:
    """What is kept, read anew for each file that has not been seen."""

    def __init__(self, directory, profile):
        self.directory, self.profile = directory, profile
        self.digests = {}

    def files(self):
        return set(files_below(self.directory, '.dcm'))

    def digest_all(self, anew=False):
        for path in self.files():
            if anew or path not in self.digests:
                self.digests[path] = objects.digest(objects.data_set(path))
        return set(self.digests.values())

    def listed(self):
        with sqlite3.connect(f'file:{self.profile / "gantry.db"}?mode=ro', uri=True) as db:
            return [pathlib.Path(row[0]) for row in
                    db.execute('SELECT path FROM received WHERE series_id IS NOT NULL')]

    def is_listed(self):
        """Each file once, and nothing else."""
        rows = self.listed()
        return len(rows) == len(set(rows)) and set(rows) == self.files()


def kill_while_receiving(folder, receiver, paths, rng):
    """Sends until the receiver dies of it: digests of what was acknowledged."""
    relay = Relay(receiver.port)
    sender = Process(['storescu', '-v', '-aec', receiver.aet, '127.0.0.1', relay.port, *paths],
                     folder, {**os.environ, 'TCP_NODELAY': '1'})
    wanted = rng.randint(1, 9)
    wait_for(lambda: (sender.error() + sender.output()).count(ACKNOWLEDGED) >= wanted
             or sender.popen.poll() is not None, f'storescu never got {wanted} answers')
    time.sleep(rng.uniform(0, 0.01))  # the kill comes when it comes
    receiver.process.stop(signal.SIGKILL)
    sender.wait(30)
    relay.close()
    count = (sender.error() + sender.output()).count(ACKNOWLEDGED)
    crossed = [objects.digest(d) for d in relay.data_sets()]
    expect(len(crossed) >= count, f'{count} answers to {len(crossed)} objects')
    return crossed[:count]


def check_after_restart(kept, acknowledged, kill):
    lost = acknowledged - kept.digest_all()
    expect(not lost, f'after kill {kill}, acknowledged and not there: {len(lost)}')
    wait_for(kept.is_listed, f'after kill {kill}, what is kept is not what is listed: '
             f'{len(kept.files())} files, {len(kept.listed())} rows')


def parts(receiver):
    return files_below(receiver.directory, '.part')


@test('/kill-receive/hundred-times')
def hundred_times(folder):
    rng = random.Random(20261121)
    waiting = make_objects(folder, KILLS * BATCH // 3)
    acknowledged = set()
    cut = left = unlisted = 0
    kept = None
    for kill in range(1, KILLS + 1):
        receiver = Receiver(folder, *LAYOUTS[kill % len(LAYOUTS)])
        if kept is None:
            kept = Folder(receiver.directory, pathlib.Path(folder) / 'profile')
        expect_equal(parts(receiver), [], f'parts that are left after kill {kill - 1}')
        check_after_restart(kept, acknowledged, kill - 1)

        batch = waiting[:BATCH]
        done = kill_while_receiving(folder, receiver, batch, rng)
        expect(done, f'nothing was acknowledged before kill {kill}')
        acknowledged.update(done)
        cut += len(done) < len(batch)
        left += len(parts(receiver))
        unlisted += len(kept.files()) - len(kept.listed())
        # What was not acknowledged comes again, and one that was.
        waiting = waiting[len(done) - 1:] + waiting[:len(done) - 1] if len(done) > 1 else waiting

    receiver = Receiver(folder)
    expect_equal(parts(receiver), [], 'parts that are left at the end')
    check_after_restart(kept, acknowledged, KILLS)
    expect_equal(acknowledged - kept.digest_all(anew=True), set(), 'lost in the end')
    expect_equal(receiver.finish(), 0, 'exit status after SIGTERM')
    expect(kept.is_listed(), 'what is kept is what is listed')
    expect(cut >= KILLS * 4 // 5, f'only {cut} kills came while objects were on their way')
    expect(len(acknowledged) > 2 * KILLS, f'only {len(acknowledged)} objects were acknowledged')
    expect(unlisted > 0, 'no kill came between a file and its row: the search was not needed')
    diagnose(f'{KILLS} kills, {cut} of them with objects to come; {left} parts and {unlisted} files '
             f'without a row were left; {len(acknowledged)} objects acknowledged, {len(kept.files())} files')


run_tests()
