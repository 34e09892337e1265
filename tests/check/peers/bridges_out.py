#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bridges_out.py - the lines of docs/bridges.md that lead out of WebRTC: bridges_out.py CASE [MODULE_DIR...].

CASE is rtmp, encoded, srt, hls, rtsp, rtp or srtp. whipclientsink calls, with numbered pictures and beeps; ffmpeg at the
other end writes what comes, and that has to be what was sent. MODULE_DIRs hold the modules beside webrtcsrc's.
Exit code 0 passed, 1 failed, 77 skipped with the reason.
"""
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import callsource as media
from bridge import HERE, PAGE, SECONDS, Launch, Lines, expect, free_ports, printed_line, skip, use_modules
from recording import analyse

CALL_SECONDS = 4
SOME = ['-frames:v', '45', '-frames:a', '60']      # of what has no end of its own
MAX_PITCH_ERROR = 0.05      # muxers cut what a busy machine delivers late
SRC = {'webrtcsrc ': 'webrtcsrc web-server-host-addr=http://127.0.0.1:0/ '}
INVITES = r'open (http://\S+) in a browser'


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            skip(f'no {program}')


def need_elements(*elements):
    for element in elements:
        if subprocess.run(['gst-inspect-1.0', element], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode:
            skip(f'no element {element}')


@contextlib.contextmanager
def receiver(*command):
    """A program that ends by itself, with 0, when it has got all it wants."""
    print('# ' + ' '.join(command), flush=True)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        yield process
        expect(process.wait(SECONDS) == 0, f'{command[0]} ended with {process.returncode}')
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def ffmpeg(path, *source):
    """Writes what comes, as it comes."""
    return receiver('ffmpeg', '-nostdin', '-loglevel', 'error', '-y', *source, '-map', '0:v', '-map', '0:a', '-c', 'copy', path)


def player(path, *source):
    """ffmpeg that decodes what comes, and writes some of that."""
    return receiver('ffmpeg', '-nostdin', '-loglevel', 'fatal', '-y', *source, '-map', '0:v', '-map', '0:a', '-c:v', 'ffv1',
                    '-c:a', 'pcm_s16le', '-fps_mode', 'passthrough', *SOME, path)


def wait_for_server(process, port):
    """Until the process listens there, for one who must not be disturbed by a connection."""
    for _ in range(SECONDS * 50):
        with open('/proc/net/tcp', encoding='ascii') as table:
            if re.search(rf':{port:04X} \S+ 0A ', table.read()):
                return
        with contextlib.suppress(subprocess.TimeoutExpired):
            raise AssertionError(f'the server ended with {process.wait(0.02)}')
    raise AssertionError('the server does not listen')


@contextlib.contextmanager
def called(page, codec='H264', seconds=SECONDS):
    """A call of so many seconds, or until it has been seen; what it says of itself is in the list."""
    process = subprocess.Popen(
        ['/usr/bin/python3', os.path.join(HERE, 'whipclientsink_caller.py'), page + 'whip', codec, str(seconds)],
        stdout=subprocess.PIPE, text=True)
    said = []
    try:
        yield said
        if seconds == SECONDS:
            process.send_signal(signal.SIGINT)
        text = process.communicate(timeout=2 * SECONDS)[0]
        expect(process.returncode == 0, 'the caller has failed')
        said.append(json.loads(text.splitlines()[-1]))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@contextlib.contextmanager
def bridge(line):
    """The line at work; the page. It has to end by itself when the call is over."""
    launch = Launch(line)
    try:
        yield launch.wait(INVITES)[1]
        code = launch.process.wait(SECONDS)
        expect(code == 0, f'gst-launch-1.0 ended with {code}')
    except BaseException:
        print('\n'.join(line for line in launch.lines if not line.startswith('/')))
        raise
    finally:
        if launch.process.poll() is None:
            launch.process.kill()
            launch.process.wait()


def check(path, sent, is_whole, is_encoded, is_decoded):
    """What came is what was sent, picture by picture, and sounds; is_whole: to the end of the call; is_encoded: by the
    bridge, in another size; is_decoded: by the player."""
    seen = analyse(path)
    print(f'# {seen}')
    expect(seen['eos'] and seen['error'] is None, 'what came does not play to its end')
    expect(is_decoded or seen['video_codec'] == 'H264', f'the picture is {seen["video_codec"]}')
    size = (1280, 720) if is_encoded else (media.WIDTH, media.HEIGHT)
    expect((seen['width'], seen['height']) == size, 'the picture has another size')
    expect(seen['frames'] >= media.FPS, f'{seen["frames"]} pictures are too few')
    if not is_encoded:
        expect(seen['unreadable'] == seen['repeated'] == seen['missing'] == seen['video_backward'] == 0,
               'pictures are torn, repeated, missing or out of order')
    if is_whole:
        expect(seen['first_counter'] <= sent['first'] + 2 * media.FPS, 'it begins late')
        expect(seen['last_counter'] >= sent['frames'] - media.FPS // 2, 'the end of the call is missing')
    expect(seen['pitch_hz'] and abs(seen['pitch_hz'] / media.PITCH - 1) <= MAX_PITCH_ERROR, f'the tone has {seen["pitch_hz"]} Hz')


def move_ports(text, video, audio):
    """The page's ports 5004 and 5006 become these."""
    ports = {'5004': video, '5006': audio}
    return re.sub(r'\b500[46]\b', lambda port: str(ports[port[0]]), text)


