/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-instance.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gantry-dataset-private.h"
#include "gantry-error.h"
#include "gantry-files.h"
#include "gantry-registry.h"

#define PREAMBLE 128
#define TAG_PIXELS 0x00280000u /* the image's description; all that we show stands before it */
#define TAG_BEHIND_META 0x00030000u
#define TEXT_MAX 1024 /* no VR of the elements below allows more than 64 characters */

/* What is read of a file at first, and by how much more when its header is longer. */
#define FIRST_READ (32u << 10)
#define READ_FACTOR 8
#define HEADER_MAX (256u << 20)

typedef enum
{
  AS_IS,
  FIRST_VALUE,
  TEXT,
  NAME,
} Reading;

static const struct
{
  guint32 tag;
  gsize offset;
  Reading reading;
} fields[] = {
  { 0x00080016, G_STRUCT_OFFSET (GantryInstance, sop_class_uid), AS_IS },
  { 0x00080018, G_STRUCT_OFFSET (GantryInstance, sop_instance_uid), AS_IS },
  { 0x00080020, G_STRUCT_OFFSET (GantryInstance, study_date), AS_IS },
  { 0x00080050, G_STRUCT_OFFSET (GantryInstance, accession), TEXT },
  { 0x00080060, G_STRUCT_OFFSET (GantryInstance, modality), FIRST_VALUE },
  { 0x00081030, G_STRUCT_OFFSET (GantryInstance, study_description), TEXT },
  { 0x0008103E, G_STRUCT_OFFSET (GantryInstance, series_description), TEXT },
  { 0x00100010, G_STRUCT_OFFSET (GantryInstance, patient_name), NAME },
  { 0x00100020, G_STRUCT_OFFSET (GantryInstance, patient_id), TEXT },
  { 0x00100030, G_STRUCT_OFFSET (GantryInstance, birth_date), AS_IS },
  { 0x0020000D, G_STRUCT_OFFSET (GantryInstance, study_uid), AS_IS },
  { 0x0020000E, G_STRUCT_OFFSET (GantryInstance, series_uid), AS_IS },
  { 0x00200011, G_STRUCT_OFFSET (GantryInstance, series_number), AS_IS },
  { 0x00200013, G_STRUCT_OFFSET (GantryInstance, instance_number), AS_IS },
};

/* The bytes of a file, or of its beginning. */
typedef struct
{
  const guint8 *data;
  gsize available;
  gsize total;
  gboolean need_more; /* out: it failed because available is too little */
} Bytes;

typedef struct
{
  GantryInstance *instance;
  char *charset;
  gsize next; /* the field to expect: both come in the order of tags */
} HeaderReading;

typedef struct
{
  GantryInstance *instance;
  gsize group_end; /* as (0002,0000) says, from the start of the group */
} MetaReading;

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_FILE, sentence);
  return FALSE;
}

static gboolean
refuse_not_dicom (GError **error)
{
  return refuse (error, _ ("This is not a DICOM file."));
}

static char **
field_of (GantryInstance *self, gsize i)
{
  return &G_STRUCT_MEMBER (char *, self, fields[i].offset);
}

static void
take (char **member, char *text)
{
  g_free (*member);
  *member = text;
}

static void
read_field (HeaderReading *self, gsize i, const GantryElement *element)
{
  char **member = field_of (self->instance, i);
  gsize length = MIN (element->held, TEXT_MAX);
  g_autofree char *text = NULL;

  /* The meta header has named it. */
  if (**member != '\0')
    return;

  text = gantry_text_decode (fields[i].reading == TEXT || fields[i].reading == NAME ? self->charset
                                                                                    : NULL,
                             element->value, length);
  if (fields[i].reading == FIRST_VALUE)
    {
      text[strcspn (text, "\\")] = '\0';
      g_strchomp (text);
    }
  take (member,
        fields[i].reading == NAME ? gantry_person_name_format (text) : g_steal_pointer (&text));
}

