#!/usr/bin/python3
"""picture - the window with a day's work in it, for the README

SPDX-License-Identifier: GPL-3.0-or-later

Usage: picture.py PICTURE [REFERENCE]    on a desktop of its own, see session
REFERENCE is for the window with SOP classes and statuses.
"""
import pathlib
import re
import sys
import tempfile

import desk
import objects
from peers import StoreScp, tool


def look_up(person, picture, what):
    person.key('F1')
    search = person.find(None, 'Search for a name, UID, modality or status')
    person.type(search, what)
    person.sees(re.compile(r'^\d+ entries'))
    person.rest()
    window = search
    while window.get_parent() != person.application:
        window = window.get_parent()
    person.screenshot(picture, window)
    person.key('Escape', 'Escape')


def make(folder, picture, reference=None):
    archive = StoreScp(folder, '+xa', '-pm')
    profile, port = desk.prepare(folder, archive, **{'window-width': 1100, 'window-height': 760})
    person = desk.sit_down(folder, profile=profile)
    person.page('Receive')
    person.switch(re.compile('^Receiver'))
    person.sees(re.compile(f'on port {port}'))
    tool('storescu', '-aet', 'CT_SCAN_1', '-aec', 'GANTRY', '127.0.0.1', port,
         *[o.path for o in objects.debian_set()[0] if 'dicomdirtests' in str(o.path)][:20],
         folder=folder)
    person.page('Send')
    person.press('Try a sample study')
    person.choose('Destination', 'Archive')
    person.press('Send')
    person.sees(re.compile(r'\b\d+ stored'), 30)
    person.action('win.sample')
    person.sees(re.compile(r'^\d+ objects added'))
    # The pointer's tooltip and the last toast are nothing to be kept.
    person.rest()
    person.screenshot(picture)
    if reference is not None:
        look_up(person, reference, 'ct')
    return person.close()


if __name__ == '__main__':
    with tempfile.TemporaryDirectory(prefix='gantry-picture-') as scratch:
        sys.exit(make(scratch, *map(pathlib.Path, sys.argv[1:])))
