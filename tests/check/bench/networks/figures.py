# SPDX-License-Identifier: LGPL-2.1-or-later
"""figures.py - what a call of rig.py was like for who watched, and what it cost.

A frame counts by its number: sent when the sender drew it, shown when the receiver put it on its
screen. A freeze is the time between two new pictures. Times in are seconds, out milliseconds.
"""
import bisect

FREEZE_MS = 200
STRIDE = 65536              # numbers begin anew


def percentile(values, share):
    """0 without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0


def first_shown(call):
    """{number: time} of each picture's first showing."""
    first = {}
    for number, time in call.shown:
        if number >= 0:
            first.setdefault(number, time)
    return first


def freezes(call, begin, end):
    """[(when it began, ms)] of all intervals between new pictures that overlap the time from begin to
    end, clipped to it."""
    seen, times = set(), []
    for number, time in sorted(call.shown, key=lambda event: event[1]):
        if number < 0 or number not in seen:
            times.append(time)
            seen.add(number)
    inside = [time for time in times if begin < time < end]
    edges = [begin if any(time <= begin for time in times) else min(times + [end]), *inside, end]
    return [(a, (b - a) * 1000) for a, b in zip(edges, edges[1:])]


def media(call):
    """The packets towards the receiver."""
    return [packet for packet in call.packets if packet['way'] == call.media_way]


def rate(packets, begin, end, arrived=False):
    """kbit/s of UDP payload, which is what the link's rate counts; as sent or as arrived."""
    key = 'arrival' if arrived else 'time'
    total = sum(packet['bytes'] for packet in packets
                if packet[key] is not None and begin <= packet[key] < end)
    return total * 8 / 1000 / max(end - begin, 1e-9)


def rates(packets, begin, end, width, arrived=False):
    """[(time, kbit/s)] for each window of that width."""
    key = 'arrival' if arrived else 'time'
    bins = [0] * max(1, int((end - begin) / width + 0.5))
    for packet in packets:
        at = -1 if packet[key] is None else int((packet[key] - begin) // width)
        if 0 <= at < len(bins):
            bins[at] += packet['bytes']
    return [(begin + i * width, total * 8 / 1000 / width) for i, total in enumerate(bins)]


def queue_delays(call, begin, end):
    """[(time, ms)]: how long packets waited for the rate of the link."""
    return [(packet['time'], packet['queue'] * 1000) for packet in media(call)
            if packet['queue'] is not None and begin <= packet['time'] < end]


def settled(series, begin, good, lasts):
    """Seconds from begin until good(value) holds for lasts seconds on; None if never."""
    times = [time for time, _ in series]
    bad = [time for time, value in series if time >= begin and not good(value)]
    for time, _ in series[bisect.bisect_left(times, begin):]:
        if not any(time <= wrong < time + lasts for wrong in bad) and time + lasts <= times[-1] + 1e-6:
            return time - begin
    return None


def of_call(call, begin=None, end=None):
    """The row of the table, for the time from begin to end."""
    begin, end = begin or call.marks['begin'], end or call.marks['end']
    sent = {number: time for number, time in call.sent if begin <= time < end}
    first = first_shown(call)
    delays = [(first[number] - time) * 1000 for number, time in sent.items()
              if number in first and first[number] >= time]
    whole = set(call.decoded) or set(first)
    pauses = [ms for _, ms in freezes(call, begin, end)]
    packets = media(call)
    queue = [ms for _, ms in queue_delays(call, begin, end)]
    return {
        'sent': len(sent), 'shown': len(delays),
        'shown_percent': round(100 * len(delays) / max(1, len(sent)), 2),
        'complete_percent': round(100 * len(whole & sent.keys()) / max(1, len(sent)), 2),
        'unreadable': sum(number < 0 and begin <= time < end for number, time in call.shown),
        'longest_ms': round(max(pauses)), 'freezes': sum(ms > FREEZE_MS for ms in pauses),
        'delay_p50_ms': round(percentile(delays, 0.5)), 'delay_p95_ms': round(percentile(delays, 0.95)),
        'sent_kbps': round(rate(packets, begin, end)),
        'arrived_kbps': round(rate(packets, begin, end, arrived=True)),
        'queue_p95_ms': round(percentile(queue, 0.95)),
        'first_ms': round((call.marks['first'] - call.marks['offer']) * 1000),
    }
