/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-schema.h"

/* studies and series serve the draft, the jobs and the receiver alike: owner is the job's id, 0 for
 * received objects. Their counts are kept by the triggers below, in the same transaction as the
 * objects that they count, so a list of studies never has to count a million rows.
 *
 * A job's counts are kept the same way, for the same reason.
 */
static const char version_1[]
    = "CREATE TABLE nodes ("
      "  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, ae_title TEXT NOT NULL,"
      "  host TEXT NOT NULL, port INTEGER NOT NULL, calling TEXT NOT NULL DEFAULT '',"
      "  is_self INTEGER NOT NULL DEFAULT 0);"

      "CREATE TABLE jobs ("
      "  id INTEGER PRIMARY KEY, state INTEGER NOT NULL, draft TEXT UNIQUE, title TEXT NOT NULL "
      "DEFAULT '',"
      "  node_id INTEGER NOT NULL DEFAULT 0, node_name TEXT NOT NULL DEFAULT '',"
      "  ae_title TEXT NOT NULL DEFAULT '', host TEXT NOT NULL DEFAULT '', port INTEGER NOT NULL "
      "DEFAULT 0,"
      "  calling TEXT NOT NULL DEFAULT '', is_self INTEGER NOT NULL DEFAULT 0,"
      "  waiting INTEGER NOT NULL DEFAULT 0, sending INTEGER NOT NULL DEFAULT 0,"
      "  stored INTEGER NOT NULL DEFAULT 0, warning INTEGER NOT NULL DEFAULT 0,"
      "  refused INTEGER NOT NULL DEFAULT 0, not_accepted INTEGER NOT NULL DEFAULT 0,"
      "  failed INTEGER NOT NULL DEFAULT 0, cancelled INTEGER NOT NULL DEFAULT 0,"
      "  bytes_total INTEGER NOT NULL DEFAULT 0, bytes_done INTEGER NOT NULL DEFAULT 0,"
      "  created INTEGER NOT NULL DEFAULT 0, started INTEGER NOT NULL DEFAULT 0,"
      "  finished INTEGER NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT '');"

      "CREATE TABLE studies ("
      "  id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, study_uid TEXT NOT NULL,"
      "  patient_name TEXT NOT NULL, patient_id TEXT NOT NULL, birth_date TEXT NOT NULL,"
      "  accession TEXT NOT NULL, description TEXT NOT NULL, study_date TEXT NOT NULL,"
      "  changed INTEGER NOT NULL, UNIQUE (owner, study_uid, patient_id));"
      "CREATE INDEX studies_by_change ON studies (owner, changed);"

      "CREATE TABLE series ("
      "  id INTEGER PRIMARY KEY, study_id INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,"
      "  series_uid TEXT NOT NULL, number TEXT NOT NULL, description TEXT NOT NULL, modality TEXT "
      "NOT NULL,"
      "  sop_class_uid TEXT NOT NULL, images INTEGER NOT NULL DEFAULT 0, objects INTEGER NOT NULL "
      "DEFAULT 0,"
      "  bytes INTEGER NOT NULL DEFAULT 0, UNIQUE (study_id, series_uid));"

      "CREATE TABLE instances ("
      "  id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,"
      "  series_id INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,"
      "  path TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL, data_offset INTEGER "
      "NOT NULL,"
      "  sop_class_uid TEXT NOT NULL, sop_instance_uid TEXT NOT NULL, transfer_syntax TEXT NOT "
      "NULL,"
      "  modality TEXT NOT NULL, image INTEGER NOT NULL, outcome INTEGER NOT NULL DEFAULT 0,"
      "  status INTEGER NOT NULL DEFAULT -1, message TEXT NOT NULL DEFAULT '',"
      "  finished INTEGER NOT NULL DEFAULT 0, elapsed INTEGER NOT NULL DEFAULT 0, UNIQUE (job_id, "
      "path));"
      "CREATE INDEX instances_by_outcome ON instances (job_id, outcome);"
      "CREATE INDEX instances_by_series ON instances (series_id);"

      "CREATE TABLE skipped ("
      "  id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,"
      "  path TEXT NOT NULL, reason TEXT NOT NULL, UNIQUE (job_id, path));"

      "CREATE TABLE associations ("
      "  id INTEGER PRIMARY KEY, state INTEGER NOT NULL, started INTEGER NOT NULL, ended INTEGER "
      "NOT NULL,"
      "  calling TEXT NOT NULL, called TEXT NOT NULL, peer TEXT NOT NULL,"
      "  implementation_class TEXT NOT NULL, implementation_version TEXT NOT NULL,"
      "  peer_max_pdu INTEGER NOT NULL, objects INTEGER NOT NULL, stored INTEGER NOT NULL,"
      "  warnings INTEGER NOT NULL, refused INTEGER NOT NULL, bytes INTEGER NOT NULL,"
      "  echoes INTEGER NOT NULL, result TEXT NOT NULL);"

      "CREATE TABLE contexts ("
      "  association_id INTEGER NOT NULL REFERENCES associations ON DELETE CASCADE,"
      "  context_id INTEGER NOT NULL, abstract_syntax TEXT NOT NULL, proposed TEXT NOT NULL,"
      "  accepted TEXT NOT NULL, result INTEGER NOT NULL, PRIMARY KEY (association_id, context_id)"
      ") WITHOUT ROWID;"

      "CREATE TABLE received ("
      "  id INTEGER PRIMARY KEY, association_id INTEGER NOT NULL, series_id INTEGER,"
      "  path TEXT NOT NULL, sop_class_uid TEXT NOT NULL, sop_instance_uid TEXT NOT NULL,"
      "  transfer_syntax TEXT NOT NULL, modality TEXT NOT NULL, image INTEGER NOT NULL,"
      "  size INTEGER NOT NULL, received INTEGER NOT NULL, status INTEGER NOT NULL, remark TEXT "
      "NOT NULL);"
      "CREATE INDEX received_by_association ON received (association_id);"
      "CREATE INDEX received_by_series ON received (series_id);"
      "CREATE INDEX received_by_path ON received (path);"

      "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"

      "CREATE TRIGGER instance_added AFTER INSERT ON instances BEGIN"
      "  UPDATE series SET images = images + new.image, objects = objects + 1, bytes = bytes + "
      "new.size,"
      "    sop_class_uid = CASE WHEN objects = 0 OR sop_class_uid = new.sop_class_uid"
      "                         THEN new.sop_class_uid ELSE '' END WHERE id = new.series_id;"
      "  UPDATE jobs SET waiting = waiting + 1, bytes_total = bytes_total + new.size WHERE id = "
      "new.job_id;"
      "END;"

      "CREATE TRIGGER instance_moved AFTER UPDATE OF job_id ON instances WHEN old.job_id <> "
      "new.job_id BEGIN"
      "  UPDATE jobs SET waiting = waiting - 1, bytes_total = bytes_total - new.size WHERE id = "
      "old.job_id;"
      "  UPDATE jobs SET waiting = waiting + 1, bytes_total = bytes_total + new.size WHERE id = "
      "new.job_id;"
      "END;"

      "CREATE TRIGGER instance_answered AFTER UPDATE OF outcome ON instances"
      "  WHEN old.outcome <> new.outcome BEGIN"
      "  UPDATE jobs SET waiting = waiting - (old.outcome = 0) + (new.outcome = 0),"
      "    sending = sending - (old.outcome = 1) + (new.outcome = 1),"
      "    stored = stored - (old.outcome = 2) + (new.outcome = 2),"
      "    warning = warning - (old.outcome = 3) + (new.outcome = 3),"
      "    refused = refused - (old.outcome = 4) + (new.outcome = 4),"
      "    not_accepted = not_accepted - (old.outcome = 5) + (new.outcome = 5),"
      "    failed = failed - (old.outcome = 6) + (new.outcome = 6),"
      "    cancelled = cancelled - (old.outcome = 7) + (new.outcome = 7),"
      "    bytes_done = bytes_done + ((new.outcome > 1) - (old.outcome > 1)) * new.size"
      "  WHERE id = new.job_id;"
      "END;"

      "CREATE TRIGGER instance_removed AFTER DELETE ON instances BEGIN"
      "  UPDATE jobs SET waiting = waiting - (old.outcome = 0), bytes_total = bytes_total - "
      "old.size"
      "  WHERE id = old.job_id;"
      "END;"

      "CREATE TRIGGER received_added AFTER INSERT ON received WHEN new.series_id IS NOT NULL BEGIN"
      "  UPDATE series SET images = images + new.image, objects = objects + 1, bytes = bytes + "
      "new.size,"
      "    sop_class_uid = CASE WHEN objects = 0 OR sop_class_uid = new.sop_class_uid"
      "                         THEN new.sop_class_uid ELSE '' END WHERE id = new.series_id;"
      "END;";

