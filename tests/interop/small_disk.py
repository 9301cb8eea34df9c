"""small_disk - a disk of some kilobytes, for tests that fill it up

SPDX-License-Identifier: GPL-3.0-or-later

A tmpfs, where one can be mounted: by root, or in a namespace in which a user is root, for which the
test programme calls enter() first. In a container that allows neither, small-disk.c makes a folder
behave like one for the programs that are started meanwhile.
"""
import contextlib
import os
import subprocess
import sys

from harness import diagnose, expect

INSIDE = 'GANTRY_TEST_NAMESPACE'
PRELOADED = 'GANTRY_SMALL_DISK_LIBRARY'


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
    """A folder with room for so many octets, in this process's children at least."""
    path.mkdir(parents=True)
    done = subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={size}', 'tmpfs', str(path)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode == 0:
        try:
            yield path
        finally:
            subprocess.run(['umount', '-l', str(path)], check=False)
        return

    library = os.environ.get(PRELOADED)
    expect(library and os.path.exists(library),
           f'No disk can be mounted here ({done.stdout.decode().strip()}), and {PRELOADED} does not '
           'name the library that stands in for one.')
    diagnose('nothing can be mounted here: a library stands in for the disk')
    before = dict(os.environ)
    os.environ.update({'LD_PRELOAD': library, 'GANTRY_SMALL_DISK': os.path.realpath(path),
                       'GANTRY_SMALL_DISK_SIZE': str(size),
                       'ASAN_OPTIONS': before.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'})
    try:
        yield path
    finally:
        os.environ.clear()
        os.environ.update(before)
