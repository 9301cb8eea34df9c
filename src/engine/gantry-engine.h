/* gantry-engine.h - the background core: send queue, receiver, nodes; what front ends talk to
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every function here is for the thread that made the engine and returns at once; the work is done
 * on the core thread and its workers. A command has no answer of its own: what comes of it arrives
 * as a #GantryEvent. A question is an _async/_finish pair over GTask. Lists are answered from the
 * database, by a thread that does nothing else, so a question never waits for the network.
 */
#pragma once

#include <gio/gio.h>

#include "gantry-event.h"
#include "gantry-profile.h"
#include "gantry-send-overrides.h"
#include "gantry-tls.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_ENGINE (gantry_engine_get_type ())
G_DECLARE_FINAL_TYPE (GantryEngine, gantry_engine, GANTRY, ENGINE, GObject)

/* Called in the main context that was the thread's default when the engine was made. */
typedef void (*GantryEventFunc) (GantryEvent *event, gpointer user_data);

/* How to send. Sent whole; a change applies to what starts afterwards. A node's own options
 * (#GantryNodeOptions), as they are saved when a job starts, come before these. */
typedef struct
{
  const char *calling_ae_title;
  guint32 max_pdu;
  guint associations;    /* to one node at a time, 1..8 */
  guint connect_seconds; /* time-outs */
  guint acse_seconds;
  guint dimse_seconds;
  guint idle_seconds; /* between two PDUs of a message, both ways */
  GantryTranscoding transcoding;
  gboolean fall_back;      /* to related general SOP classes (PS3.4 B.4.2.1) */
  guint retry_limit;       /* tries by itself, where trying again can help; 0: none */
  guint retry_seconds;     /* before the first of them (0: a tenth of a second); each pause is twice
                              the one before, up to GANTRY_RETRY_PAUSE_MAX. A try that gets an instance
                              done starts the count anew */
  GantryPriority priority; /* of jobs when they are made */
  GantryTls tls;           /* enabled: for nodes that say nothing else */
} GantrySendSettings;

#define GANTRY_RETRY_PAUSE_MAX 3600

#define GANTRY_SEND_SETTINGS_DEFAULT                                                               \
  ((GantrySendSettings){ .calling_ae_title = "GANTRY",                                             \
                         .max_pdu = 131072,                                                        \
                         .associations = 2,                                                        \
                         .connect_seconds = 5,                                                     \
                         .acse_seconds = 15,                                                       \
                         .dimse_seconds = 60,                                                      \
                         .idle_seconds = 60,                                                       \
                         .transcoding = GANTRY_TRANSCODING_LOSSLESS,                               \
                         .retry_limit = 10,                                                        \
                         .retry_seconds = 30 })

/* Which abstract syntaxes are taken besides Verification. */
typedef enum
{
  GANTRY_ACCEPT_STANDARD, /* the storage SOP classes that this version knows */
  GANTRY_ACCEPT_DECLARED, /* also what the peer calls Storage in a 57H item (PS3.7 D.3.3.6) */
  GANTRY_ACCEPT_UNKNOWN,  /* also any UID that the standard does not name otherwise */
} GantryAcceptClasses;

/* Which of the transfer syntaxes that a peer proposes in a context is taken. */
typedef enum
{
  GANTRY_SYNTAXES_AS_OFFERED,
  GANTRY_SYNTAXES_UNCOMPRESSED,
  GANTRY_SYNTAXES_LITTLE_ENDIAN,
  GANTRY_SYNTAXES_BIG_ENDIAN,
  GANTRY_SYNTAXES_IMPLICIT_ONLY, /* the others are not accepted at all */
} GantrySyntaxOrder;

