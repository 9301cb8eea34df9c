#!/usr/bin/python3
"""What a probe says that a node accepts, against what the node then really stores

SPDX-License-Identifier: GPL-3.0-or-later
"""
import csv
import json
import pathlib
import re
import signal
import socket
import threading
import time

import objects
from harness import Process, expect, expect_equal, free_port, run_tests, test
from peers import GANTRYCTL, IMPLICIT, Orthanc, Receiver, StoreScp, environment, gantryctl

EXPLICIT = '1.2.840.10008.1.2.1'
CT, MR = '1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.5.1.4.1.1.4'


def probe(folder, address, *options):
    """The pairs of SOP class and transfer syntax that were accepted, and the last line."""
    result = gantryctl(folder, 'probe', address, *options)
    expect_equal(result.status, 0, f'exit status: {result.error[-500:]}')
    contexts = result.of('context')
    accepted = {(c['sop_class_uid'], c['transfer_syntax'])
                for c in contexts if c['outcome'] == 'accepted'}
    expect_equal(result.events[-1]['event'], 'probe', 'the last line')
    expect_equal(result.events[-1]['contexts'], len(contexts), 'contexts')
    expect_equal(result.events[-1]['accepted'], len(accepted), 'accepted contexts')
    expect_equal(result.events[-1]['outcome'], 'complete', 'outcome')
    expect(all(c['message'] for c in contexts), 'a context without its result in words')
    return accepted, result.events[-1]


def compare(folder, address, arrived):
    """Sends everything as it is, and holds the probe against what came of it."""
    accepted, _ = probe(folder, address)
    readable, _, _ = objects.debian_set()
    result = gantryctl(folder, 'send', address, '--no-transcode', *[o.path for o in readable])
    told = {i['path']: i['outcome'] for i in result.of('instance')}
    agreed = {True: 0, False: 0}
    for instance in readable:
        expected = (instance.sop_class, instance.transfer_syntax) in accepted
        outcome = told.get(str(instance.path))
        if outcome is None:
            continue  # the same instance as another file
        # An accepted context is no promise for the object; a refused one is a refusal.
        expect(outcome != 'not-accepted' if expected else outcome == 'not-accepted',
               f'{instance.path}: probe says {expected}, send says {outcome}')
        agreed[expected] += 1
    expect(agreed[True] > 0 and agreed[False] > 0, f'the test tells nothing: {agreed}')
    stored = sum(1 for o in told.values() if o in ('stored', 'warning'))
    expect(0 < stored <= agreed[True], f'{stored} stored, {agreed} foretold')
    arrived(stored)


@test('/probe/storescp-implicit-only')
def storescp_implicit_only(folder):
    scp = StoreScp(folder, '+xi')
    compare(folder, scp.address, lambda stored: expect_equal(len(scp.files()), stored, 'files'))


@test('/probe/storescp-configured')
def storescp_configured(folder):
    """Some of the SOP classes, in some of the transfer syntaxes."""
    readable, _, _ = objects.debian_set()
    kept = [o for o in readable if o.sop_class in (CT, MR) and o.transfer_syntax != EXPLICIT]
    scp = StoreScp(folder, accepts=kept)
    accepted, _ = probe(folder, scp.address)
    syntaxes = {o.transfer_syntax for o in kept} | {IMPLICIT}
    expect_equal(accepted, {(c, s) for c in (CT, MR) for s in syntaxes}, 'accepted')
    compare(folder, scp.address, lambda stored: expect_equal(len(scp.files()), stored, 'files'))


@test('/probe/orthanc-restricted')
def orthanc_restricted(folder):
    orthanc = Orthanc(folder, AcceptedTransferSyntaxes=[EXPLICIT], UnknownSopClassAccepted=False)
    accepted, summary = probe(folder, orthanc.address)
    expect_equal({s for _, s in accepted}, {EXPLICIT}, 'transfer syntaxes')
    expect(summary['associations'] > 1, 'more contexts than one association can carry')
    compare(folder, orthanc.address,
            lambda stored: expect(0 < len(orthanc.sop_instances()) <= stored, 'Orthanc has it'))


@test('/probe/gantryctl')
def itself(folder):
    """Everything is accepted by a receiver that keeps octets as they are."""
    receiver = Receiver(folder)
    address = f'{receiver.aet}@127.0.0.1:{receiver.port}'
    accepted, summary = probe(folder, address)
    expect_equal(len(accepted), summary['contexts'], 'accepted')
    one, _ = probe(folder, address, '--sop-class', CT)
    expect_equal({c for c, _ in one}, {CT}, 'chosen SOP class')


