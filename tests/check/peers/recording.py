# SPDX-License-Identifier: LGPL-2.1-or-later
"""recording.py - is a recorded file what a caller of this folder says it sent?"""
import json
import os
import shutil
import subprocess

import callsource as media

ANALYSE_SECONDS = 60
MAX_SKEW_MS = 40
MAX_PITCH_ERROR = 0.01


def expect(condition, text):
    if not condition:
        raise AssertionError(text)


def analyse(path):
    done = subprocess.run([os.environ['RTC_ANALYSE'], path], stdout=subprocess.PIPE, text=True,
                          timeout=ANALYSE_SECONDS, check=False)
    expect(done.stdout.startswith('{'), f'analyse prints no JSON, exit code {done.returncode}')
    return json.loads(done.stdout)


def check_playable(path):
    """Programs that people have read the file to its end and find no fault."""
    for command in (['gst-discoverer-1.0', path],
                    ['ffprobe', '-v', 'error', '-count_packets', '-show_entries',
                     'stream=nb_read_packets', '-of', 'csv=p=0', path]):
        if not shutil.which(command[0]):
            print(f'# no {command[0]}: not asked')
            continue
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=ANALYSE_SECONDS, check=False)
        complaint = 'An error was encountered' in done.stdout + done.stderr
        expect(done.returncode == 0 and not complaint and not
               (command[0] == 'ffprobe' and done.stderr), f'{command[0]}: {done.stdout}{done.stderr}')


def check_recording(path, sent, codec, has_sync):
    """sent: what the caller printed. On a clean link nothing is lost, repeated or out of order."""
    seen = analyse(path)
    print(f'# {os.path.basename(path)}: {seen}')
    expect(seen['eos'] and seen['error'] is None, 'the file does not play to its end')
    expect(seen['video_codec'] == codec, f'the picture is {seen["video_codec"]}')
    expect((seen['width'], seen['height']) == (media.WIDTH, media.HEIGHT), 'the picture has another size')
    expect(seen['key_first'] == 1, 'it does not begin with a key frame')
    expect(seen['unreadable'] == seen['repeated'] == seen['non_monotonic'] == seen['video_backward'] == 0,
           'frames are torn, repeated or out of order')
    unsent = sent['frames'] - sent.get('sent', sent['frames'])   # the caller's own encoder dropped them
    expect(seen['missing'] <= unsent, f'{seen["missing"]} frames are missing, {unsent} were not sent')
    first = sent.get('first', 0)    # those before were made before it was connected
    expect(seen['first_counter'] <= first + media.FPS, f'it begins with frame {seen["first_counter"]} only')
    expect(seen['last_counter'] >= sent['frames'] - 1 - unsent, f'it ends with frame {seen["last_counter"]}')
    expect(abs(seen['pitch_hz'] / media.PITCH - 1) <= MAX_PITCH_ERROR, f'the tone has {seen["pitch_hz"]} Hz')
    length = (sent['frames'] - first) / media.FPS
    expect(seen['audio_gap'] < 0.03 and seen['last_audio'] - seen['first_audio'] > length - 0.5,
           'sound is missing')
    if has_sync:
        expect(seen['pairs'] >= 3, f'{seen["pairs"]} flashes with a beep')
        expect(abs(seen['skew_ms_median']) <= MAX_SKEW_MS, f'sound is {seen["skew_ms_median"]} ms late')
    check_playable(path)
