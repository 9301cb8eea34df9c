/* gantry-records.h - the values that travel between the rooms: immutable, reference counted, no
 * behaviour SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filled in by the thread that makes them, never changed after the first reference is handed on,
 * so any thread may read one without a lock. All text is valid UTF-8 and never NULL unless the
 * member says so; unknown text is "". Times are microseconds since 1970 (g_get_real_time()), 0:
 * never.
 */
#pragma once

#include <glib-object.h>

#include "gantry-path-figures.h"

G_BEGIN_DECLS

/* ---- Nodes -------------------------------------------------------------------------------- */

/* Whether a file may be sent in another transfer syntax to a node that refuses its own. */
typedef enum
{
  GANTRY_TRANSCODING_NEVER,
  GANTRY_TRANSCODING_LOSSLESS, /* only what is coded reversibly: every pixel value stays as it is */
  GANTRY_TRANSCODING_ANY,      /* also what was compressed with loss; no new loss is added */
  GANTRY_N_TRANSCODINGS
} GantryTranscoding;

/* What is done differently for one node; numbers: 0, choices: -1 for as in the settings. */
typedef struct
{
  guint32 max_pdu;
  guint associations;
  guint connect_seconds, acse_seconds, dimse_seconds, idle_seconds;
  gint transcoding; /* GantryTranscoding */
  gint fall_back;   /* to related general SOP classes (PS3.4 B.4.2.1), gboolean */
  gint tls;         /* encrypted connections (PS3.15 Annex B), gboolean */
} GantryNodeOptions;

#define GANTRY_NODE_OPTIONS_DEFAULT ((GantryNodeOptions){ 0, 0, 0, 0, 0, 0, -1, -1, -1 })

/* By which a person tells nodes apart at a glance, beside their names. */
typedef enum
{
  GANTRY_NODE_COLOR_NONE,
  GANTRY_NODE_COLOR_BLUE,
  GANTRY_NODE_COLOR_TEAL,
  GANTRY_NODE_COLOR_GREEN,
  GANTRY_NODE_COLOR_YELLOW,
  GANTRY_NODE_COLOR_ORANGE,
  GANTRY_NODE_COLOR_RED,
  GANTRY_NODE_COLOR_PURPLE,
  GANTRY_NODE_COLOR_GRAY,
  GANTRY_N_NODE_COLORS
} GantryNodeColor;

/* "", "blue", …: how a colour is called where it is kept or read by programs; not translated. */
const char *gantry_node_color_to_nick (GantryNodeColor color);
/* Upper or lower case. Returns: no colour for what is none */
GantryNodeColor gantry_node_color_from_nick (const char *nick);

/* A remote application entity as the user saved it. */
typedef struct
{
  gint64 id;  /* 0: not saved */
  char *name; /* what people call it; unique */
  char *ae_title;
  char *host;
  guint16 port;
  char *calling_ae_title;    /* "": the workstation's own */
  gboolean is_self;          /* this workstation: AE title and port follow the receiver */
  GantryNodeOptions options; /* as default unless whoever made the node set them */
  char *notes;               /* the user's own; any text */
  GantryNodeColor color;
} GantryNode;

GantryNode *gantry_node_new (gint64 id,
                             const char *name,
                             const char *ae_title,
                             const char *host,
                             guint16 port,
                             const char *calling_ae_title,
                             gboolean is_self);

/* Everything but the id, which is @id; the name is @name, or for %NULL the same. */
/* Whether both are one listener, which is sent to by one job at a time whatever it is called. */
gboolean gantry_node_shares_address (const GantryNode *self, const GantryNode *other);
GantryNode *gantry_node_copy (const GantryNode *node, gint64 id, const char *name);

/* Where an echo or a send broke, for the ladder that the user sees. */
typedef enum
{
  GANTRY_STEP_NAME, /* name resolution */
  GANTRY_STEP_CONNECTION,
  GANTRY_STEP_TLS, /* only when the connection is to be encrypted */
  GANTRY_STEP_ASSOCIATION,
  GANTRY_STEP_MESSAGE,
  GANTRY_STEP_RELEASE,
  GANTRY_N_STEPS
} GantryStep;

