#!/usr/bin/python3
"""test-kill - the sender is killed again and again: nothing is lost, and nothing is called stored
that is not

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import random
import signal
import sqlite3
import time

import objects
from harness import Process, diagnose, expect, expect_equal, run_tests, test
from peers import GANTRYCTL, StoreScp, environment, gantryctl

OBJECTS = 500
KILLS = 50
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


def kill_at_random(folder, arguments, rng):
    """Runs gantryctl for a random moment. Returns whether it ended by itself before."""
    process = Process([GANTRYCTL, 'send', '--json', *arguments], folder, environment(folder))
    try:
        process.popen.wait(rng.uniform(0.008, 0.045))
    except Exception:  # still at work, as hoped
        process.stop(signal.SIGKILL)
        return False
    process.stop()
    return True


def read_queue(folder):
    """What the queue says of each instance, by its file."""
    database = next(pathlib.Path(folder).rglob('gantry.db'))
    with sqlite3.connect(database) as db:
        return dict(db.execute("SELECT path, outcome FROM instances JOIN jobs ON jobs.id = job_id "
                               "WHERE draft IS NULL"))


def kept(scp):
    """What is there; storescp takes an object away again when its response could not leave."""
    found = set()
    for path in scp.files():
        try:
            found.add(objects.digest(objects.data_set(path)))
        except FileNotFoundError:
            pass
    return found


@test('/kill/fifty-times')
def fifty_times(folder):
    rng = random.Random(20261121)
    study = make_study(folder)
    scp = StoreScp(folder)
    wanted = {objects.digest(objects.data_set(p)): str(p) for p in study.iterdir()}

    # Until the files are a job on disk there is nothing to resume: the first run gets that far.
    first = Process([GANTRYCTL, 'send', scp.address, '--json', study], folder, environment(folder))
    while '"event":"instance"' not in first.output() and first.popen.poll() is None:
        time.sleep(0.002)
    first.stop(signal.SIGKILL)

    kills = 1
    for _ in range(KILLS * 4):
        if kills >= KILLS:
            break
        if kill_at_random(folder, ['--resume'], rng):
            continue
        kills += 1
        # At any moment: what the queue calls stored has arrived.
        arrived = kept(scp)
        queue = read_queue(folder)
        lies = [p for p, outcome in queue.items() if outcome in STORED
                and objects.digest(objects.data_set(p)) not in arrived]
        expect(not lies, f'after kill {kills}, called stored and not there: {lies[:5]}')

    result = gantryctl(folder, 'send', '--resume')
    expect_equal(result.status, 0, f'exit status; {result.error}')
    queue = read_queue(folder)
    expect_equal(len(queue), OBJECTS, 'instances in the queue')
    expect_equal({o for o in queue.values()} - set(STORED), set(), 'outcomes that are not stored')
    expect_equal(kept(scp), set(wanted), 'data sets, octet by octet')
    expect(kills >= KILLS * 3 // 5, f'the job was done after {kills} kills')
    diagnose(f'{kills} kills, {len(scp.files())} objects sent in all for {OBJECTS}')


run_tests()
