/*
 * Plays Linux's driver behind /dev/sev-guest for the process that it is preloaded into, by the system's own header.
 *
 * The folder named by SEV_GUEST_SHIM holds what it is told and what it saw:
 *   script  a line for each call to come: "answer [TABLE]", "fail ERRNO EXITINFO2", "status CODE", "size BYTES",
 *           "open ERRNO"; a call without a line is answered
 *   report  1184 bytes, or as many as there are
 *   key     32 bytes
 *   TABLE   the host's certificate table
 *   record  a line for each call that came
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sev-guest.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEVICE "/dev/sev-guest"
#define PAGE 4096u
#define DRIVER_MAX_CERTS 0x4000u /* SEV_FW_BLOB_MAX_SIZE */
#define RESPONSE_HEADER 32
#define KEY_AT 32

extern void __libc_free(void *);

static int device = -1;
static void *watched;

static char *place(const char *name) {
  static char path[4096];
  snprintf(path, sizeof path, "%s/%s", getenv("SEV_GUEST_SHIM"), name);
  return path;
}

static size_t load(const char *name, void *into, size_t most) {
  FILE *file = fopen(place(name), "re");
  if (!file) {
    return 0;
  }
  size_t size = fread(into, 1, most, file);
  fclose(file);
  return size;
}

static void record(const char *format, ...) {
  FILE *file = fopen(place("record"), "ae");
  if (!file) {
    abort();
  }
  va_list arguments;
  va_start(arguments, format);
  vfprintf(file, format, arguments);
  va_end(arguments);
  fputc('\n', file);
  fclose(file);
}

/* Takes the first line of the script if it starts with the prefix. */
static int next_line(const char *prefix, char line[256]) {
  static char text[1 << 16];
  size_t size = load("script", text, sizeof text - 1);
  text[size] = 0;
  char *end = strchr(text, '\n');
  if (!end || strncmp(text, prefix, strlen(prefix)) != 0) {
    return 0;
  }
  *end = 0;
  line[0] = 0;
  strncat(line, text, 255);
  FILE *file = fopen(place("script"), "we");
  fputs(end + 1, file);
  fclose(file);
  return 1;
}

static int is_zero(const void *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) {
    if (((const unsigned char *) bytes)[i]) {
      return 0;
    }
  }
  return 1;
}

static int failing(int number) {
  errno = number;
  return -1;
}

/* The response of the firmware: status and report, or status and key. */
static void respond(unsigned long request, struct snp_guest_request_ioctl *call, __u32 status, long size) {
  unsigned char *out = (unsigned char *) call->resp_data;
  if (request == SNP_GET_DERIVED_KEY) {
    memset(out, 0, sizeof(struct snp_derived_key_resp));
    load("key", out + KEY_AT, 32);
    watched = out;
  } else {
    memset(out, 0, sizeof(struct snp_report_resp));
    __u32 got = (__u32) load("report", out + RESPONSE_HEADER, sizeof(struct snp_report_resp) - RESPONSE_HEADER);
    got = size >= 0 ? (__u32) size : got;
    memcpy(out + sizeof status, &got, sizeof got);
  }
  memcpy(out, &status, sizeof status);
}

/* What the driver does about the buffer for certificates; non-zero is the error number. */
static int certificates(struct snp_guest_request_ioctl *call, const char *name) {
  static unsigned char table[1 << 20];
  struct snp_ext_report_req *asked = (void *) call->req_data;
  size_t size = *name ? load(name, table, sizeof table) : 0;
  __u32 needed = ((__u32) size + PAGE - 1) / PAGE * PAGE;
  __u32 given = asked->certs_address ? asked->certs_len : 0;
  if (given % PAGE || given > DRIVER_MAX_CERTS) {
    return EINVAL;
  }
  if (given < needed) {
    asked->certs_len = needed;
    call->exitinfo2 = (__u64) SNP_GUEST_VMM_ERR_INVALID_LEN << SNP_GUEST_VMM_ERR_SHIFT;
    return EIO;
  }
  if (given) {
    memset((void *) asked->certs_address, 0, given);
    memcpy((void *) asked->certs_address, table, size);
  }
  return 0;
}