/* What a node has of its own, and what the queue knows of tries, order and changed objects. */
static const char version_2[]
    = "ALTER TABLE nodes ADD COLUMN max_pdu INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE nodes ADD COLUMN associations INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE nodes ADD COLUMN connect_seconds INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE nodes ADD COLUMN acse_seconds INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE nodes ADD COLUMN dimse_seconds INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE nodes ADD COLUMN idle_seconds INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE nodes ADD COLUMN transcoding INTEGER NOT NULL DEFAULT -1;"
      "ALTER TABLE nodes ADD COLUMN fall_back INTEGER NOT NULL DEFAULT -1;"
      "ALTER TABLE nodes ADD COLUMN notes TEXT NOT NULL DEFAULT '';"
      "ALTER TABLE nodes ADD COLUMN tls INTEGER NOT NULL DEFAULT -1;"

      "ALTER TABLE jobs ADD COLUMN tls INTEGER NOT NULL DEFAULT -1;"
      "ALTER TABLE jobs ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE jobs ADD COLUMN position INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE jobs ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE jobs ADD COLUMN retry_at INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE jobs ADD COLUMN retryable INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE jobs ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;"
      "UPDATE jobs SET position = id;"

      "ALTER TABLE instances ADD COLUMN retryable INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE instances ADD COLUMN sent_class_uid TEXT NOT NULL DEFAULT '';"
      "ALTER TABLE instances ADD COLUMN sent_syntax TEXT NOT NULL DEFAULT '';"
      "CREATE INDEX instances_by_uid ON instances (job_id, sop_instance_uid);"
      "CREATE TRIGGER instance_retryable AFTER UPDATE OF retryable ON instances"
      "  WHEN old.retryable <> new.retryable BEGIN"
      "  UPDATE jobs SET retryable = retryable + new.retryable - old.retryable"
      "  WHERE id = new.job_id;"
      "END;"
      /* Outcomes 2 and 3: it is at the node. */
      "CREATE TRIGGER instance_changed"
      "  AFTER UPDATE OF outcome, sent_class_uid, sent_syntax ON instances BEGIN"
      "  UPDATE jobs SET changed = changed"
      "    + (new.outcome IN (2, 3) AND (new.sent_class_uid <> '' OR new.sent_syntax <> ''))"
      "    - (old.outcome IN (2, 3) AND (old.sent_class_uid <> '' OR old.sent_syntax <> ''))"
      "  WHERE id = new.job_id;"
      "END;"
      "CREATE TRIGGER instance_forgotten AFTER DELETE ON instances BEGIN"
      "  UPDATE series SET images = images - old.image, objects = objects - 1,"
      "    bytes = bytes - old.size WHERE id = old.series_id;"
      "END;";

