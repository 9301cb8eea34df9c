"""peers - the programs at the other end: DCMTK's tools, Orthanc, and gantryctl itself

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import pathlib
import subprocess
import urllib.request

import objects
from harness import Process, expect, files_below, free_port, wait_for, wait_for_port

VERIFICATION = '1.2.840.10008.1.1'
IMPLICIT = '1.2.840.10008.1.2'
ROOT = pathlib.Path(__file__).resolve().parents[2]
GANTRYCTL = os.environ.get('GANTRYCTL', str(ROOT / 'build/src/cli/gantryctl'))


def write_accept_profile(path, found):
    """What storescp is to accept: each class that occurs, in every syntax that occurs.

    Its own lists leave out classes that are stored without a patient (palettes), also with -pm.
    """
    lines = ['[[TransferSyntaxes]]', '[Any]']
    syntaxes = sorted({o.transfer_syntax for o in found} | {IMPLICIT})
    lines += [f'TransferSyntax{n} = {uid}' for n, uid in enumerate(syntaxes, 1)]
    lines += ['[[PresentationContexts]]', '[Contexts]']
    classes = [VERIFICATION] + sorted({o.sop_class for o in found})
    lines += [f'PresentationContext{n} = {uid}\\Any' for n, uid in enumerate(classes, 1)]
    lines += ['[[Profiles]]', '[Accept]', 'PresentationContexts = Contexts', '']
    path.write_text('\n'.join(lines), encoding='ascii')


class StoreScp:
    """storescp, bit preserving, a file of its own for every object.

    It accepts what occurs in the objects of @accepts: all of pydicom's when that is not given.
    """

    def __init__(self, folder, *options, name='received', accepts=None, port=None):
        self.port = port or free_port()
        self.directory = pathlib.Path(folder) / name
        self.directory.mkdir()
        if any(str(o).startswith(('+x', '-xf')) for o in options):
            accept = []
        else:
            profile = pathlib.Path(folder) / f'{name}.cfg'
            readable, damaged, _ = objects.debian_set()
            write_accept_profile(profile, readable + damaged if accepts is None else accepts)
            accept = ['-xf', profile, 'Accept']
        self.process = Process(['storescp', '+B', '+uf', '-aet', 'STORESCP', '-od', self.directory,
                                *accept, *options, self.port], folder)
        wait_for_port(self.port, self.process)
        self.address = f'STORESCP@127.0.0.1:{self.port}'

    def files(self):
        return sorted(p for p in self.directory.iterdir() if p.is_file())

    def stop(self):
        self.process.stop()


class DcmRecv:
    """dcmrecv, bit preserving, a file of its own for every object."""

    def __init__(self, folder):
        self.port = free_port()
        self.directory = pathlib.Path(folder) / 'dcmrecv'
        self.directory.mkdir()
        profile = pathlib.Path(folder) / 'dcmrecv.cfg'
        readable, damaged, _ = objects.debian_set()
        write_accept_profile(profile, readable + damaged)
        self.process = Process(['dcmrecv', '+B', '+fu', '-aet', 'DCMRECV', '-od', self.directory,
                                '-xf', profile, 'Accept', self.port], folder)
        wait_for_port(self.port, self.process)
        self.address = f'DCMRECV@127.0.0.1:{self.port}'

    def files(self):
        return sorted(p for p in self.directory.iterdir() if p.is_file())

    def stop(self):
        self.process.stop()


class Orthanc:
    def __init__(self, folder, **settings):
        self.port = free_port()
        self.http_port = free_port()
        configuration = {
            'Name': 'Interop', 'DicomAet': 'ORTHANC', 'DicomPort': self.port,
            'HttpPort': self.http_port, 'RemoteAccessAllowed': False,
            'AuthenticationEnabled': False, 'Plugins': [],
            'StorageDirectory': str(pathlib.Path(folder) / 'orthanc'),
            'IndexDirectory': str(pathlib.Path(folder) / 'orthanc'),
            'DicomAlwaysAllowStore': True, 'UnknownSopClassAccepted': True, **settings,
        }
        path = pathlib.Path(folder) / 'orthanc.json'
        path.write_text(json.dumps(configuration), encoding='utf-8')
        self.process = Process(['Orthanc', path], folder)
        wait_for_port(self.http_port, self.process)
        wait_for_port(self.port, self.process)
        self.address = f'ORTHANC@127.0.0.1:{self.port}'

    def get(self, path):
        with urllib.request.urlopen(f'http://127.0.0.1:{self.http_port}{path}', timeout=30) as reply:
            return json.load(reply)

    def sop_instances(self):
        return sorted(i['MainDicomTags']['SOPInstanceUID'] for i in self.get('/instances?expand'))

    def stop(self):
        self.process.stop()


def environment(folder):
    """gantryctl keeps all of its state in the test's folder, and speaks English."""
    return {**os.environ, 'GANTRY_PROFILE': str(pathlib.Path(folder) / 'profile'),
            'LC_ALL': 'C.UTF-8', 'G_DEBUG': 'fatal-criticals'}


