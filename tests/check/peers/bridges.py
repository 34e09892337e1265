#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bridges.py - the lines of docs/bridges.md that lead into WebRTC, watched: bridges.py CASE VIEWER [MODULE_DIR...].

CASE is camera, packets, sound, b-frames, multicast, rtp, network or sdes; VIEWER is webrtcbin, which decodes what it gets, or a
browser. MODULE_DIRs hold the modules beside webrtcsink's. Exit code 0 passed, 1 failed, 77 skipped with the reason.
"""
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'browser'))
from bridge import (Launch, SECONDS, expect, ffmpeg, free_ports, printed_line, rtsp_camera, skip,    # noqa: E402
                    use_modules, wait_for_description)

PICTURES, SOUNDS = 30, 20     # decoded by the viewer
CAMERA = 'rtsp://192.0.2.7/camera'
SINK = {'webrtcsink': 'webrtcsink web-server-host-addr=http://127.0.0.1:0/'}
GROUP = '239.255.77.22'
LIVE_H264 = ('videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=25/1 ! '
             'x264enc speed-preset=ultrafast key-int-max=25 {} ! h264parse ! rtph264pay name=pay0 pt=96 ')
LIVE_AAC = 'audiotestsrc is-live=true ! audioconvert ! avenc_aac ! aacparse ! rtpmp4gpay name=pay1 pt=97 '
FFMPEG_H264 = ['-map', '0:v', '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '25',
               '-pix_fmt', 'yuv420p']
FFMPEG_OPUS = ['-map', '1:a', '-c:a', 'libopus']


# -- Viewers: return once they have seen and heard enough ---------------------------

def need_webrtcbin():
    for command in (['gst-inspect-1.0', 'nicesrc'], [sys.executable, '-c', 'import gi; gi.require_version("GstWebRTC", "1.0")']):
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            skip(f'no webrtcbin for Python (the packages of install-debian.sh peers): {done.stderr.strip()}')


def watch_webrtcbin(launch, has_sound):
    """A viewer that comes before the source has all its streams is refused some: another one comes."""
    wanted = {'video', 'audio'} if has_sound else {'video'}
    endpoint, end = launch.page + 'whep', time.monotonic() + SECONDS
    while True:
        done = subprocess.run([sys.executable, os.path.join(HERE, 'webrtcbin_viewer.py'), endpoint, 'H264',
                               str(PICTURES), str(SOUNDS if has_sound else 0)],
                              stdout=subprocess.PIPE, text=True, timeout=2 * SECONDS, check=False)
        expect(done.returncode == 0, f'the viewer ended with {done.returncode}')
        seen = json.loads(done.stdout.splitlines()[-1])
        print(f'# {seen}')
        if not wanted.intersection(seen['refused']) or time.monotonic() > end:
            break
    expect(seen['video'] >= PICTURES, 'the viewer has decoded too few pictures')
    expect(not has_sound or seen['audio'] >= SOUNDS, 'the viewer has decoded too little sound')


async def watch_browser(launch, has_sound, name):
    import checks
    browser = await checks.open_browser(name)
    try:
        page = await browser.new_page()
        await page.goto(launch.page)
        await page.wait_for('window.probe && probe.press() && !!probe.video()', SECONDS)
        seen = await page.wait_for(f'probe.stats().then((s) => s && s.framesDecoded >= {PICTURES} && s)', SECONDS)
        print(f'# {name}: {seen["framesDecoded"]} pictures of {seen["mimeType"]}, {seen["frameWidth"]}x'
              f'{seen["frameHeight"]}')
        expect(seen['mimeType'] == 'video/H264', 'that is not what the camera sends')
        if has_sound:
            await page.wait_for('probe.sound().then((l) => l > 0.01)', SECONDS)
        await page.close()
    finally:
        await browser.close()


def watch(line, has_sound, encoders=frozenset()):
    """Runs it and a viewer; encoders are those that it is to have, none but those."""
    with Launch(line) as launch:
        if sys.argv[2] == 'webrtcbin':
            watch_webrtcbin(launch, has_sound)
        else:
            asyncio.run(watch_browser(launch, has_sound, sys.argv[2]))
        expect(launch.encoders() == set(encoders), f'it encodes with {launch.encoders() or "nothing"}')
        return launch


# -- Cases ---------------------------------------------------------------------------

def camera():
    """H.264 is passed on as the camera makes it."""
    with rtsp_camera(LIVE_H264.format('tune=zerolatency')) as address:
        watch(printed_line('RTSP camera', **SINK, **{CAMERA: address}), False)


def packets():
    """What the camera sends goes on in its packets."""
    with rtsp_camera(LIVE_H264.format('tune=zerolatency')) as address:
        watch(printed_line("In the camera's packets", **SINK, **{CAMERA: address}), False)


def sound():
    """The camera's H.264 is passed on, its AAC becomes Opus."""
    with rtsp_camera(LIVE_H264.format('tune=zerolatency') + LIVE_AAC) as address:
        watch(printed_line('With sound', **SINK, **{CAMERA: address}), True, {'GstOpusEnc'})