static void record_report(const char *name, const struct snp_report_req *asked, struct snp_guest_request_ioctl *call) {
  char hex[129];
  for (int i = 0; i < 64; i++) {
    sprintf(hex + 2 * i, "%02x", asked->user_data[i]);
  }
  record("%s version=%u data=%s vmpl=%u reserved=%s room=%zu,%zu,%zu of %zu,%zu,%zu", name, call->msg_version, hex,
         asked->vmpl, is_zero(asked->rsvd, sizeof asked->rsvd) ? "zero" : "set", malloc_usable_size(call),
         malloc_usable_size((void *) call->req_data), malloc_usable_size((void *) call->resp_data), sizeof *call,
         strcmp(name, "SNP_GET_REPORT") ? sizeof(struct snp_ext_report_req) : sizeof *asked,
         sizeof(struct snp_report_resp));
}

static void record_key(const struct snp_derived_key_req *asked, struct snp_guest_request_ioctl *call) {
  record("SNP_GET_DERIVED_KEY version=%u root=%u reserved=%u fields=%llx vmpl=%u svn=%u tcb=%llx"
         " room=%zu,%zu,%zu of %zu,%zu,%zu",
         call->msg_version, asked->root_key_select, asked->rsvd, asked->guest_field_select, asked->vmpl,
         asked->guest_svn, asked->tcb_version, malloc_usable_size(call), malloc_usable_size((void *) call->req_data),
         malloc_usable_size((void *) call->resp_data), sizeof *call, sizeof *asked,
         sizeof(struct snp_derived_key_resp));
}

static int request(unsigned long number, struct snp_guest_request_ioctl *call) {
  struct snp_ext_report_req *extended = (void *) call->req_data;
  switch (number) {
    case SNP_GET_REPORT:
      record_report("SNP_GET_REPORT", (void *) call->req_data, call);
      break;
    case SNP_GET_EXT_REPORT:
      record_report("SNP_GET_EXT_REPORT", &extended->data, call);
      record("certificates address=%s length=%u room=%zu", extended->certs_address ? "set" : "zero",
             extended->certs_len,
             extended->certs_address ? malloc_usable_size((void *) extended->certs_address) : (size_t) 0);
      break;
    case SNP_GET_DERIVED_KEY:
      record_key((void *) call->req_data, call);
      break;
    default:
      record("unknown request %lx", number);
      return failing(ENOTTY);
  }
  if (!call->msg_version) {
    return failing(EINVAL);
  }
  char line[256] = "answer";
  next_line("", line);
  int error = 0;
  unsigned status = 0;
  long size = -1;
  unsigned long long exitinfo2 = 0;
  char table[200] = "";
  if (sscanf(line, "fail %d %llx", &error, &exitinfo2) == 2) {
    call->exitinfo2 = exitinfo2;
    return failing(error);
  }
  if (sscanf(line, "status %x", &status) != 1 && sscanf(line, "size %ld", &size) != 1) {
    sscanf(line, "answer %199s", table);
  }
  if (number == SNP_GET_EXT_REPORT && (error = certificates(call, table))) {
    return failing(error);
  }
  respond(number, call, status, size);
  return 0;
}

static int opened(const char *path, int flags) {
  char line[256];
  record("open %s %s", path, (flags & (O_ACCMODE | O_CLOEXEC)) == (O_RDWR | O_CLOEXEC) ? "rw,cloexec" : "otherwise");
  if (next_line("open ", line)) {
    return failing(atoi(line + 5));
  }
  device = open("/dev/null", O_RDWR | O_CLOEXEC);
  return device;
}

static mode_t mode_of(int flags, va_list arguments) {
  return flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define REAL(name) ((__typeof__(name) *) dlsym(RTLD_NEXT, #name))

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return strcmp(path, DEVICE) == 0 ? opened(path, flags) : REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return strcmp(path, DEVICE) == 0 ? opened(path, flags) : REAL(open64)(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return strcmp(path, DEVICE) == 0 ? opened(path, flags) : REAL(openat)(folder, path, flags, mode);
}

int ioctl(int descriptor, unsigned long number, ...) {
  va_list arguments;
  va_start(arguments, number);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  if (device >= 0 && descriptor == device) {
    return request(number, argument);
  }
  return REAL(ioctl)(descriptor, number, argument);
}

int close(int descriptor) {
  if (device >= 0 && descriptor == device) {
    device = -1;
    record("close");
  }
  return REAL(close)(descriptor);
}

/* Sees to it that a key does not outlive its buffer. */
void free(void *memory) {
  if (memory && memory == watched) {
    watched = NULL;
    record("key buffer freed %s", is_zero(memory, sizeof(struct snp_derived_key_resp)) ? "wiped" : "WITH ITS KEY");
  }
  __libc_free(memory);
}