/* "name", "connection", …: how a step is called where it is kept or read by programs; not
 * translated. */
const char *gantry_step_to_nick (GantryStep step);
gboolean gantry_step_from_nick (const char *nick, GantryStep *step);

/* A step has been passed, in @elapsed microseconds. */
typedef void (*GantryStepFunc) (GantryStep step, gint64 elapsed, gpointer user_data);

/* What an echo found out. */
typedef struct
{
  gboolean ok;
  gboolean running; /* this is how far it has come: what was not reached may still be */
  gint64 started;
  gint64 elapsed[GANTRY_N_STEPS]; /* microseconds; -1: not reached */
  GantryStep failed_step;         /* meaningful unless ok */
  gint32 status;                  /* DIMSE status of the C-ECHO-RSP, -1: none came */
  gboolean encrypted;             /* whether it was to be: GANTRY_STEP_TLS is one of the steps */
  char *tls;                      /* what was agreed on: "TLS 1.3, TLS_AES_256_GCM_SHA384"; "" */
  char *message;                  /* the answer as one sentence, good or bad, with what to do */
  char *implementation;           /* what the peer calls itself; "" */
  char *answered_as;              /* the called AE title of its answer, when it is another; "" */
  guint32 peer_max_pdu;
} GantryEcho;

GantryEcho *gantry_echo_new (void);

#define GANTRY_HEALTH_ECHOES 60

/* How a saved node has answered lately. */
typedef struct
{
  gint64 node_id;
  GantryEcho *last; /* NULL: it was never asked */
  gint64 since;     /* when it began to answer, or not to: last->started if it was the last echo
                       that changed it */
  /* Round trips of the C-ECHO in microseconds, the oldest first; -1: no good answer. */
  gint64 round_trips[GANTRY_HEALTH_ECHOES];
  guint n_round_trips;
} GantryHealth;

GantryHealth *gantry_health_new (gint64 node_id);

/* What a node accepted when everything was proposed to it, and nothing was sent. */
typedef struct
{
  gint64 id; /* 0: not kept, of a node that is not saved */
  GantryNode *node;
  gint64 started, elapsed; /* elapsed in microseconds */
  gboolean complete;       /* FALSE: it was cancelled, or broke off; message says why */
  guint associations;      /* that it took */
  char *implementation;
  guint32 peer_max_pdu;
  char *message;       /* the result as a sentence */
  GPtrArray *contexts; /* (element-type GantryContext): one SOP class in one transfer syntax each */
  GPtrArray *extended; /* (element-type GantryExtended): what it answered */
} GantryProbe;

GantryProbe *gantry_probe_new (void);

/* ---- What an instance in the queue can be ------------------------------------------------- */

typedef enum
{
  GANTRY_OUTCOME_WAITING,
  GANTRY_OUTCOME_SENDING,
  GANTRY_OUTCOME_STORED,       /* 0000 */
  GANTRY_OUTCOME_WARNING,      /* Bxxx: stored, with something to say */
  GANTRY_OUTCOME_REFUSED,      /* any other status */
  GANTRY_OUTCOME_NOT_ACCEPTED, /* no presentation context */
  GANTRY_OUTCOME_FAILED,       /* no answer: association, file */
  GANTRY_OUTCOME_CANCELLED,
  GANTRY_N_OUTCOMES
} GantryOutcome;

/* Priority (0000,0700) of a C-STORE-RQ, PS3.7 9.3.1.1. */
typedef enum
{
  GANTRY_PRIORITY_MEDIUM = 0x0000,
  GANTRY_PRIORITY_HIGH = 0x0001,
  GANTRY_PRIORITY_LOW = 0x0002,
} GantryPriority;

/* The word of the gantryctl contract ("stored", "not-accepted", …); not translated. */
const char *gantry_outcome_to_nick (GantryOutcome outcome);

