#!/usr/bin/python3
"""test-kill - the sender is killed again and again: nothing is lost, and nothing is called stored
that is not

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import random
import signal
import sqlite3
import time

import objects
from harness import Process, diagnose, expect, expect_equal, run_tests, test
from peers import GANTRYCTL, StoreScp, environment, gantryctl
from wire import Relay

OBJECTS = 500
KILLS = 50
RESERVE = 5  # as if there were so many more: the job is never done before the last kill
RATE = 2_000_000  # octets a second: a slow network, so that the moments are spread over the job
MODEL = objects.ROOT / 'test_files' / 'CT_small.dcm'
MODEL_UID = b'1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322'
STORED = (2, 3)  # outcomes in the database: stored, stored with a warning


def make_study(folder):
    """Objects that differ in their UID only, so that each can be told from the others."""
    study = pathlib.Path(folder) / 'study'
    study.mkdir()
    model = MODEL.read_bytes()
    for i in range(OBJECTS):
        uid = MODEL_UID[:-5] + b'%05d' % (10000 + i)
        (study / f'{i:05d}.dcm').write_bytes(model.replace(MODEL_UID, uid))
    return study


def run_and_kill(folder, relay, arguments, octets, seconds, ready):
    """Runs gantryctl, and kills it once ready() and so many octets, or seconds, have passed."""
    before = relay.octets()
    process = Process([GANTRYCTL, 'send', '--json', *arguments], folder, environment(folder))
    end = time.monotonic() + 60
    while not ready(process):
        expect(time.monotonic() < end and process.popen.poll() is None,
               f'it never got to work: {process.error()[-500:]}')
        time.sleep(0.002)
    started = time.monotonic()
    while relay.octets() - before < octets and time.monotonic() - started < seconds:
        expect(process.popen.poll() is None,
               f'it ended with {process.popen.poll()} before it was killed: '
               f'{process.output()[-300:]} {process.error()[-300:]}')
        time.sleep(0.001)
    process.stop(signal.SIGKILL)
    expect_equal(process.popen.returncode, -signal.SIGKILL, 'how it ended')


def read_queue(folder):
    """What the queue says of each instance, by its file."""
    database = f'{folder}/profile/gantry.db'
    with sqlite3.connect(database) as db:
        return dict(db.execute("SELECT path, outcome FROM instances JOIN jobs ON jobs.id = job_id "
                               "WHERE draft IS NULL"))


class Kept:
    """What is there; storescp takes an object away again when its response could not leave."""

    def __init__(self, scp):
        self.scp = scp
        self.known = {}

    def digests(self):
        found = set()
        for path in self.scp.files():
            try:
                info = path.stat()
                key = (path, info.st_size, info.st_mtime_ns)
                if key not in self.known:
                    self.known[key] = objects.digest(objects.data_set(path))
                found.add(self.known[key])
            except FileNotFoundError:
                pass
        return found


@test('/kill/fifty-times')
def fifty_times(folder):
    """The moments: mostly anywhere in what is sent, some in the first milliseconds of a run."""
    seed = int(os.environ.get('GANTRY_SEED') or random.randrange(1 << 32))
    diagnose(f'seed: GANTRY_SEED={seed}')
    rng = random.Random(seed)
    study = make_study(folder)
    scp = StoreScp(folder, '--fork')
    relay = Relay(scp.port, RATE)
    kept = Kept(scp)
    digest_of = {str(p): objects.digest(objects.data_set(p)) for p in study.iterdir()}
    size = MODEL.stat().st_size
    left = OBJECTS

    for kill in range(KILLS):
        # Some of the job must be left for each of the kills to come.
        octets = rng.uniform(0, 2 * left * size / (KILLS - kill + RESERVE))
        seconds = 30 if kill == 0 or rng.random() < 0.7 else rng.uniform(0, 0.1)
        if kill == 0:
            # Until the files are a job on disk there is nothing to resume.
            run_and_kill(folder, relay, [f'STORESCP@127.0.0.1:{relay.port}', study], octets, seconds,
                         lambda process: '"event":"instance"' in process.output())
        else:
            run_and_kill(folder, relay, ['--resume'], octets, seconds, lambda process: True)

        # What the queue calls stored has arrived, at any moment.
        queue = read_queue(folder)
        arrived = kept.digests()
        lies = [p for p, outcome in queue.items()
                if outcome in STORED and digest_of[p] not in arrived]
        expect(not lies, f'after kill {kill + 1}, called stored and not there: {lies[:5]}')
        left = sum(outcome not in STORED for outcome in queue.values())
        expect(left > 0, f'the job was done at kill {kill + 1}, so it did not hit')
        expect_equal(len(queue), OBJECTS, f'instances in the queue after kill {kill + 1}')

    relay.rate = None
    result = gantryctl(folder, 'send', '--resume')
    expect_equal(result.status, 0, f'exit status; {result.error}')
    expect_equal(len(result.of('instance')), left, 'instances that the last run sent')
    expect_equal((result.summary['instances'], result.summary['stored']), (OBJECTS, OBJECTS),
                 'instances of the whole job, and stored ones')
    queue = read_queue(folder)
    expect_equal(len(queue), OBJECTS, 'instances in the queue')
    expect_equal(set(queue.values()) - set(STORED), set(), 'outcomes that are not stored')
    expect_equal(kept.digests(), set(digest_of.values()), 'data sets, octet by octet')
    diagnose(f'{KILLS} kills, {left} instances left after the last, '
             f'{len(scp.files())} objects kept in all for {OBJECTS}')


run_tests()