/* How to receive. Start with GANTRY_LISTEN_SETTINGS_DEFAULT and change members by name. */
typedef struct
{
  const char *ae_title;
  guint16 port;          /* 0: a free one */
  const char *address;   /* NULL: all */
  const char *directory; /* NULL: the profile's received/ */
  gboolean check_called; /* reject associations for another called AE title */
  guint max_associations;
  guint32 max_pdu;
  guint acse_seconds, idle_seconds;

  /* Who may. */
  const char *const *callers;  /* AE titles with * and ?; NULL: anybody */
  const char *const *networks; /* addresses as CIDR (10.0.0.0/8, fd00::/8); NULL: any */
  guint max_unassociated;      /* connections that have not sent their A-ASSOCIATE-RQ */
  GantryTls tls;               /* enabled: the port takes encrypted connections only */
  guint dimse_seconds;         /* until the rest of a message that has begun is here */

  /* What. */
  GantryAcceptClasses classes;
  GantrySyntaxOrder syntaxes;
  gboolean refuse_unsafe; /* objects whose UIDs are no UIDs; else kept under safe names */

  /* For trying senders out: see engine/gantry-scenario.h for its words; NULL: none. Objects may
   * then be answered without being kept. */
  const char *test_behaviour;

  /* Where, and for how long. */
  GantryLayout layout;
  const char *pattern;   /* for GANTRY_LAYOUT_PATTERN */
  guint64 reserve_bytes; /* less free space than this, or */
  guint reserve_percent; /* than this part of the file system, whichever is less: A700; both 0: no
                            reserve */
  guint keep_days;       /* older objects are removed; 0: never */
  guint64 keep_bytes;    /* the oldest are removed above this; 0: no limit */

  /* A study to which nothing came for so long is complete; 0: nobody asks. */
  guint complete_seconds;
  /* Its arguments; NULL: none. Run without a shell; the first is an absolute path or is looked for
   * in PATH. Inside each argument {path} becomes the folder that the study's files have in common,
   * {study_uid}, {patient_id}, {accession}, {modalities}, {objects}, {calling}, {called} and {peer}
   * what they say, and {{ and }} are braces. At most two at a time. What the end of the program
   * cuts short is run again by the next start; until a command has ended, its study stays whole. */
  const char *const *complete_command;
  guint command_seconds; /* then it is killed */
} GantryListenSettings;

#define GANTRY_LISTEN_SETTINGS_DEFAULT                                                             \
  ((GantryListenSettings){ .ae_title = "GANTRY",                                                   \
                           .port = 11112,                                                          \
                           .max_associations = 20,                                                 \
                           .max_pdu = 131072,                                                      \
                           .acse_seconds = 15,                                                     \
                           .idle_seconds = 300,                                                    \
                           .max_unassociated = 200,                                                \
                           .dimse_seconds = 60,                                                    \
                           .classes = GANTRY_ACCEPT_UNKNOWN,                                       \
                           .reserve_bytes = G_GUINT64_CONSTANT (1) << 30,                          \
                           .reserve_percent = 5,                                                   \
                           .complete_seconds = 30,                                                 \
                           .command_seconds = 600 })

/* At most so many lines are kept of an association. */
#define GANTRY_TRACE_LINES 4096

/* Of which associations the network library's own messages are wanted, as its programs have them
 * with --debug: from the next ones on, not of those that stand. The others cost nothing. */
typedef struct
{
  gboolean outgoing;          /* those that we ask for: to send, to echo, to probe */
  const char *const *calling; /* those that these AE titles ask for, where * and ? stand for
                                 others; NULL: none */
  gboolean once;              /* only the next one of these */
} GantryTraceSettings;

typedef struct
{
  GantryProfile *profile;
  const char *draft;  /* name of the staging list this front end uses: "window", "gantryctl" */
  gboolean run_queue; /* sends queued jobs; takes the role */
  gboolean resume;    /* with run_queue: also those that an earlier run left */
  const GantrySendSettings *send; /* NULL: the defaults; what is resumed starts with these */
  /* Of this run; NULL: none. Each job that is made or gone on with keeps what they say. */
  const GantrySendOverrides *overrides;
  gboolean run_receiver; /* may listen; takes the role and reconciles folder and database */
  /* What the node “This workstation” is called until it listens; NULL: the defaults. */
  const GantryListenSettings *listen;
  gboolean per_instance_events; /* GANTRY_EVENT_INSTANCE, _RECEIVED and _TRACE, for logs; the window
                                   pages */
  GantryTraceSettings trace;    /* zeros: of none */
  GantryEventFunc event_func;
  gpointer user_data;
} GantryEngineOptions;

