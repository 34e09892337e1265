#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""rtsp_camera.py BIN - an RTSP camera: Debian's gst-rtsp-server with the payloaders pay0, pay1 ... of BIN.

Prints its address and serves until its standard input ends. Exit code 77: no gst-rtsp-server.
"""
import sys

try:
    import gi
    gi.require_version('Gst', '1.0')
    gi.require_version('GstRtspServer', '1.0')
except (ImportError, ValueError) as missing:
    print(f'skipped: {missing} (apt-get install python3-gi gir1.2-gst-rtsp-server-1.0)')
    sys.exit(77)
from gi.repository import GLib, Gst, GstRtspServer    # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer(address='127.0.0.1', service='0')
factory = GstRtspServer.RTSPMediaFactory(launch=f'( {sys.argv[1]} )', shared=True)
server.get_mount_points().add_factory('/camera', factory)
server.attach(None)
print(f'rtsp://127.0.0.1:{server.get_bound_port()}/camera', flush=True)

loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, lambda *_: loop.quit())
loop.run()