typedef enum
{
  GANTRY_JOB_DRAFT,   /* being staged; there is at most one */
  GANTRY_JOB_WAITING, /* queued, or interrupted, or until the next try: see retry_at */
  GANTRY_JOB_RUNNING,
  GANTRY_JOB_FINISHED, /* every instance has its answer, good or bad */
  GANTRY_JOB_CANCELLED,
  GANTRY_JOB_PAUSED, /* by the user, or by a queue that cannot be read, which the message says; goes
                      * on when the user says so, also after a new start */
} GantryJobState;

/* What a person has asked of a job that runs, and that is not done yet. It holds after a crash. */
typedef enum
{
  GANTRY_JOB_WISH_NONE,
  GANTRY_JOB_WISH_PAUSE,
  GANTRY_JOB_WISH_CANCEL,
} GantryJobWish;

/* "draft", "waiting", "running", …; not translated. */
const char *gantry_job_state_to_nick (GantryJobState state);

typedef struct
{
  gint64 id;
  GantryJobState state;
  GantryJobWish wish;      /* of a job that runs; NONE in every other state */
  char *title;             /* study description and patient, or a count of studies */
  GantryPriority priority; /* also before others to the same node */
  guint tries;             /* by itself, since a person last asked for it */
  gint64 retry_at;         /* when it will be tried again by itself; 0: it will not */
  guint64 retryable;       /* instances with an answer that trying again may change */
  guint64 changed;         /* instances at the node that are not as their files are */
  gboolean changing;       /* many of its instances are being cancelled, settled or put back yet */
  GantryNode *node;        /* as it was when Send was pressed; its id may be gone */
  char *overrides;         /* what was asked for with it: see gantry-send-overrides.h */
  guint64 counts[GANTRY_N_OUTCOMES];
  guint64 instances; /* the sum of counts */
  guint64 bytes_total;
  guint64 bytes_done; /* of instances that have an answer, plus the part of the running one */
  gint64 created, started, finished;
  double objects_per_second; /* over about the last two seconds; 0 when not running */
  double bytes_per_second;
  double seconds_left;    /* negative: not known */
  char *message;          /* why the job as a whole could not go on, as a sentence */
  char *advice;           /* the first of what gantry_engine_diagnose_job_async() finds; "" */
  GantryPathFigures path; /* of what was sent until the last run of it ended */
} GantryJob;

GantryJob *gantry_job_new (void);
/* Finished or cancelled: nothing more happens to it by itself. */
gboolean gantry_job_is_over (const GantryJob *job);

/* Why sending took as long as it did, and what would make it faster. */
typedef struct
{
  const char *kind; /* "delayed-ack", "slow-receiver", …: see gantry-doctor.h; not translated */
  const char *side; /* where the change is: "here", "receiver", "network"; not translated */
  char *message;    /* sentences: what was measured, and what to change */
  GantryPathFigures figures;
} GantryAdvice;

GantryAdvice *gantry_advice_new (const char *kind, const char *side, const char *message);

/* One instance of a job. */
typedef struct
{
  gint64 id;
  gint64 job_id;
  char *path;
  char *sop_class_uid;
  char *sop_instance_uid;
  char *transfer_syntax; /* of the file, UID */
  char *modality;
  guint64 size; /* of the file, bytes */
  GantryOutcome outcome;
  gint32 status;        /* DIMSE status, -1: there was none */
  char *message;        /* the outcome as a sentence; "" while waiting */
  gboolean tried_again; /* has an answer, and yet its job, which is not over, sends it once more */
  gint64 finished;
  gint64 elapsed; /* microseconds from first byte to response */
  /* What went out, where it was not the file as it is; "" else. */
  char *sent_class_uid; /* a related general SOP class (PS3.4 B.4.2.1) */
  char *sent_syntax;    /* the transfer syntax it was transcoded to */
} GantryJobInstance;

GantryJobInstance *gantry_job_instance_new (void);

/* Some of a job: of a study, of a series, or these instances; nothing but job_id: all of it. */
typedef struct
{
  gint64 job_id;
  gint64 study_id, series_id; /* 0: not restricted to one */
  const gint64 *instance_ids; /* if there are any, only they count */
  gsize n_instances;
} GantrySelection;

/* All of the job. */
gboolean gantry_selection_is_whole (const GantrySelection *selection);