/* @error: %GANTRY_ERROR_STORAGE, %GANTRY_ERROR_BUSY */
GantryEngine *gantry_engine_new (const GantryEngineOptions *options, GError **error);

/* Ends associations and threads and waits for them (bounded by the abort, not by any peer); what
 * was being sent stays in the queue. No event arrives afterwards. Call it before the last unref: an
 * answer on its way may keep the engine alive on one of its own threads, which cannot wait for
 * itself. */
void gantry_engine_close (GantryEngine *self);

/* ---- Settings, sent whole; apply to what starts afterwards ---------------------------------- */

void gantry_engine_set_send_settings (GantryEngine *self, const GantrySendSettings *settings);

/* Answered by GANTRY_EVENT_LISTENER. Listening again first stops. */
void gantry_engine_listen (GantryEngine *self, const GantryListenSettings *settings);
void gantry_engine_stop_listening (GantryEngine *self);

#define GANTRY_SCENARIO_NAME_MAX 100 /* characters */

/* (element-type GantryNamedScenario): ways to misbehave that are kept, by name. Their words are for
 * GantryListenSettings.test_behaviour. */
void gantry_engine_list_scenarios_async (GantryEngine *self,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
/**
 * gantry_engine_save_scenario_async:
 * @name: what it is to be called; spaces around it are left out. One that has this name is replaced
 * @words: of engine/gantry-scenario.h
 *
 * Cancelling does not take it back. gantry_engine_save_scenario_finish() fails with
 * %GANTRY_ERROR_SETTING and a sentence when there is something wrong with the name or the words,
 * %GANTRY_ERROR_STORAGE when it cannot be kept.
 */
void gantry_engine_save_scenario_async (GantryEngine *self,
                                        const char *name,
                                        const char *words,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
gantry_engine_save_scenario_finish (GantryEngine *self, GAsyncResult *result, GError **error);
/* Also of one that is not there; @error: %GANTRY_ERROR_STORAGE */
void gantry_engine_remove_scenario_async (GantryEngine *self,
                                          const char *name,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean
gantry_engine_remove_scenario_finish (GantryEngine *self, GAsyncResult *result, GError **error);

/**
 * gantry_engine_describe_layout:
 * @pattern: (nullable): for %GANTRY_LAYOUT_PATTERN: names of folders and of the file, divided by
 *   “/”, with fields in braces: {PatientID}/{StudyDate}-{Modality}/{SOPInstanceUID}
 * @error: %GANTRY_ERROR_SETTING: a sentence about what is wrong with the pattern
 *
 * Any thread, needs no engine.
 *
 * Returns: (transfer full) (nullable): the path that an object could get, below the folder
 */
char *gantry_engine_describe_layout (GantryLayout layout, const char *pattern, GError **error);

/* (array zero-terminated=1): what may stand in braces. */
const char *const *gantry_engine_list_layout_fields (void);

/* ---- Staging -------------------------------------------------------------------------------- */

/* Scans files, folders, archives and DICOMDIRs into the draft, in the background. */
void gantry_engine_stage (GantryEngine *self, const char *const *paths);
/* Makes a synthetic study and stages it. */
void gantry_engine_stage_sample (GantryEngine *self);
void gantry_engine_cancel_scan (GantryEngine *self);
/* Takes a study (@series_id 0) or one series out of the draft; both 0: everything. */
void gantry_engine_unstage (GantryEngine *self, gint64 study_id, gint64 series_id);
void gantry_engine_forget_skipped (GantryEngine *self);

/* (element-type GantryStudy), series included, in the order they were added */
void gantry_engine_list_staged_async (GantryEngine *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* (element-type GantrySkipped) of @least or worse, the worst first, at most @limit; @total tells
 * how many there are */
void gantry_engine_list_skipped_async (GantryEngine *self,
                                       GantrySkippedKind least,
                                       guint limit,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);

/* ---- The queue ------------------------------------------------------------------------------ */

/**
 * gantry_engine_send_async:
 * @node: where to; a copy is kept with the job
 * @study_ids: (array length=n_studies): what of the draft; 0 of them: everything
 *
 * The draft's instances become a job, on disk before the answer. gantry_engine_send_finish()
 * returns the job's id, or -1 when there was nothing to send.
 */
void gantry_engine_send_async (GantryEngine *self,
                               GantryNode *node,
                               const gint64 *study_ids,
                               gsize n_studies,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gint64 gantry_engine_send_finish (GantryEngine *self, GAsyncResult *result, GError **error);

/* What the node would say to what of the draft would be sent, found out with an association that
 * sends nothing: (element-type GantryForecast), in the order of the draft. Where the node does not
 * answer, its newest probe does, which the messages say; else it fails as an association can fail.
 * Cancelling ends it within 100 ms. Finish with gantry_engine_list_finish(). A node may still
 * refuse an object when it comes: nothing here is a promise. */
void gantry_engine_forecast_async (GantryEngine *self,
                                   GantryNode *node,
                                   const gint64 *study_ids,
                                   gsize n_studies,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);

void gantry_engine_cancel_job (GantryEngine *self, gint64 job_id);
/* What is being sent gets its answer first; a paused job stays so until it is resumed. */
void gantry_engine_pause_job (GantryEngine *self, gint64 job_id);
/* Also: a job that waits for its next try is tried now. */
void gantry_engine_resume_job (GantryEngine *self, gint64 job_id);
/**
 * gantry_engine_resume_left_async:
 * @paused: also the jobs that are paused
 *
 * The same for everything that earlier runs left, of an engine that was not opened to resume.
 * (element-type GantryJob): the jobs that are not done, the paused ones among them in any case, as
 * they were before. @error: %GANTRY_ERROR_STORAGE
 */
void gantry_engine_resume_left_async (GantryEngine *self,
                                      gboolean paused,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* Everything that is not stored goes back to waiting. */
void gantry_engine_retry_job (GantryEngine *self, gint64 job_id);
/* The same for some of a job. An instance that is on the wire is cancelled only with its job. */
void gantry_engine_cancel_instances (GantryEngine *self, const GantrySelection *selection);
void gantry_engine_retry_instances (GantryEngine *self, const GantrySelection *selection);
/* A new job with the same files for @node; finish with gantry_engine_send_finish(). */
void gantry_engine_send_again_async (GantryEngine *self,
                                     const GantrySelection *selection,
                                     GantryNode *node,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/* In the C-STORE-RQ from the next instance on, and in the order in which jobs start; what runs is
 * not interrupted. */
void gantry_engine_set_priority (GantryEngine *self, gint64 job_id, GantryPriority priority);
/* Jobs to one node start in the order of their priority, then of the queue: @job_id comes right
 * before @before, or last when that is 0. Answered by GANTRY_EVENT_JOBS_REORDERED. */
void gantry_engine_move_job (GantryEngine *self, gint64 job_id, gint64 before);
void gantry_engine_remove_job (GantryEngine *self, gint64 job_id); /* not a running one */
/* Answered by GANTRY_EVENT_JOB_REMOVED for each, and by GANTRY_EVENT_QUEUE_SWEPT when nothing is
 * left of them. */
void gantry_engine_remove_finished_jobs (GantryEngine *self);
/* Ends what is being sent, whose job then waits, and starts no other: for a program that is about
 * to end and has yet to say what is left. Answered by GANTRY_EVENT_QUEUE_HELD. */
void gantry_engine_hold_queue (GantryEngine *self);

/* (element-type GantryJob), the last of the queue first, without drafts */
void gantry_engine_list_jobs_async (GantryEngine *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* (element-type GantryAdvice): why sending was slow, the costliest first, with figures and what to
 * change on which side; empty when the path is fine, or nothing was sent yet. Known when a run of
 * the job is over, and after a restart. Finish with gantry_engine_list_finish(). */
void gantry_engine_diagnose_job_async (GantryEngine *self,
                                       gint64 job_id,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
/* (element-type GantryStudy), series included: what a job consists of */
void gantry_engine_list_job_studies_async (GantryEngine *self,
                                           gint64 job_id,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);

/* (element-type GantryJobInstance), in sending order, with how many match @filter. Those of a long
 * list are found on a thread of their own, so that no other list waits for it; cancelling ends the
 * search at once. While the job runs the list may be behind by a few times as long as the search
 * takes: milliseconds for thousands, seconds for a million.
 * @filter: (nullable): copied */
void gantry_engine_list_instances_async (GantryEngine *self,
                                         gint64 job_id,
                                         const GantryInstanceFilter *filter,
                                         guint offset,
                                         guint limit,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);

/**
 * gantry_engine_find_outcomes_async:
 * @filter: (nullable): whose list it is; copied
 * @runs: (array length=n_runs): rows of that list; copied. They may end behind its end
 * @outcomes: 1 << GantryOutcome, or'ed: those that matter; 1 << GANTRY_N_OUTCOMES: any answer that
 *   trying again may change
 *
 * Which outcomes there are among some rows of the list of gantry_engine_list_instances_async(), so
 * that what can be done with a million of them is known without reading them.
 */
void gantry_engine_find_outcomes_async (GantryEngine *self,
                                        gint64 job_id,
                                        const GantryInstanceFilter *filter,
                                        const GantryRun *runs,
                                        gsize n_runs,
                                        guint outcomes,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
/* @found: (out): those of the outcomes asked for that there are; %FALSE with @error */
gboolean gantry_engine_find_outcomes_finish (GantryEngine *self,
                                             GAsyncResult *result,
                                             guint *found,
                                             GError **error);

/**
 * gantry_engine_pick_instances_async:
 * @filter: whose list it is; copied
 * @runs: (array length=n_runs): rows of the list of gantry_engine_list_instances_async(); copied.
 *   They may end behind its end. None: all that match by now
 *
 * Which instances those are, all from one state of the list, so that none is missed while the job
 * runs. Eight octets each; found on the thread of long searches.
 */
void gantry_engine_pick_instances_async (GantryEngine *self,
                                         gint64 job_id,
                                         const GantryInstanceFilter *filter,
                                         const GantryRun *runs,
                                         gsize n_runs,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
/* Returns: (transfer full) (element-type gint64): their ids, in order; %NULL with @error. @total:
 * (out) (optional): how long the list is */
GArray *gantry_engine_pick_instances_finish (GantryEngine *self,
                                             GAsyncResult *result,
                                             guint *total,
                                             GError **error);

typedef enum
{
  GANTRY_REPORT_CSV,
  GANTRY_REPORT_JSON,
} GantryReportFormat;

/* Octets of files read so far, of how many; on the engine's owner's thread. */
typedef void (*GantryFileProgress) (guint64 done, guint64 total, gpointer user_data);

/**
 * gantry_engine_export_report_async:
 * @path: written whole or not at all
 * @progress: (nullable) (scope notified): until the callback, with @user_data
 *
 * The delivery report of a job: for each instance its path, SHA-256, SOP class, UIDs, the transfer
 * syntax it was sent in, status, comment and time; engine/gantry-report-writer.h says how paths and
 * cells are written. The digest is of the file as it is now, and is left out, with a remark, when
 * the file has changed or gone since it was added. Reads every file, on a thread of its own;
 * cancelling ends it within 100 ms, unless the disk does not answer.
 */
void gantry_engine_export_report_async (GantryEngine *self,
                                        gint64 job_id,
                                        const char *path,
                                        GantryReportFormat format,
                                        GantryFileProgress progress,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
gantry_engine_export_report_finish (GantryEngine *self, GAsyncResult *result, GError **error);

/* ---- The receiver --------------------------------------------------------------------------- */

/* The log keeps the newest GANTRY_LOG_ASSOCIATIONS associations that are over, the newest
 * GANTRY_LOG_MESSAGES messages, 64 MiB of different A-ASSOCIATE PDUs, and of requests above 16 KiB
 * 256 MiB of presentation contexts a run; what is older goes by itself, received objects never
 * because of that. */
#define GANTRY_LOG_ASSOCIATIONS 100000
#define GANTRY_LOG_MESSAGES 500000

/* (element-type GantryAssociationRecord), newest first, without contexts, with how many match.
 * With a filter they are searched on a thread of their own; cancelling ends the search at once.
 * @filter: (nullable): copied */
void gantry_engine_list_associations_async (GantryEngine *self,
                                            const GantryAssociationFilter *filter,
                                            guint offset,
                                            guint limit,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
/* One element: GantryAssociationTotals. */
void gantry_engine_sum_associations_async (GantryEngine *self,
                                           const GantryAssociationFilter *filter,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
/* One element: GantryLogNames, of the log as it is. */
void gantry_engine_list_log_names_async (GantryEngine *self,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
/* One element, whole: contexts, PDUs, extended negotiation, user information, and what is different
 * from the same caller's last good association. None when it is no longer in the log. */
void gantry_engine_get_association_async (GantryEngine *self,
                                          gint64 id,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
/* (element-type GantryReceived), of one association, in order of arrival */
void gantry_engine_list_received_async (GantryEngine *self,
                                        gint64 association_id,
                                        guint offset,
                                        guint limit,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
/* (element-type GantryMessage), of one association, in order */
void gantry_engine_list_messages_async (GantryEngine *self,
                                        gint64 association_id,
                                        guint offset,
                                        guint limit,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
/* (element-type GantryStudy), the one that changed last first
 * @text: (nullable): part of the patient's name or ID, accession number, description, UID, date or
 *   modalities; upper or lower case
 * @except: (nullable) (array length=n_except): studies that are left out, and not counted */
void gantry_engine_list_received_studies_async (GantryEngine *self,
                                                const char *text,
                                                const gint64 *except,
                                                gsize n_except,
                                                guint offset,
                                                guint limit,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer user_data);
/* Forgets associations that are over; received objects stay. Answered by GANTRY_EVENT_LISTENER. */
void gantry_engine_clear_associations (GantryEngine *self);

/* Writes the associations that match @filter (nullable), newest first, whole or not at all. */
void gantry_engine_export_associations_async (GantryEngine *self,
                                              const GantryAssociationFilter *filter,
                                              const char *path,
                                              GantryReportFormat format,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);
gboolean
gantry_engine_export_associations_finish (GantryEngine *self, GAsyncResult *result, GError **error);

/* ---- The log file --------------------------------------------------------------------------- */

typedef enum
{
  GANTRY_LOG_QUIET,   /* what went wrong */
  GANTRY_LOG_NORMAL,  /* also where associations begin and end */
  GANTRY_LOG_VERBOSE, /* also each message */
  GANTRY_LOG_DEBUG,   /* also the presentation contexts, and DCMTK's messages */
} GantryLogLevel;

typedef struct
{
  const char *path; /* NULL: no log file */
  GantryLogLevel level;
  guint64 max_bytes; /* then it becomes path.1, path.1 becomes path.2, and so on */
  guint files;       /* how many of them are kept, the newest included */
} GantryLogSettings;

#define GANTRY_LOG_SETTINGS_DEFAULT                                                                \
  ((GantryLogSettings){ NULL, GANTRY_LOG_NORMAL, 5 * 1024 * 1024, 5 })

/* At once, also for what is open. Trouble with the file is told by GANTRY_EVENT_LOG. */
void gantry_engine_set_log (GantryEngine *self, const GantryLogSettings *settings);

/* ---- DCMTK's own messages -------------------------------------------------------------------- */

/* Instead of what was asked for before. The messages of incoming ones are listed among those of the
 * association; both go into the log file at level debug, and out as GANTRY_EVENT_TRACE. @settings:
 * copied */
void gantry_engine_set_trace (GantryEngine *self, const GantryTraceSettings *settings);

/* ---- Received studies ------------------------------------------------------------------------ */

/**
 * gantry_engine_remove_received_async:
 * @series_id: 0: the whole study
 * @until: what came after that time (microseconds since 1970) stays; G_MAXINT64: all goes
 * @for_good: not to the trash
 * @error of the finish function: %GANTRY_ERROR_NO_TRASH, and nothing was removed of what is on the
 *   file system that has none; %GANTRY_ERROR_STORAGE
 *
 * Removes the files and, of those that are gone, the rows. What was removed before an error is
 * gone. Closing the engine waits some seconds for what goes to the trash; the rest stays, listed.
 */
void gantry_engine_remove_received_async (GantryEngine *self,
                                          gint64 study_id,
                                          gint64 series_id,
                                          gint64 until,
                                          gboolean for_good,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean
gantry_engine_remove_received_finish (GantryEngine *self, GAsyncResult *result, GError **error);

/**
 * gantry_engine_copy_received_async:
 * @choices: (array length=n): copied
 * @folder: there already; below it the objects get the names of @layout
 * @layout: not GANTRY_LAYOUT_PATTERN
 * @progress: (nullable) (scope notified): until the callback, with @user_data
 *
 * Copies files, one copy at a time, on a thread of its own. Nothing is overwritten: what is there
 * already with the same octets counts as present, and other content gets another name. A file has
 * its name only when all of it is on the disk; what was copied before the end stays. Cancelling
 * ends it within a block of a file.
 */
void gantry_engine_copy_received_async (GantryEngine *self,
                                        const GantryReceivedChoice *choices,
                                        gsize n,
                                        const char *folder,
                                        GantryLayout layout,
                                        GantryFileProgress progress,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
/* Returns: (transfer full): also when it was cancelled; %NULL with %GANTRY_ERROR_STORAGE when
 *   nothing could be copied: no database, no room, no such folder */
GantryCopyResult *
gantry_engine_copy_received_finish (GantryEngine *self, GAsyncResult *result, GError **error);

/* (element-type GantryReceived): the files of a study (@series_id 0) or of a series, in order of
 * arrival. Without what only tells that something came. */
void gantry_engine_list_study_objects_async (GantryEngine *self,
                                             gint64 study_id,
                                             gint64 series_id,
                                             guint offset,
                                             guint limit,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);

/* The files of a received study (@series_id 0) or series come into the draft; as
 * gantry_engine_stage(). */
void gantry_engine_stage_received (GantryEngine *self, gint64 study_id, gint64 series_id);

#define GANTRY_ELEMENTS_MAX 20000 /* of one file */

/**
 * gantry_engine_list_elements_async:
 * @text: (nullable): part of the tag “(gggg,eeee)” or “ggggeeee”, the name, the keyword or the
 *   value; upper or lower case
 *
 * (element-type GantryHeaderElement): the header of an instance, with the meta header in front, in
 * order, with how many match; never more than %GANTRY_ELEMENTS_MAX. Values are cut at 256
 * characters; an object that breaks off or nests too deep is shown as far as it goes. @error:
 * %GANTRY_ERROR_FILE
 */
void gantry_engine_list_elements_async (GantryEngine *self,
                                        const char *path,
                                        const char *text,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);

/* ---- Nodes ---------------------------------------------------------------------------------- */

/* (element-type GantryNode), by name, this workstation first */
void gantry_engine_list_nodes_async (GantryEngine *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/* Adds (@node's id 0) or changes. gantry_engine_save_node_finish() returns the id, or -1 with
 * %GANTRY_ERROR_BUSY when the name is taken, %GANTRY_ERROR_ADDRESS when something is not valid. */
void gantry_engine_save_node_async (GantryEngine *self,
                                    GantryNode *node,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gint64 gantry_engine_save_node_finish (GantryEngine *self, GAsyncResult *result, GError **error);
void gantry_engine_remove_node (GantryEngine *self, gint64 node_id);

/* Reads nodes from @path: our CSV or JSON, a dcmqrscp.cfg's HostTable, or the DicomModalities of an
 * Orthanc configuration. (element-type GantryNode), not saved yet, ids 0; names that are taken get
 * a number. */
void gantry_engine_read_nodes_async (GantryEngine *self,
                                     const char *path,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/* Writes the saved nodes, without this workstation, whole or not at all. */
void gantry_engine_export_nodes_async (GantryEngine *self,
                                       const char *path,
                                       GantryReportFormat format,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
gantry_engine_export_nodes_finish (GantryEngine *self, GAsyncResult *result, GError **error);

/* (element-type GantryHealth): of every node that was ever asked. News of one is
 * GANTRY_EVENT_HEALTH. What an echo of a saved node found out is kept, whoever asked for it. */
void gantry_engine_list_health_async (GantryEngine *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* All saved nodes at once, in parallel; answered by GANTRY_EVENT_HEALTH. */
void gantry_engine_echo_all (GantryEngine *self);
/* The same each @seconds; 0: no more. */
void gantry_engine_watch_nodes (GantryEngine *self, guint seconds);

/* C-ECHO over an association of its own. Cancelling ends it within 100 ms. The finish function
 * fails only when cancelled: that the node does not answer is what the record says.
 * @passed: (nullable) (scope notified): each step as it is passed, on the thread that asked, with
 *   @user_data; never after the callback */
void gantry_engine_echo_async (GantryEngine *self,
                               GantryNode *node,
                               GantryStepFunc passed,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GantryEcho *gantry_engine_echo_finish (GantryEngine *self, GAsyncResult *result, GError **error);

/* ---- Probes --------------------------------------------------------------------------------- */

/* How many presentation contexts have been proposed so far, of how many. */
typedef void (*GantryProbeProgress) (guint done, guint total, gpointer user_data);

/**
 * gantry_engine_probe_async:
 * @sop_classes: (nullable): what to ask for; %NULL: every storage SOP class
 * @transfer_syntaxes: (nullable): in which syntaxes; %NULL: every one
 *
 * Proposes each class in each syntax, over as many associations as that takes, and sends nothing.
 * A whole probe of a saved node is kept, which GANTRY_EVENT_PROBE_KEPT tells. Cancelling ends it
 * within 100 ms. The finish function fails only when no association could be had.
 */
void gantry_engine_probe_async (GantryEngine *self,
                                GantryNode *node,
                                const char *const *sop_classes,
                                const char *const *transfer_syntaxes,
                                GantryProbeProgress progress,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
GantryProbe *gantry_engine_probe_finish (GantryEngine *self, GAsyncResult *result, GError **error);
/* (element-type GantryProbe), newest first, without contexts; @node_id 0: of every node */
void gantry_engine_list_probes_async (GantryEngine *self,
                                      gint64 node_id,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* One element, whole. */
void gantry_engine_get_probe_async (GantryEngine *self,
                                    gint64 id,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);

/* ---- Pictures ------------------------------------------------------------------------------- */

/* The PNG file of an image, from the cache or rendered now. Fails for what has no picture. */
void gantry_engine_load_picture_async (GantryEngine *self,
                                       const char *path,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
char *gantry_engine_load_picture_finish (GantryEngine *self, GAsyncResult *result, GError **error);

/* ---- For every _list_ and _get_ question ---------------------------------------------------- */

/* Returns: (transfer full): records; @total (optional): how many there are, of which this is a page
 */
GPtrArray *
gantry_engine_list_finish (GantryEngine *self, GAsyncResult *result, guint *total, GError **error);

G_END_DECLS
