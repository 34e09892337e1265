/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-replay.c - runs a fuzz target without libFuzzer: its corpus, then mutations of it.
 *
 *   fuzz-NAME DIRECTORY|FILE...
 *
 * Input number i of the mutations is a function of the seed and i alone; the time limit only
 * decides how many there are. Environment: RTC_FUZZ_SEED (default 1; "random"), RTC_FUZZ_SECONDS
 * (default 1.5), RTC_FUZZ_RUNS (default 1000000), RTC_FUZZ_MAX_LEN (default 2048 bytes). The
 * file that took most processor time is named: meaningful in a build without sanitizers. When
 * the target dies, its input is left in the file crash-input. */
#include "tests/check/fuzz/fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gst/rtc/base/rtc-random.h"

/* Provided by ASan and UBSan, absent without them. */
extern void __sanitizer_set_death_callback (void (*callback) (void)) __attribute__ ((weak));

static const guint8 *current_data;
static gsize current_len;

static void
save_current (void)
{
  static const char note[] = "fuzz-replay: the input that did it is in ./crash-input\n";
  int fd = open ("crash-input", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  gssize done = fd < 0 ? -1 : write (fd, current_data, current_len);

  if (done >= 0 && (gsize) done == current_len)
    done = write (STDERR_FILENO, note, sizeof note - 1);
  if (fd >= 0)
    close (fd);
}

static void
on_signal (int number)
{
  save_current ();
  signal (number, SIG_DFL);
  raise (number);
}

static void
catch_deaths (void)
{
  signal (SIGABRT, on_signal);
  signal (SIGALRM, on_signal);
  if (__sanitizer_set_death_callback != NULL) {
    __sanitizer_set_death_callback (save_current);
  } else {
    signal (SIGSEGV, on_signal);
    signal (SIGBUS, on_signal);
    signal (SIGFPE, on_signal);
    signal (SIGTRAP, on_signal);
  }
}

/* Runs the target on a copy of the exact size, so that a sanitizer sees any read past its end.
 * An input that takes more than ten seconds counts as a hang. */
static void
run_one (const guint8 *data, gsize len)
{
  guint8 *copy = g_malloc (MAX (len, 1));

  if (len > 0)
    memcpy (copy, data, len);
  current_data = copy;
  current_len = len;
  LLVMFuzzerTestOneInput (copy, len);
  g_free (copy);
}

static void
load_file (GPtrArray *corpus, GPtrArray *names, const gchar *path)
{
  GError *error = NULL;
  gchar *bytes;
  gsize len;

  if (!g_file_get_contents (path, &bytes, &len, &error)) {
    g_printerr ("fuzz-replay: %s\n", error->message);
    exit (2);
  }
  g_ptr_array_add (corpus, g_bytes_new_take (bytes, len));
  g_ptr_array_add (names, g_path_get_basename (path));
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* Directories are read in the order of the names, so that inputs repeat on every machine. */
static void
load_corpus (GPtrArray *corpus, GPtrArray *names, const gchar *path)
{
  GPtrArray *paths;
  const gchar *name;
  GDir *dir;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR)) {
    load_file (corpus, names, path);
    return;
  }
  dir = g_dir_open (path, 0, NULL);
  paths = g_ptr_array_new_with_free_func (g_free);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (paths, g_build_filename (path, name, NULL));
  g_ptr_array_sort (paths, compare_names);
  for (guint i = 0; i < paths->len; i++)
    load_file (corpus, names, g_ptr_array_index (paths, i));
  g_ptr_array_unref (paths);
  if (dir != NULL)
    g_dir_close (dir);
}

static void
insert_bytes (RtcRandom *random, GByteArray *input, guint at, guint n)
{
  guint8 bytes[32];
  guint old = input->len;

  rtc_random_fill (random, bytes, n);
  g_byte_array_append (input, bytes, n);
  memmove (input->data + at + n, input->data + at, old - at);
  memcpy (input->data + at, bytes, n);
}

/* One small change; the values are those at which lengths and counters turn over. */
static void
mutate (RtcRandom *random, GByteArray *input, const GPtrArray *corpus)
{
  static const guint8 edges[] = { 0, 1, 2, 4, 0x0f, 0x10, 0x7f, 0x80, 0xbe, 0xde, 0xfe, 0xff };
  guint at = rtc_random_range (random, 0, input->len);
  guint n = rtc_random_range (random, 1, 33);
  GBytes *other;

  switch (rtc_random_range (random, 0, input->len > 0 ? 8 : 1)) {
    case 0:
      insert_bytes (random, input, at, n);
      break;
    case 1:
      input->data[at] ^= (guint8) (1u << rtc_random_range (random, 0, 8));
      break;
    case 2:
      input->data[at] = (guint8) rtc_random_u32 (random);
      break;
    case 3:
      input->data[at] = edges[rtc_random_range (random, 0, G_N_ELEMENTS (edges))];
      break;
    case 4:
      input->data[at] = (guint8) (input->data[at] + (n & 1 ? 1 : -1));
      break;
    case 5:
      g_byte_array_remove_range (input, at, MIN (n, input->len - at));
      break;
    case 6:
      g_byte_array_set_size (input, at);
      break;
    default: /* the tail of another one */
      if (corpus->len == 0)
        break;
      other = g_ptr_array_index (corpus, rtc_random_range (random, 0, corpus->len));
      if (at < g_bytes_get_size (other)) {
        g_byte_array_set_size (input, at);
        g_byte_array_append (input, (const guint8 *) g_bytes_get_data (other, NULL) + at,
            (guint) g_bytes_get_size (other) - at);
      }
      break;
  }
}