/* Which instances of a job to list. */
typedef struct
{
  guint outcomes; /* 1 << GantryOutcome, or'ed; 0: any */
  /* Part of the path, a UID, the SOP class's name or the message, upper or lower case; NULL: any */
  const char *text;
  gint64 study_id; /* 0: any */
} GantryInstanceFilter;

/* Rows of a list that follow each other. */
typedef struct
{
  guint offset, n;
} GantryRun;

/* ---- Studies, staged or received ---------------------------------------------------------- */

typedef struct
{
  gint64 id;
  char *series_uid;
  char *number;
  char *description;
  char *modality;      /* Modality (0008,0060) of its objects; of several: "CT, PR, SR" */
  char *sop_class_uid; /* of its first object; "" when they differ */
  guint64 images, objects, bytes;
  char *sample_path; /* one image of it, from the middle, for the picture; "" when there is none */
} GantrySeries;

GantrySeries *gantry_series_new (void);

typedef struct
{
  gint64 id;
  char *study_uid;
  char *patient_name; /* as people write it: "Doe, John" */
  char *patient_id;
  char *birth_date; /* YYYYMMDD as in the object, or "" */
  char *accession;
  char *description;
  char *study_date; /* YYYYMMDD */
  char *modalities; /* "CT, PR, SR" */
  guint64 images, objects, bytes;
  gint64 changed;    /* the newest object's arrival */
  GPtrArray *series; /* (element-type GantrySeries), in series number order */
} GantryStudy;

GantryStudy *gantry_study_new (void);

/* ---- What a node would take of what is staged ---------------------------------------------- */

typedef enum
{
  GANTRY_FORECAST_AS_IS,
  GANTRY_FORECAST_CHANGED, /* transcoded, under a general SOP class, or both */
  GANTRY_FORECAST_REFUSED,
} GantryForecastKind;

/* All staged instances of one SOP class in one transfer syntax. */
typedef struct
{
  GantryForecastKind kind;
  char *sop_class_uid, *transfer_syntax;
  guint64 instances, bytes;
  char *sent_class_uid; /* "" unless under a general SOP class */
  char *sent_syntax;    /* "" unless transcoded */
  char *message;        /* what would happen, as a sentence, with what to do when refused */
} GantryForecast;

GantryForecast *gantry_forecast_new (void);

/* What it means that a file is not sent; the more it matters the higher. In the database. */
typedef enum
{
  GANTRY_SKIPPED_HARMLESS, /* no DICOM, or the same object goes in another file */
  GANTRY_SKIPPED_NAMED,    /* the same, and the user named it itself: nothing of that is sent */
  GANTRY_SKIPPED_LOST,     /* unreadable, damaged, incomplete, or content that nothing else has */
} GantrySkippedKind;

/* A file that was offered for sending and is not going to be sent. */
typedef struct
{
  char *path;
  char *reason; /* a sentence */
  GantrySkippedKind kind;
} GantrySkipped;

GantrySkipped *gantry_skipped_new (const char *path, GantrySkippedKind kind, const char *reason);

/* ---- Associations ------------------------------------------------------------------------- */

/* A presentation context as proposed and as answered (PS3.8 9.3.2.2, 9.3.3.2). */
typedef struct
{
  guint8 id; /* odd, 1..255 */
  char *abstract_syntax;
  char **proposed; /* transfer syntax UIDs, in the order of the proposal */
  char *accepted;  /* transfer syntax UID, "" when refused */
  guint8 result;   /* 0 acceptance, 1 user rejection, 2 no reason, 3 abstract, 4 transfer syntax */
} GantryContext;

#define GANTRY_CONTEXT_NOT_ANSWERED 0xFF /* a result that no peer can give: PS3.8 9.3.3.2 */

GantryContext *gantry_context_new (guint8 id,
                                   const char *abstract_syntax,
                                   const char *const *proposed,
                                   const char *accepted,
                                   guint8 result);

