/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-report.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gantry-error.h"
#include "gantry-queue-table.h"
#include "gantry-report-writer.h"
#include "gantry-whole-file.h"

#define PAGE 256
#define BLOCK (256u << 10)

typedef struct
{
  GantryDatabase *db;
  const GantryJob *job;
  GantryReportFormat format;
  GantryReportWriter *writer;
  GantryReportStep step;
  gpointer user_data;
  guint64 done, total;
  guint64 rows;
  EVP_MD_CTX *digest; /* six times as fast as GChecksum, which a good disk outruns */
  guint8 *block;
} Report;

static gboolean
advance (Report *self, guint64 octets, GError **error)
{
  self->done = MIN (self->done + octets, self->total);
  if (self->step (self->done, self->total, self->user_data))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  return FALSE;
}

/* ---- Digests -------------------------------------------------------------------------------- */

static char *
describe_unreadable (int code)
{
  if (code == ENOENT || code == ENOTDIR)
    return g_strdup (_ ("The file is not there any more, so there is no digest of it."));
  return g_strdup_printf (_ ("The file cannot be read, so there is no digest of it: %s"),
                          g_strerror (code));
}

static gboolean
is_as_staged (int fd, const GantryInstanceRow *row)
{
  struct stat info;

  return fstat (fd, &info) == 0 && S_ISREG (info.st_mode)
         && (guint64)info.st_size == row->instance->size
         && info.st_mtim.tv_sec * G_USEC_PER_SEC + info.st_mtim.tv_nsec / 1000 == row->modified;
}

static char *
to_hexadecimal (const guint8 *bytes, guint length)
{
  GString *text = g_string_sized_new (2 * (gsize)length);

  for (guint i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

/* Reads the file to its end. FALSE when the report is ended; *@remark: why there is no digest. */
static gboolean
read_digest (Report *self,
             int fd,
             const GantryInstanceRow *row,
             char **digest,
             char **remark,
             GError **error)
{
  guint8 value[EVP_MAX_MD_SIZE];
  guint64 octets = 0;
  guint length = 0;
  gssize n;

  EVP_DigestInit_ex (self->digest, EVP_sha256 (), NULL);
  while ((n = read (fd, self->block, BLOCK)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          *remark = describe_unreadable (errno);
          break;
        }
      octets += n;
      if (octets > row->instance->size) /* it grows; said below */
        break;
      EVP_DigestUpdate (self->digest, self->block, n);
      if (!advance (self, n, error))
        return FALSE;
    }
  EVP_DigestFinal_ex (self->digest, value, &length);
  if (*remark == NULL && octets == row->instance->size && is_as_staged (fd, row))
    *digest = to_hexadecimal (value, length);
  return octets >= row->instance->size || advance (self, row->instance->size - octets, error);
}

static gboolean
add_row (Report *self, const GantryInstanceRow *row, GError **error)
{
  g_autofree char *digest = NULL;
  g_autofree char *remark = NULL;
  /* Not to be held up by a named pipe that is there now. */
  int fd = open (row->instance->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  gboolean going = TRUE;

  if (fd < 0)
    {
      remark = describe_unreadable (errno);
      going = advance (self, row->instance->size, error);
    }
  else if (is_as_staged (fd, row))
    going = read_digest (self, fd, row, &digest, &remark, error);
  else
    going = advance (self, row->instance->size, error);
  if (fd >= 0)
    close (fd);
  if (!going)
    return FALSE;

  if (digest == NULL && remark == NULL)
    remark = g_strdup (_ ("The file has changed since it was added, so there is no digest of it."));
  gantry_report_writer_add (self->writer, row, digest, remark != NULL ? remark : "");
  self->rows++;
  return TRUE;
}

/* ---- The file ------------------------------------------------------------------------------- */

static gboolean
add_rows (Report *self, FILE *file, GError **error)
{
  gint64 after = 0;
  guint n;

  do
    {
      g_autoptr (GPtrArray) page
          = gantry_instance_table_next (self->db, self->job->id, after, PAGE, error);

      if (page == NULL)
        return FALSE;
      n = page->len;
      for (guint i = 0; i < n; i++)
        {
          const GantryInstanceRow *row = page->pdata[i];

          if (!add_row (self, row, error))
            return FALSE;
          after = row->instance->id;
        }
      if (ferror (file))
        return FALSE;
    }
  while (n > 0);

  /* Half of a report would look like the report of a smaller job. */
  if (self->rows == self->job->instances)
    return TRUE;
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
                       _ ("The job was removed while its report was being written."));
  return FALSE;
}

static gboolean
write_all (FILE *file, gpointer data, GError **error)
{
  Report *self = data;
  gboolean good;

  self->writer = gantry_report_writer_new (file, self->format);
  gantry_report_writer_begin (self->writer, self->job);
  good = add_rows (self, file, error);
  if (good)
    gantry_report_writer_end (self->writer);
  gantry_report_writer_free (self->writer);
  return good;
}

gboolean
gantry_report_write (GantryDatabase *db,
                     gint64 job_id,
                     const char *path,
                     GantryReportFormat format,
                     GantryReportStep step,
                     gpointer user_data,
                     GError **error)
{
  g_autoptr (GantryJob) job = gantry_queue_table_get_job (db, job_id, error);
  Report self = { .db = db, .job = job, .format = format, .step = step, .user_data = user_data };
  gboolean ok;

  if (job == NULL)
    return FALSE;
  self.total = job->bytes_total;
  self.digest = EVP_MD_CTX_new ();
  self.block = g_malloc (BLOCK);
  ok = gantry_whole_file_write (path, write_all, &self, error);
  g_free (self.block);
  EVP_MD_CTX_free (self.digest);
  OPENSSL_thread_stop (); /* what it keeps for a thread of the pool, which may live on */
  return ok;
}
