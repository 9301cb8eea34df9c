"""harness - tests that print TAP, temporary folders, and processes that never outlive the tests

SPDX-License-Identifier: GPL-3.0-or-later
"""
import atexit
import ctypes
import fcntl
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

PR_SET_PDEATHSIG = 1
LINE_MAX = 600  # of a diagnosis: what goes wrong has to be found, not searched for
_libc = ctypes.CDLL(None)
_tests = []
_running = []


class Failure(AssertionError):
    """An expectation that did not hold, told in a sentence."""


def test(name):
    """Registers a function as the test of that name; it gets a fresh folder."""
    def register(function):
        _tests.append((name, function))
        return function
    return register


def expect(condition, message):
    if not condition:
        raise Failure(message)


def expect_equal(got, wanted, what):
    if got != wanted:
        raise Failure(f'{what}: expected {wanted!r}, got {got!r}')


def diagnose(text):
    for line in str(text).rstrip().splitlines():
        print('#', line if len(line) <= LINE_MAX else line[:LINE_MAX] + ' ...')


def run_tests():
    """Runs what was registered, in order; arguments are parts of names that select tests."""
    chosen = [t for t in _tests if not sys.argv[1:] or any(a in t[0] for a in sys.argv[1:])]
    failed = 0
    print(f'1..{len(chosen)}', flush=True)
    for number, (name, function) in enumerate(chosen, 1):
        folder = tempfile.mkdtemp(prefix='gantry-interop-')
        started = time.monotonic()
        try:
            function(folder)
            verdict = 'ok'
        except BaseException as problem:  # also what a signal raises: the processes must go
            failed += 1
            verdict = 'not ok'
            diagnose(problem if isinstance(problem, Failure) else traceback.format_exc())
            for process in _running:
                process.diagnose()
            if isinstance(problem, KeyboardInterrupt):
                raise
        finally:
            stop_all()
            shutil.rmtree(folder, ignore_errors=True)
        diagnose(f'{name}: {time.monotonic() - started:.2f} s')
        print(f'{verdict} {number} {name}', flush=True)
    sys.exit(1 if failed else 0)


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A program in the background; its output goes to a file, so that no pipe can fill up."""

    def __init__(self, arguments, folder, environment=None):
        self.arguments = [str(a) for a in arguments]
        self.name = os.path.basename(self.arguments[0])
        handle, self.output_path = tempfile.mkstemp(prefix=f'{self.name}-', suffix='.log', dir=folder)
        handle_error, self.error_path = tempfile.mkstemp(prefix=f'{self.name}-', suffix='.err',
                                                         dir=folder)
        self.popen = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL, stdout=handle,
                                      stderr=handle_error, cwd=folder, env=environment,
                                      preexec_fn=_die_with_parent)
        os.close(handle)
        os.close(handle_error)
        _running.append(self)

    def output(self):
        with open(self.output_path, encoding='utf-8', errors='replace') as file:
            return file.read()

    def error(self):
        with open(self.error_path, encoding='utf-8', errors='replace') as file:
            return file.read()

    def wait(self, timeout=120):
        """The exit status; negative: the signal that killed it."""
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failure(f'{self.name} did not end within {timeout} s') from None

    def stop(self, how=signal.SIGTERM):
        if self.popen.poll() is None:
            self.popen.send_signal(how)
            try:
                self.popen.wait(10)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        if self in _running:
            _running.remove(self)

    def diagnose(self):
        diagnose(f'--- {" ".join(self.arguments)[:300]} (status {self.popen.poll()})')
        diagnose('\n'.join((self.output() + self.error()).splitlines()[-12:]))


def stop_all():
    for process in list(_running):
        process.stop()


atexit.register(stop_all)


def free_port():
    """A port where nobody listens, and nobody else will.

    None that the system gives away by itself, and none of another program of tests that runs now.
    """
    locks = pathlib.Path(tempfile.gettempdir()) / 'gantry-ports'
    locks.mkdir(exist_ok=True)
    while True:
        port = random.randint(20000, 32000)
        lock = os.open(locks / str(port), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # until this program ends
            with socket.socket() as probe:
                probe.bind(('127.0.0.1', port))
            return port
        except OSError:
            os.close(lock)


def files_below(folder, suffix=''):
    """Its files, in order, also while somebody makes and removes folders there."""
    return sorted(pathlib.Path(parent, name) for parent, _, names in os.walk(folder)
                  for name in names if name.endswith(suffix))


def wait_for(condition, what, timeout=30):
    """Polls until condition() is true; what is the sentence when it never is.

    A file that goes while condition() looks at it is one that has not settled yet.
    """
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        try:
            result = condition()
        except FileNotFoundError:
            result = None
        if result:
            return result
        time.sleep(0.02)
    raise Failure(f'within {timeout} s: {what}')


def wait_for_port(port, process, timeout=30):
    def answers():
        expect(process.popen.poll() is None,
               f'{process.name} ended with {process.popen.poll()} before it listened')
        try:
            socket.create_connection(('127.0.0.1', port), 1).close()
            return True
        except OSError:
            return False
    wait_for(answers, f'{process.name} never listened on {port}', timeout)