static gboolean
on_header_element (const GantryElement *element, gpointer user_data)
{
  HeaderReading *self = user_data;

  if (element->depth > 0 || element->length == GANTRY_LENGTH_UNDEFINED)
    return TRUE;
  if (element->tag == 0x00080005)
    take (&self->charset, gantry_text_decode (NULL, element->value, MIN (element->held, 256)));

  while (self->next < G_N_ELEMENTS (fields) && fields[self->next].tag < element->tag)
    self->next++;
  if (self->next < G_N_ELEMENTS (fields) && fields[self->next].tag == element->tag)
    read_field (self, self->next++, element);
  return TRUE;
}

static gboolean
on_meta_element (const GantryElement *element, gpointer user_data)
{
  MetaReading *self = user_data;
  char **member;

  /* A data set in Implicit VR may begin with a private group before 0002. */
  if (element->depth == 0 && element->tag >> 16 != 0x0002)
    return FALSE;
  if (element->depth > 0 || element->length == GANTRY_LENGTH_UNDEFINED)
    return TRUE;
  switch (element->tag)
    {
    case 0x00020000:
      if (element->held == 4)
        self->group_end = 12
                          + ((gsize)element->value[3] << 24 | element->value[2] << 16
                             | element->value[1] << 8 | element->value[0]);
      return TRUE;
    case 0x00020002:
      member = &self->instance->sop_class_uid;
      break;
    case 0x00020003:
      member = &self->instance->sop_instance_uid;
      break;
    case 0x00020010:
      member = &self->instance->transfer_syntax;
      break;
    default:
      return TRUE;
    }
  take (member, gantry_text_decode (NULL, element->value, MIN (element->held, TEXT_MAX)));
  return TRUE;
}

static gboolean
is_meta_element (const Bytes *bytes, gsize offset)
{
  return bytes->available < offset + 2
         || (bytes->data[offset] == 0x02 && bytes->data[offset + 1] == 0);
}

/* Reads group 0002 from @start and finds where the data set begins. */
static gboolean
read_meta (GantryInstance *self, Bytes *bytes, gsize start, GError **error)
{
  MetaReading reading = { .instance = self };
  GError *failure = NULL;
  GantryWalkEnd end;
  gboolean ok = gantry_dataset_walk_prefix (
      bytes->data + start, bytes->available - start, bytes->total - start, GANTRY_UID_EXPLICIT_LE,
      TAG_BEHIND_META, on_meta_element, &reading, &end, &failure);

  /* Deflated bytes can look like anything, so there the group length must be believed; elsewhere
   * it is too often wrong. */
  if (strcmp (self->transfer_syntax, GANTRY_UID_DEFLATED_LE) == 0 && reading.group_end > 0
      && reading.group_end <= bytes->available - start)
    {
      end.offset = reading.group_end;
      ok = TRUE;
    }
  else if (!ok && !end.need_more && !is_meta_element (bytes, start + end.offset))
    ok = TRUE;
  if (!ok)
    {
      bytes->need_more = end.need_more;
      g_propagate_prefixed_error (error, failure, "%s ",
                                  _ ("The file's meta header cannot be read."));
      return FALSE;
    }
  g_clear_error (&failure);
  self->has_meta = end.offset > 0;
  self->data_offset = start + end.offset;
  return TRUE;
}

/* The encoding of a data set that nothing names, judged by its first element; NULL: it is none. */
static const char *
sniff_syntax (const guint8 *data, gsize available, gsize total)
{
  guint group, length;

  if (available < 8)
    return NULL;
  if (g_ascii_isupper (data[4]) && g_ascii_isupper (data[5]))
    {
      if (data[1] == 0 && data[0] != 0 && data[0] <= 0x40)
        return GANTRY_UID_EXPLICIT_LE;
      return data[0] == 0 && data[1] != 0 && data[1] <= 0x40 ? GANTRY_UID_EXPLICIT_BE : NULL;
    }
  group = data[1] << 8 | data[0];
  length = (guint)data[7] << 24 | data[6] << 16 | data[5] << 8 | data[4];
  return group >= 1 && group <= 0x40 && (length <= total - 8 || length == GANTRY_LENGTH_UNDEFINED)
                 && data[3] <= 0x20
             ? GANTRY_UID_IMPLICIT_LE
             : NULL;
}

