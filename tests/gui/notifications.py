#!/usr/bin/python3
"""notifications - stands in for the desktop's notification service, and prints what it is told

SPDX-License-Identifier: GPL-3.0-or-later

Usage: notifications.py
The first line of output says that it serves; then follows a line for each notification, and one
when it is taken back. A line of input is an action of the last one that somebody presses; "default"
is the notification itself.
"""
import ctypes
import signal
import sys

from gi.repository import Gio, GLib

INTERFACE = '''<node><interface name='org.freedesktop.Notifications'>
<method name='Notify'>
<arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>
<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>
<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='out'/>
</method>
<method name='CloseNotification'><arg type='u' direction='in'/></method>
<signal name='ActionInvoked'><arg type='u'/><arg type='s'/></signal>
</interface></node>'''
PATH = '/org/freedesktop/Notifications'
PR_SET_PDEATHSIG = 1
offered = []


def called(_connection, _sender, _path, _interface, method, arguments, invocation):
    if method == 'Notify':
        offered[:] = arguments[5][::2]
        print(f'{arguments[3]}: {arguments[4]}', flush=True)
        invocation.return_value(GLib.Variant('(u)', (1,)))
    else:
        print('taken back', flush=True)
        invocation.return_value(None)


def pressed(_channel, _condition):
    action = sys.stdin.readline().strip()
    if not action:
        return GLib.SOURCE_REMOVE
    if action in offered:
        bus.emit_signal(None, PATH, 'org.freedesktop.Notifications', 'ActionInvoked',
                        GLib.Variant('(us)', (1, action)))
    else:
        print(f'no action {action}, only {offered}', flush=True)
    return GLib.SOURCE_CONTINUE


ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0], called, None, None)
GLib.io_add_watch(sys.stdin.fileno(), GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN, pressed)
Gio.bus_own_name_on_connection(bus, 'org.freedesktop.Notifications', Gio.BusNameOwnerFlags.NONE,
                               lambda *_: print('serving', flush=True), None)
GLib.MainLoop().run()
