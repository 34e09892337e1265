# SPDX-License-Identifier: LGPL-2.1-or-later
"""recorded.py - whether a recording holds what a browser says it has sent.

tests/check/record/analyse (RTC_ANALYSE) reads the burned-in numbers and beeps; gst-discoverer-1.0
and, where it is installed, ffprobe read the file as a user would.
"""
import json
import os
import shutil
import subprocess

SKEW_MS = 40
EXTENSION = {'VP8': '.webm', 'VP9': '.webm', 'AV1': '.webm', 'H264': '.mp4'}
FFPROBE_CODEC = {'VP8': 'vp8', 'VP9': 'vp9', 'AV1': 'av1', 'H264': 'h264'}


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def analyse(path, loop=0):
    """What tests/check/record/analyse says of a file."""
    said = subprocess.run([os.environ['RTC_ANALYSE'], f'--loop={loop}', path], check=False,
                          capture_output=True, text=True, timeout=90).stdout
    result = json.loads(said)
    print('# ' + said.strip(), flush=True)
    return result


def discover(path):
    """gst-discoverer-1.0 knows length and streams."""
    said = subprocess.run(['gst-discoverer-1.0', '-v', path], check=False, capture_output=True,
                          text=True, timeout=60, env=dict(os.environ, LC_ALL='C'))
    expect(said.returncode == 0 and 'Duration' in said.stdout and 'Missing' not in said.stdout,
           f'gst-discoverer-1.0: {said.stdout[-800:]} {said.stderr[-400:]}')


def probe(path, codec, frames):
    """ffprobe decodes it to the end without a word of complaint; False where there is none."""
    if not shutil.which('ffprobe'):
        print('# no ffprobe here (apt-get install ffmpeg): that part is left out')
        return
    said = subprocess.run(
        ['ffprobe', '-v', 'error', '-count_frames', '-of', 'json', '-show_entries',
         'stream=codec_name,codec_type,nb_read_frames', path], check=False, capture_output=True,
        text=True, timeout=60)
    expect(said.returncode == 0 and not said.stderr.strip(), f'ffprobe: {said.stderr[-800:]}')
    streams = {s['codec_type']: s for s in json.loads(said.stdout)['streams']}
    expect(streams['video']['codec_name'] == FFPROBE_CODEC[codec], f'ffprobe sees {streams}')
    expect(streams['audio']['codec_name'] == 'opus', f'ffprobe sees {streams}')
    expect(abs(int(streams['video']['nb_read_frames']) - frames) <= 1,
           f'ffprobe counts {streams["video"]["nb_read_frames"]} frames, not {frames}')


def stale_pictures(result):
    """Single frames with a number too high, where those around them count on. Firefox's AV1 encoder may
    leave the last 64 pixels of a picture as they were before: 31, 39, 33."""
    gaps = result['gaps']
    found = sum(1 for (first, before, wrong), (second, same, after) in zip(gaps, gaps[1:])
                if second == first + 1 and same == wrong > after == before + 2)
    if found:
        print(f'# {found} pictures were encoded with a stale part')
    return found


def check_recording(path, codec, sent, hertz, exact=True):
    """The file holds what the browser says it has sent: all of it, or (not exact) all until sent was
    asked for."""
    result = analyse(path)
    expect(result['eos'] and not result['error'], f'it does not play to its end: {result["error"]}')
    expect(result['video_codec'] == codec, f'it holds {result["video_codec"]}')
    expect(result['audio_codec'] == 'OPUS', f'it holds {result["audio_codec"]}')
    expect(path.endswith(EXTENSION[codec]), f'{codec} went into {path}')
    expect(result['key_first'] == 1, 'it does not begin with a key frame')
    if exact:
        expect(result['frames'] == sent['frames'],
               f'{sent["frames"]} frames were sent, {result["frames"]} are there')
    else:
        expect(result['frames'] >= sent['frames'],
               f'over {sent["frames"]} frames were sent, {result["frames"]} are there')
    stale = stale_pictures(result) if codec == 'AV1' else 0
    expect(result['non_monotonic'] == stale and result['video_backward'] == 0, 'frames go backward')
    expect(stale <= 2, f'{stale} pictures of a wrong number between two right ones')
    expect(result['unreadable'] == 0, f'{result["unreadable"]} torn frames')
    # What the browser drew and did not send is missing rightly; with exact that is all.
    dropped = result['last_counter'] + 1 - result['first_counter'] - result['frames']
    expect(stale > 0 or result['missing'] <= max(0, dropped) + result['repeated'],
           f'{result["missing"]} numbers are missing')
    expect(not exact or result['last_counter'] >= sent['number'] - 3, 'the end is missing')
    expect(result['video_gap'] * 1000 <= sent['longestPause'] + 300,
           f'a gap of {result["video_gap"]} s, while the camera paused {sent["longestPause"]:.0f} ms')
    check_sound(result, hertz)
    discover(path)
    probe(path, codec, result['frames'])


def check_sound(result, hertz):
    expect(abs(result['pitch_hz'] - hertz) <= hertz / 100, f'the tone has {result["pitch_hz"]} Hz')
    expect(result['pairs'] >= 3, f'{result["flashes"]} flashes and {result["beeps"]} beeps')
    expect(abs(result['skew_ms_median']) <= SKEW_MS, f'skew {result["skew_ms_median"]} ms')