/* Received objects go away again: the oldest first, and their series count without them. */
static const char version_3[]
    = "CREATE INDEX received_by_arrival ON received (received);"
      "CREATE INDEX received_by_uid ON received (sop_instance_uid);"

      "CREATE TRIGGER received_removed AFTER DELETE ON received WHEN old.series_id IS NOT NULL "
      "BEGIN"
      "  UPDATE series SET images = images - old.image, objects = objects - 1, bytes = bytes - "
      "old.size WHERE id = old.series_id;"
      "END;"

      "CREATE TRIGGER received_forgotten AFTER UPDATE OF series_id ON received"
      "  WHEN old.series_id IS NOT NULL AND new.series_id IS NULL BEGIN"
      "  UPDATE series SET images = images - old.image, objects = objects - 1, bytes = bytes - "
      "old.size WHERE id = old.series_id;"
      "END;";

/* A million instances: a job's in their order, and the middle image of a series, without looking at
 * the rows between. */
static const char version_4[] = "CREATE INDEX instances_by_job ON instances (job_id);"
                                "DROP INDEX instances_by_series;"
                                "CREATE INDEX instances_by_series ON instances (series_id, image);";

/* How the nodes answer. What is known of one belongs to its address: another is another peer. */
static const char version_5[]
    = "CREATE TABLE health ("
      "  node_id INTEGER PRIMARY KEY REFERENCES nodes ON DELETE CASCADE, up INTEGER NOT NULL,"
      "  since INTEGER NOT NULL, started INTEGER NOT NULL, steps TEXT NOT NULL,"
      "  failed_step TEXT NOT NULL, status INTEGER NOT NULL, message TEXT NOT NULL,"
      "  implementation TEXT NOT NULL, answered_as TEXT NOT NULL, peer_max_pdu INTEGER NOT NULL,"
      "  encrypted INTEGER NOT NULL, tls TEXT NOT NULL);"

      "CREATE TABLE round_trips ("
      "  id INTEGER PRIMARY KEY, node_id INTEGER NOT NULL REFERENCES nodes ON DELETE CASCADE,"
      "  elapsed INTEGER NOT NULL);"
      "CREATE INDEX round_trips_by_node ON round_trips (node_id, id);"

      "CREATE TABLE probes ("
      "  id INTEGER PRIMARY KEY, node_id INTEGER NOT NULL REFERENCES nodes ON DELETE CASCADE,"
      "  ae_title TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL, calling TEXT NOT NULL,"
      "  started INTEGER NOT NULL, elapsed INTEGER NOT NULL, complete INTEGER NOT NULL,"
      "  associations INTEGER NOT NULL, implementation TEXT NOT NULL,"
      "  peer_max_pdu INTEGER NOT NULL, message TEXT NOT NULL);"
      "CREATE INDEX probes_by_node ON probes (node_id, id);"

      "CREATE TABLE probe_answers ("
      "  probe_id INTEGER NOT NULL REFERENCES probes ON DELETE CASCADE,"
      "  sop_class_uid TEXT NOT NULL, result INTEGER NOT NULL, syntaxes TEXT NOT NULL,"
      "  PRIMARY KEY (probe_id, sop_class_uid, result)) WITHOUT ROWID;"

      "CREATE TABLE probe_extended ("
      "  probe_id INTEGER NOT NULL REFERENCES probes ON DELETE CASCADE,"
      "  sop_class_uid TEXT NOT NULL, level INTEGER NOT NULL, signature_level INTEGER NOT NULL,"
      "  coercion INTEGER NOT NULL, PRIMARY KEY (probe_id, sop_class_uid)) WITHOUT ROWID;"

      "CREATE TRIGGER node_moved AFTER UPDATE OF ae_title, host, port ON nodes"
      "  WHEN old.ae_title <> new.ae_title OR old.host <> new.host OR old.port <> new.port BEGIN"
      "  DELETE FROM health WHERE node_id = new.id;"
      "  DELETE FROM round_trips WHERE node_id = new.id;"
      "END;";