def read_events(text):
    """The lines of --json; anything that is not a JSON object breaks the contract."""
    events = [json.loads(line) for line in text.splitlines() if line.strip()]
    expect(all(isinstance(e, dict) and 'event' in e for e in events), 'a line without "event"')
    return events


class Result:
    def __init__(self, status, output, error, events):
        self.status, self.output, self.error, self.events = status, output, error, events

    def of(self, event):
        return [e for e in self.events if e['event'] == event]

    @property
    def summary(self):
        expect(self.events and self.events[-1]['event'] == 'summary',
               f'the last line is no summary; stderr: {self.error[-500:]}')
        return self.events[-1]


def gantryctl(folder, *arguments, json_lines=True, timeout=240):
    """Runs gantryctl to its end."""
    command = [GANTRYCTL, *map(str, arguments)] + (['--json'] if json_lines else [])
    process = Process(command, folder, environment(folder))
    status = process.wait(timeout)
    output, error = process.output(), process.error()
    expect(status >= 0, f'gantryctl died of signal {-status}: {error[-2000:]}')
    expect('Sanitizer' not in error and 'runtime error' not in error, error[-4000:])
    return Result(status, output, error, read_events(output) if json_lines else [])


class Receiver:
    """gantryctl receive, on a port that it chose."""

    def __init__(self, folder, *options, aet='GANTRY', wrapper=()):
        self.directory = pathlib.Path(folder) / 'kept'
        self.process = Process([*wrapper, GANTRYCTL, 'receive', '--aet', aet, '--port', 0, '--output',
                                self.directory, '--json', '--reserve', 0, *options], folder,
                               environment(folder))
        listening = wait_for(lambda: self.of('listening') or self.ended(),
                             'gantryctl receive never said that it listens')
        expect(listening is not True, f'gantryctl receive ended: {self.process.error()[-2000:]}')
        self.port = int(listening[0]['port'])
        self.aet = listening[0]['aet']

    def ended(self):
        return self.process.popen.poll() is not None

    def of(self, event):
        # The last line may be half written.
        complete = self.process.output().rpartition('\n')[0]
        return [e for e in read_events(complete) if e['event'] == event]

    def files(self):
        return files_below(self.directory, '.dcm')

    def finish(self):
        """Ends it as a service manager would; returns its exit status."""
        self.process.popen.terminate()
        status = self.process.wait(30)
        error = self.process.error()
        expect('Sanitizer' not in error and 'runtime error' not in error, error[-4000:])
        return status


def tool(*arguments, folder, timeout=300):
    """Runs a tool of DCMTK to its end: its status and everything it said."""
    done = subprocess.run([str(a) for a in arguments], cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout,
                          check=False)
    return done.returncode, done.stdout.decode('utf-8', 'replace')
