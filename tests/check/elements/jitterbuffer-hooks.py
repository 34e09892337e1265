#!/usr/bin/env python3
"""The snippets of docs/elements/jitterbuffer-hooks.md: the Python one is run, and the C ones must be lines
of the test program that has them.

    jitterbuffer-hooks.py SOURCE_ROOT
"""
# SPDX-License-Identifier: LGPL-2.1-or-later
import contextlib
import io
import pathlib
import re
import sys

SKIP = 77


def blocks(page, language):
    return re.findall(r"\n```" + language + r"\n(.*?)```", page, re.S)


def flatten(text):
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def check_c(page, program):
    lines = set(flatten(program))
    found = blocks(page, "c")
    assert found, "the page has no C"
    for line in flatten("\n".join(found)):
        assert line in lines, f"not in the test program: {line}"


def check_python(page):
    (code,) = blocks(page, "python")
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code, "jitterbuffer-hooks.md", "exec"), {})
    text = output.getvalue()
    assert "repeat " in text, text
    assert "a key frame, please" in text, text
    assert "application/x-rtc-jitter-buffer-stats" in text, text
    lost = int(re.search(r"packets-lost=\(guint64\)(\d+)", text).group(1))
    assert lost > 0, text


def main():
    root = pathlib.Path(sys.argv[1])
    page = (root / "docs/elements/jitterbuffer-hooks.md").read_text()
    check_c(page, (root / "tests/check/elements/rtc-jitterbuffer-application.c").read_text())
    try:
        import gi  # noqa: F401
    except ImportError:
        print("python3-gi is not installed")
        return SKIP
    check_python(page)
    return 0


sys.exit(main())
