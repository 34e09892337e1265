#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""sdpdemux.py - what senders announce by their own SDP, played by sdpdemux: sdpdemux.py SENDER SDP_DIR SRTP_DIR.

SENDER: ffmpeg (VP8 and Opus to one address), ffmpeg-group (to a multicast group over the loopback interface),
ffmpeg-srtp (with a=crypto); gstreamer and gstreamer-group, the same of rtpbin and payloaders, described by GstSDP;
gstreamer-rtx (AVPF; every tenth packet of video is lost, and what is lost is asked for: sdp_ends.py).

The same pipeline with gst-plugins-bad's sdpdemux runs at the same time, with a sender of its own; what it
does is printed for comparison. SDP_DIR and SRTP_DIR hold our modules. Exit code 0 passed, 1 failed, 77 skipped with the reason.
"""
import base64
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile

from bridge import free_ports, skip

FRAMES = 25          # of each medium, decoded
PACKETS = 300        # of video, with losses
ENDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'sdp_ends.py')
SECONDS = 60
THEIR_SECONDS = 5    # only to compare
GROUP = '239.255.77.21'
KEY_64 = base64.b64encode(bytes(range(30))).decode()


def environment(ours):
    """What a process needs for our modules, or for gst-plugins-bad's; each has a registry of its own."""
    env = dict(os.environ, GST_PLUGIN_PATH=f'{sys.argv[2]}:{sys.argv[3]}' if ours else '',
               GST_REGISTRY=os.path.join(os.environ.get('RTC_PEERS_BUILD', tempfile.gettempdir()), f'sdpdemux-{ours}.reg'))
    env.pop('G_DEBUG', None)
    return env


def module_of(ours):
    """The file that sdpdemux comes from, or '' when there is none."""
    done = subprocess.run(['gst-inspect-1.0', 'sdpdemux'], env=environment(ours), capture_output=True, text=True,
                          check=False)
    return next((line.split()[1] for line in done.stdout.splitlines() if 'Filename' in line), '')


# -- Senders: a process that sends until it is ended, and the description it has written ------

def start_ffmpeg(folder, kind):
    """Video and sound; the description is ffmpeg's own."""
    if not shutil.which('ffmpeg'):
        skip('no ffmpeg')
    audio, video = free_ports(2)
    host = GROUP if kind == 'group' else '127.0.0.1'
    options = '?localaddr=127.0.0.1&ttl=1' if kind == 'group' else ''
    scheme = 'srtp' if kind == 'srtp' else 'rtp'
    secret = ['-srtp_out_suite', 'AES_CM_128_HMAC_SHA1_80', '-srtp_out_params', KEY_64] if kind == 'srtp' else []
    outputs = []
    for stream, codec, port in (('0:v', ['-c:v', 'libvpx', '-deadline', 'realtime', '-g', '10', '-b:v', '300k'], video),
                                ('1:a', ['-c:a', 'libopus', '-b:a', '32k'], audio)):
        outputs += ['-map', stream] + codec + ['-f', 'rtp'] + secret + [f'{scheme}://{host}:{port}{options}']
    path = f'{folder}/sender.sdp'
    process = subprocess.Popen(
        ['ffmpeg', '-nostdin', '-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=25', '-re', '-f', 'lavfi',
         '-i', 'sine=sample_rate=48000', '-sdp_file', path] + outputs, stdout=subprocess.DEVNULL)
    return process, path


def start_gstreamer(folder, kind):
    """The same of rtpbin; the description is GstSDP's."""
    host = GROUP if kind == 'group' else '127.0.0.1'
    path = f'{folder}/sender.sdp'
    audio, video = free_ports(2)
    process = subprocess.Popen([sys.executable, ENDS, 'send', host, str(audio), str(video), kind or 'plain', path],
                               env=environment(False))
    return process, path


def start(folder):
    program, _, kind = sys.argv[1].partition('-')
    return {'ffmpeg': start_ffmpeg, 'gstreamer': start_gstreamer}[program](folder, kind)


# -- Receivers ------------------------------------------------------------------

def wait_for_file(process, path):
    """Until the sender has written it whole: each medium has its line of formats."""
    for _ in range(SECONDS * 10):
        if os.path.exists(path) and open(path, encoding='ascii').read().count('a=rtpmap') >= 2:
            return
        try:
            raise AssertionError(f'the sender ended with {process.wait(0.1)}')
        except subprocess.TimeoutExpired:
            pass
    raise AssertionError('no description')


def play(ours):
    """FRAMES pictures and as many blocks of sound; '' or why not."""
    with tempfile.TemporaryDirectory() as folder:
        process, path = start(folder)
        try:
            wait_for_file(process, path)
            interface = 'multicast-iface=lo' if ours and sys.argv[1].endswith('group') else ''
            description = (
                f'filesrc location={path} ! sdpdemux name=d {interface} '
                f'd. ! application/x-rtp,media=video ! rtpvp8depay ! vp8dec ! fakesink num-buffers={FRAMES} '
                f'd. ! application/x-rtp,media=audio ! rtpopusdepay ! opusdec ! fakesink num-buffers={FRAMES}')
            done = subprocess.run(['gst-launch-1.0', '-q'] + description.split(), env=environment(ours),
                                  capture_output=True, text=True, timeout=SECONDS if ours else THEIR_SECONDS, check=False)
            return '' if done.returncode == 0 else done.stderr + open(path, encoding='ascii').read()
        except subprocess.TimeoutExpired:
            return 'nothing came for long'
        finally:
            process.kill()
            process.wait()


def play_lossy(ours):
    """What came out of PACKETS of video, as sdp_ends.py says it."""
    with tempfile.TemporaryDirectory() as folder:
        process, path = start(folder)
        try:
            wait_for_file(process, path)
            done = subprocess.run([sys.executable, ENDS, 'receive', path, str(PACKETS)], env=environment(ours), capture_output=True,
                                  text=True, timeout=2 * SECONDS, check=False)
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)
        finally:
            process.kill()
            process.wait()


def check_lossy():
    """All that was lost comes again, in order."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        beside = pool.submit(lambda: play_lossy(False) if module_of(False) else 'not installed')
        seen = play_lossy(True)
        print(f'{sys.argv[1]}: {seen}')
        print(f'gst-plugins-bad: {beside.result()}')
    assert seen['packets'] >= PACKETS and seen['missing'] == seen['disordered'] == 0, seen


def main():
    ours = module_of(True)
    assert ours == os.path.join(os.path.abspath(sys.argv[2]), 'libgstsdpelem.so'), f'sdpdemux comes from {ours}'
    if sys.argv[1].endswith('rtx'):
        return check_lossy()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        beside = pool.submit(lambda: play(False) if module_of(False) else 'not installed')
        why = play(True)
        assert not why, why
        print(f'{sys.argv[1]}: {FRAMES} pictures and blocks of sound by ours')
        print(f'gst-plugins-bad: {(beside.result() or "the same").strip().splitlines()[0]}')


if __name__ == '__main__':
    main()