/* The log of the receiver, whole. Equal PDUs are kept once. What is cleared is removed a little at
 * a time. What is pending of a study: 0, or when it becomes complete. */
static const char version_6[]
    = "ALTER TABLE associations ADD COLUMN ended_by INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE associations ADD COLUMN our_max_pdu INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE associations ADD COLUMN last_status INTEGER NOT NULL DEFAULT -1;"
      "ALTER TABLE associations ADD COLUMN request_pdu INTEGER;"
      "ALTER TABLE associations ADD COLUMN answer_pdu INTEGER;"
      "ALTER TABLE associations ADD COLUMN cleared INTEGER NOT NULL DEFAULT 0;"
      "CREATE INDEX associations_by_caller ON associations (calling, id);"
      "CREATE INDEX associations_open ON associations (id) WHERE state < 3;"
      "CREATE INDEX associations_cleared ON associations (id) WHERE cleared;"

      "CREATE TABLE pdus (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, octets BLOB NOT "
      "NULL);"

      "CREATE TABLE messages ("
      "  id INTEGER PRIMARY KEY, association_id INTEGER NOT NULL, command INTEGER NOT NULL,"
      "  message_id INTEGER NOT NULL, context_id INTEGER NOT NULL, sop_class_uid TEXT NOT NULL,"
      "  sop_instance_uid TEXT NOT NULL, size INTEGER NOT NULL, status INTEGER NOT NULL,"
      "  started INTEGER NOT NULL, elapsed INTEGER NOT NULL);"
      "CREATE INDEX messages_by_association ON messages (association_id);"

      "ALTER TABLE studies ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;"
      "CREATE INDEX studies_pending ON studies (pending) WHERE pending;";

/* Where a job's time went: see gantry_path_figures_to_text(). A node's colour: see
 * gantry_node_color_to_nick(). */
