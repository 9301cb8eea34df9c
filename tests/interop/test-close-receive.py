#!/usr/bin/python3
"""gantryctl receive is ended while everybody is in the middle of something

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import re
import signal
import threading
import time

from harness import diagnose, expect, expect_equal, files_below, run_tests, test, wait_for
from peers import Receiver, gantryctl
from requestor import A_ABORT, CT, P_DATA_TF, Requestor, associate_rq

EACH = 25
DEAF = 5  # each takes half a second to fill the buffers between us
MEMORY_MAX = 400 << 10  # kB: twice what is needed


def parts(receiver):
    return files_below(receiver.directory, '.part')


def silent(receiver, _number):
    return Requestor(receiver)


def idle(receiver, number):
    """An object was acknowledged; then nothing more is said."""
    peer = Requestor(receiver)
    expect(peer.associate(), 'no association')
    peer.begin_store(b'1.2.3.%d' % number)
    expect_equal(peer.read(), P_DATA_TF, 'the answer')
    return peer


def halfway(receiver, number):
    peer = idle(receiver, 1000 + number)
    peer.begin_store(b'1.2.3.%d' % (2000 + number), whole=False)
    return peer


def deaf(receiver, _number):
    """Sends, and never reads what is answered."""
    peer = Requestor(receiver)
    expect(peer.associate(), 'no association')
    peer.socket.setblocking(False)
    requests = b''.join(peer.echo_request() for _ in range(100))
    waited = 0
    while waited < 5:
        try:
            peer.socket.send(requests)
            waited = 0
        except BlockingIOError:
            waited += 1
            time.sleep(0.02)
    return peer


@test('/close/stalled-peers')
def stalled_peers(folder):
    receiver = Receiver(folder, '--max-associations', 4 * EACH, '--acse-timeout', 120)
    counts = {silent: 2 * EACH - DEAF, idle: EACH, halfway: EACH, deaf: DEAF}
    peers = {kind: [kind(receiver, n) for n in range(count)] for kind, count in counts.items()}
    wait_for(lambda: len(receiver.of('stored')) == 2 * EACH, 'the objects')
    wait_for(lambda: len(parts(receiver)) == EACH, 'objects on their way')
    began = time.monotonic()
    receiver.process.popen.send_signal(signal.SIGTERM)
    for kind in (idle, halfway):
        for peer in peers[kind]:
            expect_equal(peer.read(), A_ABORT, f'{kind.__name__}: the last PDU')
    expect_equal(receiver.process.wait(20), 0, 'exit status')
    took = time.monotonic() - began
    diagnose(f'{sum(counts.values())} peers: {took:.2f} s')
    expect(took < 5, f'the end took {took:.1f} s')
    expect_equal(parts(receiver), [], 'parts')
    expect_equal({p.stem for p in receiver.files()},
                 {f'1.2.3.{n}' for n in (*range(EACH), *range(1000, 1000 + EACH))}, 'files')
    states = [a['state'] for a in gantryctl(folder, 'log').of('association')]
    expect_equal((len(states), set(states)), (4 * EACH, {'aborted'}), 'what the log says of them')


@test('/close/while-it-pours')
def while_it_pours(folder):
    """What was acknowledged up to the last moment is there, and listed."""
    receiver = Receiver(folder)
    acknowledged, threads = set(), []

    def pour(first):
        peer = Requestor(receiver)
        peer.associate()
        for number in range(first, first + 100000):
            try:
                peer.begin_store(b'1.2.3.%d' % number)
            except ConnectionError:
                return
            if peer.read() != P_DATA_TF:
                return
            acknowledged.add(f'1.2.3.{number}')

    for n in range(8):
        threads.append(threading.Thread(target=pour, args=(n * 1000000,), daemon=True))
        threads[-1].start()
    wait_for(lambda: len(acknowledged) > 500, 'objects')
    began = time.monotonic()
    expect_equal(receiver.finish(), 0, 'exit status')
    expect(time.monotonic() - began < 5, f'the end took {time.monotonic() - began:.1f} s')
    for thread in threads:
        thread.join(20)
    files = {p.stem for p in receiver.files()}
    expect(acknowledged <= files, f'lost: {acknowledged - files}')
    expect(len(files) <= len(acknowledged) + len(threads), 'more than was on its way')
    expect_equal(parts(receiver), [], 'parts')


@test('/close/large-requests')
def large_requests(folder):
    """Requests of a megabyte, faster than they can be written: neither memory nor the end suffers."""
    receiver = Receiver(folder)

    def flood(first):
        for n in range(first, first + 40):
            peer = Requestor(receiver)
            syntaxes = [b'1.2.840.10008.1.2'] + [b'1.2.826.0.1.%020d.%020d' % (n, s)
                                                 for s in range(120)]
            try:
                peer.socket.sendall(associate_rq([(CT, syntaxes)] * 128))
                peer.read()
            except ConnectionError:
                pass
            peer.socket.close()

    threads = [threading.Thread(target=flood, args=(n * 40,), daemon=True) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    process = pathlib.Path('/proc') / str(receiver.process.popen.pid)
    most = int(re.search(r'VmHWM:\s+(\d+)', (process / 'status').read_text())[1])
    mapped = (process / 'maps').read_text()
    diagnose(f'{most >> 10} MB')
    expect(most < MEMORY_MAX or 'libasan' in mapped, f'{most >> 10} MB')
    began = time.monotonic()
    expect_equal(receiver.finish(), 0, 'exit status')
    expect(time.monotonic() - began < 8, f'the end took {time.monotonic() - began:.1f} s')
    expect_equal(len(gantryctl(folder, 'log').of('association')), 8 * 40, 'in the log')


run_tests()
