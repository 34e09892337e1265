# SPDX-License-Identifier: LGPL-2.1-or-later
"""senders.py - those who send one stream to many viewers: webrtcsink, and others to compare it with.

Each is a context manager, given the UDP ports (video, audio) that it is fed on, a folder and a log; it yields a
Running. Others' programs, and viewers of another kind, are those of a folder that RTC_SHARED_BENCH names (a bench of
its own, with `feeder`, `viewer`, `limit`, `pioncast`, `januswhep` and `wbserver` in `build/`); what is not there is left
out.
"""
import collections
import contextlib
import os
import shutil
import socket
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'recorders'), os.path.join(HERE, '..', '..', 'peers')]
import janus_shim    # noqa: E402
import programs    # noqa: E402
from recorder import Recorder    # noqa: E402

START_SECONDS = 15
END_SECONDS = 10
CAPS = ('application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,payload=96',
        'application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,payload=111')

# is_server_offering: the server makes the offer, as Janus' streaming plugin does.
Running = collections.namedtuple('Running', 'pid endpoint is_server_offering')


class Absent(Exception):
    """What a sender needs is not there; says what."""


def shared(name):
    """The path of a program of the other bench."""
    folder = os.environ.get('RTC_SHARED_BENCH', '')
    path = os.path.join(folder, 'build', name)
    if not folder or not os.access(path, os.X_OK):
        raise Absent(f'no {name} (RTC_SHARED_BENCH is a folder with build/{name} in it)')
    return path


def udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def webrtcsink(ports, before, properties):
    """before: what is between the port and the pad, of video and of sound."""
    chains = ' '.join(f'udpsrc port={port} caps="{caps}" ! {elements}s.{pad}'
                      for port, caps, elements, pad in zip(ports, CAPS, before, ('video_0', 'audio_0')))
    with Recorder(None, 'name=s', 'max-sessions=5000', *properties, *chains.replace('"', '').split(),
                  element='webrtcsink') as sink:
        yield Running(sink.process.pid, sink.endpoint, False)


def ours(ports, _folder, _log, *properties):
    """RTP as it comes, as the others have it."""
    return webrtcsink(ports, ('', ''), properties)


def depayloaded(ports, _folder, _log):
    """No parsers: what leaves the depayloaders is whole frames, and webrtcsink wants no more."""
    return webrtcsink(ports, ('rtph264depay ! ', 'rtpopusdepay ! '), [f'udp-mux-port={udp_port()}'])


def one_port(*arguments):
    return ours(*arguments, f'udp-mux-port={udp_port()}')


def replaying(*arguments):
    return ours(*arguments, f'udp-mux-port={udp_port()}', 'join-mode=gop-replay')


def program(command, log):
    return programs.program(command, END_SECONDS, stdout=log, stderr=log)


def wait_listening(port, process):
    """Others do not say when they are ready."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(('127.0.0.1', port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f'{process.args[0]} does not listen')


@contextlib.contextmanager
def pion(ports, _folder, log):
    port = janus_shim.free_port()
    with program([shared('pioncast'), '-http', f'127.0.0.1:{port}', '-v', str(ports[0]), '-a', str(ports[1])],
                 log) as process:
        wait_listening(port, process)
        yield Running(process.pid, f'http://127.0.0.1:{port}/whep', False)


@contextlib.contextmanager
def webrtcbin(ports, _folder, log):
    port = janus_shim.free_port()
    with program([shared('wbserver'), str(port), str(ports[0]), str(ports[1]), 'queue', 'noupnp'], log) as process:
        wait_listening(port, process)
        yield Running(process.pid, f'http://127.0.0.1:{port}/whep', False)


STREAM = '''general: {{ }}
stream: {{ type = "rtp"
  id = 1
  media = (
  {{ type = "video" mid = "v" port = {0} iface = "127.0.0.1" pt = 96 codec = "h264"
    fmtp = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f" }},
  {{ type = "audio" mid = "a" port = {1} iface = "127.0.0.1" pt = 111 codec = "opus" }} ) }}
'''


@contextlib.contextmanager
def janus(ports, folder, log):
    if not shutil.which('janus'):
        raise Absent('no janus (apt-get install janus)')
    front, port, api = shared('januswhep'), janus_shim.free_port(), janus_shim.free_port()
    janus_shim.configure(folder, api, 0, 'streaming', STREAM.format(*ports))
    with program(['janus', '-F', folder, '-C', os.path.join(folder, 'janus.jcfg')], log) as process:
        wait_listening(api, process)
        with program([front, '-http', f'127.0.0.1:{port}', '-janus', f'http://127.0.0.1:{api}/janus'], log) as other:
            wait_listening(port, other)
            yield Running(process.pid, f'http://127.0.0.1:{port}/whep', True)


# name: (how it is started, the SRTP suite that viewers offer or none, what it is called in tables)
SENDERS = {
    'mux': (one_port, None, '`webrtcsink udp-mux-port=...`'),
    'mux-cm': (one_port, 'cm', 'the same, AES-CM'),
    'mux-replay': (replaying, None, 'the same, `join-mode=gop-replay`'),
    'mux-depay': (depayloaded, None, 'the same, RTP depayloaded and payloaded again'),
    'nice': (ours, None, '`webrtcsink` on libnice'),
    'pion': (pion, None, 'pion'),
    'janus': (janus, None, 'Janus'),
    'webrtcbin': (webrtcbin, None, '`webrtcbin`'),
}