static const char version_7[] = "ALTER TABLE jobs ADD COLUMN path_figures TEXT NOT NULL DEFAULT '';"
                                "ALTER TABLE nodes ADD COLUMN color TEXT NOT NULL DEFAULT '';";

/* Lines of DCMTK's among an association's messages. */
static const char version_8[] = "ALTER TABLE messages ADD COLUMN level INTEGER NOT NULL DEFAULT 0;"
                                "ALTER TABLE messages ADD COLUMN text TEXT NOT NULL DEFAULT '';";

/* What is to become of many instances of a job: see gantry-queue-change.h. */
static const char version_9[]
    = "CREATE TABLE changes ("
      "  id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,"
      "  kind INTEGER NOT NULL, study_id INTEGER NOT NULL, series_id INTEGER NOT NULL, ids TEXT,"
      "  outcome INTEGER NOT NULL, message TEXT NOT NULL, retryable INTEGER NOT NULL,"
      "  now INTEGER NOT NULL, after INTEGER NOT NULL DEFAULT -1);"
      "CREATE INDEX changes_by_job ON changes (job_id);";

/* Of a hundred thousand arrivals of one object one stands for the file, and is looked for at each.
 */
static const char version_10[]
    = "CREATE INDEX received_files ON received (path) WHERE series_id IS NOT NULL;"
      "CREATE INDEX received_files_by_uid ON received (sop_instance_uid) WHERE series_id IS NOT "
      "NULL;";

/* Where the instances of a job come from that it does not have all yet. */
static const char version_11[]
    = "ALTER TABLE changes ADD COLUMN source INTEGER NOT NULL DEFAULT 0;"
      "CREATE INDEX changes_by_source ON changes (source) WHERE source <> 0;";

/* What was asked for with a job: see gantry_send_overrides_to_text(). */
static const char version_12[] = "ALTER TABLE jobs ADD COLUMN overrides TEXT NOT NULL DEFAULT '';";

/* What a person has asked of a job that runs: see GantryJobWish. */
static const char version_13[] = "ALTER TABLE jobs ADD COLUMN wish INTEGER NOT NULL DEFAULT 0;";

/* What an association came to besides its objects. */
static const char version_14[]
    = "ALTER TABLE associations ADD COLUMN proposed INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE associations ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE associations ADD COLUMN not_kept INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE associations ADD COLUMN not_served INTEGER NOT NULL DEFAULT 0;"
      "UPDATE associations SET proposed = (SELECT count(*) FROM contexts WHERE association_id = "
      "associations.id), accepted = (SELECT count(*) FROM contexts WHERE association_id = "
      "associations.id AND contexts.accepted <> '');";

/* How many associations were lost while an instance was on its way: it goes after those that cost
 * none. What the file system said of its file when it was staged; 0: not known. */
static const char version_15[]
    = "ALTER TABLE instances ADD COLUMN losses INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE instances ADD COLUMN device INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE instances ADD COLUMN inode INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE instances ADD COLUMN status_changed INTEGER NOT NULL DEFAULT 0;"
      "CREATE INDEX instances_lost ON instances (job_id, outcome, losses) WHERE losses > 0;";

/* What it means that a file is not sent: see GantrySkippedKind. */
static const char version_16[] = "ALTER TABLE skipped ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;";

/* Ways in which the receiver misbehaves on purpose, by name. */
static const char version_17[]
    = "CREATE TABLE scenarios (name TEXT PRIMARY KEY, words TEXT NOT NULL) WITHOUT ROWID;";

/* How a node answers is of how it is asked: also under which name of ours, and encrypted or not. */
static const char version_18[]
    = "DROP TRIGGER node_moved;"
      "CREATE TRIGGER node_moved AFTER UPDATE OF ae_title, host, port, calling, tls ON nodes"
      "  WHEN old.ae_title <> new.ae_title OR old.host <> new.host OR old.port <> new.port"
      "  OR old.calling <> new.calling OR old.tls <> new.tls BEGIN"
      "  DELETE FROM health WHERE node_id = new.id;"
      "  DELETE FROM round_trips WHERE node_id = new.id;"
      "END;";

const char *const gantry_schema_migrations[]
    = { version_1,  version_2,  version_3,  version_4,  version_5,  version_6,
        version_7,  version_8,  version_9,  version_10, version_11, version_12,
        version_13, version_14, version_15, version_16, version_17, version_18 };
const guint gantry_schema_version = G_N_ELEMENTS (gantry_schema_migrations);
