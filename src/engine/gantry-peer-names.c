/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-peer-names.h"

#include <string.h>

#define NAME_MAX_CHARS 253 /* of a name in the DNS (RFC 1035 2.3.4), written down */

struct _GantryPeerNames
{
  GObject parent_instance;

  GantryPeerNamesLimits limits;
  gboolean enabled;
  GHashTable *entries; /* address to Entry */
  GQueue known;        /* of Entry: the oldest answer first */
  GQueue line;         /* of Entry: who waits longest first */
  guint asked;         /* questions that the name service has not answered */
};

G_DEFINE_FINAL_TYPE (GantryPeerNames, gantry_peer_names, G_TYPE_OBJECT)

enum
{
  PROP_ENABLED = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint changed_signal;

/* ---- What is known -------------------------------------------------------------------------- */

typedef struct
{
  char *address;
  char *name;    /* NULL: none */
  gint64 until;  /* monotonic: how long that counts */
  GQueue *queue; /* known or line; NULL: the name service is being asked */
  GList link;    /* in queue */
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  if (entry->queue != NULL)
    g_queue_unlink (entry->queue, &entry->link);
  g_free (entry->address);
  g_free (entry->name);
  g_free (entry);
}

static void
entry_move (Entry *entry, GQueue *queue)
{
  if (entry->queue != NULL)
    g_queue_unlink (entry->queue, &entry->link);
  entry->queue = queue;
  if (queue != NULL)
    g_queue_push_tail_link (queue, &entry->link);
}

static Entry *
add_entry (GantryPeerNames *self, const char *address)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->address = g_strdup (address);
  entry->link.data = entry;
  g_hash_table_insert (self->entries, entry->address, entry);
  return entry;
}

static void
bound (GantryPeerNames *self, GQueue *queue, guint limit)
{
  while (queue->length > limit)
    g_hash_table_remove (self->entries, ((Entry *)g_queue_peek_head (queue))->address);
}

/* @name: (nullable) (transfer full) */
static void
remember (GantryPeerNames *self, const char *address, char *name)
{
  Entry *entry = g_hash_table_lookup (self->entries, address);
  guint ms = name != NULL ? self->limits.name_ms : self->limits.none_ms;

  if (entry == NULL)
    entry = add_entry (self, address);
  g_free (entry->name);
  entry->name = name;
  entry->until = g_get_monotonic_time () + (gint64)ms * 1000;
  entry_move (entry, &self->known);
  bound (self, &self->known, self->limits.known);
  g_signal_emit (self, changed_signal, 0, address);
}

/* ---- Asking --------------------------------------------------------------------------------- */

typedef struct
{
  GantryPeerNames *names; /* counted */
  char *address;
  guint patience_id; /* 0: it is at an end */
} Question;

static void ask_next (GantryPeerNames *self);

/* Whoever owns an address also owns what the name service says of it. What looks like another
 * address is no name either: the last label of a name is no number (RFC 3696 2). */
static gboolean
is_name (const char *text)
{
  gsize length = strlen (text);
  const char *last = strrchr (text, '.');

  if (length == 0 || length > NAME_MAX_CHARS)
    return FALSE;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-._", *c) == NULL)
      return FALSE;
  last = last != NULL ? last + 1 : text;
  return strspn (last, "0123456789") < strlen (last);
}

static void
on_answer (GObject *resolver, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  g_autoptr (GantryPeerNames) self = question->names;
  g_autofree char *name = g_resolver_lookup_by_address_finish (G_RESOLVER (resolver), result, NULL);

  if (name != NULL && !is_name (name))
    g_clear_pointer (&name, g_free);
  g_clear_handle_id (&question->patience_id, g_source_remove);
  self->asked--;
  if (self->enabled)
    remember (self, question->address, g_steal_pointer (&name));
  g_free (question->address);
  g_free (question);
  ask_next (self);
}

/* Nobody waits for it any more; should an answer come yet, it is welcome. The question still is one
 * of those that are asked at once: a thread of GLib's that is inside the C library's resolver
 * cannot be called back, and whoever forgot it would soon have all of them there. */
static gboolean
on_patience (gpointer data)
{
  Question *question = data;
  GantryPeerNames *self = question->names;

  question->patience_id = 0;
  if (self->enabled)
    remember (self, question->address, NULL);
  return G_SOURCE_REMOVE;
}

