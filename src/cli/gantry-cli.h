/* gantry-cli.h - what the commands of gantryctl share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

/* Exit statuses of the contract. */
typedef enum
{
  GANTRY_EXIT_OK = 0,
  GANTRY_EXIT_NOT_ALL = 1, /* some instance was not stored, an echo failed */
  GANTRY_EXIT_USAGE = 2,
  GANTRY_EXIT_NO_ASSOCIATION = 3,
} GantryExit;

typedef struct
{
  char *profile; /* --profile; NULL: the default */
  gboolean json; /* one object a line on standard output */
  GMainLoop *loop;
  GantryEngine *engine;
  GantryExit exit;
  gboolean interrupted;    /* SIGINT or SIGTERM */
  gboolean debug;          /* --debug: what DCMTK says of our associations is printed */
  gint64 traced, untraced; /* the last of ours that was heard of; how many of them are over */
} GantryCli;

/* Each takes its own options out of @argv (argv[0] is the command). */
typedef GantryExit (*GantryCommandFunc) (GantryCli *cli, int argc, char **argv);

GantryExit gantry_cli_echo (GantryCli *cli, int argc, char **argv);
GantryExit gantry_cli_send (GantryCli *cli, int argc, char **argv);
GantryExit gantry_cli_receive (GantryCli *cli, int argc, char **argv);
GantryExit gantry_cli_nodes (GantryCli *cli, int argc, char **argv);
GantryExit gantry_cli_probe (GantryCli *cli, int argc, char **argv);
GantryExit gantry_cli_inspect (GantryCli *cli, int argc, char **argv);
GantryExit gantry_cli_jobs (GantryCli *cli, int argc, char **argv);
GantryExit gantry_cli_log (GantryCli *cli, int argc, char **argv);
GantryExit gantry_cli_report (GantryCli *cli, int argc, char **argv);
GantryExit gantry_cli_scenarios (GantryCli *cli, int argc, char **argv);
GantryExit gantry_cli_studies (GantryCli *cli, int argc, char **argv);
GantryExit gantry_cli_uid (GantryCli *cli, int argc, char **argv);

/* (transfer full): a command's own options. What several commands have is added to them by the
 * functions that are called gantry_cli_add_…(), each of which writes into what it is given. */
GOptionContext *gantry_cli_options_new (const GOptionEntry *entries, const char *usage);
/* Takes @context; on a mistake prints it with a hint. */
gboolean gantry_cli_options_parse (GOptionContext *context, int *argc, char ***argv);

/* Both at once, for a command that has its own options only. */
gboolean gantry_cli_parse (int *argc, char ***argv, const GOptionEntry *entries, const char *usage);

/* A complaint on standard error, and GANTRY_EXIT_USAGE. */
GantryExit gantry_cli_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Opens the engine on the profile, or says why not and returns %FALSE with cli->exit set.
 * SIGINT and SIGTERM then set cli->interrupted, call @on_signal and end the loop. */
gboolean gantry_cli_open (GantryCli *cli, GantryEngineOptions *options);
void gantry_cli_close (GantryCli *cli);

/* Runs the loop until an answer's callback has set @over and ended it. A signal, also an earlier
 * one, cancels @cancellable (nullable); the answer is waited for all the same, as its callback
 * writes into what the caller has. */
void gantry_cli_wait (GantryCli *cli, const gboolean *over, GCancellable *cancellable);
/* Takes @error and says it, unless it is that of a signal. Returns %GANTRY_EXIT_NOT_ALL. */
GantryExit gantry_cli_fail (GError *error);

/* `AET@host:port`, or the name of a saved node; complains and returns %NULL if it is neither. */
GantryNode *gantry_cli_find_node (GantryCli *cli, const char *peer);

/* (transfer full): the words of the test behaviour that is kept as @name; complains, sets cli->exit
 * and returns %NULL if there is none. */
char *gantry_cli_find_scenario (GantryCli *cli, const char *name);

/* What echo, probe, send and receive have in common; @tls is to be cleared afterwards. */
void gantry_cli_add_tls (GOptionContext *context, GantryTls *tls);
/* The same with what is for who calls. */
void gantry_cli_add_tls_caller (GOptionContext *context, GantryTls *tls);

/* --debug, for who calls */
void gantry_cli_add_trace (GOptionContext *context, GantryCli *cli);

#define GANTRY_CLI_UNSAID G_MININT /* of a number: its option was not given */

/* How long who calls waits, in seconds. */
typedef struct
{
  int connect, acse, dimse, idle;
} GantryCliTimeouts;

/* @timeouts: is set to what was not given, until the options are parsed */
void gantry_cli_add_timeouts (GOptionContext *context, GantryCliTimeouts *timeouts);

