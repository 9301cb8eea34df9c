#!/usr/bin/python3
"""demo - Gantry shows itself: a sample study, sent to its own receiver

SPDX-License-Identifier: GPL-3.0-or-later

Usage: demo.py GANTRY PICTURE        on a desktop of its own, see session
"""
import pathlib
import re
import sys
import tempfile

from person import NotSeen, Person


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def show(person, picture):
    person.press('Try a sample study')
    added = int(person.sees(re.compile(r'^\d+ objects added')).split()[0])
    print(f'The sample study is in the list: {added} objects.')
    person.press('Switch the receiver on')
    person.press('Send')
    person.sees(re.compile(rf'\b{added} stored'), 60)
    print(f'Sent to this workstation: {added} stored.')
    person.page('Receive')
    person.sees(re.compile(rf'\b{added} stored'))
    print(f'Received: {added} objects.')
    person.page('Send')
    person.sees(re.compile(rf'\b{added} stored'))
    picture.parent.mkdir(parents=True, exist_ok=True)
    person.screenshot(picture)
    print(f'What it looks like: {picture}')


def main():
    program, picture = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix='gantry-demo-') as folder:
        profile = pathlib.Path(folder) / 'profile'
        profile.mkdir()
        (profile / 'settings.ini').write_text(f'[gantry]\nreceive-port={free_port()}\n',
                                              encoding='utf-8')
        person = Person(program, profile=str(profile), log=folder + '/gantry.log')
        try:
            show(person, picture)
        except NotSeen as problem:
            print(f'The demonstration failed: {problem}\n{person.log()}', file=sys.stderr)
            person.process.kill()
            return 1
        status = person.close()
        kept = len(list((profile / 'received').rglob('*.dcm')))
    print(f'{kept} files were kept; the window closed with {status}.')
    return status


if __name__ == '__main__':
    sys.exit(main())
