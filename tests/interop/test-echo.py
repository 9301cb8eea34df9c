#!/usr/bin/python3
"""C-ECHO in both directions, with the layer that broke told apart

SPDX-License-Identifier: GPL-3.0-or-later
"""
import re
import signal
import socket
import time

from harness import Process, expect, expect_equal, free_port, run_tests, test, wait_for
from peers import GANTRYCTL, Orthanc, Receiver, StoreScp, environment, gantryctl, tool


@test('/echo/from-echoscu')
def from_echoscu(folder):
    receiver = Receiver(folder)
    status, output = tool('echoscu', '-v', '-aec', receiver.aet, '127.0.0.1', receiver.port,
                          folder=folder)
    expect_equal(status, 0, output)
    expect('Received Echo Response (Success)' in output, output)
    expect_equal(receiver.finish(), 0, 'exit status after SIGTERM')


@test('/echo/from-echoscu-over-and-over')
def from_echoscu_repeated(folder):
    receiver = Receiver(folder)
    status, output = tool('echoscu', '-v', '--repeat', 50, '--propose-ts', 3, '-aec', receiver.aet,
                          '127.0.0.1', receiver.port, folder=folder)
    expect_equal(status, 0, output)
    expect_equal(output.count('Received Echo Response (Success)'), 50, 'answers')


@test('/echo/to-storescp')
def to_storescp(folder):
    scp = StoreScp(folder)
    expect_equal(gantryctl(folder, 'echo', scp.address).status, 0, 'exit status')
    plain = gantryctl(folder, 'echo', scp.address, json_lines=False)
    expect_equal(plain.status, 0, 'exit status without --json')
    expect(len(plain.output.strip()) > 10, 'nothing was said')


@test('/echo/to-storescp-count')
def to_storescp_count(folder):
    scp = StoreScp(folder)
    result = gantryctl(folder, 'echo', scp.address, '--count', 3, '--from', 'TESTER')
    expect_equal(result.status, 0, 'exit status')
    expect_equal(len(result.of('echo')), 3, 'lines')
    statistics = result.events[-1]
    expect_equal((statistics['event'], statistics['echoes'], statistics['lost']),
                 ('statistics', 3, 0), 'the last line')
    expect(0 < statistics['min'] <= statistics['mean'] <= statistics['max'], str(statistics))


@test('/echo/statistics')
def statistics(folder):
    """Like ping: until it is stopped, then the sum of it."""
    scp = StoreScp(folder)
    process = Process([GANTRYCTL, 'echo', scp.address, '--interval', '0.05'], folder,
                      environment(folder))
    wait_for(lambda: process.output().count('answered in') >= 4, 'it echoes on')
    scp.stop()
    wait_for(lambda: process.output().count('\n') >= 6, 'it goes on when nobody answers')
    process.popen.send_signal(signal.SIGINT)
    expect_equal(process.wait(10), 1, 'exit status: some were lost')
    lines = process.output().splitlines()
    lost = int(re.search(r'(\d+) lost', lines[-2])[1])
    expect(0 < lost < len(lines), lines[-2])
    expect(re.search(r'min [\d.]+ ms, mean [\d.]+ ms, max [\d.]+ ms', lines[-1]), lines[-1])


@test('/echo/to-orthanc')
def to_orthanc(folder):
    orthanc = Orthanc(folder)
    expect_equal(gantryctl(folder, 'echo', orthanc.address).status, 0, 'exit status')


@test('/echo/to-gantryctl')
def to_itself(folder):
    receiver = Receiver(folder)
    result = gantryctl(folder, 'echo', f'{receiver.aet}@localhost:{receiver.port}')
    expect_equal(result.status, 0, 'exit status')


@test('/echo/nobody-listens')
def nobody_listens(folder):
    started = time.monotonic()
    result = gantryctl(folder, 'echo', f'PACS@127.0.0.1:{free_port()}')
    expect_equal(result.status, 3, 'exit status')
    expect_equal(len(result.events), 1, 'lines')
    expect(time.monotonic() - started < 10, 'a refused connection took 10 s')


@test('/echo/no-such-host')
def no_such_host(folder):
    result = gantryctl(folder, 'echo', 'PACS@no-such-host.invalid:104', timeout=40)
    expect_equal(result.status, 3, 'exit status')


@test('/echo/silent-peer')
def silent_peer(folder):
    """Somebody listens and never says a word: an end comes by itself."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        started = time.monotonic()
        result = gantryctl(folder, 'echo', f'PACS@127.0.0.1:{listener.getsockname()[1]}',
                           timeout=60)
        expect_equal(result.status, 3, 'exit status')
        expect(time.monotonic() - started < 25, 'a silent peer held it for 25 s')


@test('/echo/association-refused')
def association_refused(folder):
    scp = StoreScp(folder, '--refuse')
    expect_equal(gantryctl(folder, 'echo', scp.address).status, 3, 'exit status')


run_tests()