@test('/probe/words')
def words(folder):
    scp = StoreScp(folder, '+xi')
    result = gantryctl(folder, 'probe', scp.address, json_lines=False)
    expect_equal(result.status, 0, 'exit status')
    expect('CT Image Storage\n    Implicit VR LE\n' in result.output, result.output[-500:])
    expect('SOP classes' in result.output.splitlines()[-1], result.output[-300:])


@test('/probe/nobody-listens')
def nobody_listens(folder):
    result = gantryctl(folder, 'probe', f'PACS@127.0.0.1:{free_port()}')
    expect_equal(result.status, 3, 'exit status')
    expect(len(result.error) > 20, 'nothing was said')


@test('/probe/interrupted')
def interrupted(folder):
    with socket.create_server(('127.0.0.1', 0)) as silent:
        process = Process([GANTRYCTL, 'probe', f'PACS@127.0.0.1:{silent.getsockname()[1]}'],
                          folder, environment(folder))
        silent.settimeout(30)
        silent.accept()
        started = time.monotonic()
        process.popen.send_signal(signal.SIGINT)
        expect(process.wait(10) != 0, 'success')
        expect(time.monotonic() - started < 4, 'it took its time')


def foretold(folder, peer, *paths):
    result = gantryctl(folder, 'send', peer, '--dry-run', *paths)
    return result, {(f['sop_class_uid'], f['transfer_syntax']): f for f in result.of('forecast')}


@test('/probe/forecast-without-the-node')
def forecast_without(folder):
    """Before a send the node is asked; while it does not answer, its newest probe is."""
    readable, _, _ = objects.debian_set()
    kept = [o for o in readable if o.sop_class in (CT, MR) and o.transfer_syntax != EXPLICIT]
    paths = [o.path for o in readable][:60]
    scp = StoreScp(folder, accepts=kept)
    gantryctl(folder, 'nodes', '--add', f'Archive={scp.address}')
    probe(folder, 'Archive')
    _, asked = foretold(folder, 'Archive', *paths)
    expect(len({f['kind'] for f in asked.values()}) > 1, 'the test tells nothing')
    scp.stop()
    result, known = foretold(folder, 'Archive', *paths)
    expect_equal({k: f['kind'] for k, f in known.items()},
                 {k: f['kind'] for k, f in asked.items()}, result.error)
    expect(all('does not answer now' in f['message'] for f in known.values()), str(known))
    expect(not any('does not answer now' in f['message'] for f in asked.values()), str(asked))
    result, known = foretold(folder, scp.address, *paths)
    expect_equal((result.status, known), (3, {}), 'nothing is known of what is not saved')


class Once:
    """Hands the first connections through to a peer, then takes none any more."""

    def __init__(self, port, connections):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.peer, self.connections = port, connections
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        for _ in range(self.connections):
            near, _ = self.listener.accept()
            far = socket.create_connection(('127.0.0.1', self.peer))
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self.copy, args=(a, b), daemon=True).start()
        self.listener.close()

    @staticmethod
    def copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@test('/probe/broken-off')
def broken_off(folder):
    scp = StoreScp(folder)
    once = Once(scp.port, 3)
    result = gantryctl(folder, 'probe', f'STORESCP@127.0.0.1:{once.port}')
    expect_equal(result.status, 1, 'exit status')
    expect_equal(result.events[-1]['outcome'], 'broken-off', 'outcome')
    expect_equal(result.events[-1]['associations'], 3, 'associations')
    expect('stopped answering' in result.events[-1]['message'], result.events[-1]['message'])


@test('/probe/table')
def table(folder):
    """The matrix as a file says the same as the lines of --json."""
    scp = StoreScp(folder, '+xi')
    path, other = pathlib.Path(folder) / 'probe.csv', pathlib.Path(folder) / 'probe.json'
    accepted, _ = probe(folder, scp.address, '--csv', path)
    with open(path, encoding='utf-8', newline='') as file:
        rows = list(csv.reader(file))
    syntaxes = [re.search(r'\(([0-9.]+)\)$', title)[1] for title in rows[0][3:]]
    expect_equal({(row[0], s) for row in rows[1:] for s, cell in zip(syntaxes, row[3:])
                  if cell == 'accepted'}, accepted, 'accepted')
    expect(all(cell for row in rows for cell in row[3:]), 'a cell without an answer')

    probe(folder, scp.address, '--csv', other)
    contexts = json.loads(other.read_text(encoding='utf-8'))['contexts']
    expect_equal({(c['sop_class_uid'], c['transfer_syntax']) for c in contexts
                  if c['outcome'] == 'accepted'}, accepted, 'accepted in the JSON file')

    result = gantryctl(folder, 'probe', scp.address, '--csv', pathlib.Path(folder) / 'no' / 'x.csv')
    expect_equal(result.status, 1, 'exit status where nothing can be written')
    expect('Choose another place' in result.error, result.error)


run_tests()
