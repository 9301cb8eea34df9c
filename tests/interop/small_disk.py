"""small_disk - a file system of some kilobytes, for tests that fill it up

SPDX-License-Identifier: GPL-3.0-or-later

Mounting takes root, or a namespace in which a user is root: the test programme that imports this
calls enter() first. Where neither is allowed (a container without either) a test that asks for a
disk fails and says so; it is never skipped.
"""
import contextlib
import os
import subprocess
import sys

from harness import expect

INSIDE = 'GANTRY_TEST_NAMESPACE'


def enter():
    """Starts the programme anew in a mount namespace of its own, where it may mount."""
    if os.environ.get(INSIDE):
        return
    options = ['-m'] if os.geteuid() == 0 else ['-rm']
    command = ['unshare', *options, '--propagation', 'private']
    if subprocess.run([*command, 'true'], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        os.execvpe(command[0], [*command, sys.executable, *sys.argv], {**os.environ, INSIDE: '1'})


@contextlib.contextmanager
def small_disk(path, size):
    path.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={size}', 'tmpfs', str(path)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    expect(done.returncode == 0,
           f'No small disk can be mounted here ({done.stdout.decode().strip()}). Run this as root, '
           'or where “unshare -rm” is allowed; in a container, with --cap-add SYS_ADMIN.')
    try:
        yield path
    finally:
        subprocess.run(['umount', '-l', str(path)], check=False)