typedef enum
{
  GANTRY_ASSOCIATION_NEGOTIATING,
  GANTRY_ASSOCIATION_OPEN,
  GANTRY_ASSOCIATION_RECEIVING,
  GANTRY_ASSOCIATION_RELEASED,
  GANTRY_ASSOCIATION_REJECTED,
  GANTRY_ASSOCIATION_ABORTED, /* by either side, or the connection was lost */
  GANTRY_ASSOCIATION_TIMED_OUT,
} GantryAssociationState;

const char *gantry_association_state_to_nick (GantryAssociationState state);
#define gantry_association_state_is_over(state) ((state) >= GANTRY_ASSOCIATION_RELEASED)

/* SOP Class Extended Negotiation for storage (PS3.4 B.3.1), one item of 56H, or what a SOP Class
 * Common Extended Negotiation (57H, PS3.7 D.3.3.6) said of a SOP class. */
typedef struct
{
  char *sop_class_uid;
  gint level;              /* of support: 0..2, 3: only sends; -1: not said */
  gint signature_level;    /* 0..3; -1: not said */
  gint coercion;           /* 0: none, 1: may coerce, 2: only sends; -1: not said */
  char *service_class_uid; /* of 57H; "" for 56H */
  char **related_classes;  /* of 57H: related general SOP class UIDs; empty for 56H */
  GBytes *raw;             /* the application information of 56H as on the wire; NULL for 57H */
} GantryExtended;

GantryExtended *gantry_extended_new (const char *sop_class_uid);

/* A way to misbehave on purpose that the user keeps. */
typedef struct
{
  char *name;  /* unique */
  char *words; /* of engine/gantry-scenario.h, divided by single spaces */
} GantryNamedScenario;

GantryNamedScenario *gantry_named_scenario_new (const char *name, const char *words);

/* Whose doing the end of an association was. */
typedef enum
{
  GANTRY_ENDED_BY_NOBODY, /* it is still open, or Gantry ended first */
  GANTRY_ENDED_BY_CALLER, /* A-RELEASE-RQ or A-ABORT */
  GANTRY_ENDED_BY_US,     /* A-ASSOCIATE-RJ, A-ABORT or a time-out of ours */
  GANTRY_ENDED_BY_LOSS,   /* the connection was closed or broke */
} GantryEndedBy;

/* The word of the log's files ("caller", "us", …); not translated. */
const char *gantry_ended_by_to_nick (GantryEndedBy by);

/* One item of the user information (50H) of an A-ASSOCIATE PDU, in words (PS3.7 Annex D.3.3). */
typedef struct
{
  guint8 type; /* 51H to 59H */
  char *name;  /* "Maximum Length", translated */
  char *text;  /* what it says; never the password of a user identity */
} GantryUserItem;

GantryUserItem *gantry_user_item_new (guint8 type, const char *name, const char *text);

/* An incoming association as the receiver's log shows it; also one that was rejected, and a
 * connection that never became one. */
typedef struct
{
  gint64 id;
  GantryAssociationState state;
  GantryEndedBy ended_by;
  gint64 started, ended;
  char *calling, *called; /* AE titles as sent, control characters made visible */
  char *peer;             /* address:port */
  char *implementation_class_uid;
  char *implementation_version;
  guint32 peer_max_pdu;     /* what the peer can receive; 0: no limit */
  guint32 our_max_pdu;      /* what we said that we can; 0: it did not come that far */
  guint proposed, accepted; /* presentation contexts; 0, 0: not known, as of old associations */
  /* C-STORE requests, also without an answer, and what became of those that have one. Not kept:
   * answered like something that was stored, as the test behaviour wants it. */
  guint64 objects, stored, warnings, refused, not_kept, bytes;
  guint64 not_served; /* other requests with another answer than 0000 */
  guint echoes;
  gint32 last_status;  /* of the last answer to a C-STORE; -1: there was none */
  char *result;        /* how it went, as a sentence; "" while open */
  GPtrArray *contexts; /* (element-type GantryContext); empty in list answers and events */

  /* In events of one that is open: over about the last two seconds. */
  double objects_per_second, bytes_per_second;

  /* Only in the answer about one association. The PDUs are NULL when they never came, and of old
   * associations, whose place others have taken. */
  GBytes *request_pdu, *answer_pdu; /* A-ASSOCIATE-RQ, and -AC or -RJ, as on the wire */
  GPtrArray *proposed_extended;     /* (element-type GantryExtended): 56H and 57H of the RQ */
  GPtrArray *answered_extended;     /* (element-type GantryExtended): 56H of the AC */
  GPtrArray *request_items;         /* (element-type GantryUserItem): of the RQ */
  GPtrArray *answer_items;          /* (element-type GantryUserItem): of the AC */
  gint64 compared_id;               /* the same caller's last good association; 0: none */
  char **differences;               /* from that one, a sentence each */
} GantryAssociationRecord;