def write_description(heading, folder, *ports):
    """The description under that heading, with other ports."""
    with open(PAGE, encoding='utf-8') as text:
        found = re.search(rf'^### {heading}\n.*?^```sdp\n(.*?)^```', text.read(), re.DOTALL | re.MULTILINE)[1]
    path = f'{folder}/call.sdp'
    with open(path, 'w', encoding='ascii') as text:
        text.write(move_ports(found, *ports))
    return path


# -- Cases ---------------------------------------------------------------------------

def rtmp(folder, heading='RTMP', codec='H264'):
    """ffmpeg as the server; what whipclientsink has encoded gets there untouched."""
    need_elements('rtmp2sink')
    os.environ.pop('G_DEBUG', None)     # rtmp2sink 1.22 is critical of ffmpeg's answers
    port, = free_ports(1)
    path, address = f'{folder}/call.mkv', f'rtmp://127.0.0.1:{port}/live/key'
    line = printed_line(heading, **SRC, **{'rtmp://192.0.2.7/live/key': address})
    with ffmpeg(path, '-listen', '1', '-f', 'flv', '-i', address) as server:
        wait_for_server(server, port)
        with bridge(line) as page, called(page, codec, CALL_SECONDS) as sent:
            pass
    return path, sent[0]


def encoded(folder):
    """The caller's VP8 becomes H.264 of one size."""
    return rtmp(folder, 'Of one size, from any browser', 'VP8')


def srt(folder):
    """ffmpeg calls, and waits for what is late."""
    need_elements('srtsink')
    port, = free_ports(1)
    path = f'{folder}/call.mkv'
    with bridge(printed_line('SRT', **SRC, **{'srt://:7001': f'srt://127.0.0.1:{port}'})) as page:
        with called(page) as sent, player(path, '-i', f'srt://127.0.0.1:{port}?latency=1000000'):
            pass
    return path, sent[0]


def hls(folder):
    """ffmpeg reads the list while it grows, from its beginning to its end."""
    path = f'{folder}/call.mkv'
    line = printed_line('HLS', **SRC, **{'/tmp/hls': folder})
    with bridge(line) as page, called(page, seconds=CALL_SECONDS + 1) as sent:
        pass
    with open(f'{folder}/live.m3u8', encoding='ascii') as text:
        lengths = [float(length) for length in re.findall(r'#EXTINF:([\d.]+)', text.read())]
    print(f'# {lengths}')
    expect(len(lengths) >= 2 and max(lengths) < 3, 'it was not cut every 2 s')
    with ffmpeg(path, '-live_start_index', '0', '-i', f'{folder}/live.m3u8'):
        pass
    return path, sent[0]


def rtsp(folder):
    """ffmpeg plays what the example serves, when there is a call."""
    if subprocess.run(['/usr/bin/python3', '-c', 'import gi; gi.require_version("GstRtspServer", "1.0")'],
                      stderr=subprocess.DEVNULL, check=False).returncode:
        skip('no gir1.2-gst-rtsp-server-1.0')
    port, = free_ports(1)
    path = f'{folder}/call.mkv'
    example = os.path.join(HERE, '..', '..', '..', 'examples', 'call-to-rtsp.py')
    server = subprocess.Popen(['/usr/bin/python3', example, str(port), 'http://127.0.0.1:0/'], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
    says = Lines('the example', server)
    try:
        page = says.wait(INVITES)[1]
        with called(page) as sent:
            address = says.wait('seen at (.*)')[1]
            with player(path, '-rtsp_transport', 'tcp', '-i', address):
                pass
        server.send_signal(signal.SIGINT)
        expect(server.wait(SECONDS) == 0, f'the example ended with {server.returncode}')
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
        print('\n'.join(says.lines))
    return path, sent[0]


def rtp(folder, heading='RTP to a player'):
    """ffmpeg plays what the description says."""
    ports = free_ports(2)
    path = f'{folder}/call.mkv'
    description = write_description(heading, folder, *ports)
    with bridge(move_ports(printed_line(heading, **SRC), *ports)) as page:
        with called(page) as sent, player(path, '-protocol_whitelist', 'file,udp,rtp,srtp', '-i', description):
            pass
    return path, sent[0]


def srtp(folder):
    return rtp(folder, 'SRTP to a player')


CASES = {f.__name__.replace('_', '-'): f for f in (rtmp, encoded, srt, hls, rtsp, rtp, srtp)}
IS_WHOLE = {'rtmp', 'hls'}
IS_DECODED = {'srt', 'rtsp', 'rtp', 'srtp'}

if __name__ == '__main__':
    need('ffmpeg')
    use_modules(*sys.argv[2:])
    with tempfile.TemporaryDirectory() as where:
        result = CASES[sys.argv[1]](where)
        check(*result, sys.argv[1] in IS_WHOLE, sys.argv[1] == 'encoded', sys.argv[1] in IS_DECODED)