/* Puts what was said into @options; complains and returns %FALSE when it is out of range. */
gboolean gantry_cli_use_timeouts (const GantryCliTimeouts *timeouts, GantryNodeOptions *options);

/* The same for one number; %GANTRY_CLI_UNSAID leaves @setting as it is. */
gboolean gantry_cli_use_number (int number, int least, int most, const char *name, guint *setting);

/* "uids", "patient", "flat". FALSE: it is none of them. */
gboolean gantry_cli_parse_layout (const char *name, GantryLayout *layout);

/* "10G", "1.5T", "500000": the units are powers of 1024, as those of df -h. FALSE: it is no size.
 */
gboolean gantry_cli_parse_size (const char *text, guint64 *size);

/* Whether the options make sense together; complains if not. */
gboolean gantry_cli_check_tls (const GantryTls *tls);
/* What came of looking through what the user named. */
typedef struct
{
  GPtrArray *skipped; /* GantrySkipped; NULL: not known */
  guint64 harmless, lost;
  gboolean scanned;
  char *error; /* why not everything was looked at */
} GantryCliStaging;

/* Looks through @paths and fills @staging, to be cleared afterwards; %FALSE when interrupted or
 * when not everything was looked at, which is complained of. The command passes on its events. */
gboolean gantry_cli_stage (GantryCli *cli, GantryCliStaging *staging, const char *const *paths);
/* %FALSE: it is another event. */
gboolean
gantry_cli_stage_event (GantryCli *cli, GantryCliStaging *staging, const GantryEvent *event);
void gantry_cli_staging_clear (GantryCliStaging *staging);
void gantry_cli_print_skipped_json (const GantrySkipped *file);

/* A line about what became of one instance that was to be sent. */
void gantry_cli_print_instance (GantryCli *cli, const GantryJobInstance *instance);

/* What became of all. */
typedef struct
{
  const guint64 *counts; /* by #GantryOutcome: of those that have an answer */
  guint64 waiting;
  const GantryCliStaging *staging;
  guint64 bytes; /* stored */
  double seconds;
} GantryCliSummary;

void gantry_cli_print_summary (GantryCli *cli, const GantryCliSummary *summary);

/* Says what @node would take of what is staged, and sends nothing. */
GantryExit gantry_cli_forecast (GantryCli *cli, GantryNode *node, const GantryCliStaging *staging);

/* Says why sending a job was slow, if it was. */
void gantry_cli_advise (GantryCli *cli, gint64 job);

/* Prints a line of DCMTK's; FALSE: it is another event. Lines go to standard error, JSON with the
 * rest. */
gboolean gantry_cli_tell_trace (GantryCli *cli, const GantryEvent *event);
/* #GantryEventFunc of commands that need no other event; @cli: #GantryCli */
void gantry_cli_on_trace (GantryEvent *event, gpointer cli);
/* Waits until all has been told of our associations up to number @n; 0: up to the last of which
 * anything was heard. SIGINT ends it. */
void gantry_cli_settle_trace (GantryCli *cli, gint64 n);

/* Prints what is known of a study and of its series. @numbered: it is a received one, and can be
 * named by its number */
void gantry_cli_print_study (GantryCli *cli, const GantryStudy *study, gboolean numbered);

/* Whether @title may be an AE title, or is %NULL; complains if not. */
gboolean gantry_cli_check_title (const char *title);

/* Whether @path ends in .csv or .json; complains if not. */
gboolean gantry_cli_check_report (const char *path);
/* Writes the delivery report of a job; complains and returns %FALSE if that fails. SIGINT ends it.
 */
gboolean gantry_cli_write_report (GantryCli *cli, gint64 job, const char *path);

/* From now on standard output and standard error are written by threads of their own: for a command
 * that tells what happens as long as it runs, and must not stop because nobody reads. What does not
 * fit any more is left out, counted and told. A command whose output is its result waits instead.
 * gantry_cli_close() ends it, and waits for a reader only as long as that reads. */
void gantry_cli_begin_stream (GantryCli *cli);
void gantry_cli_end_stream (void);
/* One line for standard output, in UTF-8 whatever the locale; adds the line feed. Main thread. */
void gantry_cli_put_line (const char *line);

/* An object for one line of JSON: begin, add members, end (prints it). */
JsonBuilder *gantry_cli_json_begin (const char *event);
void gantry_cli_json_text (JsonBuilder *builder, const char *name, const char *value);
/* A file name, as gantry_path_escape() writes it. */
void gantry_cli_json_path (JsonBuilder *builder, const char *name, const char *path);
void gantry_cli_json_int (JsonBuilder *builder, const char *name, gint64 value);
void gantry_cli_json_double (JsonBuilder *builder, const char *name, double value);
void gantry_cli_json_end (JsonBuilder *builder);

G_END_DECLS
