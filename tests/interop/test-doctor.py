#!/usr/bin/python3
"""After a slow send gantryctl says why, and on which side to change what; after a fast one nothing

SPDX-License-Identifier: GPL-3.0-or-later

Each cause is brought about with real sockets, and is the first thing that is found.
"""
import json
import pathlib
import shutil
import tempfile

import objects
from harness import diagnose, expect, expect_equal, run_tests, test
from peers import StoreScp, gantryctl
from slow import Path, SlowScp

CT = objects.ROOT / 'test_files' / 'CT_small.dcm'
MODEL_UID = b'1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322'
PIXELS = 32768  # octets of the model's


def make_study(folder, count, size=PIXELS):
    """So many objects of about so many octets, each with a UID of its own."""
    study = pathlib.Path(folder) / 'study'
    study.mkdir()
    data = CT.read_bytes()
    at = data.index(b'\xe0\x7f\x10\x00OW\0\0')
    pixels = data[at:at + 8] + size.to_bytes(4, 'little') + bytes(size)
    head = data[:at]
    for number in range(count):
        uid = MODEL_UID[:-5] + b'%05d' % (20000 + number)
        (study / f'{number:05d}.dcm').write_bytes(head.replace(MODEL_UID, uid) + pixels)
    return study


def send(folder, address, study, *options):
    """What was advised about a job, all of which was stored."""
    result = gantryctl(folder, 'send', address, study, *options)
    expect_equal(result.status, 0, 'exit status')
    expect_equal(result.summary['stored'], len(list(study.iterdir())), 'stored')
    advice = result.of('advice')
    diagnose(f'{result.summary["seconds"]:.2f} s')
    for each in advice:
        diagnose(f'{each["kind"]} ({each["side"]}): {each["message"]}')
        diagnose(json.dumps(each['figures']))
    return advice


def expect_first(advice, kind, side, *parts):
    expect(advice, 'nothing was found')
    first = advice[0]
    expect_equal(first['kind'], kind, 'kind of the first finding')
    expect_equal(first['side'], side, 'where the change is')
    for part in parts:
        expect(part in first['message'], f'“{part}” is missing in: {first["message"]}')
    return first['figures']


def kinds(advice):
    return [each['kind'] for each in advice]


@test('/doctor/slow-receiver')
def slow_receiver(folder):
    scp = SlowScp(delay=0.4)
    advice = send(folder, scp.address, make_study(folder, 10), '--associations', 1)
    figures = expect_first(advice, 'slow-receiver', 'receiver', 'ms to store each object', 'disk or its database')
    expect_equal(figures['stores'], 10, 'stores')
    # It begins when the sender has seen that all has left, which a busy computer may see late.
    expect(figures['shortest_wait'] >= 300000, figures['shortest_wait'])
    expect(figures['waited'] >= 10 * figures['shortest_wait'], figures['waited'])
    expect_equal(kinds(advice), ['slow-receiver'], 'findings')
    scp.stop()


@test('/doctor/round-trips')
def round_trips(folder):
    scp = SlowScp()
    path = Path(scp.listener.getsockname()[1], delay=0.03)
    study = make_study(folder, 40)
    advice = send(folder, path.address('ANSWER'), study, '--associations', 1)
    figures = expect_first(advice, 'round-trips', 'here', 'with 1 association.',
                           'Allow more associations', 'a proxy, a tunnel')
    expect(figures['association'] >= 60000, figures['association'])
    expect_equal(kinds(advice), ['round-trips'], 'findings')
    # Eight of them is what there is: then nothing more can be advised.
    (pathlib.Path(folder) / 'eight').mkdir()
    advice = send(pathlib.Path(folder) / 'eight', path.address('ANSWER'), study, '--associations', 8)
    expect_equal(kinds(advice), [], 'findings')
    path.stop()
    scp.stop()


@test('/doctor/bandwidth')
def bandwidth(folder):
    scp = SlowScp()
    path = Path(scp.listener.getsockname()[1], rate=1000000)
    advice = send(folder, path.address('ANSWER'), make_study(folder, 3, 1000000), '--associations', 1)
    figures = expect_first(advice, 'bandwidth', 'receiver', 'B a second (', 'proxy or tunnel')
    expect(figures['window_closed'] * 2 > figures['on_wire'], 'the relay had room')
    expect('slow-receiver' not in kinds(advice), kinds(advice))
    path.stop()
    scp.stop()


@test('/doctor/small-pdu')
def small_pdu(folder):
    """Said when the path is slow, whatever else makes it so."""
    small = StoreScp(folder, '--max-pdu', 4096)
    path = Path(small.port, rate=4000000)
    study = make_study(folder, 40, 200000)
    advice = send(folder, path.address('STORESCP'), study, '--associations', 1)
    expect_equal(kinds(advice)[-1:], ['small-pdu'], 'last finding')
    expect('at most 4096 bytes' in advice[-1]['message'], advice[-1]['message'])
    expect_equal(advice[-1]['figures']['peer_max_pdu'], 4096, 'PDU')
    again = tempfile.mkdtemp(dir=folder)
    expect_equal(send(again, small.address, study), [], 'findings on a path that is fast')
    path.stop()
    small.stop()


@test('/doctor/delayed-ack')
def delayed_ack(folder):
    """A proxy without TCP_NODELAY in front of a peer that keeps its acknowledgements back.

    Plain programs do not show the pattern any more: see /doctor/untuned.
    """
    scp = SlowScp()
    path = Path(scp.listener.getsockname()[1], split=True)
    for _ in range(3):  # the waits of a busy computer are of all lengths
        profile = tempfile.mkdtemp(dir=folder)
        advice = send(profile, path.address('ANSWER'), make_study(profile, 100, 2000),
                      '--associations', 2)
        if advice:
            break
    figures = expect_first(advice, 'delayed-ack', 'receiver', '40 ms', 'TCP_NODELAY')
    expect(max(figures['waits']) == figures['waits'][6], figures['waits'])
    path.stop()
    scp.stop()


@test('/doctor/untuned')
def untuned(folder):
    """Neither storescp as it is shipped nor an answer in pieces brings 40 ms about: we acknowledge
    at once (TCP_QUICKACK), so nobody waits for it."""
    storescp = StoreScp(folder)
    study = make_study(folder, 100, 2000)
    expect_equal(send(folder, storescp.address, study), [], 'storescp')
    storescp.stop()
    scp = SlowScp(pieces=2)
    again = tempfile.mkdtemp(dir=folder)
    expect_equal(send(again, scp.address, study), [], 'in pieces')
    scp.stop()


@test('/doctor/healthy')
def healthy(folder):
    """Nothing to say, also when there is much to send."""
    storescp = StoreScp(folder)
    large = make_study(folder, 8, 4000000)
    expect_equal(send(folder, storescp.address, large, '--associations', 1), [], 'large objects')
    shutil.rmtree(large)
    small = make_study(folder, 1000, 8000)
    again = tempfile.mkdtemp(dir=folder)
    expect_equal(send(again, storescp.address, small), [], 'small objects')
    storescp.stop()


@test('/doctor/text')
def text(folder):
    scp = SlowScp(delay=0.4)
    result = gantryctl(folder, 'send', scp.address, make_study(folder, 10), '--associations', 1,
                       json_lines=False)
    advice = [line for line in result.output.splitlines() if line.startswith('Advice: ')]
    expect_equal(len(advice), 1, 'lines of advice')
    expect(advice[0].startswith('Advice: The receiver takes '), advice[0])
    scp.stop()


run_tests()
