#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""channels.py - data channels of ours beside those of webrtcbin, pion and node-datachannel.

  channels.py [--peers ours,webrtcbin,pion,node] [--rounds 3] [--mebibytes 64] [--calls 20]
              [--messages 1000] [--check MEBIBYTES] [--link SPEC] [--seconds 60] [--out FILE]

Each peer is a program with both ends in it, which bench-channels.h describes; they take turns within
each round. With --link every call crosses an emulated link (tools/link/link-config.h), such as
delay=25,loss=5. --check has each send so much once more with SHA-256 at both ends. Prints one JSON
object for each run, then the medians as a table. A peer whose tools are absent is left out, with the
reason; node-datachannel comes from npm into the folder to build in.

Environment: RTC_BENCH_OURS, RTC_BENCH_WEBRTCBIN, RTC_BENCH_LINK (programs); RTC_PEERS_BUILD (a folder
to build in, else a temporary one).
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'peers'))
import gobuild    # noqa: E402

NPM_SECONDS = 120


def make_pion(folder):
    if not gobuild.is_possible():
        return None, gobuild.MISSING
    return [gobuild.build(os.path.join(HERE, 'pion'), 'channelsbench', 'channels-bench', folder)], ''


def make_node(folder):
    if not shutil.which('npm'):
        return None, 'no npm'
    place = os.path.join(folder, 'node-channels')
    shutil.copytree(os.path.join(HERE, 'node'), place, dirs_exist_ok=True)
    if not os.path.isdir(os.path.join(place, 'node_modules', 'node-datachannel')):
        done = subprocess.run(['npm', 'install', '--no-audit', '--no-fund'], cwd=place, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=NPM_SECONDS, check=False)
        if done.returncode:
            return None, f'npm cannot install the package (no network?): {done.stdout[-200:]}'
    return ['node', os.path.join(place, 'channels.mjs')], ''


def make_program(variable):
    path = os.environ.get(variable)
    return ([path], '') if path and os.path.exists(path) else (None, f'{variable} is not set')


def make(peer, folder):
    """The command of that peer, or None and why not."""
    if peer == 'pion':
        return make_pion(folder)
    if peer == 'node':
        return make_node(folder)
    return make_program(f'RTC_BENCH_{peer.upper()}')


def run(command, what, number, environment, seconds):
    try:
        done = subprocess.run([*command, what, str(number)], env=environment, stdout=subprocess.PIPE,
                              text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return {'what': what, 'failed': f'not done after {seconds} s'}
    lines = [line for line in done.stdout.splitlines() if line.startswith('{')]
    if not lines:
        return {'what': what, 'failed': f'ended with {done.returncode}'}
    return json.loads(lines[-1])


def figures(runs, what, name):
    values = [r[name] for r in runs if r['what'] == what and 'failed' not in r]
    return (statistics.median(values), min(values), max(values)) if values else None


def show(runs, what, name, digits):
    found = figures(runs, what, name)
    if not found:
        failed = [r['failed'] for r in runs if r['what'] == what and 'failed' in r]
        return failed[0] if failed else '-'
    return f'{found[0]:.{digits}f} ({found[1]:.{digits}f} to {found[2]:.{digits}f})'


def print_table(runs):
    print('| peer | MB/s | CPU s per GB, both ends | open ms, p50 | RTT ms of 64 bytes, p50 | SHA-256 |')
    print('|---|---|---|---|---|---|')
    for peer in dict.fromkeys(r['peer'] for r in runs):
        own = [r for r in runs if r['peer'] == peer]
        checks = [r for r in own if r['what'] == 'check']
        equal = '; '.join(r.get('failed') or f"{r['bytes'] >> 20} MiB {'equal' if r['sha256_equal'] else 'DIFFERENT'}"
                          f" ({r['mb_s']:.2f} MB/s)" for r in checks)
        print(f"| {peer} | {show(own, 'bulk', 'mb_s', 2)} | {show(own, 'bulk', 'cpu_s_per_gb', 1)} "
              f"| {show(own, 'open', 'p50_ms', 1)} | {show(own, 'rtt', 'p50_ms', 3)} | {equal or '-'} |")


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument('--peers', default='ours,webrtcbin,pion,node')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--mebibytes', type=int, default=64)
    parser.add_argument('--calls', type=int, default=20)
    parser.add_argument('--messages', type=int, default=1000)
    parser.add_argument('--check', type=int, default=0)
    parser.add_argument('--link')
    parser.add_argument('--seconds', type=int, default=60)
    parser.add_argument('--out')
    return parser.parse_args()


def main():
    options = parse()
    folder = os.environ.get('RTC_PEERS_BUILD') or tempfile.mkdtemp(prefix='rtc-channels-')
    environment = dict(os.environ)
    if options.link:
        environment.update(BENCH_LINK=options.link, BENCH_LINK_PROGRAM=os.environ['RTC_BENCH_LINK'])
    commands, runs = {}, []
    for peer in options.peers.split(','):
        command, reason = make(peer, folder)
        if command:
            commands[peer] = command
        else:
            print(f'# {peer} is left out: {reason}')
    jobs = [('bulk', options.mebibytes), ('open', options.calls), ('rtt', options.messages)]
    jobs = [job for job in jobs if job[1]] * options.rounds
    if options.check:
        jobs.append(('check', options.check))
    for what, number in jobs:
        for peer, command in commands.items():
            result = dict(run(command, what, number, environment, options.seconds), peer=peer)
            runs.append(result)
            print(json.dumps(result), flush=True)
    print_table(runs)
    if options.out:
        with open(options.out, 'w', encoding='utf-8') as file:
            file.writelines(json.dumps(r) + '\n' for r in runs)
    if not os.environ.get('RTC_PEERS_BUILD'):
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if any(r['peer'] == 'ours' and ('failed' in r or r.get('sha256_equal') is False) for r in runs) else 0


if __name__ == '__main__':
    sys.exit(main())