GantryAssociationRecord *gantry_association_record_new (void);
GantryAssociationRecord *gantry_association_record_copy (const GantryAssociationRecord *record);
/* Sets proposed and accepted by the contexts. */
void gantry_association_record_count_contexts (GantryAssociationRecord *record);
/* Whether there were presentation contexts and none was accepted: the caller could do nothing. */
gboolean gantry_association_record_is_useless (const GantryAssociationRecord *record);

/* How associations went: of an open one, so far. */
typedef enum
{
  GANTRY_LOG_OPEN = 1 << 0,
  GANTRY_LOG_GOOD = 1 << 1,     /* released, and everything that came was stored */
  GANTRY_LOG_WARNING = 1 << 2,  /* an object was stored with a warning, or not kept */
  GANTRY_LOG_REFUSED = 1 << 3,  /* an object, another request or every context was refused */
  GANTRY_LOG_REJECTED = 1 << 4, /* no association */
  GANTRY_LOG_ABORTED = 1 << 5,
  GANTRY_LOG_TIMED_OUT = 1 << 6,
} GantryLogOutcome;

/* Returns: GantryLogOutcome, or'ed; 0: released in no way that is known. Looks at the state and the
 * numbers only. */
guint gantry_association_record_get_outcomes (const GantryAssociationRecord *record);

/* Which associations: all that is set must be so. Start with GANTRY_ASSOCIATION_FILTER_ANY. */
typedef struct
{
  const char *ae_title;      /* part of the calling or the called one */
  const char *peer;          /* part of the address */
  gboolean whole;            /* ae_title is all of a title, and peer all of the address, no port */
  const char *sop_class_uid; /* proposed */
  const char *modality;      /* of an object that came */
  guint outcomes;            /* GantryLogOutcome, or'ed: one of them; 0: any */
  gint64 from, until;        /* open at some time in between; 0: no limit */
  /* Part of an AE title, the address, the implementation, the result, the name or UID of a
   * proposed SOP class, or the SOP Instance UID of an object; upper or lower case. */
  const char *text;
} GantryAssociationFilter;

#define GANTRY_ASSOCIATION_FILTER_ANY ((GantryAssociationFilter){ 0 })

/* How serious what DCMTK says of an association is. */
typedef enum
{
  GANTRY_TRACE_DEBUG,
  GANTRY_TRACE_INFO,
  GANTRY_TRACE_WARNING,
  GANTRY_TRACE_ERROR,
} GantryTraceLevel;

/* "debug", "info", "warning", "error" */
const char *gantry_trace_level_to_nick (GantryTraceLevel level);

/* A message of the caller and the answer to it; or, where text is not "", a line of DCMTK's about
 * the association: then only the ids, level, text and started say something. */
typedef struct
{
  gint64 id;
  gint64 association_id;
  guint16 command; /* Command Field (0000,0100) of the request: 0001H C-STORE-RQ, 0030H C-ECHO-RQ */
  guint16 message_id;
  guint8 context_id;
  char *sop_class_uid, *sop_instance_uid; /* "" where the request has none */
  guint64 size;                           /* of the data set as on the wire */
  gint32 status;                          /* of the answer, -1: it was never sent */
  gint64 started;                         /* when the request was here */
  gint64 elapsed;                         /* until the answer had left, microseconds */
  GantryTraceLevel level;
  char *text;
} GantryMessage;

GantryMessage *gantry_message_new (void);