static gboolean
find_dataset (GantryInstance *self, Bytes *bytes, GError **error)
{
  const guint8 *data = bytes->data;
  gsize start = G_MAXSIZE;

  if (bytes->available >= PREAMBLE + 4 && memcmp (data + PREAMBLE, "DICM", 4) == 0)
    start = PREAMBLE + 4;
  else if (bytes->available >= 8 && memcmp (data, "DICM", 4) == 0)
    start = 4;
  else if (bytes->available >= 8 && data[0] == 2 && data[1] == 0 && data[3] == 0
           && g_ascii_isupper (data[4]) && g_ascii_isupper (data[5]))
    start = 0;
  if (start != G_MAXSIZE && !read_meta (self, bytes, start, error))
    return FALSE;

  if (*self->transfer_syntax == '\0')
    {
      const char *syntax
          = sniff_syntax (data + self->data_offset, bytes->available - self->data_offset,
                          bytes->total - self->data_offset);

      if (syntax == NULL)
        return self->has_meta ? refuse (error, _ ("The file does not name its transfer syntax, and "
                                                  "its data set does not begin like one."))
                              : refuse_not_dicom (error);
      take (&self->transfer_syntax, g_strdup (syntax));
    }
  return TRUE;
}

static gboolean
check_identity (GantryInstance *self, GError **error)
{
  if (strcmp (self->sop_class_uid, GANTRY_UID_MEDIA_DIRECTORY) == 0)
    return refuse (error, _ ("This is a DICOMDIR, the index of a file set, and not an object that "
                             "can be sent. Add the DICOMDIR or its folder to get the objects."));
  if (*self->sop_class_uid == '\0' && !self->has_meta)
    return refuse_not_dicom (error);
  if (*self->sop_class_uid == '\0')
    return refuse (error, _ ("The object has no SOP Class UID, so no receiver could know what it "
                             "is. It must be corrected where it was made."));
  if (*self->sop_instance_uid == '\0')
    return refuse (error, _ ("The object has no SOP Instance UID, so no receiver could keep it. It "
                             "must be corrected where it was made."));
  return TRUE;
}

gboolean
gantry_instance_check_names (const GantryInstance *self, GError **error)
{
  if (strlen (self->sop_instance_uid) > GANTRY_UID_MAX)
    return refuse (error, _ ("The object's SOP Instance UID has more than 64 characters, so it "
                             "cannot be sent under its own name. It must be corrected where it "
                             "was made."));
  if (strlen (self->sop_class_uid) > GANTRY_UID_MAX)
    return refuse (error, _ ("The object's SOP Class UID has more than 64 characters, so no "
                             "receiver can be asked to take it. It must be corrected where it was "
                             "made."));
  return TRUE;
}

static gboolean
read_header (GantryInstance *self, Bytes *bytes, GError **error)
{
  HeaderReading reading = { .instance = self };
  GError *failure = NULL;
  GantryWalkEnd end;
  gboolean ok;

  if (!find_dataset (self, bytes, error))
    return FALSE;
  /* An index may have nothing else, and need not be walked. */
  if (strcmp (self->sop_class_uid, GANTRY_UID_MEDIA_DIRECTORY) == 0)
    return check_identity (self, error);

  reading.charset = g_strdup ("");
  ok = gantry_dataset_walk_prefix (bytes->data + self->data_offset,
                                   bytes->available - self->data_offset,
                                   bytes->total - self->data_offset, self->transfer_syntax,
                                   TAG_PIXELS, on_header_element, &reading, &end, &failure);
  g_free (reading.charset);
  if (ok)
    return check_identity (self, error);

  bytes->need_more = end.need_more;
  /* Chance bytes can begin like a bare data set; only a UID shows that it is one. */
  if (!self->has_meta && !gantry_uid_is_valid (self->sop_class_uid))
    {
      g_clear_error (&failure);
      return refuse_not_dicom (error);
    }
  g_propagate_error (error, failure);
  return FALSE;
}

static GantryInstance *
instance_new (const char *path, const GantryFileMark *mark)
{
  GantryInstance *self = g_atomic_rc_box_new0 (GantryInstance);

  self->path = g_strdup (path != NULL ? path : "");
  self->size = mark->size;
  self->modified = mark->modified;
  self->status_changed = mark->status_changed;
  self->device = mark->device;
  self->inode = mark->inode;
  self->transfer_syntax = g_strdup ("");
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    *field_of (self, i) = g_strdup ("");
  return self;
}