/* Input number i: pure noise now and then, else a seed with one to eight changes. */
static void
make_input (GByteArray *input, const GPtrArray *corpus, guint64 seed, guint64 i, guint max_len)
{
  RtcRandom *random = rtc_random_new_seeded (seed * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + i);
  guint n = rtc_random_range (random, 1, 9);
  GBytes *base;

  g_byte_array_set_size (input, 0);
  if (corpus->len == 0 || rtc_random_range (random, 0, 16) == 0) {
    g_byte_array_set_size (input, rtc_random_range (random, 0, MIN (max_len, 256) + 1));
    rtc_random_fill (random, input->data, input->len);
  } else {
    base = g_ptr_array_index (corpus, rtc_random_range (random, 0, corpus->len));
    g_byte_array_append (input, g_bytes_get_data (base, NULL), (guint) g_bytes_get_size (base));
    while (n-- > 0)
      mutate (random, input, corpus);
  }
  if (input->len > max_len)
    g_byte_array_set_size (input, max_len);
  rtc_random_free (random);
}

static guint64
env_u64 (const gchar *name, guint64 fallback)
{
  const gchar *text = g_getenv (name);

  return text != NULL ? g_ascii_strtoull (text, NULL, 0) : fallback;
}

static guint64
mutate_corpus (const GPtrArray *corpus, guint64 seed)
{
  const gchar *text = g_getenv ("RTC_FUZZ_SECONDS");
  gint64 limit_us = (gint64) ((text != NULL ? g_ascii_strtod (text, NULL) : 1.5) * 1e6);
  guint64 runs = env_u64 ("RTC_FUZZ_RUNS", 1000000), i;
  guint max_len = (guint) env_u64 ("RTC_FUZZ_MAX_LEN", 2048);
  GByteArray *input = g_byte_array_new ();
  gint64 start = g_get_monotonic_time ();

  for (i = 0; i < runs; i++) {
    if (i % 64 == 0) {
      if (g_get_monotonic_time () - start >= limit_us)
        break;
      alarm (10);
    }
    make_input (input, corpus, seed, i, max_len);
    run_one (input->data, input->len);
  }
  alarm (0);
  g_byte_array_unref (input);
  return i;
}

static gint64
processor_time_ns (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return (gint64) t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
replay_corpus (const GPtrArray *corpus, const GPtrArray *names)
{
  gint64 most_ns = 0;
  guint slowest = 0;

  for (guint i = 0; i < corpus->len; i++) {
    gsize len;
    const guint8 *data = g_bytes_get_data (g_ptr_array_index (corpus, i), &len);
    gint64 start, took_ns;

    alarm (10);
    if (i == 0) /* once more, for what is set up once in a process */
      run_one (data, len);
    start = processor_time_ns ();
    run_one (data, len);
    took_ns = processor_time_ns () - start;
    if (took_ns > most_ns) {
      most_ns = took_ns;
      slowest = i;
    }
  }
  if (corpus->len > 0)
    g_printerr ("fuzz-replay: slowest is %s, %" G_GINT64_FORMAT " us\n",
        (const gchar *) g_ptr_array_index (names, slowest), most_ns / 1000);
}

int
main (int argc, char **argv)
{
  GPtrArray *corpus = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  guint64 seed = env_u64 ("RTC_FUZZ_SEED", 1), runs;

  if (g_strcmp0 (g_getenv ("RTC_FUZZ_SEED"), "random") == 0)
    seed = (guint64) g_get_real_time ();
  for (int i = 1; i < argc; i++)
    load_corpus (corpus, names, argv[i]);
  g_printerr ("fuzz-replay: %u files, seed %" G_GUINT64_FORMAT "\n", corpus->len, seed);
  catch_deaths ();
  replay_corpus (corpus, names);
  runs = mutate_corpus (corpus, seed);
  g_printerr ("fuzz-replay: %" G_GUINT64_FORMAT " mutated inputs, all fine\n", runs);
  g_ptr_array_unref (corpus);
  g_ptr_array_unref (names);
  return 0;
}
