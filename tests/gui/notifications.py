#!/usr/bin/python3
"""notifications - stands in for the desktop's notification service, and prints what it is told

SPDX-License-Identifier: GPL-3.0-or-later

Usage: notifications.py
The first line of output says that it serves; then follows a line for each notification.
"""
import ctypes
import signal

from gi.repository import Gio, GLib

INTERFACE = '''<node><interface name='org.freedesktop.Notifications'>
<method name='Notify'>
<arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>
<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>
<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='out'/>
</method>
<method name='CloseNotification'><arg type='u' direction='in'/></method>
</interface></node>'''
PR_SET_PDEATHSIG = 1


def called(_connection, _sender, _path, _interface, method, arguments, invocation):
    if method == 'Notify':
        print(f'{arguments[3]}: {arguments[4]}', flush=True)
        invocation.return_value(GLib.Variant('(u)', (1,)))
    else:
        invocation.return_value(None)


ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
bus.register_object('/org/freedesktop/Notifications',
                    Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0], called, None, None)
Gio.bus_own_name_on_connection(bus, 'org.freedesktop.Notifications', Gio.BusNameOwnerFlags.NONE,
                               lambda *_: print('serving', flush=True), None)
GLib.MainLoop().run()
