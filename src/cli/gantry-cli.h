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
GantryExit gantry_cli_uid (GantryCli *cli, int argc, char **argv);

/* Parses @entries; on a mistake prints it with a hint. */
gboolean gantry_cli_parse (int *argc, char ***argv, const GOptionEntry *entries, const char *usage);

/* The same with the options of two files. @others: (nullable) */
gboolean gantry_cli_parse_both (int *argc,
                                char ***argv,
                                const GOptionEntry *entries,
                                const GOptionEntry *others,
                                const char *usage);

/* A complaint on standard error, and GANTRY_EXIT_USAGE. */
GantryExit gantry_cli_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Opens the engine on the profile, or says why not and returns %FALSE with cli->exit set.
 * SIGINT and SIGTERM then set cli->interrupted, call @on_signal and end the loop. */
gboolean gantry_cli_open (GantryCli *cli, GantryEngineOptions *options);
void gantry_cli_close (GantryCli *cli);

/* `AET@host:port`, or the name of a saved node; complains and returns %NULL if it is neither. */
GantryNode *gantry_cli_find_node (GantryCli *cli, const char *peer);

/* What echo, send and receive have in common; @tls is a #GantryTls to be cleared afterwards. */
#define GANTRY_CLI_TLS_ENTRIES(tls)                                                                \
  { "tls-ca",                                                                                      \
    0,                                                                                             \
    0,                                                                                             \
    G_OPTION_ARG_FILENAME,                                                                         \
    (char **)&(tls).authorities,                                                                   \
    N_ ("Certificates to trust, instead of the system's"),                                         \
    "FILE" },                                                                                      \
      { "tls-cert",                                                                                \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_FILENAME,                                                                     \
        (char **)&(tls).certificate,                                                               \
        N_ ("Our certificate (PEM)"),                                                              \
        "FILE" },                                                                                  \
  {                                                                                                \
    "tls-key", 0, 0, G_OPTION_ARG_FILENAME, (char **)&(tls).key,                                   \
        N_ ("Its key (PEM); without, it is in the certificate's file"), "FILE"                     \
  }

/* For who calls. */
#define GANTRY_CLI_TLS_CALLER_ENTRIES(tls)                                                         \
  { "tls", 0, 0, G_OPTION_ARG_NONE, &(tls).enabled, N_ ("Encrypt the connection"), NULL },         \
      GANTRY_CLI_TLS_ENTRIES (tls),                                                                \
  {                                                                                                \
    "tls-no-verify", 0, 0, G_OPTION_ARG_NONE, &(tls).no_verify,                                    \
        N_ ("Take any certificate: encrypted, but to whom is not known"), NULL                     \
  }

/* For who calls. */
#define GANTRY_CLI_TRACE_ENTRY(cli)                                                                \
  {                                                                                                \
    "debug", 0, 0, G_OPTION_ARG_NONE, &(cli)->debug,                                               \
        N_ ("Print what the network library says of the association"), NULL                        \
  }

/* How long who calls waits, in seconds; 0: not said. */
typedef struct
{
  int connect, acse, dimse, idle;
} GantryCliTimeouts;

#define GANTRY_CLI_TIMEOUT_ENTRIES(timeouts)                                                       \
  { "connect-timeout",                                                                             \
    0,                                                                                             \
    0,                                                                                             \
    G_OPTION_ARG_INT,                                                                              \
    &(timeouts).connect,                                                                           \
    N_ ("Until the peer takes the connection"),                                                    \
    "SECONDS" },                                                                                   \
      { "acse-timeout",                                                                            \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_INT,                                                                          \
        &(timeouts).acse,                                                                          \
        N_ ("Until the association is answered, and its end confirmed"),                           \
        "SECONDS" },                                                                               \
      { "dimse-timeout",                                                                           \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_INT,                                                                          \
        &(timeouts).dimse,                                                                         \
        N_ ("Until a message is answered"),                                                        \
        "SECONDS" },                                                                               \
  {                                                                                                \
    "idle-timeout", 0, 0, G_OPTION_ARG_INT, &(timeouts).idle,                                      \
        N_ ("Until the rest of a message that has begun is here"), "SECONDS"                       \
  }

/* Puts what was said into @options; complains and returns %FALSE when it is out of range. */
gboolean gantry_cli_use_timeouts (const GantryCliTimeouts *timeouts, GantryNodeOptions *options);

/* The same for one number; 0 leaves @setting as it is. */
gboolean gantry_cli_use_number (int number, int least, int most, const char *name, guint *setting);

/* Whether the options make sense together; complains if not. */
gboolean gantry_cli_check_tls (const GantryTls *tls);
/* Says what @node would take of what is staged, and sends nothing. */
GantryExit gantry_cli_forecast (GantryCli *cli, GantryNode *node);

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

/* Whether @title may be an AE title, or is %NULL; complains if not. */
gboolean gantry_cli_check_title (const char *title);

/* Whether @path ends in .csv or .json; complains if not. */
gboolean gantry_cli_check_report (const char *path);
/* Writes the delivery report of a job; complains and returns %FALSE if that fails. SIGINT ends it.
 */
gboolean gantry_cli_write_report (GantryCli *cli, gint64 job, const char *path);

/* An object for one line of JSON: begin, add members, end (prints and flushes). */
JsonBuilder *gantry_cli_json_begin (const char *event);
void gantry_cli_json_text (JsonBuilder *builder, const char *name, const char *value);
void gantry_cli_json_int (JsonBuilder *builder, const char *name, gint64 value);
void gantry_cli_json_double (JsonBuilder *builder, const char *name, double value);
void gantry_cli_json_end (JsonBuilder *builder);

G_END_DECLS