GantryInstance *
gantry_instance_parse (
    const char *path, const guint8 *data, gsize length, gboolean whole, GError **error)
{
  g_autoptr (GantryInstance) self = instance_new (path, &(GantryFileMark){ .size = length });
  Bytes bytes = { .data = data, .available = length, .total = length };

  if (length == 0)
    {
      refuse (error, _ ("The file is empty."));
      return NULL;
    }
  if (!read_header (self, &bytes, error))
    return NULL;
  if (whole
      && !gantry_dataset_walk (data + self->data_offset, length - self->data_offset,
                               self->transfer_syntax, 0, NULL, NULL, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
fail_errno (const char *path, GError **error)
{
  int code = errno;
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), _ ("%s cannot be read: %s"),
               name, g_strerror (code));
  return FALSE;
}

/* Makes @buffer hold the first @length bytes. Not mapped: a file that a CD cannot deliver, or that
 * somebody shortens, would end the program. */
static gboolean
fill (int fd, const char *path, GByteArray *buffer, gsize length, GError **error)
{
  gsize have = buffer->len;

  g_byte_array_set_size (buffer, length);
  while (have < length)
    {
      gssize n = pread (fd, buffer->data + have, length - have, have);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail_errno (path, error);
      if (n == 0)
        return refuse (error, _ ("The file became shorter while it was read."));
      have += n;
    }
  return TRUE;
}

/* A file of which a part is missing is sent and stored without a word, and seen by somebody months
 * later. What lies behind the bytes at hand is not looked at. */
static gboolean
check_pixels (const GantryInstance *self, const Bytes *bytes, GError **error)
{
  GantryWalkEnd end = { 0 };

  if (strcmp (self->transfer_syntax, GANTRY_UID_DEFLATED_LE) == 0
      || gantry_dataset_walk_prefix (
          bytes->data + self->data_offset, bytes->available - self->data_offset,
          bytes->total - self->data_offset, self->transfer_syntax, 0, NULL, NULL, &end, NULL)
      || !end.cut)
    return TRUE;
  return refuse (error, _ ("The file ends in the middle of its pixel data, so a part of it is "
                           "missing. Copy it again from where it came from."));
}

static GantryInstance *
read_open_file (int fd, const char *path, const struct stat *info, GError **error)
{
  g_autoptr (GByteArray) buffer = g_byte_array_new ();
  gsize total = info->st_size;
  GantryFileMark mark;

  gantry_file_mark_set (&mark, info);
  for (gsize want = FIRST_READ;; want *= READ_FACTOR)
    {
      g_autoptr (GantryInstance) self = instance_new (path, &mark);
      g_autoptr (GError) failure = NULL;
      Bytes bytes = { .total = total, .available = MIN (MIN (want, total), HEADER_MAX) };

      if (!fill (fd, path, buffer, bytes.available, error))
        return NULL;
      bytes.data = buffer->data;
      if (read_header (self, &bytes, &failure))
        return check_pixels (self, &bytes, error) ? g_steal_pointer (&self) : NULL;
      if (bytes.need_more && bytes.available == HEADER_MAX)
        {
          refuse (error, _ ("The object's header is larger than is credible."));
          return NULL;
        }
      if (!bytes.need_more || bytes.available == total)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
    }
}

GantryInstance *
gantry_instance_read (const char *path, GError **error)
{
  GantryInstance *self = NULL;
  struct stat info;
  int fd = gantry_file_open (path, &info);

  if (fd < 0 && errno == ENOTSUP)
    refuse (error, _ ("This is not a regular file."));
  else if (fd < 0)
    fail_errno (path, error);
  else if (info.st_size == 0)
    refuse (error, _ ("The file is empty."));
  else
    self = read_open_file (fd, path, &info, error);

  if (fd >= 0)
    close (fd);
  return self;
}

GantryInstance *
gantry_instance_ref (GantryInstance *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
instance_clear (gpointer data)
{
  GantryInstance *self = data;

  g_free (self->path);
  g_free (self->transfer_syntax);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    g_free (*field_of (self, i));
}

void
gantry_instance_unref (GantryInstance *self)
{
  g_atomic_rc_box_release_full (self, instance_clear);
}
