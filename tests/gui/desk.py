"""desk - a workstation with a profile, a peer and files for one test

SPDX-License-Identifier: GPL-3.0-or-later
"""
import functools
import os
import pathlib
import socket
import sqlite3
import statistics
import struct
import subprocess
import sys
import threading
import time

import gi

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'interop'))
gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib  # noqa: E402

import objects  # noqa: E402
from answering import AnsweringScp, item  # noqa: E402
from harness import free_port, wait_for  # noqa: E402
from peers import gantryctl  # noqa: E402
from person import Person  # noqa: E402

BUILD = pathlib.Path(os.environ.get('GANTRY_BUILD',
                                    pathlib.Path(__file__).resolve().parents[2] / 'build'))
GANTRY = BUILD / 'src/app/gantry'
XDND_SOURCE = BUILD / 'tests/gui/xdnd-source'
CT = objects.ROOT / 'test_files' / 'CT_small.dcm'


def prepare(folder, archive=None, **settings):
    """A profile with its own receiver port and, when there is one, the archive as a saved node."""
    profile = pathlib.Path(folder) / 'profile'
    profile.mkdir(exist_ok=True)
    settings = {'receive-port': free_port(), **settings}
    lines = ['[gantry]'] + [f'{key}={value}' for key, value in settings.items()]
    (profile / 'settings.ini').write_text('\n'.join(lines) + '\n', encoding='utf-8')
    if archive is not None:
        # Any command that opens the profile makes the database.
        gantryctl(folder, 'echo', f'NOBODY@127.0.0.1:{free_port()}')
        add_node(profile, 'Archive', archive.port)
    return profile, settings['receive-port']


def add_node(profile, name, port, ae_title='STORESCP'):
    """A saved node more, before anybody sits down."""
    database = sqlite3.connect(profile / 'gantry.db')
    database.execute('INSERT INTO nodes (name, ae_title, host, port) VALUES (?, ?, ?, ?)',
                     (name, ae_title, '127.0.0.1', port))
    database.commit()
    database.close()


class Notifications:
    """The service of the whole session, and what it was told."""

    def __init__(self):
        self.lines = []
        self.service = subprocess.Popen([sys.executable, str(HERE / 'notifications.py')],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.service.stdout.readline() != 'serving\n':
            raise AssertionError('the notification service could not be started')
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.service.stdout:
            self.lines.append(line.rstrip('\n'))

    def says(self, start, after=0):
        """Waits for a line that begins so, the first one behind @after others."""
        wait_for(lambda: [line for line in self.lines[after:] if line.startswith(start)],
                 f'{start!r} among {self.lines[after:]}')

    def press(self, action):
        """An action of the last notification; "default" is the notification itself."""
        self.service.stdin.write(action + '\n')
        self.service.stdin.flush()


@functools.lru_cache
def notifications():
    return Notifications()


def sit_down(folder, *files, profile, environment=None):
    notifications()
    return Person(str(GANTRY), *map(str, files), profile=profile and str(profile),
                  environment=environment, log=os.path.join(folder, 'gantry.log'))


def copies(directory, count):
    """One CT image many times, each time another instance of the same series."""
    directory.mkdir(parents=True)
    data = CT.read_bytes()
    uid = b'1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322'
    assert data.count(uid) == 2, 'the meta header and the data set name it'
    for number in range(count):
        (directory / f'IM{number:05}').write_bytes(data.replace(uid, uid[:-5] + b'%05d' % number))
    return directory


class Fickle(AnsweringScp):
    """Stores, and answers every third object with a status of its own."""

    def __init__(self, status, comment='', pause=0.0):
        super().__init__(0)
        self.third, self.note, self.pause, self.count = status, comment, pause, 0
        self.port = self.listener.getsockname()[1]

    def _response(self, context, command):
        self.count += 1
        refused = self.count % 3 == 0
        self.status, self.comment = (self.third, self.note) if refused else (0, '')
        time.sleep(self.pause)
        return super()._response(context, command)


class Caller:
    """Has an association for Verification with the receiver, and says nothing over it."""

    def __init__(self, port, called='GANTRY', calling='IDLE_PEER'):
        self.socket = socket.create_connection(('127.0.0.1', port), 10)
        context = bytes((1, 0, 0, 0)) + item(0x30, b'1.2.840.10008.1.1') \
            + item(0x40, b'1.2.840.10008.1.2')
        user = item(0x51, struct.pack('>I', 16384)) + item(0x52, b'1.2.3.4')
        body = struct.pack('>HH', 1, 0) + called.ljust(16).encode() + calling.ljust(16).encode() \
            + bytes(32) + item(0x10, b'1.2.840.10008.3.1.1.1') + item(0x20, context) \
            + item(0x50, user)
        self.socket.sendall(struct.pack('>BBI', 1, 0, len(body)) + body)
        self.answer = self.socket.recv(1 << 16)[:1]

    def abort(self):
        self.socket.sendall(struct.pack('>BBIBBBB', 7, 0, 4, 0, 0, 0, 0))
        self.socket.close()

    def end(self):
        """How the receiver ends it: PS3.8 9.3.8, A-ABORT."""
        self.socket.settimeout(15)
        data = self.socket.recv(10)
        return 'aborted' if data[:1] == b'\x07' else f'{data!r}'


class AccessibleRoot:
    """What a program says of itself on the accessibility bus, asked without a cache in between."""

    def __init__(self, pid):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address = session.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress',
                                    None, None, Gio.DBusCallFlags.NONE, 5000, None).unpack()[0]
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.name = next(n for n in self.ask_bus('ListNames', None) if n.startswith(':')
                         and self.ask_bus('GetConnectionUnixProcessID', GLib.Variant('(s)', (n,)))
                         == pid)

    def ask_bus(self, method, arguments):
        return self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus',
                                  'org.freedesktop.DBus', method, arguments, None,
                                  Gio.DBusCallFlags.NONE, 5000, None).unpack()[0]

    def call(self, interface, method, arguments):
        return self.bus.call_sync(self.name, '/org/a11y/atspi/accessible/root', interface, method,
                                  arguments, None, Gio.DBusCallFlags.NONE, 20000, None).unpack()[0]

    def child_at(self, index):
        """As (name on the bus, path)."""
        return self.call('org.a11y.atspi.Accessible', 'GetChildAtIndex', GLib.Variant('(i)', (index,)))