static void
ask (GantryPeerNames *self, const char *address)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  Question *question = g_new0 (Question, 1);

  question->names = g_object_ref (self);
  question->address = g_strdup (address);
  question->patience_id = g_timeout_add (self->limits.patience_ms, on_patience, question);
  self->asked++;
  g_resolver_lookup_by_address_async (resolver, inet, NULL, on_answer, question);
}

static void
ask_next (GantryPeerNames *self)
{
  while (self->asked < self->limits.at_once && self->line.length > 0)
    {
      Entry *entry = g_queue_peek_head (&self->line);

      entry_move (entry, NULL);
      ask (self, entry->address);
    }
}

/* ---- Addresses ------------------------------------------------------------------------------ */

/* The part of @peer that is the address: neither brackets nor port. */
static const char *
find_address (const char *peer, gsize *length)
{
  const char *first = strchr (peer, ':');

  if (*peer == '[')
    {
      *length = strcspn (peer + 1, "]");
      return peer + 1;
    }
  /* One colon is before a port, more are inside of an address. */
  *length
      = first != NULL && strchr (first + 1, ':') == NULL ? (gsize)(first - peer) : strlen (peer);
  return peer;
}

gboolean
gantry_peer_names_is_at (const char *peer, const char *address)
{
  gsize length;
  const char *start;

  if (address == NULL)
    return TRUE;
  start = find_address (peer, &length);
  return strlen (address) == length && memcmp (start, address, length) == 0;
}

char *
gantry_peer_names_lookup (GantryPeerNames *self, const char *peer)
{
  g_autofree char *address = NULL;
  g_autoptr (GInetAddress) inet = NULL;
  const char *start;
  gsize length;
  Entry *entry;

  g_return_val_if_fail (GANTRY_IS_PEER_NAMES (self), NULL);
  g_return_val_if_fail (peer != NULL, NULL);

  if (!self->enabled)
    return NULL;
  start = find_address (peer, &length);
  address = g_strndup (start, length);
  entry = g_hash_table_lookup (self->entries, address);
  if (entry != NULL && (entry->queue != &self->known || g_get_monotonic_time () < entry->until))
    return g_strdup (entry->name);
  if (entry != NULL)
    g_hash_table_remove (self->entries, address);
  inet = g_inet_address_new_from_string (address);
  if (inet == NULL)
    return NULL;
  entry_move (add_entry (self, address), &self->line);
  ask_next (self);
  bound (self, &self->line, self->limits.waiting);
  return NULL;
}

/* ---- The class ------------------------------------------------------------------------------ */

static void
set_enabled (GantryPeerNames *self, gboolean enabled)
{
  if (self->enabled == enabled)
    return;
  self->enabled = enabled;
  g_hash_table_remove_all (self->entries);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENABLED]);
  g_signal_emit (self, changed_signal, 0, NULL);
}

static void
gantry_peer_names_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ENABLED)
    g_value_set_boolean (value, GANTRY_PEER_NAMES (object)->enabled);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gantry_peer_names_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ENABLED)
    set_enabled (GANTRY_PEER_NAMES (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gantry_peer_names_finalize (GObject *object)
{
  g_hash_table_unref (GANTRY_PEER_NAMES (object)->entries);
  G_OBJECT_CLASS (gantry_peer_names_parent_class)->finalize (object);
}

static void
gantry_peer_names_class_init (GantryPeerNamesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gantry_peer_names_get_property;
  object_class->set_property = gantry_peer_names_set_property;
  object_class->finalize = gantry_peer_names_finalize;

  properties[PROP_ENABLED]
      = g_param_spec_boolean ("enabled", NULL, NULL, FALSE,
                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  changed_signal = g_signal_new ("changed", GANTRY_TYPE_PEER_NAMES, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
gantry_peer_names_init (GantryPeerNames *self)
{
  self->limits = GANTRY_PEER_NAMES_LIMITS_DEFAULT;
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
}

GantryPeerNames *
gantry_peer_names_get_default (void)
{
  static GantryPeerNames *names;

  if (names == NULL)
    names = gantry_peer_names_new (NULL);
  return names;
}

GantryPeerNames *
gantry_peer_names_new (const GantryPeerNamesLimits *limits)
{
  GantryPeerNames *self = g_object_new (GANTRY_TYPE_PEER_NAMES, NULL);

  if (limits != NULL)
    self->limits = *limits;
  return self;
}