/* What the log can be filtered by, each once, in order. */
typedef struct
{
  char **ae_titles;   /* calling and called */
  char **peers;       /* addresses without ports */
  char **sop_classes; /* UIDs; proposed */
} GantryLogNames;

GantryLogNames *gantry_log_names_new (void);

/* What a list of associations adds up to. */
typedef struct
{
  guint64 associations, objects, stored, warnings, refused, not_kept, not_served, bytes, echoes;
} GantryAssociationTotals;

GantryAssociationTotals *gantry_association_totals_new (void);

/* Where a received object goes below the folder of received objects. */
typedef enum
{
  GANTRY_LAYOUT_UIDS,    /* StudyUID/SeriesUID/SOPInstanceUID.dcm */
  GANTRY_LAYOUT_PATIENT, /* patient and study date in words, then series */
  GANTRY_LAYOUT_FLAT,
  GANTRY_LAYOUT_PATTERN, /* the user's own: gantry_engine_describe_layout() */
} GantryLayout;

/* An object in the receiver's keeping. */
typedef struct
{
  gint64 id;
  gint64 association_id; /* 0: found on disk at start-up */
  char *path;
  char *sop_class_uid;
  char *sop_instance_uid;
  char *transfer_syntax;
  char *modality;
  guint64 size;
  gint64 received;
  gint32 status; /* as answered */
  char *remark; /* "": nothing special; else a sentence (same UID with other content, unsafe UID, …)
                 */
} GantryReceived;

GantryReceived *gantry_received_new (void);

/* What came of the command that is run when a study is complete. */
typedef struct
{
  gint64 study_id;
  gboolean ok;
  gint exit_status; /* -1: it could not be started, was killed or took too long */
  char *message;    /* as a sentence, with the end of what it wrote to standard error */
} GantryCommandResult;

GantryCommandResult *gantry_command_result_new (void);

/* Which of the received objects are meant: those of a study, of one of its series, or one. */
typedef struct
{
  gint64 study_id;
  gint64 series_id; /* 0: all of the study */
  gint64 object_id; /* 0: all of the series */
} GantryReceivedChoice;

/* What came of copying received objects to a folder. */
typedef struct
{
  guint64 copied, bytes;
  guint64 present;  /* were there already, octet for octet */
  guint64 failed;   /* could not be read */
  gboolean stopped; /* before its end, because of the folder or the user */
  char *message;    /* of the first problem; "": none */
} GantryCopyResult;

GantryCopyResult *gantry_copy_result_new (void);

/* One element of an object's header, as text. */
typedef struct
{
  guint32 tag;    /* group and element */
  char vr[3];     /* "" for items and delimiters */
  char *name;     /* as in PS3.6; "" for what is not in the dictionary */
  char *value;    /* as people read it; "" for sequences and for pixels */
  gboolean cut;   /* there is more of the value than is shown */
  guint64 length; /* in the file; G_MAXUINT32 for undefined length */
  guint item;     /* which item of its sequence it is in, from 0 */
  guint depth;    /* of nesting; 0: on top */
} GantryHeaderElement;

GantryHeaderElement *gantry_header_element_new (void);

/* ---- One handle for all of them ----------------------------------------------------------- */

/* Every record above starts life with one reference. These take any of them. */
gpointer gantry_record_ref (gpointer record);
void gantry_record_unref (gpointer record);
GPtrArray *gantry_record_array_new (void); /* unrefs its elements */

/* Frees *@member, if it is not NULL, and puts a copy of @text there ("" for NULL, repaired UTF-8).
 */
void gantry_record_set (char **member, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryNode, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryEcho, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryHealth, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryProbe, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryAdvice, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryJob, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryJobInstance, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantrySeries, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryStudy, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantrySkipped, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryForecast, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryExtended, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryNamedScenario, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryContext, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryAssociationRecord, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryReceived, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryUserItem, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryMessage, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryAssociationTotals, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryLogNames, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryCommandResult, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryCopyResult, gantry_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryHeaderElement, gantry_record_unref)

G_END_DECLS