class Pulse:
    """Asks the window's main loop for an answer again and again, and notes how long it takes.

    The question goes over the accessibility bus and is answered by GTK on its main thread, so the
    longest wait is no shorter than the longest stall. Time in which the machine gave the processor
    to others, while somebody in the chain (we, the bus, the X server, the window) was ready to run,
    is not the window's and taken off. Threads that only send are not in the chain.
    """

    def __init__(self, pid):
        self.root = AccessibleRoot(pid)
        self.pid = pid
        self.bus_pid = self.root.ask_bus('GetConnectionUnixProcessID',
                                         GLib.Variant('(s)', ('org.freedesktop.DBus',)))
        self.waits = []
        self.running = True
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        threads = [f'/proc/{pid}/task/{pid}/schedstat' for pid in
                   (self.pid, os.getpid(), self.bus_pid, os.environ['GANTRY_TEST_X_PID'])]
        threads.append(f'/proc/self/task/{threading.get_native_id()}/schedstat')
        # Messages go through a thread of GDBus, at both ends.
        threads += [task / 'schedstat' for pid in (self.pid, os.getpid())
                    for task in pathlib.Path(f'/proc/{pid}/task').iterdir()
                    if (task / 'comm').read_text() == 'gdbus\n']

        def ready_but_not_run():
            return sum(int(pathlib.Path(p).read_text().split()[1]) for p in threads) / 1e6

        while self.running:
            delayed = ready_but_not_run()
            started = time.monotonic()
            self.root.call('org.freedesktop.DBus.Properties', 'Get',
                           GLib.Variant('(ss)', ('org.a11y.atspi.Accessible', 'ChildCount')))
            elapsed = (time.monotonic() - started) * 1000
            self.waits.append(max(0.0, elapsed - (ready_but_not_run() - delayed)))
            time.sleep(0.003)

    def stop(self):
        """The waits in milliseconds, as (longest, median, how many)."""
        self.running = False
        self.thread.join(25)
        return max(self.waits), statistics.median(self.waits), len(self.waits)