def b_frames():
    """Passed on they are told and counted; the line for them encodes anew and has none."""
    with rtsp_camera(LIVE_H264.format('bframes=2 ! video/x-h264,profile=main')) as address:
        with Launch(printed_line('RTSP camera', **SINK, **{CAMERA: address})) as launch:
            watch_webrtcbin(launch, False)
            launch.wait('The stream contains B-frames')
        launch = watch(printed_line('B-frames', **SINK, **{CAMERA: address}), False, {'GstX264Enc'})
        expect(not launch.said('B-frames'), 'what is encoded anew has B-frames')


def multicast():
    """ffmpeg announces H.264 and Opus in a group."""
    audio, video = free_ports(2)
    with tempfile.TemporaryDirectory() as folder:
        path = f'{folder}/channel.sdp'
        with ffmpeg('-sdp_file', path, *FFMPEG_H264, '-f', 'rtp', f'rtp://{GROUP}:{video}?ttl=1&localaddr=127.0.0.1',
                    *FFMPEG_OPUS, '-f', 'rtp', f'rtp://{GROUP}:{audio}?ttl=1&localaddr=127.0.0.1') as process:
            wait_for_description(process, path, 2)
            line = printed_line('SDP file and multicast', **SINK, **{
                '/tmp/channel.sdp': path, 'demux::latency': 'demux::multicast-iface=lo demux::latency'})
            watch(line, True)


def rtp_to_ports(section, of_video):
    """ffmpeg sends H.264 and Opus to two ports, and nobody has its description."""
    audio, video = free_ports(2)
    with ffmpeg(*FFMPEG_H264, '-f', 'rtp', f'rtp://127.0.0.1:{video}{of_video}',
                *FFMPEG_OPUS, '-f', 'rtp', f'rtp://127.0.0.1:{audio}'):
        launch = watch(printed_line(section, **SINK, **{'port=5004': f'port={video}', 'port=5006': f'port={audio}'}),
                       True)
        expect(not launch.said('too long'), 'packets are too long')


def rtp():
    """What comes in packets goes on in them."""
    rtp_to_ports('Plain RTP', '?pkt_size=1200')


def network():
    """Packets of any length, put in order before."""
    rtp_to_ports('Over a network', '')


def sdes():
    """ffmpeg encrypts and writes the key into its description."""
    port, = free_ports(1)
    with tempfile.TemporaryDirectory() as folder:
        path = f'{folder}/leg.sdp'
        key = subprocess.run(['openssl', 'rand', '-base64', '30'], capture_output=True, text=True, check=True)
        with ffmpeg('-sdp_file', path, *FFMPEG_H264, '-f', 'rtp', '-srtp_out_suite', 'AES_CM_128_HMAC_SHA1_80',
                    '-srtp_out_params', key.stdout.strip(), f'srtp://127.0.0.1:{port}') as process:
            wait_for_description(process, path, 1)
            with open(path, encoding='ascii') as text:
                expect('a=crypto' in text.read(), 'ffmpeg announces no key')
            watch(printed_line('SRTP with SDES keys', **SINK, **{'/tmp/leg.sdp': path}), False)


CASES = {f.__name__.replace('_', '-'): f for f in (camera, packets, sound, b_frames, multicast, rtp, network, sdes)}

if __name__ == '__main__':
    use_modules(*sys.argv[3:])
    if sys.argv[2] == 'webrtcbin':
        need_webrtcbin()
    try:
        CASES[sys.argv[1]]()
    except (AssertionError, subprocess.TimeoutExpired) as error:
        print(f'FAILED: {error}')
        sys.exit(1)
