#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""srtp.py - srtpenc and srtpdec beside other implementations: srtp.py bad|ffmpeg MODULE_DIR.

bad: gst-plugins-bad's elements of the same names in a process of their own, both ways: every packet, also over wraps,
with every cipher, authentication and MKIs that they have, comes out as it went in.
ffmpeg: its srtp:// protocol, both ways, with both suites it has.

MODULE_DIR holds our libgstsrtp.so. Exit code 0 passed, 1 failed, 77 skipped with the reason.
"""
import base64
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

from bridge import free_ports
from drop_in import Module, skip

MODULE = Module('srtp', 'srtpenc', sys.argv[2])
KEY = bytes(range(46))
KEY_64 = base64.b64encode(KEY[:30]).decode()
LENGTHS = {'aes-128-icm': 30, 'aes-256-icm': 46, 'aes-128-gcm': 28, 'aes-256-gcm': 44}
SSRC = 0x1234
LAUNCH_SECONDS = 60


# -- gst-plugins-bad ----------------------------------------------------------

def frame(packet):
    """RFC 4571: length, packet."""
    return struct.pack('!H', len(packet)) + packet


def unframe(data):
    packets = []
    while data:
        n, = struct.unpack('!H', data[:2])
        packets.append(data[2:2 + n])
        data = data[2 + n:]
    return packets


def make_packets():
    """RTP over three wraps, with gaps, CSRCs, an extension and padding; sender reports."""
    rng, rtp, seq = random.Random(7), [], 65000
    while seq < 4 * 65536:
        head = rng.choice([0x80, 0x80, 0x82, 0x90, 0xa0])
        more = {0x82: bytes(8), 0x90: bytes.fromhex('bede0001') + b'\x10\x01\0\0'}.get(head, b'')
        body = rng.randbytes(rng.randrange(1, 1200)) + (b'\1' if head == 0xa0 else b'')
        rtp.append(struct.pack('!BBHII', head, 96, seq & 0xffff, seq * 160 & 0xffffffff, SSRC) + more + body)
        seq += rng.choice([1, 1, 1, 2, 700])
    rtcp = [struct.pack('!BBHI', 0x80, 200, 6, SSRC) + rng.randbytes(20) for _ in range(50)]
    return rtp, rtcp


def launch(ours, description):
    done = subprocess.run(['gst-launch-1.0', '-q'] + description.split(), env=MODULE.environment(ours), capture_output=True,
                          text=True, timeout=LAUNCH_SECONDS, check=False)
    assert done.returncode == 0, f'{description}\n{done.stdout}\n{done.stderr}'


def through(folder, sender_is_ours, cipher, auth, mki):
    """What comes out of one's srtpdec when the other's srtpenc gets make_packets(); RTP, RTCP."""
    key = KEY[:LENGTHS[cipher]].hex()
    mki_property = f' mki={mki}' if mki else ''
    rtcp_auth = 'null' if auth == 'null' else 'hmac-sha1-80' if not mki else auth
    fields = (f'ssrc=(uint){SSRC},srtp-key=(buffer){key},srtp-cipher={cipher},srtp-auth={auth},srtcp-cipher={cipher},'
              f'srtcp-auth={rtcp_auth}' + (f',mki=(buffer){mki}' if mki else ''))
    launch(sender_is_ours, f'srtpenc name=e key={key}{mki_property} rtp-cipher={cipher} rtcp-cipher={cipher} '
           f'rtp-auth={auth} rtcp-auth={rtcp_auth} ' + ' '.join(
               f'filesrc location={folder}/{x}.in ! application/x-{x}-stream,ssrc=(uint){SSRC} ! rtpstreamdepay '
               f'! e.{x}_sink_0 '
               f'e.{x}_src_0 ! rtpstreampay ! filesink location={folder}/{x}.wire' for x in ('rtp', 'rtcp')))
    # One after the other: with caps for one SSRC on both sides srtpdec 1.22 begins anew at the second ones.
    for x in ('rtp', 'rtcp'):
        launch(not sender_is_ours, f'srtpdec name=d filesrc location={folder}/{x}.wire '
               f'! application/x-s{x}-stream,{fields} ! rtpstreamdepay ! d.{x}_sink d.{x}_src ! rtpstreampay ! filesink location={folder}/{x}.out')
    return [unframe(open(f'{folder}/{x}.out', 'rb').read()) for x in ('rtp', 'rtcp')]


def check_bad():
    MODULE.check()
    sent = make_packets()
    with tempfile.TemporaryDirectory() as folder:
        for name, packets in zip(('rtp', 'rtcp'), sent):
            with open(f'{folder}/{name}.in', 'wb') as out:
                out.write(b''.join(map(frame, packets)))
        # Without null: its srtpenc takes no key for that, and without one does not start.
        for cipher in LENGTHS:
            for auth in ['null'] if 'gcm' in cipher else ['hmac-sha1-80', 'hmac-sha1-32']:
                for mki in ('', '0102') if auth != 'hmac-sha1-32' else ('',):
                    for ours in (True, False):
                        got = through(folder, ours, cipher, auth, mki)
                        for name, a, b in zip(('RTP', 'RTCP'), sent, got):
                            equal = sum(x == y for x, y in zip(a, b))
                            assert a == b, f'{cipher} {auth} mki "{mki}", {"from" if ours else "to"} ours: ' \
                                f'{len(a)} {name} packets went in, {len(b)} came out, {equal} equal'
                    print(f'{cipher} {auth} mki "{mki}": {len(sent[0])} RTP, {len(sent[1])} RTCP both ways')


# -- ffmpeg -------------------------------------------------------------------

SUITES = {'AES_CM_128_HMAC_SHA1_80': 'hmac-sha1-80', 'AES_CM_128_HMAC_SHA1_32': 'hmac-sha1-32'}


def check_from_ffmpeg(gst, suite, auth):
    """ffmpeg sends one second of a tone, which comes out as it would have encoded it."""
    port, = free_ports(1)
    keys = (f'srtp-key=(buffer){KEY[:30].hex()},srtp-cipher=aes-128-icm,srtp-auth={auth},srtcp-cipher=aes-128-icm,'
            f'srtcp-auth={auth}')
    pipe = gst.parse_launch(
        f'udpsrc address=127.0.0.1 port={port} caps="application/x-srtp,media=audio,clock-rate=8000,'
        f'encoding-name=PCMA,payload=8,{keys}" ! d.rtp_sink udpsrc address=127.0.0.1 port={port + 1} caps="application/x-srtcp,{keys}" ! d.rtcp_sink '
        'srtpdec name=d d.rtp_src ! rtppcmadepay ! appsink name=a sync=false d.rtcp_src ! appsink name=c sync=false')
    pipe.set_state(gst.State.PLAYING)
    pipe.get_state(10 * gst.SECOND)
    tone = ['ffmpeg', '-loglevel', 'error', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=8000:duration=1',
            '-c:a', 'pcm_alaw']
    wanted = subprocess.run(tone + ['-f', 'alaw', '-'], capture_output=True, check=True, timeout=30).stdout
    subprocess.run(tone + ['-f', 'rtp', '-srtp_out_suite', suite, '-srtp_out_params', KEY_64,
                           f'srtp://127.0.0.1:{port}'], check=True, timeout=30, stdout=subprocess.DEVNULL)
    got, reports = b'', 0
    while len(got) < len(wanted):
        sample = pipe.get_by_name('a').emit('try-pull-sample', 5 * gst.SECOND)
        assert sample is not None, f'{len(got)} bytes of {len(wanted)} came'
        got += sample.get_buffer().extract_dup(0, sample.get_buffer().get_size())
    if pipe.get_by_name('c').emit('try-pull-sample', 5 * gst.SECOND) is not None:
        reports = 1
    dropped = pipe.get_by_name('d').get_property('stats').get_uint('recv-drop-count')[1]
    pipe.set_state(gst.State.NULL)
    assert got == wanted and dropped == 0 and reports, f'{dropped} dropped, RTCP: {reports}'
    print(f'from ffmpeg, {suite}: {len(got)} bytes of sound, RTCP too')


def check_to_ffmpeg(gst, suite, auth):
    """ffmpeg reads a live stream for one second: what it has is a part of what was sent."""
    port, = free_ports(1)
    pipe = gst.parse_launch(
        'audiotestsrc is-live=true wave=saw samplesperbuffer=160 ! audio/x-raw,rate=8000,channels=1 ! alawenc '
        '! tee name=t t. ! queue ! rtppcmapay ! e.rtp_sink_0 '
        't. ! queue max-size-time=0 max-size-bytes=0 max-size-buffers=0 ! appsink name=a '
        f'srtpenc name=e key={KEY[:30].hex()} rtp-auth={auth} rtcp-auth={auth} '
        f'e.rtp_src_0 ! udpsink host=127.0.0.1 port={port}')
    with tempfile.NamedTemporaryFile('w', suffix='.sdp') as sdp:
        sdp.write('v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n'
                  f'm=audio {port} RTP/SAVP 8\na=crypto:1 {suite} inline:{KEY_64}\n')
        sdp.flush()
        pipe.set_state(gst.State.PLAYING)
        got = subprocess.run(['ffmpeg', '-loglevel', 'error', '-protocol_whitelist', 'file,udp,rtp,srtp', '-i', sdp.name,
                              '-t', '1', '-c', 'copy', '-f', 'alaw', '-'], capture_output=True, check=False, timeout=60)
    pipe.get_by_name('t').send_event(gst.Event.new_eos())
    sent = b''
    while True:
        sample = pipe.get_by_name('a').emit('try-pull-sample', gst.SECOND)
        if sample is None:
            break
        sent += sample.get_buffer().extract_dup(0, sample.get_buffer().get_size())
    pipe.set_state(gst.State.NULL)
    assert len(got.stdout) >= 4000 and got.stdout in sent, f'{len(got.stdout)} bytes: {got.stderr.decode()[-300:]}'
    print(f'to ffmpeg, {suite}: {len(got.stdout)} bytes of sound')


def check_ffmpeg():
    if not shutil.which('ffmpeg'):
        skip('no ffmpeg (apt-get install ffmpeg)')
    gst = MODULE.load()[0]
    for suite, auth in SUITES.items():
        check_from_ffmpeg(gst, suite, auth)
        check_to_ffmpeg(gst, suite, auth)


if __name__ == '__main__':
    try:
        {'bad': check_bad, 'ffmpeg': check_ffmpeg}[sys.argv[1]]()
    finally:
        MODULE.clean()
